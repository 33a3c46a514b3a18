"""SQL forms of string builtins（字符串函数）."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from zhengtong.rules.to_sql.forms.declare import FORMS, Arguments, Form, form, whole
from zhengtong.rules.to_sql.kinds import (
    BOOLEAN,
    DATE,
    NULL,
    NULL_VALUE,
    STRING,
    NoForm,
    SqlType,
    Value,
    fixed,
)

if TYPE_CHECKING:
    from zhengtong.rules.to_sql.compiler import Compiler


def _guarded_case(function: str, odd: str) -> Form:
    """Upper and lower case: what SQL engines map one to one and Unicode does not stops the query."""

    def changed(compiler: Compiler, arguments: Arguments) -> Value:
        if not compiler.dialect.has_unicode_case:
            raise NoForm(f"{function} case", "大小写转换")
        text = compiler.named(arguments[0]).sql
        fail = compiler.dialect.fail(f"{function} case of special letters has no SQL form")
        return Value(f"(CASE WHEN regexp_matches({text}, '[{odd}]') THEN {fail} ELSE {function}({text}) END)", STRING)

    return changed


#: letters whose upper case is more than one letter (Unicode SpecialCasing.txt), and those whose lower case is special
_ODD_UPPER = (
    "\u00df\u0149\u01f0\u0390\u03b0\u0587\u1e96-\u1e9a\u1f50\u1f52\u1f54\u1f56\u1f80-\u1faf\u1fb2-\u1fb4\u1fb6\u1fb7"
    "\u1fbc\u1fc2-\u1fc4\u1fc6\u1fc7\u1fcc\u1fd2\u1fd3\u1fd6\u1fd7\u1fe2-\u1fe4\u1fe6\u1fe7\u1ff2-\u1ff4\u1ff6\u1ff7"
    "\u1ffc\ufb00-\ufb06\ufb13-\ufb17"
)
_ODD_LOWER = "\u0130\u03a3"
FORMS["upper case"] = _guarded_case("upper", _ODD_UPPER)
FORMS["lower case"] = _guarded_case("lower", _ODD_LOWER)


@form("string length")
def _string_length(compiler: Compiler, arguments: Arguments) -> Value:
    return compiler.decimals.integer(f"length({arguments[0].sql})", 10)


@form("substring")
def _substring(compiler: Compiler, arguments: Arguments) -> Value:
    text = compiler.named(arguments[0]).sql
    start = compiler.named(whole(compiler, arguments[1])).sql
    length = (
        compiler.named(whole(compiler, arguments[2])).sql if len(arguments) > 2 and arguments[2].type != NULL else None
    )
    begin = f"(CASE WHEN {start} > 0 THEN {start} ELSE length({text}) + {start} + 1 END)"
    inside = f"{start} <> 0 AND abs({start}) <= length({text})" + (f" AND {length} >= 1" if length else "")
    cut = f"substring({text}, {begin}, {length})" if length else f"substring({text}, {begin})"
    return Value(f"(CASE WHEN {inside} THEN {cut} END)", STRING)


@form("contains")
def _contains(compiler: Compiler, arguments: Arguments) -> Value:
    return Value(f"({compiler.dialect.find(arguments[0].sql, arguments[1].sql)} > 0)", BOOLEAN)


@form("starts with")
def _starts_with(compiler: Compiler, arguments: Arguments) -> Value:
    text, match = (compiler.named(argument).sql for argument in arguments)
    return Value(f"(substring({text}, 1, length({match})) = {match})", BOOLEAN)


@form("ends with")
def _ends_with(compiler: Compiler, arguments: Arguments) -> Value:
    text, match = (compiler.named(argument).sql for argument in arguments)
    tail = f"substring({text}, length({text}) - length({match}) + 1)"
    return Value(f"(length({match}) <= length({text}) AND {tail} = {match})", BOOLEAN)


@form("substring before")
def _before(compiler: Compiler, arguments: Arguments) -> Value:
    text, match = (compiler.named(argument).sql for argument in arguments)
    place = compiler.dialect.find(text, match)
    return Value(
        f"(CASE WHEN {place} > 1 THEN substring({text}, 1, {place} - 1) WHEN {place} IS NOT NULL THEN '' END)", STRING
    )


@form("substring after")
def _after(compiler: Compiler, arguments: Arguments) -> Value:
    text, match = (compiler.named(argument).sql for argument in arguments)
    place = compiler.dialect.find(text, match)
    tail = f"substring({text}, {place} + length({match}))"
    empty = f"WHEN {match} = '' THEN {text}"
    return Value(f"(CASE {empty} WHEN {place} > 0 THEN {tail} WHEN {place} IS NOT NULL THEN '' END)", STRING)


@form("string join")
def _string_join(compiler: Compiler, arguments: Arguments) -> Value:
    items = arguments[0]
    if items.type.of not in (STRING, NULL):
        return NULL_VALUE
    items = compiler.named(compiler.fit(items, SqlType("list", of=STRING)))
    delimiter = arguments[1].sql if len(arguments) > 1 and arguments[1].type != NULL else "''"
    kept = compiler.dialect.those(items.sql, lambda v: f"{v} IS NOT NULL")
    joined = f"coalesce(array_to_string({kept}, coalesce({delimiter}, '')), '')"
    return Value(f"(CASE WHEN {items.sql} IS NOT NULL THEN {joined} END)", STRING)


@form("string")
def _string(compiler: Compiler, arguments: Arguments) -> Value:
    value = arguments[0]
    if not isinstance(value, Value):
        raise NoForm("the text of a range or function", "区间或函数的文本")
    writer = _TEXTS.get(value.type.kind)
    if writer is None:
        raise NoForm(f"the text of a {value.type.family}", f"{value.type.family} 的文本")
    return Value(writer(compiler, compiler.named(value)), STRING)


def _number_text(compiler: Compiler, value: Value) -> str:
    if not compiler.dialect.has_number_text:
        raise NoForm("the text of a number", "数的文本")
    kind = fixed(max(value.type.whole, 1), value.type.scale)
    text = f"CAST({compiler.decimals.as_fixed(value, kind).sql} AS {compiler.dialect.text_type})"
    return compiler.dialect.cut_end(compiler.dialect.cut_end(text, "0"), ".") if kind.scale else text


def _date_text(compiler: Compiler, value: Value) -> str:
    year, month, day = (compiler.dialect.part(name, value.sql) for name in ("year", "month", "day"))
    digits = f"CAST(abs({year}) AS {compiler.dialect.text_type})"
    padded = f"lpad({digits}, CAST(greatest(length({digits}), 4) AS INTEGER), '0')"
    sign = f"(CASE WHEN {year} < 0 THEN '-' ELSE '' END)"
    rest = "".join(f" || '-' || lpad(CAST({part} AS {compiler.dialect.text_type}), 2, '0')" for part in (month, day))
    return f"({sign} || {padded}{rest})"


def _time_text(compiler: Compiler, value: Value) -> str:
    return _clock_text(compiler, compiler.dialect.micros_of_time(value.sql))


def _clock_text(compiler: Compiler, micros: str) -> str:
    d = compiler.dialect

    def written(m: str) -> str:
        seconds = d.divided(m, "1000000")
        parts = (d.divided(seconds, "3600"), d.remainder(d.divided(seconds, "60"), "60"), d.remainder(seconds, "60"))
        clock = " || ':' || ".join(f"lpad(CAST({part} AS {compiler.dialect.text_type}), 2, '0')" for part in parts)
        digits = f"lpad(CAST({d.remainder(m, '1000000')} AS {compiler.dialect.text_type}), 6, '0')"
        fraction = d.cut_end(digits, "0")
        return f"({clock} || (CASE WHEN {d.remainder(m, '1000000')} = 0 THEN '' ELSE '.' || {fraction} END))"

    return d.let(micros, written)


def _moment_text(compiler: Compiler, value: Value) -> str:
    micros = compiler.moments._modulo(compiler.dialect.micros_of_moment(value.sql), "86400000000")
    day = _date_text(compiler, compiler.named(Value(f"CAST({value.sql} AS DATE)", DATE)))
    return f"({day} || 'T' || {_clock_text(compiler, micros)})"


def _months_text(compiler: Compiler, value: Value) -> str:
    d, size = compiler.dialect, f"abs({value.sql})"
    years, months = d.divided(size, "12"), d.remainder(size, "12")
    body = _unit(compiler, years, "Y") + " || " + _unit(compiler, months, "M")
    return f"({_minus(value.sql)} || 'P' || (CASE WHEN {value.sql} = 0 THEN '0M' ELSE {body} END))"


def _nanos_text(compiler: Compiler, value: Value) -> str:
    d, size = compiler.dialect, f"abs({value.sql})"
    day = "86400000000000"
    hours = d.remainder(d.divided(size, "3600000000000"), "24")
    minutes = d.remainder(d.divided(size, "60000000000"), "60")
    seconds, fraction = d.remainder(d.divided(size, "1000000000"), "60"), d.remainder(size, "1000000000")
    digits = f"lpad(CAST({fraction} AS {compiler.dialect.text_type}), 9, '0')"
    shown = f"'.' || {d.cut_end(digits, '0')}"
    tail = f"(CASE WHEN {fraction} = 0 THEN {_unit(compiler, seconds, 'S')} ELSE CAST({seconds} AS {compiler.dialect.text_type}) || {shown} || 'S' END)"
    clock = f"(CASE WHEN {d.remainder(size, day)} = 0 THEN '' ELSE 'T' || {_unit(compiler, hours, 'H')} || {_unit(compiler, minutes, 'M')} || {tail} END)"
    body = f"{_unit(compiler, d.divided(size, day), 'D')} || {clock}"
    return f"({_minus(value.sql)} || 'P' || (CASE WHEN {value.sql} = 0 THEN 'T0S' ELSE {body} END))"


def _unit(compiler: Compiler, amount: str, unit: str) -> str:
    return f"(CASE WHEN {amount} = 0 THEN '' ELSE CAST({amount} AS {compiler.dialect.text_type}) || '{unit}' END)"


def _minus(amount: str) -> str:
    return f"(CASE WHEN {amount} < 0 THEN '-' ELSE '' END)"


_TEXTS: dict[str, Callable[[Compiler, Value], str]] = {
    "string": lambda _, value: value.sql,
    "boolean": lambda _, value: f"(CASE WHEN {value.sql} THEN 'true' WHEN NOT {value.sql} THEN 'false' END)",
    "fixed": _number_text,
    "null": lambda compiler, value: f"CAST(NULL AS {compiler.dialect.text_type})",  # noqa: ARG005
    "date": _date_text,
    "time": _time_text,
    "date and time": _moment_text,
    "months": _months_text,
    "nanos": _nanos_text,
}
