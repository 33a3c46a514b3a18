"""Declared types in SQL（SQL 类型转换）."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhengtong.rules.core import ir
from zhengtong.rules.core.types import Type
from zhengtong.rules.to_sql.comparisons import Comparisons
from zhengtong.rules.to_sql.ground import Scope, family_of
from zhengtong.rules.to_sql.kinds import (
    NULL,
    NULL_VALUE,
    NoForm,
    SqlType,
    Value,
)


class Conversions(Comparisons):
    """What fits a declared type, what is converted to it, what its constraints allow."""

    if TYPE_CHECKING:  # the compiler's own, above this part of it

        def holds(self, node: ir.Node, scope: Scope) -> str: ...

    def kind_fits(self, kind: SqlType, target: Type) -> bool:
        """Return whether every value of a SQL type conforms to a FEEL type."""
        if target.kind == "Any" or kind == NULL:
            return True
        if kind.family != family_of(target.kind):
            return False
        if kind.kind == "list":
            return target.of is None or self.kind_fits(kind.of or NULL, target.of)
        if kind.kind == "context":
            fields = dict(kind.fields)
            return all(name in fields and self.kind_fits(fields[name], of) for name, of in target.fields or ())
        return True

    def convert(self, value: Value, target: Type) -> Value:
        """Return the value as a declared type wants it, null where it cannot be."""
        made = self._converted(value, target)
        return made if made.type == NULL else self._constrained(made, target)

    def _converted(self, value: Value, target: Type) -> Value:
        if self.kind_fits(value.type, target):
            return value
        own = value.type
        if target.kind == "list" and own.kind != "list":
            inner = self._converted(value, target.of) if target.of else value
            return NULL_VALUE if inner.type == NULL else self._wrapped(self.named(inner))
        if own.kind == "list" and target.kind != "list":
            named = self.named(value)
            only = Value(self.dialect.at(named.sql, "1"), own.of or NULL)
            inner = self._converted(only, target)
            one = f"(CASE WHEN {self.dialect.length(named.sql)} = 1 THEN {inner.sql} END)"
            return NULL_VALUE if inner.type == NULL else Value(one, inner.type)
        if own.kind == "date" and target.kind == "date and time":
            raise NoForm("a date as a moment in UTC", "日期转为 UTC 时刻")
        if own.kind in ("context", "list") and own.kind == target.kind:
            raise NoForm("converting the parts of a list or context", "列表或上下文内部的类型转换")
        return NULL_VALUE

    def _constrained(self, value: Value, target: Type) -> Value:
        """Return the value where it and its parts are among the allowed ones, else null."""
        if not _constrains(target):
            return value
        named = self.named(value)
        return Value(f"(CASE WHEN {self._is_allowed(named, target)} THEN {named.sql} END)", named.type)

    def _is_allowed(self, value: Value, target: Type) -> str:
        parts: list[str] = []
        if target.allowed is not None:
            parts.append(self.holds(target.allowed, {"?": value}))
        if target.kind == "list" and target.of is not None and _constrains(target.of) and value.type.kind == "list":
            of, inner = value.type.of or NULL, target.of
            bad = self.dialect.those(
                value.sql, lambda v: f"({self._is_allowed(Value(v, of, True), inner)}) IS NOT TRUE"
            )
            parts.append(f"{self.dialect.length(bad)} = 0")
        for name, kind in target.fields or () if target.kind == "context" else ():
            if _constrains(kind):
                entry = self.entry(value, name)
                parts.append(f"({self.is_null(entry)} OR {self._is_allowed(entry, kind)})")
        return "(" + " AND ".join(parts or ["TRUE"]) + ")"


def _constrains(kind: Type) -> bool:
    if kind.allowed is not None:
        return True
    return (kind.of is not None and _constrains(kind.of)) or any(_constrains(of) for _, of in kind.fields or ())
