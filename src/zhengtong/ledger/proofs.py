"""The checks that belong to the proofs（验证）: RFC 9162 §2.1.3.2 and §2.1.4.2, from hashes alone, without the tree."""

from __future__ import annotations

from collections.abc import Sequence

from zhengtong.ledger.hashing import SHA256, HashSuite


def check_inclusion(
    *, leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, suite: HashSuite = SHA256
) -> bool:
    """Return whether `proof` shows that the tree of `size` leaves under `root` has `leaf_hash` at `index`."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False  # longer than the tree is high
        if place % 2 or place == last:
            found = suite.node(sibling, found)
            while place and not place % 2:
                place, last = place >> 1, last >> 1
        else:
            found = suite.node(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def check_consistency(
    *, old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes], suite: HashSuite = SHA256
) -> bool:
    """Return whether `proof` shows that the first `old` leaves of the tree under `new_root` are those of `old_root`."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == suite.empty_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    return _walk(old, old_root, new, new_root, path, suite)


def _walk(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes], suite: HashSuite) -> bool:
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    of_old = of_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            of_old, of_new = suite.node(sibling, of_old), suite.node(sibling, of_new)
            while place and not place % 2:
                place, last = place >> 1, last >> 1
        else:
            of_new = suite.node(of_new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and of_old == old_root and of_new == new_root
