"""DuckDB, opened the one way this room opens it: no network, bounded memory, closed after use."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from zhengtong.tables.engine.words import Limits, literal


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
