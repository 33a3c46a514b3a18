"""Comparing versions（版本比对）: what two versions of a rule decide differently, with example inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from zhengtong.rules.core.passes.boxes import Axis, boxes_of
from zhengtong.rules.core.passes.constants import known_values
from zhengtong.rules.gaps import example_in

if TYPE_CHECKING:
    from zhengtong.rules.decision import Decision

#: at most so many inputs are tried
MAX_TRIED = 200_000


@dataclass(frozen=True, slots=True)
class Difference:
    """An input the two versions decide differently（差异）."""

    example: dict[str, Any]
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences found, and how many inputs were tried; `is_complete` when no other region of inputs is left."""

    differences: tuple[Difference, ...]
    tried: int
    is_complete: bool


def compare(
    before: Decision, after: Decision, rows: Iterable[Mapping[str, Any]] = (), *, limit: int = 100
) -> Comparison:
    """Return what two versions decide differently, on given rows and on one input per region of their tables.

    When both versions are tables over the same input columns with literal cells, every region is tried, so that no
    difference in a whole region is missed (`is_complete`); otherwise only the rows given and the regions known are.
    """
    found: list[Difference] = []
    tried, complete = 0, True
    regions, cuttable = _region_examples([before, after])
    for row in (*rows, *islice(regions, MAX_TRIED)):
        tried += 1
        old, new = before.decide(row), after.decide(row)
        if old != new:
            found.append(Difference(dict(row), old, new))
            if len(found) >= limit:
                complete = False
                break
    return Comparison(tuple(found), tried, complete and cuttable and next(iter(regions), None) is None)


def _region_examples(decisions: list[Decision]) -> tuple[Any, bool]:
    """Return an iterator over one input per region of all tables, and whether the regions are all there is."""
    axes: dict[str, list[Any]] = {}
    cuttable = True
    for decision in decisions:
        boxes = boxes_of(decision.table, known_values(decision.program)) if decision.table is not None else None
        if boxes is None or not boxes.is_clear or decision.table is None:
            cuttable = False
            continue
        names = {item.variable.key: item.variable.name for item in decision.inputs}
        for axis in boxes.axes:
            key = getattr(decision.table.inputs[axis.columns[0]].expression, "key", None)
            if key in names:
                axes.setdefault(names[key], []).extend(_examples(axis))
            else:
                cuttable = False
    if not axes:
        return iter(()), False
    choices = [_distinct(values) for values in axes.values()]
    return (dict(zip(axes, combination, strict=True)) for combination in product(*choices)), cuttable


def _examples(axis: Axis) -> list[Any]:
    """Return a value of every piece, and both cuts' neighbourhoods through the pieces between."""
    return [example_in(axis, 1 << piece) for piece in range(axis.null_piece + 1) if 1 << piece & axis.everything]


def _distinct(values: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return kept
