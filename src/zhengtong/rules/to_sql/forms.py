"""SQL forms of builtins（内置函数的 SQL 形式）, by name. A builtin that is not here has none and is refused.

Longer than 600 lines because it is one table: a short form for each builtin, in the order of the standard.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhengtong.rules.builtins import BUILTINS
from zhengtong.rules.builtins.declare import Parameter, Signature
from zhengtong.rules.to_sql.kinds import (
    BOOLEAN,
    DATE,
    MOMENT,
    MONTHS,
    NOT_CONSTANT,
    NULL,
    NULL_VALUE,
    STRING,
    TIME,
    BuiltinValue,
    FunctionValue,
    NoForm,
    RangeValue,
    SqlType,
    Value,
    fixed,
    unify,
)
from zhengtong.rules.values.temporal_text import (
    date_from_text,
    date_time_from_text,
    duration_from_text,
    time_from_text,
)

if TYPE_CHECKING:
    from zhengtong.rules.to_sql.compiler import Compiler

Arguments = list[Any]
Form = Callable[["Compiler", Arguments], Any]
FORMS: dict[str, Form] = {}


def form(*names: str) -> Callable[[Form], Form]:
    """Declare the SQL form of builtins."""

    def declare(run: Form) -> Form:
        FORMS.update(dict.fromkeys(names, run))
        return run

    return declare


def call(compiler: Compiler, name: str, arguments: Arguments, at: tuple[int, int]) -> Any:
    """Return a builtin's SQL value: of the first of its forms that the arguments' types fit, null when none does."""
    for signature in BUILTINS[name]:
        fitted = _fitted(compiler, signature, arguments)
        if fitted == "null":
            return NULL_VALUE
        if fitted is not None:
            return _run(compiler, name, fitted, at)  # type: ignore[arg-type]
    return NULL_VALUE


def call_named(compiler: Compiler, name: str, named: dict[str, Any], at: tuple[int, int]) -> Any:
    """Return a builtin's SQL value for named arguments."""
    for signature in BUILTINS[name]:
        ordered = _arranged(signature, named)
        if ordered is None:
            continue
        fitted = _fitted(compiler, signature, ordered)
        if fitted == "null":
            return NULL_VALUE
        if fitted is not None:
            return _run(compiler, name, fitted, at)  # type: ignore[arg-type]
    return NULL_VALUE


def _run(compiler: Compiler, name: str, arguments: Arguments, at: tuple[int, int]) -> Any:
    if name not in FORMS:
        raise NoForm(f"{name}()", f"函数 {name}()", at)
    return FORMS[name](compiler, arguments)


def _arranged(signature: Signature, named: dict[str, Any]) -> Arguments | None:
    known = [parameter.name for parameter in signature.parameters]
    if not named.keys() <= set(known):
        return None
    last = max((known.index(name) for name in named), default=-1)
    needed = [p for p in signature.parameters if not p.optional and p.name not in named]
    if needed:
        return None
    return [named.get(parameter.name, NULL_VALUE) for parameter in signature.parameters[: last + 1]]


def _fitted(compiler: Compiler, signature: Signature, arguments: Arguments) -> Arguments | str | None:
    """Return the arguments as the form takes them; None when they do not fit, "null" when one is null for certain."""
    parameters = signature.parameters
    if parameters and parameters[-1].repeated:
        if len(arguments) < len(parameters):
            return None
        parameters = (*parameters, *[parameters[-1]] * (len(arguments) - len(parameters)))
    needed = sum(not parameter.optional for parameter in signature.parameters)
    if not needed <= len(arguments) <= len(parameters):
        return None
    fitted: Arguments = []
    for parameter, argument in zip(parameters, arguments, strict=False):
        found = _accepted(compiler, parameter, argument)
        if found is None or isinstance(found, str):
            return found
        fitted.append(found)
    return fitted


def _accepted(compiler: Compiler, parameter: Parameter, argument: Any) -> Any:
    kinds = {kind.kind for kind in parameter.types}
    if "Any" in kinds:
        return argument
    if isinstance(argument, RangeValue):
        return argument if "range" in kinds else None
    if isinstance(argument, (FunctionValue, BuiltinValue)):
        return argument if "function" in kinds else None
    if argument.type == NULL:
        return argument if parameter.nullable else "null"
    if any(compiler.kind_fits(argument.type, kind) for kind in parameter.types):
        return argument
    if "list" in kinds:
        return compiler._wrapped(compiler.named(argument))
    if argument.type.kind == "list":
        raise NoForm("a list where one value is asked for", "需要单值处的列表")
    return None


