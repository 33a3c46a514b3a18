"""How a projection stores each type（投影存储）, and back.

One SQLite table `rows` in the order of the key. Its rowid is that order, so a page starts at a number that tells nothing
of anybody's key; the key has a unique index beside it. Decimals of up to 18 digits are whole numbers of their last place,
so that comparing them is exact; longer ones, dates and datetimes are their canonical text, which sorts as they do (long
decimals do not, and cannot be compared by size).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.engine import ident
from zhengtong.tables.plain import plain_sql
from zhengtong.tables.schema import Column, decimal_shape

TABLE, FACTS, COUNTS, ORDER = "rows", "facts", "counts", "_order"
_MAX_SCALED_DIGITS = 18


def is_scaled(type_: str) -> bool:
    """Return whether values of the type are stored as whole numbers of their last decimal place."""
    shape = decimal_shape(type_)
    return shape is not None and shape[0] <= _MAX_SCALED_DIGITS


def is_ordered(type_: str) -> bool:
    """Return whether stored values sort as the values do."""
    return decimal_shape(type_) is None or is_scaled(type_)


def to_sqlite_type(type_: str) -> str:
    """Return the SQLite column type; no affinity may change a value."""
    if is_scaled(type_) or type_ in ("integer", "boolean"):
        return "INTEGER"
    return "REAL" if type_ == "double" else "TEXT"


def stored_sql(column: Column) -> str:
    """Return DuckDB SQL of the stored value of a column."""
    name = ident(column.name)
    if is_scaled(column.type):
        scale = decimal_shape(column.type)[1]  # type: ignore[index]
        return f"CAST({name} * CAST(1{'0' * scale} AS HUGEINT) AS BIGINT)" if scale else f"CAST({name} AS BIGINT)"
    if column.type == "boolean":
        return f"CAST({name} AS INTEGER)"
    return plain_sql(name, column.type)


def plain_converter(type_: str) -> Callable[[Any], Any] | None:
    """Return what turns a stored value (not null) into its plain one, None where they are the same."""
    if type_ == "boolean":
        return bool
    if is_scaled(type_):
        scale = decimal_shape(type_)[1]  # type: ignore[index]
        return lambda stored: f"{Decimal(stored).scaleb(-scale):.{scale}f}"
    return None


def to_stored(column: Column, value: Any) -> Any:
    """Return the stored form of a plain value that a caller compares with; one of another type is refused."""
    try:
        if value is None or column.type == "text":
            return None if value is None else str(value)
        if column.type == "integer":
            return int(value)
        if column.type == "boolean":
            return {"true": 1, "false": 0, "1": 1, "0": 0}[str(value).lower()]
        if column.type == "double":
            return float(value)
        if shape := decimal_shape(column.type):
            return _stored_decimal(Decimal(str(value)), shape, column.type)
        return str(value).replace(" ", "T") if column.type == "datetime" else str(value)
    except (ValueError, KeyError, InvalidOperation, OverflowError) as error:
        raise Refused(
            "tables.projection.wrong-type",
            f"条件中“{column.name}”的取值不是 {column.type} 类型，请修改后再查。",
            f"The value given for {column.name} is not of type {column.type}; correct it and ask again.",
            field=column.name,
            facts={"column": column.name, "type": column.type},
        ) from error


def _stored_decimal(number: Decimal, shape: tuple[int, int], type_: str) -> int | float | str:
    if not number.is_finite():
        raise ValueError(number)
    if not is_scaled(type_):
        return f"{number:.{shape[1]}f}"
    scaled = number.scaleb(shape[1])
    whole = int(scaled)
    return whole if whole == scaled else float(scaled)  # between two stored values: equal to none, ordered right
