"""The data plane（数据底座）: immutable snapshots, loading, look-ups, masking, profiling, quality; the only home of DuckDB and Arrow."""

from zhengtong.tables import linkage, quality
from zhengtong.tables.difference import Difference, RowChange, diff
from zhengtong.tables.engine import Limits
from zhengtong.tables.export import Exported, export_snapshot
from zhengtong.tables.filters import Filter
from zhengtong.tables.iceberg import IcebergExported, export_iceberg
from zhengtong.tables.loading import (
    DelimitedSource,
    HttpJsonSource,
    Increment,
    JsonLinesSource,
    LoadReport,
    MysqlSource,
    ParquetSource,
    PostgresSource,
    Rejected,
    Source,
    SqliteSource,
    WorkbookSource,
    load,
    source_from_path,
)
from zhengtong.tables.marking import MARK, Traced, trace
from zhengtong.tables.masking import FieldMask, mask_row, mask_rows
from zhengtong.tables.population import Expression, Join, Population, Total
from zhengtong.tables.profiling import ColumnProfile, Profile, detect_value, profile
from zhengtong.tables.projection import Page, Projection, ProjectionBuilt, build_projection, project
from zhengtong.tables.schema import Column, Schema, SchemaChange
from zhengtong.tables.snapshot import ColumnStats, Manifest, Part, Snapshot
from zhengtong.tables.store import Shelf, Store

__all__ = [
    "Expression",
    "Join",
    "Population",
    "Total",
    "linkage",
    "quality",
    "WorkbookSource",
    "SqliteSource",
    "Source",
    "PostgresSource",
    "MysqlSource",
    "JsonLinesSource",
    "HttpJsonSource",
    "Column",
    "ColumnProfile",
    "ColumnStats",
    "DelimitedSource",
    "Difference",
    "Exported",
    "FieldMask",
    "Filter",
    "Increment",
    "Limits",
    "MARK",
    "Traced",
    "trace",
    "LoadReport",
    "Manifest",
    "ParquetSource",
    "Page",
    "Part",
    "Profile",
    "Projection",
    "ProjectionBuilt",
    "Rejected",
    "RowChange",
    "Schema",
    "SchemaChange",
    "Shelf",
    "Snapshot",
    "Store",
    "build_projection",
    "detect_value",
    "diff",
    "IcebergExported",
    "export_iceberg",
    "export_snapshot",
    "load",
    "mask_row",
    "mask_rows",
    "profile",
    "project",
    "source_from_path",
]
