"""Conditions on rows（过滤条件）, as values: compiled with bound parameters, never pasted into SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.engine import ident
from zhengtong.tables.schema import Column, Schema
from zhengtong.tables.stored import NEVER, is_ordered, stored_sql, to_stored_condition

_SIZE = {"<", "<=", ">", ">="}
OPERATORS = {"=", "!=", "in", "prefix", "is_null", "not_null", *_SIZE}
_MOST_VALUES = 1000


@dataclass(frozen=True)
class Filter:
    """One condition: `=`, `!=` (true of empty cells too), `<` `<=` `>` `>=`, `in`, `prefix` (text), `is_null`, `not_null`."""

    column: str
    operator: str
    value: Any = None


def compile_filters(filters: Sequence[Filter], schema: Schema, *, stored: bool = True) -> tuple[str, list[Any]]:
    """Return the WHERE text (all conditions hold; `1 = 1` when there are none) and its parameters.

    With `stored` it speaks of a projection's cells (SQLite), else of a snapshot's (DuckDB); both admit the same rows.
    """
    clauses, parameters = [], []
    for condition in filters:
        column = schema.column(condition.column)
        cell = ident(column.name) if stored else f"({stored_sql(column)})"
        clause, values = _compile(condition, column, cell)
        clauses.append(clause)
        parameters += values
    return " AND ".join(clauses) or "1 = 1", parameters


def _compile(condition: Filter, column: Column, cell: str) -> tuple[str, list[Any]]:
    operator, value = condition.operator, condition.value
    if operator in ("is_null", "not_null"):
        return f"{cell} IS {'NOT ' if operator == 'not_null' else ''}NULL", []
    if operator == "in":
        return _compile_in(condition, column, cell)
    if operator == "prefix" and column.type == "text":
        return _compile_prefix(cell, str(value))
    if operator == "!=":
        kind, stored = to_stored_condition(column, "=", value)
        return ("1 = 1", []) if kind == NEVER else (f"{cell} IS DISTINCT FROM ?", [stored])
    if operator == "=" or (operator in _SIZE and is_ordered(column.type)):
        kind, stored = to_stored_condition(column, operator, value)
        return ("1 = 0", []) if kind == NEVER else (f"{cell} {kind} ?", [stored])
    raise Refused(
        "tables.filter.unsupported",
        f"字段“{column.name}”（{column.type}）不支持条件“{operator}”。",
        f"Column {column.name} ({column.type}) cannot be filtered by {operator!r}.",
        field=column.name,
        facts={"column": column.name, "operator": operator},
    )


def _compile_in(condition: Filter, column: Column, cell: str) -> tuple[str, list[Any]]:
    values = condition.value
    if not isinstance(values, list | tuple | set | frozenset) or not 0 < len(values) <= _MOST_VALUES:
        raise Refused(
            "tables.filter.too-many-values",
            f"“in”条件需要 1 至 {_MOST_VALUES} 个取值。",
            f"An 'in' filter takes 1 to {_MOST_VALUES} values.",
            field=condition.column,
        )
    pairs = [to_stored_condition(column, "=", one) for one in values]
    stored = [value for kind, value in pairs if kind != NEVER]
    return (f"{cell} IN ({', '.join('?' * len(stored))})", stored) if stored else ("1 = 0", [])


def _compile_prefix(cell: str, start: str) -> tuple[str, list[Any]]:
    """A range, so that an index serves it: from the prefix up to the last text that has it."""
    if not start:
        return f"{cell} IS NOT NULL", []
    return f"({cell} >= ? AND {cell} < ?)", [start, start + "\U0010ffff"]
