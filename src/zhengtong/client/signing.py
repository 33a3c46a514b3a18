"""Signatures of calls and answers（报文签名）: RFC 9421 with Ed25519, the client's side of it.

A call covers "@method" "@path" "@query" and, with a body, "content-digest"; an answer covers "@status",
"content-digest" and "zhengtong-request", the digest of the call. docs/how-to/connect-a-system.md has both in full.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
from pathlib import Path
from urllib.parse import unquote_to_bytes

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE_INPUT = re.compile(r"sig=(\(.*\);created=\d+;keyid=\"[^\"]+\";alg=\"ed25519\")")
ANSWER_COVERS = '("@status" "content-digest" "zhengtong-request")'
OWNER_ONLY = 0o600


class UntrustedAnswer(Exception):
    """An answer whose signature does not hold, or that answers another call: its content must not be used."""


class Key:
    """A system's key pair（系统密钥）, Ed25519: the private half signs, the public half is registered in the data portal."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @classmethod
    def make(cls) -> Key:
        """Return a new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, path: Path | str) -> Key:
        """Return the key kept in a file as 64 hex digits."""
        return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(Path(path).read_text("ascii").strip())))

    def save(self, path: Path | str) -> None:
        """Keep the key in a new file that only its owner may read; an existing file is never overwritten."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as file:
            file.write(self._private.private_bytes_raw().hex() + "\n")

    @property
    def public(self) -> str:
        """Return the public half, 64 hex digits: what is registered."""
        return self._private.public_key().public_bytes_raw().hex()

    def sign_call(self, client_id: str, method: str, target: str, content: bytes, now: int) -> dict[str, str]:
        """Return the headers that sign a call; `target` is path and query as they are sent."""
        path, _, query = target.partition("?")
        covered, lines = (
            '"@method" "@path" "@query"',
            [f'"@method": {method}', f'"@path": {path}', f'"@query": ?{query}'],
        )
        headers = {}
        if content:
            headers["Content-Digest"] = content_digest(content)
            lines.append(f'"content-digest": {headers["Content-Digest"]}')
            covered += ' "content-digest"'
        signed = f'({covered});created={now};nonce="{secrets.token_hex(16)}";keyid="{client_id}";alg="ed25519"'
        base = "\n".join([*lines, f'"@signature-params": {signed}']).encode()
        return {**headers, "Signature-Input": f"sig={signed}", "Signature": f"sig=:{_b64(self._private.sign(base))}:"}


def check_answer(gateway_key: str, answer: httpx.Response, method: str, target: str, content: bytes) -> None:
    """Raise UntrustedAnswer unless the gateway signed this body as the answer to this very call."""
    match = SIGNATURE_INPUT.fullmatch(answer.headers.get("Signature-Input", ""))
    if match is None or not match[1].startswith(ANSWER_COVERS):
        raise UntrustedAnswer("the answer is not signed")
    if answer.headers.get("Content-Digest") != content_digest(answer.content):
        raise UntrustedAnswer("the body is not the one that was signed")
    request = f"sha-256=:{_b64(call_digest(method, target, content))}:"
    if answer.headers.get("Zhengtong-Request") != request:
        raise UntrustedAnswer("this answers another call")
    base = (
        f'"@status": {answer.status_code}\n"content-digest": {content_digest(answer.content)}\n'
        f'"zhengtong-request": {request}\n"@signature-params": {match[1]}'
    )
    try:
        signature = base64.b64decode(answer.headers["Signature"].removeprefix("sig=:").removesuffix(":"), validate=True)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(gateway_key)).verify(signature, base.encode())
    except (KeyError, ValueError, InvalidSignature):
        raise UntrustedAnswer("the signature is not the gateway's") from None


def call_digest(method: str, target: str, content: bytes) -> bytes:
    """Return the SHA-256 of a call as the gateway sees it: method, decoded path, raw query, body."""
    path, _, query = target.partition("?")
    return hashlib.sha256(f"{method} ".encode() + unquote_to_bytes(path) + f"?{query}\n".encode() + content).digest()


def content_digest(content: bytes) -> str:
    """Return the Content-Digest value of a body (RFC 9530)."""
    return f"sha-256=:{_b64(hashlib.sha256(content).digest())}:"


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
