"""Plain values（通用取值）: how a cell leaves this room, the same from every reader — ready for JSON, and exact.

Text is str, integers int, booleans bool, doubles float; decimals, dates and datetimes are text in their one canonical
form (`12.30`, `2026-01-31`, `2026-01-31T08:00:00`), so no reader can lose a digit or shift a day.
"""

from __future__ import annotations

from typing import Any

from zhengtong.tables.engine import ident
from zhengtong.tables.schema import Column, decimal_shape


def plain_sql(expression: str, type_: str) -> str:
    """Return SQL that turns an expression of our type into its plain value."""
    if decimal_shape(type_) or type_ == "date":
        return f"CAST({expression} AS VARCHAR)"
    if type_ == "datetime":
        # seconds always, fractions only when there are any
        return f"replace(CAST({expression} AS VARCHAR), ' ', 'T')"
    return expression


def plain_select(column: Column) -> str:
    """Return the column's plain value under its own name, for a SELECT list."""
    return f"{plain_sql(ident(column.name), column.type)} AS {ident(column.name)}"


def to_plain_row(names: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Any]:
    """Return the row as a dict in the order of names."""
    return dict(zip(names, row, strict=True))
