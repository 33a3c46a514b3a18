"""Arithmetic of FEEL（四则运算）over numbers, strings, moments and durations (DMN 1.5, tables 53–57)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import Any

from zhengtong.rules.values.domain import kind_of
from zhengtong.rules.values.numbers import (
    CONTEXT,
    add_numbers,
    divide_numbers,
    multiply_numbers,
    negate_number,
    power_numbers,
    subtract_numbers,
)
from zhengtong.rules.values.temporal import (
    DAY_NANOS,
    Date,
    DateTime,
    Months,
    Nanos,
    Time,
    date_from_ordinal,
    days_in_month,
    make_date,
    moment_in_zone,
)

Operation = Callable[[Any, Any], Any]
_UTC_MIDNIGHT = Time(0, 0, 0, 0, 0)


def plus_months(value: Date | DateTime, months: int) -> Date | DateTime | None:
    """Return the same day `months` later, or the month's last day where there is no such day."""
    if isinstance(value, DateTime):
        day = plus_months(value.date, months)
        return DateTime(day, value.time) if isinstance(day, Date) else None
    year, index = divmod(value.year * 12 + value.month - 1 + months, 12)
    return make_date(year, index + 1, min(value.day, days_in_month(year, index + 1)))


def plus_nanos(value: Date | DateTime | Time, nanos: int) -> Any:
    """Return the moment `nanos` later; a date keeps whole days, a time wraps around midnight.

    A moment in an IANA zone moves on the line of instants, so that a day in which clocks change has 23 or 25 hours.
    """
    if isinstance(value, Time):
        return value.with_nanos(value.to_nanos() + nanos)
    if isinstance(value, Date):
        return date_from_ordinal(value.to_ordinal() + nanos // DAY_NANOS)
    if value.time.zone is not None and (moved := moment_in_zone(value.to_nanos() + nanos, value.time.zone)):
        return moved
    days, rest = divmod(value.time.to_nanos() + nanos, DAY_NANOS)
    day = date_from_ordinal(value.date.to_ordinal() + days)
    return DateTime(day, value.time.with_nanos(rest)) if day else None


def _between_moments(left: DateTime, right: DateTime) -> Nanos | None:
    """Return left - right; null when only one of them is local."""
    return Nanos(left.to_nanos() - right.to_nanos()) if left.is_local == right.is_local else None


def _between_times(left: Time, right: Time) -> Nanos | None:
    if left.is_local != right.is_local:
        return None
    shift = (left.standard_offset() or 0) - (right.standard_offset() or 0)
    return Nanos(left.to_nanos() - right.to_nanos() - shift * 1_000_000_000)


def _as_moment(value: Date) -> DateTime:
    """Return the date as midnight UTC (DMN 1.5, 10.3.2.9.4)."""
    return DateTime(value, _UTC_MIDNIGHT)


def _scale_months(months: Months, factor: Decimal) -> Months | None:
    product = multiply_numbers(Decimal(months.months), factor)
    return None if product is None else Months(int(product.to_integral_value(ROUND_DOWN)))


def _scale_nanos(duration: Nanos, factor: Decimal) -> Nanos | None:
    product = multiply_numbers(Decimal(duration.nanos), factor)
    return None if product is None else Nanos(int(product.to_integral_value(ROUND_DOWN)))


def _share_months(months: Months, divisor: Decimal) -> Months | None:
    quotient = divide_numbers(Decimal(months.months), divisor)
    return None if quotient is None else Months(int(quotient.to_integral_value(ROUND_DOWN)))


def _share_nanos(duration: Nanos, divisor: Decimal) -> Nanos | None:
    quotient = divide_numbers(Decimal(duration.nanos), divisor)
    return None if quotient is None else Nanos(int(quotient.to_integral_value(ROUND_DOWN)))


_NUM, _STR, _DATE, _TIME = "number", "string", "date", "time"
_MOMENT, _YM, _DT = "date and time", "years and months duration", "days and time duration"

_ADD: dict[tuple[str, str], Operation] = {
    (_NUM, _NUM): add_numbers,
    (_STR, _STR): lambda a, b: a + b,
    (_YM, _YM): lambda a, b: Months(a.months + b.months),
    (_DT, _DT): lambda a, b: Nanos(a.nanos + b.nanos),
}
_SUBTRACT: dict[tuple[str, str], Operation] = {
    (_NUM, _NUM): subtract_numbers,
    (_YM, _YM): lambda a, b: Months(a.months - b.months),
    (_DT, _DT): lambda a, b: Nanos(a.nanos - b.nanos),
    (_DATE, _DATE): lambda a, b: Nanos((a.to_ordinal() - b.to_ordinal()) * DAY_NANOS),
    (_MOMENT, _MOMENT): _between_moments,
    (_MOMENT, _DATE): lambda a, b: _between_moments(a, _as_moment(b)),
    (_DATE, _MOMENT): lambda a, b: _between_moments(_as_moment(a), b),
    (_TIME, _TIME): _between_times,
}
for _kind in (_DATE, _MOMENT):
    _ADD[_kind, _YM] = lambda a, b: plus_months(a, b.months)
    _ADD[_YM, _kind] = lambda a, b: plus_months(b, a.months)
    _SUBTRACT[_kind, _YM] = lambda a, b: plus_months(a, -b.months)
for _kind in (_DATE, _MOMENT, _TIME):
    _ADD[_kind, _DT] = lambda a, b: plus_nanos(a, b.nanos)
    _ADD[_DT, _kind] = lambda a, b: plus_nanos(b, a.nanos)
    _SUBTRACT[_kind, _DT] = lambda a, b: plus_nanos(a, -b.nanos)
_MULTIPLY: dict[tuple[str, str], Operation] = {
    (_NUM, _NUM): multiply_numbers,
    (_YM, _NUM): _scale_months,
    (_NUM, _YM): lambda a, b: _scale_months(b, a),
    (_DT, _NUM): _scale_nanos,
    (_NUM, _DT): lambda a, b: _scale_nanos(b, a),
}
_DIVIDE: dict[tuple[str, str], Operation] = {
    (_NUM, _NUM): divide_numbers,
    (_YM, _NUM): _share_months,
    (_DT, _NUM): _share_nanos,
    (_YM, _YM): lambda a, b: divide_numbers(Decimal(a.months), Decimal(b.months)),
    (_DT, _DT): lambda a, b: divide_numbers(Decimal(a.nanos), Decimal(b.nanos)),
}
_POWER: dict[tuple[str, str], Operation] = {(_NUM, _NUM): power_numbers}


def _operator(table: dict[tuple[str, str], Operation], on_numbers: Operation) -> Operation:
    """Return the operator that picks its operation by the kinds of both operands; null for any other pair."""

    def operate(left: Any, right: Any) -> Any:
        if type(left) is Decimal and type(right) is Decimal:
            return on_numbers(left, right)
        operation = table.get((kind_of(left), kind_of(right)))
        return None if operation is None else operation(left, right)

    return operate


add = _operator(_ADD, add_numbers)
subtract = _operator(_SUBTRACT, subtract_numbers)
multiply = _operator(_MULTIPLY, multiply_numbers)
divide = _operator(_DIVIDE, divide_numbers)
power = _operator(_POWER, power_numbers)


def negate(value: Any) -> Any:
    """Return -value for numbers and durations, else null."""
    if type(value) is Decimal:
        return negate_number(value)
    if type(value) is Months:
        return Months(-value.months)
    return Nanos(-value.nanos) if type(value) is Nanos else None


ARITHMETIC: dict[str, Operation] = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}

#: which pairs of kinds an operator accepts; the type checker reads it, so that it can never differ from the values
ACCEPTED = {"+": _ADD, "-": _SUBTRACT, "*": _MULTIPLY, "/": _DIVIDE, "**": _POWER}

__all__ = ["ACCEPTED", "ARITHMETIC", "CONTEXT", "add", "divide", "multiply", "negate", "power", "subtract"]
