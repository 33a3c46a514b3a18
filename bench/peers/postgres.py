"""Bare PostgreSQL as a peer: the same rows, the same indexes, prepared statements, and nothing above it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.http_load import Load, load
from bench.peers.rooms import NotHere

TABLE = "bench_people"


@contextmanager
def server() -> Iterator[str]:
    """Run a PostgreSQL of the bench's own and yield its address; NotHere where none is installed."""
    from tests.postgres import find_binaries, postgres_server

    if find_binaries() is None:
        raise NotHere("PostgreSQL is not installed here")
    with postgres_server() as url:
        yield url


def fill(url: str, source: Path) -> None:
    """Load the rows of a CSV file with a head line, index them, and let the planner know them."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection, source.open("rb") as file:
        names = file.readline().decode().strip().split(",")
        columns = ", ".join(f"{name} {'date' if name == 'born_on' else 'text'}" for name in names)
        connection.execute(f"CREATE TABLE {TABLE} ({columns})")
        with connection.cursor().copy(f"COPY {TABLE} FROM STDIN (FORMAT csv)") as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)
        connection.execute(f"ALTER TABLE {TABLE} ADD PRIMARY KEY (id_number)")
        connection.execute(f"CREATE INDEX ON {TABLE} (region_code)")
        connection.execute(f"ANALYZE {TABLE}")


class Session:
    """One connection that asks the same prepared question again and again."""

    def __init__(self, url: str, sql: str) -> None:
        import psycopg

        self.connection = psycopg.connect(url, autocommit=True)
        self.sql = sql

    def call(self, key: str) -> tuple[int, bytes]:
        """Return 200 and nothing, as a web peer would, once the rows are in this process's hands."""
        rows = self.connection.execute(self.sql, [key], prepare=True).fetchall()
        return (200 if rows else 404), b""


def ask(url: str, columns: str, where: str, limit: int, keys: Callable[[random.Random], str], seconds: float) -> Load:
    """Return what eight connections saw asking for rows by one value."""
    sql = f"SELECT {columns} FROM {TABLE} WHERE {where} = %s LIMIT {limit}"  # noqa: S608 - the bench's own words
    return load([0], keys, seconds, connect=lambda _port: Session(url, sql))


def dump_seconds(url: str) -> float:
    """Return the seconds in which all rows come out as CSV."""
    import psycopg

    started = time.perf_counter()
    with (
        psycopg.connect(url) as connection,
        connection.cursor().copy(f"COPY (SELECT * FROM {TABLE} ORDER BY id_number) TO STDOUT (FORMAT csv)") as copy,
    ):
        for _piece in copy:
            pass
    return time.perf_counter() - started
