"""PostgreSQL（PostgreSQL 方言）: NUMERIC holds any number of digits, so a wide number is one, rounded to FEEL's 34."""

# ruff: noqa: ARG005 - every step of a `_let` is given all names before it, also those it does not need
from __future__ import annotations

from typing import Any

from zhengtong.rules.to_sql.dialect import Dialect
from zhengtong.rules.to_sql.kinds import EXACT_DIGITS, NoForm, SqlType
from zhengtong.rules.to_sql.rounding import rounding_step
from zhengtong.rules.to_sql.stages import Stages
from zhengtong.rules.to_sql.wide import WideMath

#: digits a quotient is worked out to before it is rounded to 34; enough for numbers of up to 60 places either side
_QUOTIENT_PLACES = 120


class Postgres(Dialect):
    """PostgreSQL 15 or later. Lists and contexts have no form; answers with several outputs are columns."""

    name = "postgres"
    has_lists = False
    word_digits = 0
    has_unicode_case = False

    def __init__(self) -> None:
        super().__init__()
        self.stages = Stages(fence=" OFFSET 0")

    def wide_math(self, plain: type) -> Any:  # noqa: ARG002
        return NumericMath(self)

    def _plain_types(self) -> dict[str, str]:
        return {
            **super()._plain_types(),
            "string": "TEXT",
            "nanos": "NUMERIC",
            "wide": "NUMERIC",
        }

    @property
    def whole(self) -> str:
        return "NUMERIC"

    def divided(self, dividend: str, divisor: str) -> str:
        return f"div({dividend}, {divisor})"

    def remainder(self, dividend: str, divisor: str) -> str:
        return f"mod({dividend}, {divisor})"

    def fail(self, message: str) -> str:
        raise NoForm(f"what may stop the query ({message})", "可能中止查询的运算")

    def ordered(self, sql: str, kind: SqlType) -> str:
        return f'({sql} COLLATE "C")' if kind.kind == "string" else sql

    def position(self, number: str) -> str:
        return f"CAST(greatest(least({number}, 2147483646), -2147483647) AS INTEGER)"

    def date_or_null(self, text: str) -> str:
        raise NoForm("date() of computed parts", "由计算得出的年月日")

    def calendar(self, function: str, day: str) -> str:
        if function in ("dayname", "monthname"):
            return f"to_char({day}, '{'FMDay' if function == 'dayname' else 'FMMonth'}')"
        return f"CAST(extract({'doy' if function == 'dayofyear' else 'week'} FROM {day}) AS INTEGER)"

    def date_from_days(self, days: str) -> str:
        return f"(DATE '1970-01-01' + CAST({days} AS INTEGER))"

    def days_of_date(self, date: str) -> str:
        return f"CAST(({date} - DATE '1970-01-01') AS NUMERIC)"

    def micros_of_moment(self, moment: str) -> str:
        return f"trunc(extract(epoch FROM {moment}) * 1000000)"

    def micros_of_time(self, time: str) -> str:
        return f"trunc(extract(epoch FROM {time}) * 1000000)"

    def moment_from_micros(self, micros: str) -> str:
        def split(m: str) -> str:
            days = f"floor({m} / 86400000000)"
            rest = f"({m} - {days} * 86400000000)"
            return f"(({self.date_from_days(days)}) + CAST({rest} AS BIGINT) * INTERVAL '1 microsecond')"

        return self.let(f"CAST({micros} AS NUMERIC)", split)

    def time_from_micros(self, micros: str) -> str:
        return f"(TIME '00:00:00' + CAST({micros} AS BIGINT) * INTERVAL '1 microsecond')"

    def date_plus_months(self, date: str, months: str) -> str:
        return f"CAST(({date} + make_interval(months => CAST({months} AS INTEGER))) AS DATE)"

    def moment_plus_months(self, moment: str, months: str) -> str:
        return f"({moment} + make_interval(months => CAST({months} AS INTEGER)))"

    def part(self, name: str, moment: str) -> str:
        field = f"CAST(extract({'isodow' if name == 'weekday' else name} FROM {moment}) AS INTEGER)"
        if name in ("hour", "minute"):
            return field
        return f"({field} + (CASE WHEN {field} < 0 THEN 1 ELSE 0 END))" if name == "year" else field


