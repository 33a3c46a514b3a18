"""What a leaf says（叶子）: canonical JSON without anybody's data in clear, and commitments to open singly."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhengtong.kit import digest, to_canonical

LEAF_VERSION = 1
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Commitment:
    """A value promised without being shown（承诺）: `digest` goes into the leaf, `salt` stays with who may open it."""

    digest: str
    salt: str


def make_leaf(*, kind: str, at: datetime, body: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of {v, kind, at, body}; personal values enter `body` as commitments only."""
    return to_canonical({"v": LEAF_VERSION, "kind": kind, "at": at, "body": body})


def commit(value: Any, *, salt: str | None = None) -> Commitment:
    """Return the commitment to `value`, by a fresh 128-bit salt unless one is given.

    Without the salt a digest of a resident number could be found by trying all of them.
    """
    salt = secrets.token_hex(_SALT_BYTES) if salt is None else salt
    return Commitment(digest([salt, value]), salt)


def check_commitment(promised: str, *, value: Any, salt: str) -> bool:
    """Return whether `promised` was made for `value` with `salt`."""
    return hmac.compare_digest(promised, digest([salt, value]))
