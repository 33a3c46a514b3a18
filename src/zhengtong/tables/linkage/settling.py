"""Pairs become persons（归并）: the strongest first, never against a number, never two of a source that has each once."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edge:
    """A scored pair of records; `cause` says why it may not be linked by itself, empty if it may."""

    a: int
    b: int
    bits: float
    cause: str


@dataclass(frozen=True)
class About:
    """What settling knows of a record: its source and its checked number, None without one."""

    source: int
    number: str | None


@dataclass
class Settled:
    """The outcome: record → first record of its person, links made, pairs for a person to judge with the cause."""

    roots: dict[int, int] = field(default_factory=dict)
    links: list[Edge] = field(default_factory=list)
    reviews: list[tuple[Edge, str]] = field(default_factory=list)


def settle(
    edges: Sequence[Edge], about: Mapping[int, About], distinct: frozenset[int], link_bits: float, margin: float
) -> Settled:
    """Return who is who; edges in any order. Cost: a few passes over the edges.

    Like Kruskal's spanning forest with two conditions. A pair with a rival nearly as good waits: when the rival has found
    its own partner it is no rival any more; what waits to the end is ambiguous.
    """
    forest = _Forest(about, distinct)
    ranked = sorted(edges, key=lambda edge: (-edge.bits, edge.a, edge.b))
    beside: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for edge in ranked:
        if edge.cause != "two-numbers":
            beside[edge.a].append((edge.b, edge.bits))
            beside[edge.b].append((edge.a, edge.bits))
    outcome = Settled()
    waiting = [edge for edge in ranked if not edge.cause and edge.bits >= link_bits]
    outcome.reviews += [(edge, edge.cause or "uncertain") for edge in ranked if edge.cause or edge.bits < link_bits]
    while waiting:
        kept = []
        for edge in waiting:
            if forest.is_one(edge.a, edge.b):
                continue
            if edge.bits == math.inf:
                forest.join(edge.a, edge.b)
                outcome.links.append(edge)
            elif not forest.may_join(edge.a, edge.b):
                outcome.reviews.append((edge, "taken"))
            elif _has_rival(edge.a, edge.b, edge, beside, forest, margin) or _has_rival(
                edge.b, edge.a, edge, beside, forest, margin
            ):
                kept.append(edge)
            else:
                forest.join(edge.a, edge.b)
                outcome.links.append(edge)
        if len(kept) == len(waiting):
            outcome.reviews += [(edge, "ambiguous") for edge in kept]
            break
        waiting = kept
    outcome.roots = {record: forest.root(record) for record in beside}
    outcome.reviews = [(edge, cause) for edge, cause in outcome.reviews if forest.is_open(edge, cause)]
    return outcome


def _has_rival(
    of: int,
    chosen: int,
    edge: Edge,
    beside: Mapping[int, list[tuple[int, float]]],
    forest: _Forest,
    margin: float,
) -> bool:
    """Whether another record of the chosen one's source, still free for it, is nearly as good a partner."""
    source = forest.about[chosen].source
    if source not in forest.distinct:
        return False
    return any(
        other != chosen
        and forest.about[other].source == source
        and forest.may_join(of, other)
        and not forest.is_one(of, other)
        for other, bits in beside[of]
        if bits > edge.bits - margin
    )


class _Forest:
    """Disjoint sets of records, each knowing its number and which sources that have each person once it holds."""

    def __init__(self, about: Mapping[int, About], distinct: frozenset[int]) -> None:
        self.about, self.distinct = about, distinct
        self._parent: dict[int, int] = {}
        self._numbers: dict[int, str | None] = {}
        self._sources: dict[int, frozenset[int]] = {}

    def root(self, record: int) -> int:
        parent = self._parent
        while (above := parent.get(record, record)) != record:
            parent[record] = parent.get(above, above)
            record = above
        return record

    def is_one(self, a: int, b: int) -> bool:
        return self.root(a) == self.root(b)

    def may_join(self, a: int, b: int) -> bool:
        first, second = self.root(a), self.root(b)
        one, other = self._number(first), self._number(second)
        return (one is None or other is None or one == other) and not (self._held(first) & self._held(second))

    def join(self, a: int, b: int) -> None:
        first, second = sorted((self.root(a), self.root(b)))
        self._numbers[first] = self._number(first) or self._number(second)
        self._sources[first] = self._held(first) | self._held(second)
        self._parent[second] = first

    def is_open(self, edge: Edge, cause: str) -> bool:
        """Whether a pair still needs judging: not one already, and not both settled with the other's source."""
        if self.is_one(edge.a, edge.b):
            return False
        if cause == "other-name":
            return True
        first, second = self.root(edge.a), self.root(edge.b)
        return not (self.about[edge.b].source in self._held(first) and self.about[edge.a].source in self._held(second))

    def _number(self, root: int) -> str | None:
        return self._numbers.get(root, self.about[root].number)

    def _held(self, root: int) -> frozenset[int]:
        found = self._sources.get(root)
        return found if found is not None else frozenset((self.about[root].source,)) & self.distinct
