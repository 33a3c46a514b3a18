"""The one form of a pack that is hashed, stored and sent（规范形式）: JSON values, RFC 8785 bytes, SHA-256."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import rfc8785

from zhengtong.declared.shapes import Pack
from zhengtong.kit import Refused


def to_canonical(pack: Pack) -> dict[str, Any]:
    """Return the pack as plain JSON values: dates in ISO 8601, tuples as lists."""
    plain: dict[str, Any] = msgspec.to_builtins(pack)
    return plain


def canonical_bytes(pack: Pack) -> bytes:
    """Return the RFC 8785 bytes of the pack."""
    return rfc8785.dumps(to_canonical(pack))


def digest_of(pack: Pack) -> str:
    """Return the SHA-256 (hex) of the canonical bytes."""
    return hashlib.sha256(canonical_bytes(pack)).hexdigest()


def pack_from_canonical(plain: dict[str, Any]) -> Pack:
    """Return the pack a canonical form describes; refused when a member is missing or of the wrong kind."""
    try:
        return msgspec.convert(plain, Pack)
    except msgspec.ValidationError as fault:
        raise Refused(
            code="declared.canonical.malformed",
            zh=f"事项包的规范形式读不出来：{fault}。请用“zhengtong packs check”检查后重新发布",
            en=f"The canonical form of the pack cannot be read: {fault}. Run `zhengtong packs check` and publish again",
        ) from fault
