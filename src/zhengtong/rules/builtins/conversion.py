"""Conversion builtins（转换函数）: number, string, range (DMN 1.5, table 73)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from zhengtong.kit import Refused
from zhengtong.rules.builtins.declare import builtin
from zhengtong.rules.syntax import NameTable, parse_expression, tree
from zhengtong.rules.values.convert import to_text
from zhengtong.rules.values.domain import Range, kind_of
from zhengtong.rules.values.logic import less_or_equal
from zhengtong.rules.values.numbers import negate_number, number_from_text
from zhengtong.rules.values.temporal_text import (
    date_from_text,
    date_time_from_text,
    duration_from_text,
    time_from_text,
)

_GROUPINGS = (" ", ",", ".")
_DECIMALS = (",", ".")
_LITERAL_CALLS = {
    "date": date_from_text,
    "time": time_from_text,
    "date and time": date_time_from_text,
    "duration": duration_from_text,
}
_LITERAL_NAMES = NameTable(_LITERAL_CALLS)


@builtin("number", "from: string", "number")
def number(text: str) -> Decimal | None:
    """the number the text writes"""
    return number_from_text(text)


@builtin("number", "from: number", "number")
def same_number(value: Decimal) -> Decimal:
    """the same number"""
    return value


@builtin("number", "from: string, grouping separator: string?, decimal separator: string?", "number")
def grouped_number(text: str, grouping: str | None, point: str | None) -> Decimal | None:
    """the number of a text with grouping (space, comma or point) and decimal separator (point or comma)"""
    if grouping is not None and grouping not in _GROUPINGS:
        return None
    if (point is not None and point not in _DECIMALS) or (grouping is not None and grouping == point):
        return None
    plain = text.replace(grouping, "") if grouping else text
    return number_from_text(plain.replace(point, ".") if point else plain)


@builtin("string", "from: any", "string")
def string(value: Any) -> str | None:
    """the text of a value; null for null"""
    return None if value is None else to_text(value)


@builtin("range", "from: string", "range")
def range_(text: str) -> Range | None:
    """the range a text such as `[1..10)` writes; its ends are literals, in order and of one kind"""
    try:
        node = parse_expression(text, [_LITERAL_NAMES])
    except Refused:
        return None
    if not isinstance(node, tree.RangeNode):
        return None
    low, high = _literal(node.low), _literal(node.high)
    if low is None or high is None or kind_of(low) != kind_of(high) or less_or_equal(low, high) is not True:
        return None
    return Range(low, high, node.low_closed, node.high_closed)


def _literal(node: tree.Node) -> Any:
    if isinstance(node, tree.Literal):
        return node.value
    if isinstance(node, tree.Negative) and isinstance(node.operand, tree.Literal):
        return negate_number(node.operand.value) if isinstance(node.operand.value, Decimal) else None
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and len(node.arguments) == 1:
        reader, text = _LITERAL_CALLS.get(node.function.name), node.arguments[0]
        if reader is not None and isinstance(text, tree.Literal) and isinstance(text.value, str):
            return reader(text.value)
    return None
