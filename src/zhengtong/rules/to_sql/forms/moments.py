"""SQL forms of date, time and range builtins（日期时间与区间函数）."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhengtong.rules.to_sql.forms.declare import FORMS, Arguments, Form, form, literal_only, whole
from zhengtong.rules.to_sql.kinds import (
    BOOLEAN,
    DATE,
    MOMENT,
    MONTHS,
    NOT_CONSTANT,
    STRING,
    TIME,
    NoForm,
    RangeValue,
    SqlType,
    Value,
)

if TYPE_CHECKING:
    from zhengtong.rules.to_sql.compiler import Compiler


@form("date")
def _date(compiler: Compiler, arguments: Arguments) -> Any:
    if len(arguments) == 3:
        return _date_of_parts(compiler, arguments)
    value = arguments[0]
    if value.type == DATE:
        return value
    return (
        Value(f"CAST({value.sql} AS DATE)", DATE) if value.type == MOMENT else literal_only(compiler, arguments, "date")
    )


def _date_of_parts(compiler: Compiler, arguments: Arguments) -> Any:
    if all(argument.constant is not NOT_CONSTANT for argument in arguments):
        return literal_only(compiler, arguments, "date")
    year, month, day = (compiler.named(whole(compiler, argument)).sql for argument in arguments)
    text = f"lpad(CAST({year} AS {compiler.dialect.text_type}), 4, '0') || '-' || lpad(CAST({month} AS {compiler.dialect.text_type}), 2, '0') || '-' || lpad(CAST({day} AS {compiler.dialect.text_type}), 2, '0')"
    fail = compiler.dialect.fail("a year outside 1 to 9999 has no SQL form")
    inside = f"{month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND 31"
    made = compiler.dialect.date_or_null(text)
    return Value(f"(CASE WHEN {year} NOT BETWEEN 1 AND 9999 THEN {fail} WHEN {inside} THEN {made} END)", DATE)


@form("time")
def _time(compiler: Compiler, arguments: Arguments) -> Any:
    if len(arguments) > 1 or arguments[0].type not in (TIME, MOMENT):
        return literal_only(compiler, arguments, "time")
    value = arguments[0]
    return value if value.type == TIME else Value(f"CAST({value.sql} AS TIME)", TIME)


@form("date and time")
def _moment(compiler: Compiler, arguments: Arguments) -> Any:
    kinds = [argument.type for argument in arguments]
    if kinds == [MOMENT]:
        return arguments[0]
    if len(kinds) == 2 and kinds[1] == TIME and kinds[0] in (DATE, MOMENT):
        day = arguments[0] if kinds[0] == DATE else Value(f"CAST({arguments[0].sql} AS DATE)", DATE)
        d = compiler.dialect
        micros = f"CAST({d.days_of_date(day.sql)} AS BIGINT) * 86400000000 + {d.micros_of_time(arguments[1].sql)}"
        return Value(d.moment_from_micros(f"({micros})"), MOMENT)
    return literal_only(compiler, arguments, "date and time")


@form("duration")
def _duration(compiler: Compiler, arguments: Arguments) -> Any:
    if arguments[0].type.kind in ("months", "nanos"):
        return arguments[0]
    return literal_only(compiler, arguments, "duration")


@form("years and months duration")
def _months_between(compiler: Compiler, arguments: Arguments) -> Value:
    days = [compiler.named(v if v.type == DATE else Value(f"CAST({v.sql} AS DATE)", DATE)).sql for v in arguments]
    part = compiler.dialect.part
    (y1, m1, d1), (y2, m2, d2) = ([part(name, day) for name in ("year", "month", "day")] for day in days)
    whole = compiler.named(Value(f"(({y2} - {y1}) * 12 + {m2} - {m1})", MONTHS)).sql
    less = f"WHEN {whole} > 0 AND {d2} < {d1} THEN {whole} - 1 WHEN {whole} < 0 AND {d2} > {d1} THEN {whole} + 1"
    return Value(f"CAST((CASE {less} ELSE {whole} END) AS {compiler.dialect.type(MONTHS)})", MONTHS)


def _calendar(function: str, kind: SqlType | None) -> Form:
    def read(compiler: Compiler, arguments: Arguments) -> Value:
        sql = compiler.dialect.calendar(function, arguments[0].sql)
        return Value(sql, STRING) if kind == STRING else compiler.decimals.integer(sql, 3)

    return read


FORMS["day of year"] = _calendar("dayofyear", None)
FORMS["week of year"] = _calendar("weekofyear", None)
FORMS["day of week"] = _calendar("dayname", STRING)
FORMS["month of year"] = _calendar("monthname", STRING)


@form("range")
def _range(compiler: Compiler, arguments: Arguments) -> Any:
    return literal_only(compiler, arguments, "range")


@form("includes", "during")
def _includes(compiler: Compiler, arguments: Arguments) -> Value:
    container, point = arguments if isinstance(arguments[0], RangeValue) else arguments[::-1]
    if not isinstance(point, Value) or not isinstance(container, RangeValue) or container.operator is not None:
        raise NoForm("relations between ranges", "区间之间的关系")
    place = compiler.named(point)
    low, high = compiler.compare(">", place, container.low).sql, compiler.compare("<", place, container.high).sql
    ends = [
        compiler.compare("=", place, end).sql
        for end, closed in ((container.low, container.low_closed), (container.high, container.high_closed))
        if closed
    ]
    within = " OR ".join([f"({low} AND {high})", *ends])
    return Value(f"(CASE WHEN NOT {compiler.is_null(place)} THEN ({within}) END)", BOOLEAN)
