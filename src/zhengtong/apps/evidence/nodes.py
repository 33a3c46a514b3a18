"""The tree's nodes in the database（节点表）, read in one query for any number of proofs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.db.models import Q

from zhengtong.apps.evidence.models import TreeNode
from zhengtong.ledger import Tree

T = TypeVar("T")
Place = tuple[int, int]
BATCH_ROWS = 5000
NO_HASH = bytes(32)


class DatabaseNodes:
    """A node store over the table: writes go out at once, reads ask the table unless the node was just written."""

    def __init__(self) -> None:
        self.written: dict[Place, bytes] = {}

    def get(self, level: int, index: int) -> bytes:
        """Return one node's hash."""
        known = self.written.get((level, index))
        return known if known is not None else bytes(TreeNode.objects.get(level=level, index=index).digest)

    def put(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        """Keep consecutive nodes of one level; one insert for every 5,000."""
        rows = [TreeNode(level=level, index=first + place, digest=digest) for place, digest in enumerate(hashes)]
        TreeNode.objects.bulk_create(rows, batch_size=BATCH_ROWS)
        self.written.update({(level, first + place): digest for place, digest in enumerate(hashes)})


class _ProofNodes:
    """A node store for proving; without `known` it only notes which nodes are asked for: sizes alone decide that."""

    def __init__(self, known: dict[Place, bytes] | None = None) -> None:
        self.known = known
        self.asked: set[Place] = set()

    def get(self, level: int, index: int) -> bytes:
        """Return the node's hash, or a blank one while noting."""
        self.asked.add((level, index))
        return NO_HASH if self.known is None else self.known[level, index]

    def put(self, *_: object) -> None:
        """Refuse to write: a proof changes nothing."""
        raise TypeError("a proof writes nothing")


def prove_inclusions(indices: Sequence[int], size: int) -> list[list[bytes]]:
    """Return the inclusion path of each leaf in the tree of `size` leaves; one query together."""
    return _with_nodes(size, lambda tree: [tree.prove_inclusion(index) for index in indices])


def prove_growth(olds: Sequence[int], size: int) -> list[list[bytes]]:
    """Return, for each old size, the consistency path to `size`; one query together."""
    return _with_nodes(size, lambda tree: [tree.prove_consistency(old) for old in olds])


def root_of(size: int) -> bytes:
    """Return the root the stored nodes give for `size` leaves; one query."""
    return _with_nodes(size, lambda tree: tree.root())


def _with_nodes(size: int, ask: Callable[[Tree], T]) -> T:
    """Ask once to learn which nodes are wanted, fetch them together, and ask again."""
    noting = _ProofNodes()
    ask(Tree(noting, size=size))
    return ask(Tree(_ProofNodes(_fetch(noting.asked)), size=size))


def _fetch(places: Iterable[Place]) -> dict[Place, bytes]:
    by_level: dict[int, list[int]] = defaultdict(list)
    for level, index in places:
        by_level[level].append(index)
    if not by_level:
        return {}
    wanted = Q()
    for level, indices in by_level.items():
        wanted |= Q(level=level, index__in=indices)
    rows = TreeNode.objects.filter(wanted).values_list("level", "index", "digest")
    return {(level, index): bytes(digest) for level, index, digest in rows.iterator()}
