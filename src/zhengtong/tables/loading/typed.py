"""Parquet → snapshot（列式文件装载）: types come with the file; nested ones become JSON text."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from zhengtong.kit import Refused
from zhengtong.tables.engine import Limits, connect, scan_parquet
from zhengtong.tables.loading.cells import typed_cell
from zhengtong.tables.loading.loaded import MOST_REJECTS, Loaded, match_columns
from zhengtong.tables.loading.rejects import type_rejected
from zhengtong.tables.loading.sources import ParquetSource
from zhengtong.tables.loading.stream import stream_parts
from zhengtong.tables.loading.types import ColumnDecision
from zhengtong.tables.parts import PartWriter
from zhengtong.tables.schema import Column, Schema

_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
_OURS = {
    "UBIGINT": "decimal(20,0)",
    "HUGEINT": "decimal(38,0)",
    "FLOAT": "double",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "TIMESTAMP_NS": "datetime",
    "TIMESTAMP_MS": "datetime",
    "TIMESTAMP_S": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime",
}


def load_parquet(source: ParquetSource, schema: Schema | None, staged: Path, limits: Limits) -> Loaded:
    """Write the files' rows into staged parts, by the stated schema or the files' own."""
    relation = scan_parquet(list(source.paths))
    writer: PartWriter | None = None
    with connect(limits) as connection:
        types = _types_of(connection, relation)
        chosen = schema or Schema(tuple(Column(name, to_our_type(type_)) for name, type_ in types.items()))
        sources = match_columns(chosen, tuple(types))
        cells = [typed_cell(column, sources[column.name], types[sources[column.name]]) for column in chosen.columns]
        writer = PartWriter(staged, chosen)
        try:
            outcome = stream_parts(connection, relation, cells, writer, keep=MOST_REJECTS)
        except BaseException:
            writer.abandon()
            raise
    rejects = [
        type_rejected(
            bad.ordinal + 1,
            cells[bad.column].column.name,
            cells[bad.column].column.type,
            is_missing=bad.cells[bad.column] is None,
            raw=",".join(cell or "" for cell in bad.cells)[:2000],
        )
        for bad in outcome.bad
    ]
    return Loaded(
        writer,
        outcome.rows,
        rejects,
        tuple(_decision(column, sources[column.name], types[sources[column.name]]) for column in chosen.columns),
        tuple(name for name in types if name not in sources.values()),
        {"kind": "parquet"},
    )


def _decision(column: Column, source: str, source_type: str) -> ColumnDecision:
    return ColumnDecision(column.name, source, column.type, f"来源类型 {source_type}", f"source type {source_type}")


def to_our_type(duckdb_type: str) -> str:
    """Return our type for one of DuckDB's; what has no counterpart becomes text."""
    if duckdb_type in _INTEGERS:
        return "integer"
    if match := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", duckdb_type):
        return f"decimal({match[1]},{match[2]})"
    return _OURS.get(duckdb_type, "text")


def _types_of(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    try:
        rows = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()  # noqa: S608 - quoted paths
    except duckdb.Error as error:
        raise Refused(
            "tables.load.unreadable",
            "无法读取该 Parquet 文件，文件可能损坏或不是 Parquet 格式。",
            "This Parquet file cannot be read; it may be damaged or of another format.",
            field="source",
        ) from error
    return {row[0]: row[1] for row in rows}
