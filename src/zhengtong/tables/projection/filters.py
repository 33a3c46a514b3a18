"""Conditions on rows（过滤条件）, as values: compiled with bound parameters, never pasted into SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.engine import ident
from zhengtong.tables.projection.layout import is_ordered, to_stored
from zhengtong.tables.schema import Schema

_SIZE = {"<", "<=", ">", ">="}
OPERATORS = {"=", "!=", "in", "prefix", "is_null", "not_null", *_SIZE}
_MOST_VALUES = 1000


@dataclass(frozen=True)
class Filter:
    """One condition: `=`, `!=` (true of empty cells too), `<` `<=` `>` `>=`, `in`, `prefix` (text), `is_null`, `not_null`."""

    column: str
    operator: str
    value: Any = None


def compile_filters(filters: Sequence[Filter], schema: Schema) -> tuple[str, list[Any]]:
    """Return the WHERE text (all conditions hold; `1` when there are none) and its parameters."""
    clauses, parameters = [], []
    for condition in filters:
        clause, values = _compile(condition, schema)
        clauses.append(clause)
        parameters += values
    return " AND ".join(clauses) or "1", parameters


def _compile(condition: Filter, schema: Schema) -> tuple[str, list[Any]]:
    column = schema.column(condition.column)
    name, operator, value = ident(column.name), condition.operator, condition.value
    if operator in ("is_null", "not_null"):
        return f"{name} IS {'NOT ' if operator == 'not_null' else ''}NULL", []
    if operator == "in":
        values = [to_stored(column, one) for one in _listed(condition)]
        return f"{name} IN ({', '.join('?' * len(values))})", values
    if operator == "prefix" and column.type == "text":
        return _prefix(name, str(value))
    if operator == "=":
        return f"{name} = ?", [to_stored(column, value)]
    if operator == "!=":
        return f"{name} IS NOT ?", [to_stored(column, value)]
    if operator in _SIZE and is_ordered(column.type):
        return f"{name} {operator} ?", [to_stored(column, value)]
    raise Refused(
        "tables.projection.bad-filter",
        f"字段“{column.name}”（{column.type}）不支持条件“{operator}”。",
        f"Column {column.name} ({column.type}) cannot be filtered by {operator!r}.",
        field=column.name,
        facts={"column": column.name, "operator": operator},
    )


def _listed(condition: Filter) -> list[Any]:
    values = condition.value
    if isinstance(values, list | tuple | set | frozenset) and 0 < len(values) <= _MOST_VALUES:
        return list(values)
    raise Refused(
        "tables.projection.bad-filter",
        f"“in”条件需要 1 至 {_MOST_VALUES} 个取值。",
        f"An 'in' filter takes 1 to {_MOST_VALUES} values.",
        field=condition.column,
    )


def _prefix(name: str, start: str) -> tuple[str, list[Any]]:
    """A range, so that an index serves it: from the prefix up to the next text that does not have it."""
    if not start:
        return f"{name} IS NOT NULL", []
    return f"({name} >= ? AND {name} < ?)", [start, start + "\U0010ffff"]