# -- numbers -----------------------------------------------------------------------------------------------------------

_MODES = {
    "decimal": "half even",
    "round up": "up",
    "round down": "down",
    "round half up": "half up",
    "round half down": "half down",
    "floor": "floor",
    "ceiling": "ceiling",
}


def _rounding(mode: str) -> Form:
    def rounded(compiler: Compiler, arguments: Arguments) -> Value:
        scale = arguments[1].constant if len(arguments) > 1 else Decimal(0)
        if not isinstance(scale, Decimal):
            raise NoForm("rounding to a scale that is computed", "按计算得出的位数舍入")
        if not -6111 <= scale <= 6176:
            return NULL_VALUE
        return compiler.decimals.round(compiler.named(arguments[0]), int(scale), mode)

    return rounded


for _name, _mode in _MODES.items():
    FORMS[_name] = _rounding(_mode)


@form("abs")
def _abs(compiler: Compiler, arguments: Arguments) -> Value:
    value = arguments[0]
    if value.type.is_number:
        return compiler.decimals.absolute(value)
    return Value(f"abs({value.sql})", value.type)


@form("modulo")
def _modulo(compiler: Compiler, arguments: Arguments) -> Value:
    return compiler.decimals.modulo(*(compiler.named(argument) for argument in arguments))


def _parity(remainder: int) -> Form:
    def parity(compiler: Compiler, arguments: Arguments) -> Value:
        value = compiler.named(arguments[0])
        if value.type.kind != "fixed":
            raise NoForm("odd or even of a quotient", "商的奇偶")
        rest = compiler.decimals.modulo(value, compiler.decimals.constant(Decimal(2)))
        whole = compiler.decimals.modulo(value, compiler.decimals.constant(Decimal(1)))
        return Value(f"(CASE WHEN {whole.sql} = 0 THEN {rest.sql} = {remainder} END)", BOOLEAN)

    return parity


FORMS["odd"], FORMS["even"] = _parity(1), _parity(0)


@form("number")
def _number(compiler: Compiler, arguments: Arguments) -> Any:
    if arguments[0].type.is_number:
        return arguments[0]
    return _literal_only(compiler, arguments, "number")


# -- booleans ----------------------------------------------------------------------------------------------------------


@form("not")
def _not(compiler: Compiler, arguments: Arguments) -> Value:
    if not isinstance(arguments[0], Value):
        return NULL_VALUE
    return Value(f"(NOT {compiler.as_truth(arguments[0]).sql})", BOOLEAN)


@form("is")
def _is(compiler: Compiler, arguments: Arguments) -> Value:
    left, right = (*arguments, NULL_VALUE, NULL_VALUE)[:2]
    if not isinstance(left, Value) or not isinstance(right, Value):
        raise NoForm("is() of a range or function", "区间或函数的 is()")
    if left.type.family != right.type.family:
        return Value(f"({compiler.is_null(left)} AND {compiler.is_null(right)})", BOOLEAN)
    if left.type in (TIME, MOMENT):
        return Value(compiler.dialect.same(left.sql, right.sql), BOOLEAN)
    return Value(f"({compiler.compare('=', left, right).sql} IS TRUE)", BOOLEAN)


def _fold(every: bool) -> Form:
    def folded(compiler: Compiler, arguments: Arguments) -> Value:
        items = _one_list(compiler, arguments)
        if items.type.of not in (BOOLEAN, NULL):
            return NULL_VALUE
        if items.type.of == NULL:
            items = compiler.fit(items, SqlType("list", of=BOOLEAN))
        return compiler.folded(items, every=every)

    return folded


FORMS["all"], FORMS["any"] = _fold(True), _fold(False)


