"""How leaves and nodes are hashed（散列）: RFC 6962 §2.1 over SHA-256, or over SM3 where it is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from zhengtong.kit import Refused
from zhengtong.ledger.signing import sm3

# A leaf begins with 0 and a node with 1, so that neither can ever be passed off as the other.
_LEAF = b"\x00"
_NODE = b"\x01"


@dataclass(frozen=True, slots=True)
class HashSuite:
    """One hash function of a tree（散列算法）. All hashes are 32 bytes."""

    name: str
    hash: Callable[[bytes], bytes]

    @property
    def empty_root(self) -> bytes:
        """MTH({}) = HASH()."""
        return self.hash(b"")

    def leaf(self, content: bytes) -> bytes:
        """MTH({d}) = HASH(0x00 ‖ d)."""
        return self.hash(_LEAF + content)

    def node(self, left: bytes, right: bytes) -> bytes:
        """MTH(D) = HASH(0x01 ‖ MTH(left) ‖ MTH(right))."""
        return self.hash(_NODE + left + right)

    def pairs(self, hashes: list[bytes]) -> list[bytes]:
        """Return the parents of consecutive pairs, in one go: the hot loop of a large append."""
        make, joined = self.hash, zip(hashes[::2], hashes[1::2], strict=False)
        return [make(_NODE + left + right) for left, right in joined]


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


SHA256 = HashSuite("sha256", _sha256)
SM3 = HashSuite("sm3", sm3)
_SUITES = {suite.name: suite for suite in (SHA256, SM3)}


def suite_of(name: str) -> HashSuite:
    """Return the suite a checkpoint names; an unknown one is refused."""
    if name not in _SUITES:
        raise Refused(
            "ledger.hash.unknown",
            f"不支持散列算法“{name}”，请使用 {'、'.join(_SUITES)}。",
            f"The hash {name} is not supported; use one of {', '.join(_SUITES)}.",
            facts={"name": name},
        )
    return _SUITES[name]
