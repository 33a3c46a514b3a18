"""Properties of values（属性）: `date.year`, `duration.hours`, `range.start` … (DMN 1.5, table 65)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from zhengtong.rules.values.domain import Range, kind_of
from zhengtong.rules.values.temporal import DAY_SECONDS, NANOS, Date, DateTime, Months, Nanos, Time


def weekday(value: Date) -> int:
    """Return 1 for Monday … 7 for Sunday."""
    return (value.to_ordinal() + 3) % 7 + 1


def _signed(amount: int, unit: int, modulus: int | None = None) -> Decimal:
    """Return amount in whole units, truncated toward zero, with the sign kept."""
    size = abs(amount) // unit
    size = size % modulus if modulus else size
    return Decimal(-size if amount < 0 else size)


def _offset(seconds: int | None) -> Nanos | None:
    return None if seconds is None else Nanos(seconds * NANOS)


def _second(value: Time) -> Decimal:
    return Decimal(value.second) + Decimal(value.nano).scaleb(-9).normalize() if value.nano else Decimal(value.second)


_DATE: dict[str, Callable[[Date], Any]] = {
    "year": lambda v: Decimal(v.year),
    "month": lambda v: Decimal(v.month),
    "day": lambda v: Decimal(v.day),
    "weekday": lambda v: Decimal(weekday(v)),
}
_TIME: dict[str, Callable[[Time], Any]] = {
    "hour": lambda v: Decimal(v.hour),
    "minute": lambda v: Decimal(v.minute),
    "second": _second,
    "time offset": lambda v: _offset(v.standard_offset()),
    "timezone": lambda v: v.zone,
}


def _of_date(get: Callable[[Date], Any]) -> Callable[[DateTime], Any]:
    return lambda moment: get(moment.date)


def _of_time(get: Callable[[Time], Any]) -> Callable[[DateTime], Any]:
    return lambda moment: get(moment.time)


_MOMENT: dict[str, Callable[[DateTime], Any]] = {
    **{name: _of_date(get) for name, get in _DATE.items()},
    **{name: _of_time(get) for name, get in _TIME.items()},
    "time offset": lambda v: _offset(v.offset),
}
_MONTHS: dict[str, Callable[[Months], Any]] = {
    "years": lambda v: _signed(v.months, 12),
    "months": lambda v: _signed(v.months, 1, 12),
}
_NANOS: dict[str, Callable[[Nanos], Any]] = {
    "days": lambda v: _signed(v.nanos, DAY_SECONDS * NANOS),
    "hours": lambda v: _signed(v.nanos, 3600 * NANOS, 24),
    "minutes": lambda v: _signed(v.nanos, 60 * NANOS, 60),
    "seconds": lambda v: _signed(v.nanos, NANOS, 60),
}
_RANGE: dict[str, Callable[[Range], Any]] = {
    "start": lambda v: v.low,
    "end": lambda v: v.high,
    "start included": lambda v: v.low_closed,
    "end included": lambda v: v.high_closed,
}
PROPERTIES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "date": _DATE,
    "time": _TIME,
    "date and time": _MOMENT,
    "years and months duration": _MONTHS,
    "days and time duration": _NANOS,
    "range": _RANGE,
}
PROPERTY_NAMES = frozenset(name for table in PROPERTIES.values() for name in table)


def member(value: Any, name: str) -> Any:
    """Return `value.name`: an entry of a context, a property, or for a list the members of its items; else null."""
    if type(value) is dict:
        return value.get(name)
    if type(value) is list:
        return [member(item, name) for item in value]
    getter = PROPERTIES.get(kind_of(value), {}).get(name)
    return None if getter is None else getter(value)
