"""The Merkle tree（默克尔树）of RFC 6962 over a store of perfect subtrees: O(1) nodes an append, O(log n) reads a proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from zhengtong.ledger.hashing import SHA256, HashSuite


class NodeStore(Protocol):
    """Where nodes live（节点存储）: node (level, index) is the root of leaves index·2^level up to (index+1)·2^level.

    Nodes are written once and never change, so a store needs no locks for reading.
    """

    def get(self, level: int, index: int) -> bytes: ...
    def put(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        """Keep consecutive nodes of one level, the first at index `first`."""


class MemoryNodes:
    """Nodes in memory, one list a level."""

    def __init__(self) -> None:
        self._levels: list[list[bytes]] = []

    def get(self, level: int, index: int) -> bytes:
        return self._levels[level][index]

    def put(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        while len(self._levels) <= level:
            self._levels.append([])
        if first != len(self._levels[level]):
            raise ValueError("nodes are only ever added at the end")
        self._levels[level].extend(hashes)


class Tree:
    """An append-only tree of `size` leaves（只增不改的树）; every earlier size stays provable."""

    def __init__(self, nodes: NodeStore | None = None, *, size: int = 0, suite: HashSuite = SHA256) -> None:
        self.nodes: NodeStore = MemoryNodes() if nodes is None else nodes
        self.size = size
        self.suite = suite

    def append(self, content: bytes) -> int:
        """Return the index the leaf `content` got."""
        self.extend([content])
        return self.size - 1

    def extend(self, contents: Iterable[bytes]) -> None:
        """Append many leaves in order."""
        leaf = self.suite.leaf
        self.extend_hashes([leaf(content) for content in contents])

    def extend_hashes(self, leaf_hashes: Sequence[bytes]) -> None:
        """Append leaves given by their hashes: one `put` a level, and at most one `get`."""
        if not leaf_hashes:
            return
        level, first, row = 0, self.size, list(leaf_hashes)
        self.size += len(row)
        while row:
            self.nodes.put(level, first, row)
            if first % 2:  # the first new node completes a pair whose left half is already kept
                first -= 1
                row.insert(0, self.nodes.get(level, first))
            row = self.suite.pairs(row)
            level, first = level + 1, first // 2

    def root(self, size: int | None = None) -> bytes:
        """Return the root the tree had at `size` leaves, by default now."""
        size = self._checked(self.size if size is None else size)
        return self._hash_of(0, size) if size else self.suite.empty_root

    def leaf_hash(self, index: int) -> bytes:
        return self.nodes.get(0, index)

    def prove_inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return PATH(index, D[size]) of RFC 6962 §2.1.1, the lowest hash first."""
        size = self._checked(self.size if size is None else size)
        if not 0 <= index < size:
            raise IndexError(f"no leaf {index} among {size}")
        return self._path(index, 0, size)

    def prove_consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Return PROOF(old, D[new]) of RFC 6962 §2.1.2: that the tree of `old` leaves is the start of that of `new`."""
        new = self._checked(self.size if new is None else new)
        if not 0 <= old <= new:
            raise IndexError(f"no consistency from {old} to {new}")
        return self._subproof(old, 0, new, whole=True) if 0 < old < new else []

    def _checked(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise IndexError(f"the tree has {self.size} leaves, not {size}")
        return size

    def _hash_of(self, low: int, high: int) -> bytes:
        """Return MTH(D[low:high]); a perfect aligned range is one kept node."""
        width = high - low
        if width & (width - 1) == 0:
            level = width.bit_length() - 1
            return self.nodes.get(level, low >> level)
        middle = low + _split(width)
        return self.suite.node(self._hash_of(low, middle), self._hash_of(middle, high))

    def _path(self, index: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        middle = low + _split(high - low)
        if index < middle:
            return [*self._path(index, low, middle), self._hash_of(middle, high)]
        return [*self._path(index, middle, high), self._hash_of(low, middle)]

    def _subproof(self, old: int, low: int, high: int, *, whole: bool) -> list[bytes]:
        """Return SUBPROOF(old − low, D[low:high], whole); `whole` while the old root itself is what is compared."""
        if old == high:
            return [] if whole else [self._hash_of(low, high)]
        middle = low + _split(high - low)
        if old <= middle:
            return [*self._subproof(old, low, middle, whole=whole), self._hash_of(middle, high)]
        return [*self._subproof(old, middle, high, whole=False), self._hash_of(low, middle)]


def _split(width: int) -> int:
    """Return k, the largest power of two smaller than `width` (k < n ≤ 2k)."""
    return 1 << (width - 1).bit_length() - 1
