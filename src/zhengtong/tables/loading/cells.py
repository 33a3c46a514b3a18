"""Text → typed cell（取值转换）: for each type the SQL that converts, and the SQL that says whether it may.

DuckDB's own casts are too kind for a record of law: '1.239' becomes DECIMAL 1.24, '1_000' becomes 1000. So every
conversion here is guarded; what the guard refuses is a rejected row, never a changed value.
"""

from __future__ import annotations

from dataclasses import dataclass

from zhengtong.tables.engine import ident
from zhengtong.tables.schema import Column, decimal_shape, to_duckdb_type

_TRUE, _FALSE = "('true','t','yes','y','1','是')", "('false','f','no','n','0','否')"
_ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATE_FORMS = "['%Y-%m-%d','%Y/%m/%d','%Y.%m.%d','%Y年%m月%d日','%Y%m%d']"
_ANY_DATE = r"[0-9]{4}([-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?|[0-9]{4})"
_TIME = r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_ZONE = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)"


@dataclass(frozen=True)
class Cell:
    """A column, the source column it comes from, and the SQL of its value and of its guard (null where the cell is null)."""

    column: Column
    source: str
    value: str
    guard: str


def text_cell(column: Column, source: str) -> Cell:
    """Return the guarded conversion of a source column of text."""
    raw = ident(source)
    value, guard = _CONVERSIONS.get(column.type, _decimal)(raw, column.type)
    return Cell(column, source, value, _with_required(guard, raw, column))


def typed_cell(column: Column, source: str, source_type: str) -> Cell:
    """Return the conversion of a source column that is already typed (DuckDB's name of the type)."""
    raw, target = ident(source), to_duckdb_type(column.type)
    if source_type == target:
        return Cell(column, source, raw, _with_required("true", raw, column))
    if source_type == "TIMESTAMP WITH TIME ZONE" and column.type == "datetime":
        return Cell(column, source, _shanghai(raw), _with_required("true", raw, column))
    text = f"CAST({raw} AS VARCHAR)"
    value, guard = _CONVERSIONS.get(column.type, _decimal)(text, column.type)
    return Cell(column, source, value, _with_required(guard, raw, column))


def _shanghai(instant: str) -> str:
    """The clock at UTC+8 the whole year, as in kit.place: no summer time before 1992 either."""
    return f"(timezone('UTC', {instant}) + INTERVAL 8 HOURS)"


def _with_required(guard: str, raw: str, column: Column) -> str:
    return guard if column.nullable else f"({raw} IS NOT NULL AND {guard})"


def _text(raw: str, _: str) -> tuple[str, str]:
    return raw, "true"


def _integer(raw: str, _: str) -> tuple[str, str]:
    value = f"TRY_CAST({raw} AS BIGINT)"
    plain = f"CAST({value} AS VARCHAR) = {raw}"
    return value, f"({plain} OR ({value} IS NOT NULL AND regexp_full_match(trim({raw}), '[+-]?[0-9]+')))"


def _decimal(raw: str, type_: str) -> tuple[str, str]:
    shape = decimal_shape(type_)
    assert shape is not None
    precision, scale = shape
    value = f"TRY_CAST({raw} AS DECIMAL({precision},{scale}))"
    return value, f"({value} IS NOT NULL AND regexp_full_match(trim({raw}), '[+-]?[0-9]*\\.?[0-9]{{0,{scale}}}0*'))"


def _double(raw: str, _: str) -> tuple[str, str]:
    value = f"TRY_CAST({raw} AS DOUBLE)"
    return value, f"(isfinite({value}) AND NOT contains({raw}, '_'))"


def _boolean(raw: str, _: str) -> tuple[str, str]:
    word = f"lower(trim({raw}))"
    value = f"CASE WHEN {word} IN {_TRUE} THEN true WHEN {word} IN {_FALSE} THEN false END"
    return value, f"({value}) IS NOT NULL"


def _date(raw: str, _: str) -> tuple[str, str]:
    word = f"trim({raw})"
    is_iso = f"regexp_full_match({raw}, '{_ISO_DATE}')"
    parsed = f"CAST(try_strptime({word}, {_DATE_FORMS}) AS DATE)"
    other = f"CASE WHEN regexp_full_match({word}, '{_ANY_DATE}') THEN {parsed} END"
    value = f"CASE WHEN {is_iso} THEN TRY_CAST({raw} AS DATE) ELSE {other} END"
    return value, f"({value}) IS NOT NULL"


def _datetime(raw: str, _: str) -> tuple[str, str]:
    word = f"replace(trim({raw}), '/', '-')"
    form = f"[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}({_TIME})?"
    local = f"CASE WHEN regexp_full_match({word}, '{form}') THEN TRY_CAST({word} AS TIMESTAMP)"
    zoned = (
        f"WHEN regexp_full_match({word}, '{_ISO_DATE}{_TIME}{_ZONE}') "
        f"THEN {_shanghai(f'TRY_CAST({word} AS TIMESTAMPTZ)')} END"
    )
    value = f"{local} {zoned}"
    return value, f"({value}) IS NOT NULL"


_CONVERSIONS = {
    "text": _text,
    "integer": _integer,
    "double": _double,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
}
