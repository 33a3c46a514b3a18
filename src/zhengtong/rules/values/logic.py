"""Equality, order and three-valued logic（三值逻辑）of FEEL (DMN 1.5, 10.3.2.13 and 10.3.2.15)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from zhengtong.rules.values.domain import Range, kind_of
from zhengtong.rules.values.temporal import DAY_SECONDS, DateTime, Time


def equal(left: Any, right: Any) -> bool | None:
    """Return whether both are the same value; null when their kinds differ. null = null is true."""
    if type(left) is Decimal and type(right) is Decimal:
        return left == right
    if left is None or right is None:
        return left is right
    kind = kind_of(left)
    if kind != kind_of(right):
        return None
    made: bool | None = _EQUAL.get(kind, _plainly_equal)(left, right)
    return made


def _plainly_equal(left: Any, right: Any) -> bool:
    return bool(left == right)


def _moments_equal(left: Any, right: Any) -> bool | None:
    order = _moment_pair(left, right)
    return None if order is None else order[0] == order[1]


def _lists_equal(left: list[Any], right: list[Any]) -> bool | None:
    if len(left) != len(right):
        return False
    return conjunction([equal(*pair) for pair in zip(left, right, strict=True)])


def _contexts_equal(left: dict[str, Any], right: dict[str, Any]) -> bool | None:
    if left.keys() != right.keys():
        return False
    return conjunction([equal(value, right[key]) for key, value in left.items()])


def _ranges_equal(left: Range, right: Range) -> bool | None:
    shape = (left.low_closed, left.high_closed, left.operator) == (right.low_closed, right.high_closed, right.operator)
    return shape and conjunction([equal(left.low, right.low), equal(left.high, right.high)])


_EQUAL: dict[str, Any] = {
    "time": _moments_equal,
    "date and time": _moments_equal,
    "list": _lists_equal,
    "context": _contexts_equal,
    "range": _ranges_equal,
    "function": lambda left, right: left is right,
}


def _moment_pair(left: Any, right: Any) -> tuple[int, int] | None:
    """Return two times or two moments on one line of whole seconds; null when only one of them is local.

    Whole seconds: FEEL compares hour, minute, second and offset, not fractions (DMN TCK 0068 time_005).
    """
    if left.is_local != right.is_local:
        return None
    if isinstance(left, DateTime):
        return left.to_seconds(), right.to_seconds()
    return _time_key(left), _time_key(right)


def _time_key(value: Time) -> int:
    offset = value.standard_offset()
    return value.to_seconds() if offset is None else (value.to_seconds() - offset) % DAY_SECONDS


_ORDERED = {"number", "string", "date", "years and months duration", "days and time duration"}


def order_pair(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Return two comparable keys, or null when the values have no order between them."""
    kind = kind_of(left)
    if kind != kind_of(right):
        return None
    if kind in _ORDERED:
        return left, right
    if kind in ("time", "date and time"):
        return _moment_pair(left, right)
    return None


def less(left: Any, right: Any) -> bool | None:
    """Return left < right; null where there is no order."""
    if type(left) is Decimal and type(right) is Decimal:
        return left < right
    pair = order_pair(left, right)
    return None if pair is None else pair[0] < pair[1]


def less_or_equal(left: Any, right: Any) -> bool | None:
    """Return left <= right; null where there is no order."""
    if type(left) is Decimal and type(right) is Decimal:
        return left <= right
    pair = order_pair(left, right)
    return None if pair is None else pair[0] <= pair[1]


def greater(left: Any, right: Any) -> bool | None:
    return less(right, left)


def greater_or_equal(left: Any, right: Any) -> bool | None:
    return less_or_equal(right, left)


def not_equal(left: Any, right: Any) -> bool | None:
    return negation(equal(left, right))


def negation(value: Any) -> bool | None:
    """Return the opposite of a boolean, null for everything else."""
    return (not value) if isinstance(value, bool) else None


def conjunction(values: list[Any]) -> bool | None:
    """Return false if any is false, true if all are true, else null."""
    unknown = False
    for value in values:
        if value is False:
            return False
        unknown = unknown or value is not True
    return None if unknown else True


def disjunction(values: list[Any]) -> bool | None:
    """Return true if any is true, false if all are false, else null."""
    unknown = False
    for value in values:
        if value is True:
            return True
        unknown = unknown or value is not False
    return None if unknown else False


COMPARISONS = {
    "=": equal,
    "!=": not_equal,
    "<": less,
    "<=": less_or_equal,
    ">": greater,
    ">=": greater_or_equal,
}


def between(value: Any, low: Any, high: Any) -> bool | None:
    """Return low <= value <= high."""
    return conjunction([greater_or_equal(value, low), less_or_equal(value, high)])


def range_contains(container: Range, value: Any) -> bool | None:
    """Return whether the value lies in the range; null where an end cannot be compared with it."""
    if container.operator is not None:
        bound = container.low if container.low is not None else container.high
        return COMPARISONS[container.operator](value, bound)
    if value is None:
        return None
    above = less_or_equal(container.low, value) if container.low_closed else less(container.low, value)
    below = less_or_equal(value, container.high) if container.high_closed else less(value, container.high)
    return conjunction([above, below])


def is_in(value: Any, container: Any) -> bool | None:
    """Return `value in container`: a range contains it, a list holds it (or a range that does), else equality."""
    if type(container) is Range:
        return range_contains(container, value)
    if type(container) is not list:
        return equal(value, container)
    if type(value) is list and equal(value, container):
        return True
    if any(range_contains(item, value) if type(item) is Range else equal(value, item) for item in container):
        return True
    return any(type(item) is list and equal(value, item) for item in container)
