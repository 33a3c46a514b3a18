"""Signing keys（签名密钥）of checkpoints, in the key texts of C2SP signed-note. The one home of `cryptography` here.

SM2 or an HSM（密码机）comes in by the same two protocols, with an algorithm byte of its own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from zhengtong.kit import Refused

_ED25519 = 1  # the algorithm byte of C2SP signed-note
_PRIVATE = "PRIVATE+KEY+"


class Verifier(Protocol):
    """What checks signatures of one key（验签）."""

    @property
    def name(self) -> str: ...
    @property
    def key_id(self) -> bytes: ...
    def is_signature(self, message: bytes, signature: bytes) -> bool: ...
    def to_text(self) -> str: ...


class Signer(Protocol):
    """What signs with one key（签名）; the secret may live elsewhere."""

    @property
    def name(self) -> str: ...
    @property
    def key_id(self) -> bytes: ...
    @property
    def verifier(self) -> Verifier: ...
    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True)
class Ed25519Verifier:
    """A public key with its name（公钥）: `name+keyid+base64(algorithm ‖ key)`."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ "\\n" ‖ algorithm ‖ key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._typed()).digest()[:4]

    def is_signature(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def to_text(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self._typed()).decode()}"

    def _typed(self) -> bytes:
        return bytes([_ED25519]) + self.public_key


@dataclass(frozen=True, repr=False)
class Ed25519Signer:
    """A private key with its name（私钥）; its text form is a secret and `repr` does not show it."""

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.name!r})"

    @classmethod
    def generate(cls, name: str) -> Ed25519Signer:
        """Return a new key of the operating system's randomness."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def verifier(self) -> Ed25519Verifier:
        return Ed25519Verifier(self.name, self._key().public_key().public_bytes_raw())

    @property
    def key_id(self) -> bytes:
        return self.verifier.key_id

    def sign(self, message: bytes) -> bytes:
        return self._key().sign(message)

    def to_text(self) -> str:
        typed = base64.b64encode(bytes([_ED25519]) + self.seed).decode()
        return f"{_PRIVATE}{self.name}+{self.key_id.hex()}+{typed}"

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def parse_verifier(text: str) -> Verifier:
    """Return the public key of `text`; refused unless it is exactly what `to_text` writes."""
    name, key = _read_key(text)
    verifier = Ed25519Verifier(name, key)
    if verifier.to_text() != text:
        raise _bad_key()
    return verifier


def parse_signer(text: str) -> Signer:
    """Return the private key of `text`; refused unless it is exactly what `to_text` writes."""
    if not text.startswith(_PRIVATE):
        raise _bad_key()
    name, key = _read_key(text.removeprefix(_PRIVATE))
    signer = Ed25519Signer(name, key)
    if signer.to_text() != text:
        raise _bad_key()
    return signer


def sm3(content: bytes) -> bytes:
    """Return the SM3 digest（GB/T 32905）, 32 bytes."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize()


def _read_key(text: str) -> tuple[str, bytes]:
    parts = text.split("+", 2)  # base64 may contain + itself
    try:
        typed = base64.b64decode(parts[-1], validate=True)
    except (binascii.Error, ValueError):
        raise _bad_key() from None
    if len(parts) != 3 or not _is_name(parts[0]) or len(typed) != 33 or typed[0] != _ED25519:
        raise _bad_key()
    return parts[0], typed[1:]


def _is_name(name: str) -> bool:
    return bool(name) and name.isprintable() and not any(char.isspace() or char == "+" for char in name)


def _check_name(name: str) -> None:
    if not _is_name(name):
        raise ValueError("a key's name has no white space and no +")


def _bad_key() -> Refused:
    return Refused(
        "ledger.key.malformed",
        "密钥文本不完整或被改动，请从发布方重新取得。",
        "The key text is incomplete or was changed; get it again from its publisher.",
    )