# -- strings -----------------------------------------------------------------------------------------------------------


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
    start = compiler.named(_whole(compiler, arguments[1])).sql
    length = (
        compiler.named(_whole(compiler, arguments[2])).sql if len(arguments) > 2 and arguments[2].type != NULL else None
    )
    begin = f"(CASE WHEN {start} > 0 THEN {start} ELSE length({text}) + {start} + 1 END)"
    inside = f"{start} <> 0 AND abs({start}) <= length({text})" + (f" AND {length} >= 1" if length else "")
    cut = f"substring({text}, {begin}, {length})" if length else f"substring({text}, {begin})"
    return Value(f"(CASE WHEN {inside} THEN {cut} END)", STRING)


def _whole(compiler: Compiler, value: Value) -> Value:
    cut = compiler.decimals.round(compiler.named(value), 0, "down")
    return Value(compiler.dialect.position(cut.sql), NULL)


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


# -- lists -------------------------------------------------------------------------------------------------------------


def _one_list(compiler: Compiler, arguments: Arguments) -> Value:
    """Return the list of an aggregate: its one list argument, or the arguments themselves."""
    if len(arguments) == 1 and isinstance(arguments[0], Value) and arguments[0].type.kind == "list":
        return arguments[0]
    if any(not isinstance(argument, Value) for argument in arguments):
        raise NoForm("a list of ranges or functions", "区间或函数的列表")
    return compiler.list_value(arguments)


def _aggregate(name: str) -> Form:
    def aggregated(compiler: Compiler, arguments: Arguments) -> Value:
        if len(arguments) > 1 and name in _OF_ITEMS:
            return _OF_ITEMS[name](compiler, arguments)
        items = compiler.named(_one_list(compiler, arguments))
        of = items.type.of or NULL
        if of == NULL:
            return NULL_VALUE
        nulls = compiler.dialect.length(compiler.dialect.those(items.sql, lambda v: f"{v} IS NULL"))
        return _AGGREGATES[name](compiler, items, of, f"{nulls} = 0")

    return aggregated


def _sum(compiler: Compiler, items: Value, of: SqlType, solid: str) -> Value:
    if not of.is_number:
        return NULL_VALUE
    kind = fixed(of.whole + 6, of.scale)
    if of.kind != "fixed" or kind.digits > 34:
        raise NoForm("the sum of quotients or very long numbers", "商或超长数的求和")
    total = compiler.dialect.cast(f"list_sum({items.sql})", kind)
    return Value(f"(CASE WHEN {solid} THEN {total} END)", kind)


def _mean(compiler: Compiler, items: Value, of: SqlType, solid: str) -> Value:
    total = _sum(compiler, items, of, solid)
    count = compiler.named(compiler.decimals.integer(compiler.dialect.length(items.sql), 6))
    return compiler.calculate("/", compiler.named(total), count) if total is not NULL_VALUE else NULL_VALUE


def _extreme(function: str) -> Callable[[Compiler, Value, SqlType, str], Value]:
    def extreme(compiler: Compiler, items: Value, of: SqlType, solid: str) -> Value:  # noqa: ARG001
        if of.kind not in ("fixed", "string", "date", "months", "nanos"):
            raise NoForm(f"{function} of a list of {of.family}", f"{of.family} 列表的最值")
        return Value(f"(CASE WHEN {solid} THEN {function}({items.sql}) END)", of)

    return extreme


def _sum_of_items(compiler: Compiler, items: Arguments) -> Value:
    if any(not isinstance(item, Value) or not item.type.is_number for item in items):
        return NULL_VALUE
    total = items[0]
    for item in items[1:]:
        total = compiler.calculate("+", total, item)
    return total


def _extreme_of_items(function: str) -> Form:
    """Least or greatest of items given one by one: null when one of them is."""

    def extreme(compiler: Compiler, items: Arguments) -> Value:
        if any(not isinstance(item, Value) for item in items):
            raise NoForm(f"{function} of ranges or functions", "区间或函数的最值")
        if any(item.type == NULL for item in items) or len({item.type.family for item in items}) > 1:
            return NULL_VALUE
        kind = unify([item.type for item in items], function)
        if kind.kind not in ("fixed", "date", "months", "nanos"):
            raise NoForm(f"{function} of {kind.family}s", f"{kind.family} 的最值")
        fitted = [compiler.named(compiler.fit(item, kind)) for item in items]
        nulls = " OR ".join(compiler.is_null(item) for item in fitted)
        picked = f"{function}({', '.join(item.sql for item in fitted)})"
        return Value(f"(CASE WHEN {nulls} THEN NULL ELSE {picked} END)", kind)

    return extreme


