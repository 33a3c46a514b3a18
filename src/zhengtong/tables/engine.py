"""DuckDB, opened the one way this room opens it: no network, bounded memory, closed after use（分析引擎）."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True)
class Limits:
    """What one run may take of the machine; `temp_dir` is where it spills, the system's temporary folder if None."""

    threads: int = 2
    memory_bytes: int = 2 << 30
    temp_dir: Path | None = None


@contextmanager
def connect(limits: Limits | None = None, *, ordered: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield an in-memory connection and close it; never share it between threads.

    `ordered` keeps rows in the order of their source, which loading needs and aggregates do not.
    """
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="zhengtong-", dir=limits.temp_dir) as spill:
        connection = duckdb.connect(
            ":memory:",
            config={
                "threads": limits.threads,
                "memory_limit": f"{limits.memory_bytes}B",
                "temp_directory": spill,
                "preserve_insertion_order": ordered,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        try:
            connection.execute("SET TimeZone = 'Asia/Shanghai'")
            connection.execute("SET enable_progress_bar = false")
            yield connection
        finally:
            connection.close()


def lock_to(connection: duckdb.DuckDBPyConnection, paths: list[Path]) -> None:
    """Let the connection open no file but these from now on; for SQL that was written elsewhere."""
    listed = ", ".join(literal(str(path.resolve())) for path in paths)
    connection.execute(f"SET allowed_paths = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def ident(name: str) -> str:
    """Return the name quoted as an SQL identifier, for DuckDB, SQLite, PostgreSQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return the text quoted as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def scan_parquet(paths: list[Path]) -> str:
    """Return the FROM item that reads these Parquet files as one table."""
    return f"read_parquet([{', '.join(literal(str(path)) for path in paths)}])"
