"""The key ring（密钥环）for personal data at rest, and the blind index（盲索引）that finds a person without names."""

from __future__ import annotations

import hmac
import os
import unicodedata
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12  # NIST SP 800-38D §5.2.1.1: 96-bit nonces


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def encrypt_bytes(plain: bytes, context: str) -> bytes:
    """Return `key-id:` and nonce, ciphertext and tag, AES-256-GCM, bound to `context`（what and where it is）."""
    ring = settings.ZHENGTONG_KEYS
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(ring["keys"][ring["current"]]).encrypt(nonce, plain, context.encode())
    return ring["current"].encode() + b":" + nonce + sealed


def decrypt_bytes(stored: bytes, context: str) -> bytes:
    """Return the clear bytes of `encrypt_bytes(…, context)`; raises `InvalidTag` when a byte or the context changed."""
    key_id, _, raw = stored.partition(b":")
    key = settings.ZHENGTONG_KEYS["keys"][key_id.decode()]
    return _cipher(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode())


def encrypt(plain: str, context: str) -> str:
    """Return `key-id:base64(…)`: `encrypt_bytes` for a text column; `context` is the table and column."""
    key_id, _, raw = encrypt_bytes(plain.encode(), context).partition(b":")
    return f"{key_id.decode()}:{b2a_base64(raw, newline=False).decode()}"


def decrypt(stored: str, context: str) -> str:
    """Return the clear text of `encrypt(…, context)`; raises `InvalidTag` when a byte or the column was changed."""
    key_id, _, body = stored.partition(":")
    return decrypt_bytes(key_id.encode() + b":" + a2b_base64(body), context).decode()


def normalise_number(number: str) -> str:
    """Return the number as it is indexed: NFKC, upper case, without blanks or hyphens (ｘ, x and X are one)."""
    if number.isascii() and number.isalnum():  # nearly every number; the rest is 10 times as slow
        return number.upper()
    return unicodedata.normalize("NFKC", number).upper().replace(" ", "").replace("-", "")


def normalise_username(typed: str) -> str:
    """Return a user name as accounts have it: NFKC, small letters, no blanks around; its hyphens stay."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


@lru_cache(maxsize=64)
def _begun(key: bytes, domain: str) -> hmac.HMAC:
    """Return an HMAC that has taken in its key and its domain: to go on from a copy is half the work of a new one."""
    return hmac.new(key, f"{domain}\x1f".encode(), "sha256")


def blind_indexes(domain: str, values: Iterable[str]) -> list[str]:
    """Return the HMAC-SHA-256 (hex) of each normalised value within a domain, under the index key."""
    begun, made = _begun(settings.ZHENGTONG_INDEX_KEY, domain), []
    for value in values:
        index = begun.copy()
        index.update(normalise_number(value).encode())
        made.append(index.hexdigest())
    return made


def blind_index(domain: str, value: str) -> str:
    """Return the HMAC-SHA-256 (hex) of a normalised value within a domain, under the index key."""
    return blind_indexes(domain, (value,))[0]


def subject_key(kind: str, number: str) -> str:
    """Return the blind index（盲索引）of a person or enterprise by id number or credit code; `kind` as in Subject."""
    return blind_index(kind, number)


def subject_keys(kind: str, numbers: Iterable[str]) -> list[str]:
    """Return `subject_key` of each, in their order."""
    return blind_indexes(kind, numbers)
