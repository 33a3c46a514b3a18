"""The data plane（数据底座）: immutable snapshots, loading, look-ups, masking, profiling, quality; the only home of DuckDB and Arrow."""

from zhengtong.tables.engine import Limits
from zhengtong.tables.load import DelimitedSource, LoadReport, ParquetSource, Rejected, load, source_from_path
from zhengtong.tables.profile import ColumnProfile, Profile, detect_value, profile
from zhengtong.tables.projection import Filter, Page, Projection, ProjectionBuilt, build_projection, project
from zhengtong.tables.schema import Column, Schema, SchemaChange
from zhengtong.tables.snapshot import ColumnStats, Manifest, Part, Snapshot
from zhengtong.tables.store import Shelf, Store

__all__ = [
    "Column",
    "ColumnProfile",
    "ColumnStats",
    "DelimitedSource",
    "Filter",
    "Limits",
    "LoadReport",
    "Manifest",
    "ParquetSource",
    "Page",
    "Part",
    "Profile",
    "Projection",
    "ProjectionBuilt",
    "Rejected",
    "Schema",
    "SchemaChange",
    "Shelf",
    "Snapshot",
    "Store",
    "build_projection",
    "detect_value",
    "load",
    "profile",
    "project",
    "source_from_path",
]
