"""Between Python values and the value domain（取值转换）, and every value as FEEL text."""

from __future__ import annotations

import datetime as python
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from zhengtong.rules.values.domain import KINDS, Function, Range
from zhengtong.rules.values.numbers import CONTEXT, text_from_number
from zhengtong.rules.values.temporal import Date, DateTime, Months, Nanos, Time
from zhengtong.rules.values.temporal_text import (
    text_from_date,
    text_from_date_time,
    text_from_months,
    text_from_nanos,
    text_from_time,
)


def _from_time(value: python.time | python.datetime) -> Time:
    shift = value.utcoffset()
    offset = None if shift is None else int(shift.total_seconds())
    zone = getattr(value.tzinfo, "key", None)
    return Time(value.hour, value.minute, value.second, value.microsecond * 1000, None if zone else offset, zone)


def _from_number(value: Decimal) -> Decimal | None:
    return CONTEXT.plus(value) if value.is_finite() else None


def from_python(value: Any) -> Any:
    """Return the FEEL value of JSON-like Python input; what has no FEEL meaning is a TypeError.

    Floats take their shortest decimal notation (0.1 is 0.1); NaN and infinities are null.
    """
    kind = type(value)
    if kind is Decimal:
        return _from_number(value)
    if kind in (str, bool, type(None)):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return _from_number(Decimal(repr(value)))
    if isinstance(value, python.datetime):
        return DateTime(Date(value.year, value.month, value.day), _from_time(value))
    if isinstance(value, python.date):
        return Date(value.year, value.month, value.day)
    return _from_other(value)


def _from_other(value: Any) -> Any:
    if isinstance(value, python.time):
        return _from_time(value)
    if isinstance(value, python.timedelta):
        return Nanos((value.days * 86_400 + value.seconds) * 1_000_000_000 + value.microseconds * 1000)
    if isinstance(value, Mapping):
        return {str(key): from_python(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [from_python(item) for item in value]
    if type(value) in KINDS:
        return value
    if isinstance(value, (str, Decimal)):
        return str(value) if isinstance(value, str) else _from_number(Decimal(value))
    raise TypeError(f"{type(value).__name__} has no FEEL value")


def to_python(value: Any) -> Any:
    """Return plain Python: dates, times and day durations as `datetime`'s where those can hold them."""
    if type(value) is dict:
        return {key: to_python(item) for key, item in value.items()}
    if type(value) is list:
        return [to_python(item) for item in value]
    if type(value) is Date:
        return python.date(value.year, value.month, value.day) if 1 <= value.year <= 9999 else value
    if type(value) is Nanos and value.nanos % 1000 == 0 and abs(value.nanos) < 10**23:
        return python.timedelta(microseconds=value.nanos // 1000)
    if type(value) is DateTime and value.is_local and 1 <= value.date.year <= 9999 and value.time.nano % 1000 == 0:
        day, time = value.date, value.time
        return python.datetime(day.year, day.month, day.day, time.hour, time.minute, time.second, time.nano // 1000)  # noqa: DTZ001
    if type(value) is Time and value.is_local and value.nano % 1000 == 0:
        return python.time(value.hour, value.minute, value.second, value.nano // 1000)
    return value


def _text_from_range(value: Range) -> str:
    if value.operator is not None:
        return f"({value.operator} {nested_text(value.low if value.low is not None else value.high)})"
    ends = ("[" if value.low_closed else "(", "]" if value.high_closed else ")")
    return f"{ends[0]}{nested_text(value.low)}..{nested_text(value.high)}{ends[1]}"


_TEXT: dict[type, Any] = {
    type(None): lambda _: "null",
    bool: lambda v: "true" if v else "false",
    str: lambda v: v,
    Decimal: text_from_number,
    Date: text_from_date,
    Time: text_from_time,
    DateTime: text_from_date_time,
    Months: text_from_months,
    Nanos: text_from_nanos,
    Range: _text_from_range,
    list: lambda v: "[" + ", ".join(nested_text(item) for item in v) + "]",
    dict: lambda v: "{" + ", ".join(f"{_key_text(k)}: {nested_text(item)}" for k, item in v.items()) + "}",
    Function: lambda v: f"function({', '.join(v.parameters)})",
}


def to_text(value: Any) -> str:
    """Return the text `string(value)` gives; a string is itself."""
    return str(_TEXT[type(value)](value))


def nested_text(value: Any) -> str:
    """Return the FEEL notation of a value inside another: strings in quotes."""
    if type(value) is str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return to_text(value)


def _key_text(key: str) -> str:
    return key if key and all(c.isalnum() or c in "_ " for c in key) and not key[0].isdigit() else nested_text(key)
