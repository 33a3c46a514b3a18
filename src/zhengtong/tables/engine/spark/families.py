"""Families of types（类型族）, and texts written where a number or day is meant."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Any

from sqlglot import exp

from zhengtong.tables.engine.spark.errors import CannotRun

_T = exp.DataType.Type
_FAMILIES = {
    **dict.fromkeys((_T.VARCHAR, _T.TEXT, _T.CHAR, _T.NVARCHAR), "text"),
    **dict.fromkeys((_T.TINYINT, _T.SMALLINT, _T.INT, _T.BIGINT), "integer"),
    **dict.fromkeys((_T.DECIMAL, _T.INT128), "decimal"),
    **dict.fromkeys((_T.DOUBLE, _T.FLOAT), "double"),
    **dict.fromkeys((_T.TIMESTAMP, _T.TIMESTAMPNTZ, _T.DATETIME), "datetime"),
    _T.BOOLEAN: "boolean",
    _T.DATE: "date",
    _T.NULL: "null",
}
#: digits of decimals that a double holds exactly
DOUBLE_DIGITS = 15
_NUMBERS = {"integer", "decimal", "double"}
_TIMES = {"date", "datetime"}


def family(node: Any) -> str:
    """Return text, integer, decimal, double, boolean, date, datetime or null; refuse an expression of no known type."""
    if isinstance(node, exp.Null):
        return "null"
    if isinstance(node, exp.Paren):
        return family(node.this)
    if isinstance(node, exp.Literal):
        if node.is_string:
            return "text"
        return "integer" if node.this.isdigit() else "double" if "e" in node.this.lower() else "decimal"
    kind = type_of(node)
    found = _FAMILIES.get(kind.this) if kind is not None else None
    if found is None:
        raise CannotRun(f"the type of {node.sql('duckdb')[:200]} is not known")
    return found


def type_of(node: Any) -> Any:
    """Return the static type of an expression, None where it is not known."""
    if node.type is None and isinstance(node, exp.Cast):  # TRY_CAST is one
        return node.to
    return node.type


def shape(node: Any) -> tuple[int, int]:
    """Return precision and scale of a decimal expression."""
    if isinstance(node, exp.Literal):
        whole, _, part = node.this.partition(".")
        return len(whole) + len(part), len(part)
    kind = type_of(node)
    if kind.this == _T.INT128:
        return 38, 0
    sizes = [int(size.name) for size in kind.expressions]
    return (sizes[0], sizes[1] if len(sizes) > 1 else 0) if sizes else (18, 3)


def agree(node: Any, other: Any) -> Any:
    """Return the side of a comparison as it is compared with the other; refuse what the engines convert differently.

    A text written in the query is what DuckDB makes of it: a number of the other side's scale, a day, an instant.
    """
    mine, theirs = family(node), family(other)
    if {mine, theirs} == {"decimal", "double"} and shape(node if mine == "decimal" else other)[0] > DOUBLE_DIGITS:
        raise CannotRun(
            f"{node.sql('duckdb')[:100]} beside {other.sql('duckdb')[:100]}: more digits than a double holds"
        )
    if mine == theirs or "null" in (mine, theirs) or {mine, theirs} <= _NUMBERS or {mine, theirs} <= _TIMES:
        return node
    if theirs == "text" and isinstance(other, exp.Literal):
        return node
    if mine == "text" and isinstance(node, exp.Literal) and theirs in _WRITTEN:
        try:
            return _WRITTEN[theirs](node.this, other)
        except (ValueError, InvalidOperation) as error:
            raise CannotRun(f"{node.this!r} is no {theirs}") from error
    raise CannotRun(f"{node.sql('duckdb')[:100]} ({mine}) beside {other.sql('duckdb')[:100]} ({theirs})")


def _whole(text: str, _: Any) -> Any:
    if not text.lstrip("-").isdigit():
        raise ValueError(text)
    return exp.cast(exp.Literal.string(text), "BIGINT")


def _decimal(text: str, other: Any) -> Any:
    precision, scale = shape(other)
    with localcontext(prec=80):
        number = Decimal(text).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    return exp.cast(exp.Literal.string(f"{number:f}"), f"DECIMAL({precision}, {scale})")


def _double(text: str, _: Any) -> Any:
    return exp.cast(exp.Literal.string(repr(float(text))), "DOUBLE")


def _date(text: str, _: Any) -> Any:
    return exp.cast(exp.Literal.string(datetime.date.fromisoformat(text).isoformat()), "DATE")


def _datetime(text: str, _: Any) -> Any:
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError(text)
    return exp.cast(exp.Literal.string(moment.isoformat(" ")), "TIMESTAMP")


def _boolean(text: str, _: Any) -> Any:
    if text not in ("true", "false"):
        raise ValueError(text)
    return exp.Boolean(this=text == "true")


_WRITTEN = {
    "integer": _whole,
    "decimal": _decimal,
    "double": _double,
    "date": _date,
    "datetime": _datetime,
    "boolean": _boolean,
}
