"""List builtins（列表函数）, DMN 1.5 table 76. Positions count from 1, or from the end when negative."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from zhengtong.rules.builtins.declare import builtin
from zhengtong.rules.values.domain import Function
from zhengtong.rules.values.logic import conjunction, disjunction, equal, less
from zhengtong.rules.values.numbers import CONTEXT, ONE, ZERO


def _declare_both(name: str, result: str, run: Callable[[list[Any]], Any], doc: str) -> None:
    """Declare a builtin over one list, and over the same items as separate arguments."""

    def of_list(items: list[Any]) -> Any:
        try:
            return run(items)
        except ArithmeticError:
            return None

    def of_items(*items: Any) -> Any:
        return of_list(list(items))

    of_list.__doc__ = of_items.__doc__ = doc
    builtin(name, "list: list", result)(of_list)
    builtin(name, "list...: any", result)(of_items)


def _numbers(items: list[Any]) -> list[Decimal] | None:
    """Return the items when they are all numbers and at least one, else null."""
    return items if items and all(type(item) is Decimal for item in items) else None


def _exactly(operation: Callable[[Decimal, Decimal], Decimal], start: Decimal, items: list[Any]) -> Decimal | None:
    numbers = _numbers(items)
    if numbers is None:
        return None
    try:
        for number in numbers:
            start = operation(start, number)
    except ArithmeticError:
        return None
    return start


def _sum(items: list[Any]) -> Decimal | None:
    return _exactly(CONTEXT.add, ZERO, items)


def _mean(items: list[Any]) -> Decimal | None:
    total = _sum(items)
    return None if total is None else CONTEXT.divide(total, Decimal(len(items)))


def _median(items: list[Any]) -> Decimal | None:
    numbers = _numbers(items)
    if numbers is None:
        return None
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return CONTEXT.divide(CONTEXT.add(ordered[middle - 1], ordered[middle]), Decimal(2))


def _deviation(items: list[Any]) -> Decimal | None:
    """Return the sample standard deviation; null below two numbers."""
    numbers = _numbers(items)
    if numbers is None or len(numbers) < 2:
        return None
    mean = _mean(numbers)
    if mean is None:
        return None
    squares = ZERO
    for number in numbers:
        distance = CONTEXT.subtract(number, mean)
        squares = CONTEXT.add(squares, CONTEXT.multiply(distance, distance))
    return CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(numbers) - 1)))


def _mode(items: list[Any]) -> list[Decimal] | None:
    if not items:
        return []
    numbers = _numbers(items)
    if numbers is None:
        return None
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values())
    return sorted(number for number, count in counts.items() if count == most)


def _extreme(items: list[Any], smaller: bool) -> Any:
    best = items[0] if items else None
    for item in items[1:]:
        order = less(item, best) if smaller else less(best, item)
        if order is None:
            return None
        best = item if order else best
    return best if best is not None and less(best, best) is not None else None


def _truths(items: list[Any], fold: Callable[[list[Any]], bool | None]) -> bool | None:
    return None if any(item is not None and type(item) is not bool for item in items) else fold(items)


_declare_both("sum", "Any", _sum, "the sum of the numbers; null for none")
_declare_both("mean", "Any", _mean, "the arithmetic mean of the numbers")
_declare_both("min", "Any", lambda items: _extreme(items, True), "the least item")
_declare_both("max", "Any", lambda items: _extreme(items, False), "the greatest item")
_declare_both("median", "number", _median, "the middle number, or the mean of the two middle ones")
_declare_both("stddev", "number", _deviation, "the sample standard deviation")
_declare_both("mode", "list", _mode, "the most frequent numbers, ascending")
_declare_both("product", "number", lambda items: _exactly(CONTEXT.multiply, ONE, items), "the product of the numbers")
_declare_both("all", "boolean", lambda items: _truths(items, conjunction), "true when no item is false")
_declare_both("any", "boolean", lambda items: _truths(items, disjunction), "true when an item is true")


@builtin("count", "list: list", "number")
def count(items: list[Any]) -> Decimal:
    """the number of items"""
    return Decimal(len(items))


@builtin("list contains", "list: list, element: any", "boolean")
def list_contains(items: list[Any], element: Any) -> bool:
    """whether an item equals the element"""
    return any(equal(item, element) for item in items)


def _index(position: Decimal, length: int) -> int | None:
    """Return the place in a Python list of a FEEL position, None outside."""
    place = int(position)
    if place == 0 or abs(place) > length:
        return None
    return place - 1 if place > 0 else length + place


@builtin("sublist", "list: list, start position: number, length?: number", "list")
def sublist(items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    """length items (or all) from the start position"""
    first = _index(start, len(items))
    if first is None or (length is not None and int(length) < 1):
        return None
    if length is not None and first + int(length) > len(items):
        return None
    return items[first:] if length is None else items[first : first + int(length)]


@builtin("append", "list: list, item...: any", "list")
def append(items: list[Any], *more: Any) -> list[Any]:
    """the list with the items at its end"""
    return [*items, *more]


@builtin("concatenate", "list...: list", "list")
def concatenate(*lists: list[Any]) -> list[Any]:
    """the items of all lists"""
    return [item for items in lists for item in items]


@builtin("insert before", "list: list, position: number, newItem: any", "list")
def insert_before(items: list[Any], position: Decimal, new: Any) -> list[Any] | None:
    """the list with the new item before that position"""
    place = _index(position, len(items))
    return None if place is None else [*items[:place], new, *items[place:]]


@builtin("remove", "list: list, position: number", "list")
def remove(items: list[Any], position: Decimal) -> list[Any] | None:
    """the list without the item at that position"""
    place = _index(position, len(items))
    return None if place is None else [*items[:place], *items[place + 1 :]]


@builtin("list replace", "list: list, position: number, newItem: any", "list")
def list_replace(items: list[Any], position: Decimal, new: Any) -> list[Any] | None:
    """the list with the new item at that position"""
    place = _index(position, len(items))
    return None if place is None else [*items[:place], new, *items[place + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: any", "list")
def list_replace_matching(items: list[Any], match: Function, new: Any) -> list[Any] | None:
    """the list with the new item wherever match(item, newItem) is true"""
    if len(match.parameters) != 2:
        return None
    replaced = []
    for item in items:
        hit = match.call([item, new])
        if type(hit) is not bool:
            return None
        replaced.append(new if hit else item)
    return replaced


@builtin("reverse", "list: list", "list")
def reverse(items: list[Any]) -> list[Any]:
    """the items from the last to the first"""
    return items[::-1]


@builtin("index of", "list: list, match: any", "list")
def index_of(items: list[Any], match: Any) -> list[Decimal]:
    """the positions of the items that equal the match, ascending"""
    return [Decimal(place) for place, item in enumerate(items, 1) if equal(item, match)]


def _distinct(items: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        if not any(equal(item, other) for other in kept):
            kept.append(item)
    return kept


@builtin("union", "list...: list", "list")
def union(*lists: list[Any]) -> list[Any]:
    """the items of all lists, each value once"""
    return _distinct(concatenate(*lists))


@builtin("distinct values", "list: list", "list")
def distinct_values(items: list[Any]) -> list[Any]:
    """each value of the list once, in order of first occurrence"""
    return _distinct(items)


@builtin("flatten", "list: list", "list")
def flatten(items: list[Any]) -> list[Any]:
    """the items of the list and of the lists in it, at any depth"""
    flat: list[Any] = []
    for item in items:
        flat.extend(flatten(item) if type(item) is list else [item])
    return flat


class _NoOrder(Exception):
    pass


@builtin("sort", "list: list, precedes: function", "list")
def sort(items: list[Any], precedes: Function) -> list[Any] | None:
    """the items ordered so that precedes(x, y) puts x before y; stable"""
    if len(precedes.parameters) != 2:
        return None

    def compare(left: Any, right: Any) -> int:
        for pair, sign in (((left, right), -1), ((right, left), 1)):
            before = precedes.call(list(pair))
            if type(before) is not bool:
                raise _NoOrder
            if before:
                return sign
        return 0

    try:
        return sorted(items, key=cmp_to_key(compare))
    except _NoOrder:
        return None
