"""How a projection stores each type（投影存储）, and back.

One SQLite table `rows` in the order of the key. Its rowid is that order, so a page starts at a number that tells nothing
of anybody's key; the key has a unique index beside it. Decimals of up to 18 digits are whole numbers of their last place,
so that comparing them is exact; longer ones, dates and datetimes are their canonical text, which sorts as they do (long
decimals do not, and cannot be compared by size).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, InvalidOperation
from typing import Any

from zhengtong.kit import Refused, to_local
from zhengtong.tables.engine import ident
from zhengtong.tables.plain import plain_sql
from zhengtong.tables.schema import Column, decimal_shape

TABLE, FACTS, COUNTS, ORDER = "rows", "facts", "counts", "_order"
NEVER = "never"
_MAX_SCALED_DIGITS = 18
_MAX_INTEGER = 2**63 - 1
_EXACT = Context(prec=100)
_INCLUSIVE = {"<": "<=", "<=": "<=", ">": ">=", ">=": ">="}


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
    """Return the stored form of a plain value; one that is not exactly of the column's type is refused."""
    operator, stored = to_stored_condition(column, "=", value)
    if operator == NEVER:
        raise _wrong_type(column)
    return stored


def to_stored_condition(column: Column, operator: str, value: Any) -> tuple[str, Any]:
    """Return operator and stored value that say the same of stored cells; NEVER where no cell can satisfy it.

    A number between two that the column can hold equals none, and bounds as the nearest one it can hold on that side.
    """
    try:
        if value is None or column.type == "text":
            return operator, None if value is None else str(value)
        if column.type == "boolean":
            return operator, {"true": 1, "false": 0, "1": 1, "0": 0}[str(value).lower()]
        if column.type == "double":
            return operator, float(value)
        shape = (19, 0) if column.type == "integer" else decimal_shape(column.type)
        if shape:
            return _number_condition(operator, Decimal(str(value)), shape, is_text=shape[0] > _MAX_SCALED_DIGITS + 1)
        if column.type == "date":
            return operator, datetime.date.fromisoformat(str(value)).isoformat()
        return operator, _datetime_text(str(value))
    except (ValueError, KeyError, InvalidOperation, OverflowError) as error:
        raise _wrong_type(column) from error


def _number_condition(operator: str, number: Decimal, shape: tuple[int, int], *, is_text: bool) -> tuple[str, Any]:
    if not number.is_finite():
        raise ValueError(number)
    scaled = number.scaleb(shape[1], _EXACT)
    whole = scaled.to_integral_value(ROUND_CEILING if operator in (">", ">=") else ROUND_FLOOR, _EXACT)
    if whole != scaled:
        if operator not in _INCLUSIVE:
            return NEVER, None
        operator = _INCLUSIVE[operator]
    if is_text:
        return operator, f"{whole.scaleb(-shape[1], _EXACT):.{shape[1]}f}"
    return operator, max(min(int(whole), _MAX_INTEGER), -_MAX_INTEGER - 1)


def _datetime_text(text: str) -> str:
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo:
        moment = to_local(moment).replace(tzinfo=None)
    whole = moment.replace(microsecond=0).isoformat()
    return f"{whole}.{moment.microsecond:06d}".rstrip("0") if moment.microsecond else whole


def _wrong_type(column: Column) -> Refused:
    return Refused(
        "tables.filter.wrong-type",
        f"条件中“{column.name}”的取值不是 {column.type} 类型，请修改后再查。",
        f"The value given for {column.name} is not of type {column.type}; correct it and ask again.",
        field=column.name,
        facts={"column": column.name, "type": column.type},
    )