class NumericMath(WideMath):
    """Wide numbers as NUMERIC: exact operations, then rounded half-even to 34 significant digits."""

    def make(self, coefficient: str, exponent: str) -> str:
        if exponent == "0":
            return f"CAST({coefficient} AS NUMERIC)"
        places = int(exponent)
        unit = "1" + "0" * places if places > 0 else "0." + "0" * (-places - 1) + "1"
        return f"(CAST({coefficient} AS NUMERIC) * {unit})"

    def from_fixed(self, value: str, kind: SqlType) -> str:
        return (
            self._rounded34(f"CAST({value} AS NUMERIC)") if kind.digits > EXACT_DIGITS else f"CAST({value} AS NUMERIC)"
        )

    def _rounded34(self, number: str) -> str:
        """Return a number rounded half-even to 34 significant digits."""
        return self._let(
            f"CAST({number} AS NUMERIC)",
            lambda x: (
                f"CASE WHEN abs({x}) >= 1 THEN {EXACT_DIGITS} - length(CAST(trunc(abs({x})) AS TEXT)) "
                f"ELSE {EXACT_DIGITS} + length(split_part(CAST(abs({x}) AS TEXT), '.', 2)) "
                f"- length(ltrim(split_part(CAST(abs({x}) AS TEXT), '.', 2), '0')) END"
            ),
            lambda x, s: f"round({x}, {s})",
            lambda x, s, away: f"trunc({x}, {s})",
            lambda x, s, away, cut: (
                f"CASE WHEN {s} >= 0 THEN right(CAST({cut} AS TEXT), 1) "
                f"ELSE right(left(CAST({cut} AS TEXT), length(CAST({cut} AS TEXT)) + {s}), 1) END"
            ),
            lambda x, s, away, cut, last: (
                f"(CASE WHEN {away} <> {cut} AND abs({x} - {cut}) = abs({away} - {x}) "
                f"AND {last} IN ('0', '2', '4', '6', '8') THEN {cut} ELSE {away} END)"
            ),
        )

    def multiply(self, left: str, right: str) -> str:
        return self._rounded34(f"({left}) * ({right})")

    def add(self, left: str, right: str, *, negative: bool = False) -> str:
        return self._rounded34(f"({left}) {'-' if negative else '+'} ({right})")

    def divide(self, left: str, right: str) -> str:
        """Return the quotient: cut to 120 places with a last digit that remembers whether anything was cut."""
        scale, unit = "1" + "0" * _QUOTIENT_PLACES, "0." + "0" * _QUOTIENT_PLACES + "1"
        return self._let(
            f"({left}) * {scale}",
            f"NULLIF({right}, 0)",
            lambda a, b: f"div({a}, {b})",
            lambda a, b, q: f"sign({a}) * sign({b}) * (CASE WHEN {a} <> {q} * {b} THEN 1 ELSE 0 END)",
            lambda a, b, q, rest: self._rounded34(f"({q} * 10 + {rest}) * {unit}"),
        )

    def negative(self, value: str) -> str:
        return f"(-({value}))"

    def absolute(self, value: str) -> str:
        return f"abs({value})"

    def compare(self, operator: str, a: str, b: str) -> str:
        if operator == "=":
            return self.dialect.same(a, b)
        return f"(NOT {self.dialect.same(a, b)})" if operator == "!=" else f"({a} {operator} {b})"

    def power(self, base: str, times: str) -> str:
        """Return a known power by the same steps as everywhere."""
        if not times.lstrip("-").isdigit():
            raise NoForm("** with an exponent that is computed", "按计算得出的次幂")

        def powered(b: str) -> str:
            result = "CAST(1 AS NUMERIC)"
            for bit in bin(abs(int(times)))[2:]:
                result = self.multiply(result, result)
                if bit == "1":
                    result = self.multiply(result, b)
            return self.divide("1", result) if int(times) < 0 else result

        return self._let(base, powered)

    def rounded(self, value: str, scale: int, mode: str) -> str:
        unit = "1" + "0" * scale if scale >= 0 else "0." + "0" * (-scale - 1) + "1"
        return self._let(
            f"({value}) * {unit}",
            lambda u: f"trunc({u})",
            lambda u, q: f"{u} - {q}",
            lambda u, q, r: f"({q} + {rounding_step(self.dialect, q, r, u, '1', mode, False)})",
        )
