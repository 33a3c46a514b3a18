"""The data plane（数据底座）: immutable snapshots, loading, look-ups, masking, profiling, quality; the only home of DuckDB and Arrow."""

from zhengtong.tables.engine import Limits
from zhengtong.tables.load import DelimitedSource, LoadReport, ParquetSource, Rejected, load, source_from_path
from zhengtong.tables.schema import Column, Schema, SchemaChange
from zhengtong.tables.snapshot import ColumnStats, Manifest, Part, Snapshot
from zhengtong.tables.store import Shelf, Store

__all__ = [
    "Column",
    "ColumnStats",
    "DelimitedSource",
    "Limits",
    "LoadReport",
    "Manifest",
    "ParquetSource",
    "Part",
    "Rejected",
    "Schema",
    "SchemaChange",
    "Shelf",
    "Snapshot",
    "Store",
    "load",
    "source_from_path",
]
