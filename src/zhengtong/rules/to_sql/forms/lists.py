"""SQL forms of list and context builtins（列表与上下文函数）."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from zhengtong.rules.to_sql.forms.declare import FORMS, Arguments, Form, form, whole
from zhengtong.rules.to_sql.kinds import (
    BOOLEAN,
    NULL,
    NULL_VALUE,
    NoForm,
    SqlType,
    Value,
    fixed,
    unify,
)

if TYPE_CHECKING:
    from zhengtong.rules.to_sql.compiler import Compiler


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
            made: Value = _OF_ITEMS[name](compiler, arguments)
            return made
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
    made: Value = total
    return made


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
        nulls = " OR ".join(compiler.is_null(item) for item in fitted if not item.never_null)
        picked = f"{function}({', '.join(item.sql for item in fitted)})"
        if not nulls:
            return Value(picked, kind, sure=True)
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
    if any(not isinstance(item, Value) for item in arguments[1:]):
        raise NoForm("a list of ranges or functions", "区间或函数的列表")
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
        inner = items.type.of
        kept = compiler.dialect.each(items.sql, _or_else(compiler.dialect.list_of(["NULL"], inner)))
        items = Value(f"flatten({kept})", inner)
    made: Value = items
    return made


def _or_else(lost: str) -> Callable[[str], str]:
    return lambda value: f"coalesce({value}, {lost})"


@form("sublist")
def _sublist(compiler: Compiler, arguments: Arguments) -> Value:
    items = compiler.named(arguments[0])
    start = compiler.named(whole(compiler, arguments[1])).sql
    size = compiler.dialect.length(items.sql)
    first = f"(CASE WHEN {start} > 0 THEN {start} ELSE {size} + {start} + 1 END)"
    inside = f"{start} <> 0 AND abs({start}) <= {size}"
    if len(arguments) > 2 and arguments[2].type != NULL:
        length = compiler.named(whole(compiler, arguments[2])).sql
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
        if put_new and not isinstance(arguments[2], Value):
            raise NoForm("a list of ranges or functions", "区间或函数的列表")
        if put_new:
            kind = unify([kind, SqlType("list", of=arguments[2].type)], "a list")
        items = compiler.named(compiler.fit(arguments[0], kind))
        place = compiler.named(whole(compiler, arguments[1])).sql
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
