"""SM2 signatures（GB/T 32918.2）with SM3, by the OpenSSL 3 of this machine; the one home of ctypes here.

`cryptography` has SM3 and SM4 but no SM2, and no well-kept permissive package is fast enough (decision 0014). Keys are
65 bytes beginning with 04, signatures are DER (GB/T 35276) or plain r ‖ s, the signer's identity is the usual one.
Every call makes and frees its own objects, so threads share nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

IDENTITY = b"1234567812345678"  # GB/T 35276, where both sides agreed on no other
PUBLIC_BYTES, PLAIN_BYTES, MOST_SIGNATURE_BYTES = 65, 64, 80
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
PUBLIC_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
SECRET_HEAD = bytes.fromhex("30310201010420")
SECRET_TAIL = bytes.fromhex("a00a06082a811ccf5501822d")
POINTERS = ["EVP_sm3", "EVP_MD_CTX_new", "EVP_PKEY_CTX_new", "d2i_PUBKEY", "d2i_AutoPrivateKey"]


class NoSM2(Exception):
    """This machine's OpenSSL has no SM2, or there is no OpenSSL 3."""


@lru_cache(maxsize=1)
def libcrypto() -> Any:
    """Return OpenSSL's libcrypto, its functions told what they return; NoSM2 where it is missing or too old."""
    name = ctypes.util.find_library("crypto")
    try:
        found = ctypes.CDLL(name or "libcrypto.so.3")
        for function in POINTERS:
            getattr(found, function).restype = ctypes.c_void_p
        found.EVP_PKEY_CTX_set1_id  # noqa: B018 - asks whether it is there
    except (OSError, AttributeError) as error:
        raise NoSM2(name or "libcrypto.so.3") from error
    return found


@lru_cache(maxsize=1)
def is_available() -> bool:
    """Return whether SM2 can be used on this machine."""
    try:
        return derive_public(bytes(31) + b"\1") is not None
    except NoSM2:
        return False


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether a signature is that key's over the message; raises NoSM2."""
    library = libcrypto()
    der = to_der(signature) if len(signature) == PLAIN_BYTES else signature
    if len(public_key) != PUBLIC_BYTES or public_key[0] != 4 or len(der) > MOST_SIGNATURE_BYTES:
        return False
    with key_of("d2i_PUBKEY", PUBLIC_HEAD + public_key) as key, context(key, "EVP_DigestVerifyInit") as ready:
        return bool(ready) and library.EVP_DigestVerify(ready, der, _size(der), message, _size(message)) == 1


def sign(secret: bytes, message: bytes) -> bytes:
    """Return the signature（DER）of a message by a secret of 32 bytes."""
    library, room = libcrypto(), ctypes.create_string_buffer(MOST_SIGNATURE_BYTES)
    length = ctypes.c_size_t(len(room))
    with key_of("d2i_AutoPrivateKey", secret_der(secret)) as key, context(key, "EVP_DigestSignInit") as ready:
        if not ready or library.EVP_DigestSign(ready, room, ctypes.byref(length), message, _size(message)) != 1:
            raise NoSM2("signing failed")
    return room.raw[: length.value]


def derive_public(secret: bytes) -> bytes:
    """Return the public key of a secret of 32 bytes."""
    library, room = libcrypto(), ctypes.create_string_buffer(200)
    with key_of("d2i_AutoPrivateKey", secret_der(secret)) as key:
        at = ctypes.cast(room, ctypes.c_char_p)
        length = library.i2d_PUBKEY(key, ctypes.byref(at)) if key else 0
    if length < PUBLIC_BYTES:
        raise NoSM2("no public key")
    return room.raw[length - PUBLIC_BYTES : length]


def to_secret(seed: bytes) -> bytes:
    """Return a secret of 32 bytes in SM2's range from a seed of 48 bytes or more, evenly."""
    return (int.from_bytes(seed, "big") % (ORDER - 2) + 1).to_bytes(32, "big")


def secret_der(secret: bytes) -> bytes:
    return SECRET_HEAD + secret + SECRET_TAIL


def to_der(plain: bytes) -> bytes:
    """Return r ‖ s as the SEQUENCE of two INTEGERs."""
    body = b"".join(_integer(plain[start : start + 32]) for start in (0, 32))
    return bytes([0x30, len(body)]) + body


def _integer(raw: bytes) -> bytes:
    digits = raw.lstrip(b"\0") or b"\0"
    padded = b"\0" + digits if digits[0] & 0x80 else digits
    return bytes([0x02, len(padded)]) + padded


@contextlib.contextmanager
def key_of(read: str, der: bytes) -> Iterator[ctypes.c_void_p | None]:
    """Yield OpenSSL's key of a DER text, None when it is none; freed afterwards."""
    library = libcrypto()
    at = ctypes.c_char_p(der)
    read_key: Callable[..., int | None] = getattr(library, read)
    key = ctypes.c_void_p(read_key(None, ctypes.byref(at), ctypes.c_long(len(der))))
    try:
        yield key if key.value else None
    finally:
        library.EVP_PKEY_free(key)
        library.ERR_clear_error()


@contextlib.contextmanager
def context(key: ctypes.c_void_p | None, begin: str) -> Iterator[ctypes.c_void_p | None]:
    """Yield a digest context ready to sign or verify with SM3 and the signer's identity, None when it cannot be."""
    library = libcrypto()
    if key is None:
        yield None
        return
    digest, chosen = ctypes.c_void_p(library.EVP_MD_CTX_new()), ctypes.c_void_p(library.EVP_PKEY_CTX_new(key, None))
    try:
        is_ready = library.EVP_PKEY_CTX_set1_id(chosen, IDENTITY, ctypes.c_int(len(IDENTITY))) == 1
        library.EVP_MD_CTX_set_pkey_ctx(digest, chosen)
        is_ready = (
            is_ready and getattr(library, begin)(digest, None, ctypes.c_void_p(library.EVP_sm3()), None, key) == 1
        )
        yield digest if is_ready else None
    finally:
        library.EVP_MD_CTX_free(digest)
        library.EVP_PKEY_CTX_free(chosen)
        library.ERR_clear_error()


def _size(content: bytes) -> ctypes.c_size_t:
    return ctypes.c_size_t(len(content))