_OF_ITEMS = {"sum": _sum_of_items, "min": _extreme_of_items("least"), "max": _extreme_of_items("greatest")}
_AGGREGATES = {"sum": _sum, "mean": _mean, "min": _extreme("list_min"), "max": _extreme("list_max")}
for _name in _AGGREGATES:
    FORMS[_name] = _aggregate(_name)


@form("count")
def _count(compiler: Compiler, arguments: Arguments) -> Value:
    return compiler.decimals.integer(compiler.dialect.length(arguments[0].sql), 6)


@form("list contains")
def _list_contains(compiler: Compiler, arguments: Arguments) -> Value:
    items, element = arguments
    if not isinstance(element, Value):
        raise NoForm("a range or function in a list", "列表中的区间或函数")
    of = items.type.of or NULL
    hits = compiler.dialect.those(
        items.sql, lambda v: f"({compiler.compare('=', Value(v, of, True), element).sql} IS TRUE)"
    )
    return Value(f"({compiler.dialect.length(hits)} > 0)", BOOLEAN)


@form("append")
def _append(compiler: Compiler, arguments: Arguments) -> Value:
    return _concatenated(compiler, [arguments[0], compiler.list_value(arguments[1:])])


@form("concatenate")
def _concatenate(compiler: Compiler, arguments: Arguments) -> Value:
    return _concatenated(compiler, arguments)


def _concatenated(compiler: Compiler, lists: Arguments) -> Value:
    kind = unify([items.type for items in lists], "a list")
    joined = compiler.fit(lists[0], kind).sql
    for items in lists[1:]:
        joined = f"list_concat({joined}, {compiler.fit(items, kind).sql})"
    nulls = " OR ".join(compiler.is_null(items) for items in lists)
    return Value(f"(CASE WHEN {nulls} THEN NULL ELSE {joined} END)", kind)


@form("reverse")
def _reverse(compiler: Compiler, arguments: Arguments) -> Value:  # noqa: ARG001
    return Value(f"list_reverse({arguments[0].sql})", arguments[0].type)


@form("flatten")
def _flatten(compiler: Compiler, arguments: Arguments) -> Value:  # noqa: ARG001
    items = arguments[0]
    while items.type.of is not None and items.type.of.kind == "list":
        items = Value(f"flatten({items.sql})", items.type.of)
    return items


@form("sublist")
def _sublist(compiler: Compiler, arguments: Arguments) -> Value:
    items = compiler.named(arguments[0])
    start = compiler.named(_whole(compiler, arguments[1])).sql
    size = compiler.dialect.length(items.sql)
    first = f"(CASE WHEN {start} > 0 THEN {start} ELSE {size} + {start} + 1 END)"
    inside = f"{start} <> 0 AND abs({start}) <= {size}"
    if len(arguments) > 2 and arguments[2].type != NULL:
        length = compiler.named(_whole(compiler, arguments[2])).sql
        cut = f"list_slice({items.sql}, {first}, {first} + {length} - 1)"
        return Value(
            f"(CASE WHEN {inside} AND {length} >= 1 AND {first} + {length} - 1 <= {size} THEN {cut} END)", items.type
        )
    return Value(f"(CASE WHEN {inside} THEN list_slice({items.sql}, {first}, {size}) END)", items.type)


def _edited(keep_old: bool, put_new: bool) -> Form:
    """insert before (keeps the old, puts the new), list replace (puts the new), remove (neither)."""

    def edited(compiler: Compiler, arguments: Arguments) -> Value:
        if not isinstance(arguments[1], Value):
            raise NoForm("list replace() with a function", "带函数的 list replace()")
        kind = arguments[0].type
        if put_new:
            kind = unify([kind, SqlType("list", of=arguments[2].type)], "a list")
        items = compiler.named(compiler.fit(arguments[0], kind))
        place = compiler.named(_whole(compiler, arguments[1])).sql
        size = compiler.dialect.length(items.sql)
        at = f"(CASE WHEN {place} > 0 THEN {place} ELSE {size} + {place} + 1 END)"
        new = compiler.dialect.list_of([compiler.fit(arguments[2], kind.of or NULL).sql], kind) if put_new else None
        before = f"list_slice({items.sql}, 1, {at} - 1)"
        after = f"list_slice({items.sql}, {at} + {0 if keep_old else 1}, {size})"
        joined = f"list_concat(list_concat({before}, {new}), {after})" if new else f"list_concat({before}, {after})"
        return Value(f"(CASE WHEN {place} <> 0 AND abs({place}) <= {size} THEN {joined} END)", kind)

    return edited


