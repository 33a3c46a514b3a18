"""Moments and durations in SQL（SQL 日期时间）: months and nanoseconds are kept apart, as whole numbers; zones are refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from zhengtong.rules.to_sql.decimals import Decimals
from zhengtong.rules.to_sql.dialect import Dialect
from zhengtong.rules.to_sql.kinds import (
    DATE,
    MOMENT,
    MONTHS,
    NANOS,
    NULL_VALUE,
    TIME,
    NoForm,
    SqlType,
    Value,
    fixed,
)
from zhengtong.rules.values.temporal import DAY_NANOS, Date, DateTime, Months, Nanos, Time

_LITERAL = re.compile(r"\((-?\d+)\)")
_DAY_MICROS = DAY_NANOS // 1000
_MAX_DAYS = 2_000_000_000
#: the most digits whole months and nanoseconds are taken to have in arithmetic with numbers
_MONTH_DIGITS, _NANO_DIGITS = 12, 25
_KINDS = {"date": DATE, "time": TIME, "date and time": MOMENT, "months": MONTHS, "nanos": NANOS}


class Moments:
    """Dates, times and durations in one dialect."""

    def __init__(self, dialect: Dialect, decimals: Decimals) -> None:
        self.dialect, self.decimals = dialect, decimals

    def constant(self, value: Any) -> Value:
        """Return a literal of a date, local time, local moment or duration."""
        if isinstance(value, Months):
            return Value(self.dialect.cast(str(value.months), MONTHS), MONTHS, True, value)
        if isinstance(value, Nanos):
            return Value(self.dialect.cast(self.dialect.text(str(value.nanos)), NANOS), NANOS, True, value)
        if isinstance(value, Date):
            return Value(self._date(value), DATE, True, value)
        if not value.is_local:
            raise NoForm("a time in a zone", "带时区的时间")
        time = value.time if isinstance(value, DateTime) else value
        if time.nano % 1000:
            raise NoForm("a time below microseconds", "小于微秒的时间")
        micros = time.to_nanos() // 1000
        if isinstance(value, Time):
            return Value(self.dialect.time_from_micros(str(micros)), TIME, True, value)
        days = value.date.to_ordinal()
        if abs(days) > 100_000_000:
            raise NoForm("a year that far away", "过于遥远的年份")
        return Value(self.dialect.moment_from_micros(str(days * _DAY_MICROS + micros)), MOMENT, True, value)

    def _date(self, value: Date) -> str:
        days = value.to_ordinal()
        if abs(days) > _MAX_DAYS:
            raise NoForm("a year that far away", "过于遥远的年份")
        return self.dialect.date_from_days(str(days))

    # -- arithmetic ------------------------------------------------------------------------------------------------

    def calculate(self, operator: str, left: Value, right: Value) -> Value:
        """Return left operator right; null for kinds that do not combine."""
        operation = _OPERATIONS.get((operator, left.type.family, right.type.family))
        return NULL_VALUE if operation is None else operation(self, left, right)

    def _plus_months(self, moment: Value, months: str) -> Value:
        if moment.type == DATE:
            return Value(self.dialect.date_plus_months(moment.sql, months), DATE)
        return Value(self.dialect.moment_plus_months(moment.sql, months), MOMENT)

    def _later(self, moment: Value, duration: Value, sign: int = 1) -> Value:
        if isinstance(duration.constant, Nanos):
            return self._plus_nanos(moment, f"({sign * duration.constant.nanos})")
        return self._plus_nanos(moment, duration.sql if sign > 0 else f"(-{duration.sql})")

    def _plus_nanos(self, moment: Value, nanos: str) -> Value:
        """Return the moment later: whole days for a date, whole microseconds otherwise; finer stops the query."""
        dialect = self.dialect
        if moment.type == DATE:
            days = f"({dialect.days_of_date(moment.sql)} + {self._floored(nanos, str(DAY_NANOS))})"
            return Value(dialect.date_from_days(days), DATE)
        whole = self._micros(nanos)
        if moment.type == MOMENT:
            return Value(dialect.moment_from_micros(f"({dialect.micros_of_moment(moment.sql)} + {whole})"), MOMENT)
        total = f"({dialect.micros_of_time(moment.sql)} + {whole})"
        return Value(dialect.time_from_micros(self._modulo(total, str(_DAY_MICROS))), TIME)

    def _micros(self, nanos: str) -> str:
        dialect = self.dialect
        literal = _LITERAL.fullmatch(nanos)
        if literal and int(literal[1]) % 1000 == 0:
            return f"({int(literal[1]) // 1000})"
        too_fine = dialect.fail("a duration below microseconds has no SQL form")
        return dialect.let(
            nanos,
            lambda n: (
                f"(CASE WHEN {dialect.remainder(n, '1000')} <> 0 THEN {too_fine} ELSE {dialect.divided(n, '1000')} END)"
            ),
        )

    def _floored(self, number: str, divisor: str) -> str:
        d = self.dialect
        return d.let(
            number,
            lambda n: f"({d.divided(n, divisor)} - (CASE WHEN {d.remainder(n, divisor)} < 0 THEN 1 ELSE 0 END))",
        )

    def _modulo(self, number: str, divisor: str) -> str:
        d = self.dialect
        return d.let(number, lambda n: d.remainder(f"({d.remainder(n, divisor)} + {divisor})", divisor))

    def _between(self, left: Value, right: Value) -> Value:
        d = self.dialect
        if left.type == DATE:
            days = f"({d.days_of_date(left.sql)} - {d.days_of_date(right.sql)})"
            return Value(f"({d.cast(days, NANOS)} * {DAY_NANOS})", NANOS)
        of = d.micros_of_moment if left.type == MOMENT else d.micros_of_time
        return Value(f"({d.cast(f'({of(left.sql)} - {of(right.sql)})', NANOS)} * 1000)", NANOS)

    def _zoned(self, left: Value, right: Value) -> Value:  # noqa: ARG002 - one shape for all operations
        """A local moment and a date (midnight UTC) have no difference: null, as in the values."""
        return NULL_VALUE

    def _combined(self, operator: str, left: Value, right: Value) -> Value:
        return Value(f"({left.sql} {operator} {right.sql})", left.type)

    def _scaled(self, duration: Value, factor: Value) -> Value:
        """Return duration × number, cut toward zero."""
        product = self.decimals.calculate("*", self.as_number(duration), factor)
        return self._as_duration(self.decimals.round(product, 0, "down"), duration.type)

    def _shared(self, duration: Value, divisor: Value) -> Value:
        quotient = self.decimals.quotient(self.as_number(duration), divisor)
        if quotient is NULL_VALUE:
            return NULL_VALUE
        return self._as_duration(self.decimals.round(quotient, 0, "down"), duration.type)

    def _ratio(self, left: Value, right: Value) -> Value:
        return self.decimals.quotient(self.as_number(left), self.as_number(right))

    def as_number(self, duration: Value) -> Value:
        """Return the months or nanoseconds as a number."""
        kind = fixed(_MONTH_DIGITS if duration.type == MONTHS else _NANO_DIGITS, 0)
        return Value(self.dialect.cast(duration.sql, kind), kind)

    def _as_duration(self, number: Value, kind: SqlType) -> Value:
        return Value(self.dialect.cast(number.sql, kind), kind)

    # -- comparison, properties ------------------------------------------------------------------------------------

    def comparable(self, value: Value) -> str:
        """Return what is compared: times and moments by whole seconds."""
        if value.type == MOMENT:
            return self._floored(self.dialect.micros_of_moment(value.sql), "1000000")
        if value.type == TIME:
            return self.dialect.divided(self.dialect.micros_of_time(value.sql), "1000000")
        return value.sql

    def member(self, value: Value, name: str) -> Value | None:
        """Return a property of a moment or duration; None when its kind has no such property."""
        kind = value.type
        if kind in (DATE, MOMENT) and name in ("year", "month", "day", "weekday"):
            return self.decimals.integer(self.dialect.part(name, value.sql), 7 if name == "year" else 2)
        if kind in (TIME, MOMENT) and name in ("hour", "minute"):
            return self.decimals.integer(self.dialect.part(name, value.sql), 2)
        if kind in (TIME, MOMENT) and name == "second":
            return self._second(value)
        if kind in (TIME, MOMENT) and name in ("time offset", "timezone"):
            return NULL_VALUE
        return self._duration_part(value, name)

    def _second(self, value: Value) -> Value:
        of = self.dialect.micros_of_moment if value.type == MOMENT else self.dialect.micros_of_time
        return self.decimals.scaled(self._modulo(of(value.sql), "60000000"), fixed(2, 6))

    def _duration_part(self, value: Value, name: str) -> Value | None:
        unit = _DURATION_PARTS.get((value.type.kind, name))
        if unit is None:
            return None
        size, modulus = unit
        whole = self.dialect.divided(value.sql, str(size))
        return self.decimals.integer(self.dialect.remainder(whole, str(modulus)) if modulus else whole, 18)


_DURATION_PARTS = {
    ("months", "years"): (12, 0),
    ("months", "months"): (1, 12),
    ("nanos", "days"): (DAY_NANOS, 0),
    ("nanos", "hours"): (DAY_NANOS // 24, 24),
    ("nanos", "minutes"): (60_000_000_000, 60),
    ("nanos", "seconds"): (1_000_000_000, 60),
}
Operation = Callable[[Moments, Value, Value], Value]
_OPERATIONS: dict[tuple[str, str, str], Operation] = {
    ("-", "date", "date"): Moments._between,
    ("-", "date and time", "date and time"): Moments._between,
    ("-", "time", "time"): Moments._between,
    ("-", "date", "date and time"): Moments._zoned,
    ("-", "date and time", "date"): Moments._zoned,
}
for _duration in ("months", "nanos"):
    _OPERATIONS["+", _duration, _duration] = lambda m, a, b: m._combined("+", a, b)
    _OPERATIONS["-", _duration, _duration] = lambda m, a, b: m._combined("-", a, b)
    _OPERATIONS["*", _duration, "number"] = Moments._scaled
    _OPERATIONS["*", "number", _duration] = lambda m, a, b: m._scaled(b, a)
    _OPERATIONS["/", _duration, "number"] = Moments._shared
    _OPERATIONS["/", _duration, _duration] = Moments._ratio
for _kind in ("date", "date and time"):
    _OPERATIONS["+", _kind, "months"] = lambda m, a, b: m._plus_months(a, b.sql)
    _OPERATIONS["+", "months", _kind] = lambda m, a, b: m._plus_months(b, a.sql)
    _OPERATIONS["-", _kind, "months"] = lambda m, a, b: m._plus_months(a, f"(-{b.sql})")
for _kind in ("date", "date and time", "time"):
    _OPERATIONS["+", _kind, "nanos"] = lambda m, a, b: m._later(a, b)
    _OPERATIONS["+", "nanos", _kind] = lambda m, a, b: m._later(b, a)
    _OPERATIONS["-", _kind, "nanos"] = lambda m, a, b: m._later(a, b, -1)
