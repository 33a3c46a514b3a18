"""The ground of the SQL compiler（编译基础）: naming, fitting into types, literals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from zhengtong.rules.core import ir
from zhengtong.rules.to_sql.decimals import Decimals
from zhengtong.rules.to_sql.dialect import Dialect
from zhengtong.rules.to_sql.kinds import (
    BOOLEAN,
    NOT_CONSTANT,
    NULL,
    NULL_VALUE,
    STRING,
    WIDE,
    BuiltinValue,
    FunctionValue,
    NoForm,
    RangeValue,
    SqlType,
    Value,
    unify,
)
from zhengtong.rules.to_sql.temporal import Moments
from zhengtong.rules.values.domain import Range
from zhengtong.rules.values.temporal import Date, DateTime, Months, Nanos, Time

Scope = dict[str, Any]
Meaning = Value | RangeValue | FunctionValue | BuiltinValue
TRUE = Value("TRUE", BOOLEAN, True, True)
FALSE = Value("FALSE", BOOLEAN, True, False)
UNKNOWN = Value("CAST(NULL AS BOOLEAN)", BOOLEAN, True, None)
_FAMILIES = {"years and months duration": "months", "days and time duration": "nanos"}


def family_of(kind: str) -> str:
    """Return the SQL family of a FEEL kind."""
    return _FAMILIES.get(kind, kind)


class Ground:
    """What every part of the compiler stands on: naming, fitting and literals. `nodes` is filled by the compiler."""

    nodes: dict[type, Any] = {}  # noqa: RUF012 - one table for all

    def __init__(self, dialect: Dialect, known: dict[str, Any] | None = None) -> None:
        self.dialect, self.known = dialect, known or {}
        self.decimals = Decimals(dialect)
        self.moments = Moments(dialect, self.decimals)
        self._calls = 0

    # -- what a node is worth --------------------------------------------------------------------------------------

    def meaning(self, node: ir.Node, scope: Scope) -> Meaning:
        """Return the SQL value of a node, or a range or function known now."""
        method = self.nodes.get(type(node))
        if method is None:
            raise NoForm(type(node).__name__, type(node).__name__, node.at)
        try:
            made: Meaning = method(self, node, scope)
            return made
        except NoForm as error:
            if error.at == (0, 0):
                error.at = node.at
            raise

    def value(self, node: ir.Node, scope: Scope) -> Value:
        """Return the SQL value of a node; refuses ranges and functions, which are no column values."""
        found = self.meaning(node, scope)
        if isinstance(found, Value):
            return found
        what = (
            ("a range as a value", "作为值的区间")
            if isinstance(found, RangeValue)
            else ("a function as a value", "作为值的函数")
        )
        raise NoForm(*what, node.at)

    def truth(self, node: ir.Node, scope: Scope) -> str:
        """Return the SQL truth of a condition; what is no boolean is unknown."""
        return self.as_truth(self.value(node, scope)).sql

    def as_truth(self, value: Value) -> Value:
        return value if value.type == BOOLEAN else UNKNOWN

    def named(self, value: Value) -> Value:
        """Return the value under a name that may be used many times."""
        if value.atomic or value.type.kind == "null":
            return value
        if value.parts is not None:
            parts = tuple(self.named(part) for part in value.parts)
            return Value("", value.type, parts=parts)  # type: ignore[arg-type]
        if self.dialect.stages.depth:
            return value
        return Value(self.dialect.stages.name(value.sql), value.type, True, value.constant, sure=value.sure)

    def fit(self, value: Value, kind: SqlType) -> Value:
        """Return the value in a type that `unify` found for it."""
        if value.type == kind or kind == NULL:
            return value
        if value.type == NULL:
            return Value(f"CAST(NULL AS {self.dialect.type(kind)})", kind, True, None)
        if kind == WIDE:
            return self.decimals.as_wide(value)
        if kind.kind == "fixed":
            return self.decimals.as_fixed(value, kind)
        if kind.kind == "list":
            return self._fit_list(value, kind)
        return self._fit_context(value, kind) if kind.kind == "context" else value

    def _fit_list(self, value: Value, kind: SqlType) -> Value:
        of, own = kind.of or NULL, value.type.of or NULL
        if own == NULL:
            return Value(f"CAST({value.sql} AS {self.dialect.type(kind)})", kind)
        return Value(self.dialect.each(value.sql, lambda v: self.fit(Value(v, own, True), of).sql), kind)

    def _fit_context(self, value: Value, kind: SqlType) -> Value:
        named = self.named(value)
        entries = [(name, self.fit(self.entry(named, name), of).sql) for name, of in kind.fields]
        return Value(f"(CASE WHEN {named.sql} IS NOT NULL THEN {self.dialect.context(entries)} END)", kind)

    def entry(self, context: Value, name: str) -> Value:
        """Return an entry of a context; null when it has none of that name."""
        kind = dict(context.type.fields).get(name)
        return NULL_VALUE if kind is None else Value(self.dialect.entry(context.sql, name), kind, context.atomic)

    def constant(self, value: Any) -> Meaning:
        """Return the literal of a value of the FEEL domain."""
        if value is None:
            return NULL_VALUE
        if isinstance(value, bool):
            return TRUE if value else FALSE
        if isinstance(value, Decimal):
            return self.decimals.constant(value)
        if isinstance(value, str):
            return Value(self.dialect.text(value), STRING, True, value)
        if isinstance(value, (Date, Time, DateTime, Months, Nanos)):
            return self.moments.constant(value)
        if isinstance(value, Range):
            low, high = self.constant(value.low), self.constant(value.high)
            return RangeValue(low, high, value.low_closed, value.high_closed, value.operator)  # type: ignore[arg-type]
        if isinstance(value, list):
            return self.list_value([self.constant(item) for item in value])  # type: ignore[misc]
        if isinstance(value, dict):
            return self.context_value([(name, self.constant(item)) for name, item in value.items()])  # type: ignore[misc]
        raise NoForm("a function as a value", "作为值的函数")

    def _wrapped(self, value: Value) -> Value:
        self.dialect.refuse_lists()
        kind = SqlType("list", of=value.type)
        one = self.dialect.list_of([value.sql], kind)
        return Value(f"(CASE WHEN {value.sql} IS NOT NULL THEN {one} END)", kind)

    def list_value(self, items: list[Value], at: tuple[int, int] = (0, 0)) -> Value:
        """Return a list of values of one kind."""
        self.dialect.refuse_lists(at)
        of = unify([item.type for item in items], "a list", at)
        of = WIDE if of.kind == "ratio" else of
        kind = SqlType("list", of=of)
        made = self.dialect.list_of([self.fit(item, of).sql for item in items], kind)
        constants = [item.constant for item in items]
        return Value(made, kind, constant=NOT_CONSTANT if NOT_CONSTANT in constants else constants)

    def context_value(self, entries: list[tuple[str, Value]]) -> Value:
        """Return a context."""
        self.dialect.refuse_lists()
        if not entries or not all(name for name, _ in entries):
            raise NoForm("an empty context or key", "空上下文或空键")
        solid = [(name, self.decimals.as_wide(v) if v.type.kind == "ratio" else v) for name, v in entries]
        kind = SqlType("context", fields=tuple((name, value.type) for name, value in solid))
        return Value(self.dialect.context([(name, value.sql) for name, value in solid]), kind)
