"""What every engine is asked with（通用写法）: bounds of a run, names, texts and files as SQL; DuckDB's writing is the base."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path


def _chosen_engine() -> str:
    return os.environ.get("ZHENGTONG_ENGINE", "duckdb")


def _chosen_master() -> str:
    return os.environ.get("ZHENGTONG_SPARK_MASTER", "local[*]")


@dataclass(frozen=True)
class Limits:
    """What one run may take of the machine, and what it runs on.

    `temp_dir` is where it spills, the system's temporary folder if None. `engine` (`duckdb` or `spark`) analyses whole
    snapshots; the site's setting chooses it, and `spark_master` says where Spark is. Threads and memory bound DuckDB;
    Spark's are the cluster's own.
    """

    threads: int = 2
    memory_bytes: int = 2 << 30
    temp_dir: Path | None = None
    engine: str = field(default_factory=_chosen_engine)
    spark_master: str = field(default_factory=_chosen_master)


def ident(name: str) -> str:
    """Return the name quoted as an SQL identifier, for DuckDB, SQLite, PostgreSQL, and Spark as this room opens it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return the text quoted as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def scan_parquet(paths: list[Path]) -> str:
    """Return the FROM item that reads these Parquet files as one table."""
    return f"read_parquet([{', '.join(literal(str(path)) for path in paths)}])"
