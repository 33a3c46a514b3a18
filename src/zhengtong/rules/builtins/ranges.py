"""Range builtins（区间函数）, the relations of DMN 1.5 table 78 between points and ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zhengtong.rules.builtins.declare import builtin
from zhengtong.rules.values.domain import Range
from zhengtong.rules.values.logic import conjunction, disjunction, equal, less

Truth = bool | None


def _eq(a: Any, b: Any) -> Truth:
    return equal(a, b)


def _both(*parts: Truth) -> Truth:
    return conjunction(list(parts))


def _either(*parts: Truth) -> Truth:
    return disjunction(list(parts))


def _before_point_range(p: Any, r: Range) -> Truth:
    return _either(less(p, r.low), _both(_eq(p, r.low), not r.low_closed))


def _before_range_point(r: Range, p: Any) -> Truth:
    return _either(less(r.high, p), _both(_eq(r.high, p), not r.high_closed))


def _before_ranges(a: Range, b: Range) -> Truth:
    touching = _both(_eq(a.high, b.low), not a.high_closed or not b.low_closed)
    return _either(less(a.high, b.low), touching)


def _meets(a: Range, b: Range) -> Truth:
    return _both(a.high_closed, b.low_closed, _eq(a.high, b.low))


def _overlaps(a: Range, b: Range) -> Truth:
    starts = _either(less(b.low, a.high), _both(_eq(b.low, a.high), b.low_closed, a.high_closed))
    ends = _either(less(a.low, b.high), _both(_eq(a.low, b.high), a.low_closed, b.high_closed))
    return _both(starts, ends)


def _overlaps_before(a: Range, b: Range) -> Truth:
    starts = _either(less(a.low, b.low), _both(_eq(a.low, b.low), a.low_closed, not b.low_closed))
    touches = _either(less(b.low, a.high), _both(_eq(b.low, a.high), a.high_closed, b.low_closed))
    ends = _either(less(a.high, b.high), _both(_eq(a.high, b.high), not a.high_closed or b.high_closed))
    return _both(starts, touches, ends)


def _overlaps_after(a: Range, b: Range) -> Truth:
    starts = _either(less(b.low, a.low), _both(_eq(b.low, a.low), b.low_closed, not a.low_closed))
    touches = _either(less(a.low, b.high), _both(_eq(a.low, b.high), a.low_closed, b.high_closed))
    ends = _either(less(b.high, a.high), _both(_eq(a.high, b.high), a.high_closed or not b.high_closed))
    return _both(starts, touches, ends)


def _finishes_point(p: Any, r: Range) -> Truth:
    return _both(r.high_closed, _eq(r.high, p))


def _finishes(a: Range, b: Range) -> Truth:
    starts = _either(less(b.low, a.low), _both(_eq(a.low, b.low), not a.low_closed or b.low_closed))
    return _both(a.high_closed == b.high_closed, _eq(a.high, b.high), starts)


def _includes_point(r: Range, p: Any) -> Truth:
    inside = _both(less(r.low, p), less(p, r.high))
    return _either(inside, _both(_eq(r.low, p), r.low_closed), _both(_eq(r.high, p), r.high_closed))


def _includes(a: Range, b: Range) -> Truth:
    starts = _either(less(a.low, b.low), _both(_eq(a.low, b.low), a.low_closed or not b.low_closed))
    ends = _either(less(b.high, a.high), _both(_eq(a.high, b.high), a.high_closed or not b.high_closed))
    return _both(starts, ends)


def _starts_point(p: Any, r: Range) -> Truth:
    return _both(_eq(r.low, p), r.low_closed)


def _starts(a: Range, b: Range) -> Truth:
    ends = _either(less(a.high, b.high), _both(_eq(a.high, b.high), not a.high_closed or b.high_closed))
    return _both(_eq(a.low, b.low), a.low_closed == b.low_closed, ends)


def _coincides(a: Range, b: Range) -> Truth:
    return _both(_eq(a.low, b.low), a.low_closed == b.low_closed, _eq(a.high, b.high), a.high_closed == b.high_closed)


def _swapped(relation: Callable[[Any, Any], Truth]) -> Callable[[Any, Any], Truth]:
    return lambda a, b: relation(b, a)


_POINT, _RANGE = "point", "range"
#: name → (kinds and names of both parameters, relation)
_RELATIONS: list[tuple[str, tuple[str, str], tuple[str, str], Callable[[Any, Any], Truth]]] = [
    ("before", (_POINT, "point1"), (_POINT, "point2"), less),
    ("before", (_POINT, "point"), (_RANGE, "range"), _before_point_range),
    ("before", (_RANGE, "range"), (_POINT, "point"), _before_range_point),
    ("before", (_RANGE, "range1"), (_RANGE, "range2"), _before_ranges),
    ("after", (_POINT, "point1"), (_POINT, "point2"), _swapped(less)),
    ("after", (_POINT, "point"), (_RANGE, "range"), _swapped(_before_range_point)),
    ("after", (_RANGE, "range"), (_POINT, "point"), _swapped(_before_point_range)),
    ("after", (_RANGE, "range1"), (_RANGE, "range2"), _swapped(_before_ranges)),
    ("meets", (_RANGE, "range1"), (_RANGE, "range2"), _meets),
    ("met by", (_RANGE, "range1"), (_RANGE, "range2"), _swapped(_meets)),
    ("overlaps", (_RANGE, "range1"), (_RANGE, "range2"), _overlaps),
    ("overlaps before", (_RANGE, "range1"), (_RANGE, "range2"), _overlaps_before),
    ("overlaps after", (_RANGE, "range1"), (_RANGE, "range2"), _overlaps_after),
    ("finishes", (_POINT, "point"), (_RANGE, "range"), _finishes_point),
    ("finishes", (_RANGE, "range1"), (_RANGE, "range2"), _finishes),
    ("finished by", (_RANGE, "range"), (_POINT, "point"), _swapped(_finishes_point)),
    ("finished by", (_RANGE, "range1"), (_RANGE, "range2"), _swapped(_finishes)),
    ("includes", (_RANGE, "range"), (_POINT, "point"), _includes_point),
    ("includes", (_RANGE, "range1"), (_RANGE, "range2"), _includes),
    ("during", (_POINT, "point"), (_RANGE, "range"), _swapped(_includes_point)),
    ("during", (_RANGE, "range1"), (_RANGE, "range2"), _swapped(_includes)),
    ("starts", (_POINT, "point"), (_RANGE, "range"), _starts_point),
    ("starts", (_RANGE, "range1"), (_RANGE, "range2"), _starts),
    ("started by", (_RANGE, "range"), (_POINT, "point"), _swapped(_starts_point)),
    ("started by", (_RANGE, "range1"), (_RANGE, "range2"), _swapped(_starts)),
    ("coincides", (_POINT, "point1"), (_POINT, "point2"), equal),
    ("coincides", (_RANGE, "range1"), (_RANGE, "range2"), _coincides),
]
_POINTS = "number|string|date|time|date and time|years and months duration|days and time duration"  # what has an order


def _declare(name: str, first: tuple[str, str], second: tuple[str, str], relation: Callable[[Any, Any], Truth]) -> None:
    def related(a: Any, b: Any) -> Truth:
        return relation(a, b)

    related.__doc__ = f"whether {first[1]} is {name} {second[1]}"
    kinds = [f"{label}: {'range' if kind == _RANGE else _POINTS}" for kind, label in (first, second)]
    builtin(name, ", ".join(kinds), "boolean")(related)


for _relation in _RELATIONS:
    _declare(*_relation)