FORMS["insert before"] = _edited(True, True)
FORMS["list replace"] = _edited(False, True)
FORMS["remove"] = _edited(False, False)


@form("get value")
def _get_value(compiler: Compiler, arguments: Arguments) -> Value:
    if not isinstance(arguments[1].constant, str):
        raise NoForm("get value() with a computed key", "按计算得出的键取值")
    return compiler.entry(compiler.named(arguments[0]), arguments[1].constant)


# -- dates and times ---------------------------------------------------------------------------------------------------

_READERS: dict[str, Callable[[str], Any]] = {
    "date": date_from_text,
    "time": time_from_text,
    "date and time": date_time_from_text,
    "duration": duration_from_text,
}


def _literal_only(compiler: Compiler, arguments: Arguments, name: str) -> Any:
    """Return the value a literal text writes; a text that is only known later has no exact SQL form."""
    from zhengtong.rules.builtins import call_builtin

    constants = [argument.constant for argument in arguments]
    if any(constant is NOT_CONSTANT for constant in constants):
        raise NoForm(f"{name}() of a computed text", f"{name}()（参数为计算得出的文本）")
    return compiler.constant(call_builtin(name, constants))


@form("date")
def _date(compiler: Compiler, arguments: Arguments) -> Any:
    if len(arguments) == 3:
        return _date_of_parts(compiler, arguments)
    value = arguments[0]
    if value.type == DATE:
        return value
    return (
        Value(f"CAST({value.sql} AS DATE)", DATE)
        if value.type == MOMENT
        else _literal_only(compiler, arguments, "date")
    )


def _date_of_parts(compiler: Compiler, arguments: Arguments) -> Any:
    if all(argument.constant is not NOT_CONSTANT for argument in arguments):
        return _literal_only(compiler, arguments, "date")
    year, month, day = (compiler.named(_whole(compiler, argument)).sql for argument in arguments)
    text = f"lpad(CAST({year} AS {compiler.dialect.text_type}), 4, '0') || '-' || lpad(CAST({month} AS {compiler.dialect.text_type}), 2, '0') || '-' || lpad(CAST({day} AS {compiler.dialect.text_type}), 2, '0')"
    fail = compiler.dialect.fail("a year outside 1 to 9999 has no SQL form")
    inside = f"{month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND 31"
    made = compiler.dialect.date_or_null(text)
    return Value(f"(CASE WHEN {year} NOT BETWEEN 1 AND 9999 THEN {fail} WHEN {inside} THEN {made} END)", DATE)


@form("time")
def _time(compiler: Compiler, arguments: Arguments) -> Any:
    if len(arguments) > 1 or arguments[0].type not in (TIME, MOMENT):
        return _literal_only(compiler, arguments, "time")
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
    return _literal_only(compiler, arguments, "date and time")


@form("duration")
def _duration(compiler: Compiler, arguments: Arguments) -> Any:
    if arguments[0].type.kind in ("months", "nanos"):
        return arguments[0]
    return _literal_only(compiler, arguments, "duration")


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


# -- ranges ------------------------------------------------------------------------------------------------------------


@form("range")
def _range(compiler: Compiler, arguments: Arguments) -> Any:
    return _literal_only(compiler, arguments, "range")


@form("includes", "during")
def _includes(compiler: Compiler, arguments: Arguments) -> Value:
    container, point = arguments if isinstance(arguments[0], RangeValue) else arguments[::-1]
    if not isinstance(point, Value) or not isinstance(container, RangeValue) or container.operator is not None:
        raise NoForm("relations between ranges", "区间之间的关系")
    return compiler.range_contains(container, point)
