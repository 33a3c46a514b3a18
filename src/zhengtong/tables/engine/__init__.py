"""The engines（分析引擎）: DuckDB opened one way; Spark by one setting for what reads whole snapshots."""

from zhengtong.tables.engine.choose import CANNOT_RUN, ENGINES, Connection, analyse, engine_of, run_one
from zhengtong.tables.engine.duck import connect, lock_to
from zhengtong.tables.engine.words import Limits, ident, literal, scan_parquet

__all__ = [
    "CANNOT_RUN",
    "ENGINES",
    "Connection",
    "Limits",
    "analyse",
    "connect",
    "engine_of",
    "ident",
    "literal",
    "lock_to",
    "run_one",
    "scan_parquet",
]
