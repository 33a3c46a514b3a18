"""datasette as a peer: two processes over the same rows in SQLite, with the same indexes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.peers.rooms import environment, free_port, process, wait_for

PACKAGE = "datasette==0.65.1"


@contextmanager
def serving(home: Path, source: Path) -> Iterator[list[int]]:
    """Serve the rows of a CSV file with a head line; yields the ports. NotHere when it cannot be installed."""
    python = environment(home / "datasette", [PACKAGE])
    database = fill(home / "people.db", source)
    ports = [free_port(), free_port()]
    with ExitStack() as running:
        for port in ports:
            words = [python, "-m", "datasette", "serve", "-i", database, "-h", "127.0.0.1", "-p", port]
            words += ["--setting", "sql_time_limit_ms", 10000, "--setting", "num_sql_threads", 4]
            running.enter_context(process([str(word) for word in words], home / f"datasette-{port}.log"))
        for port in ports:
            wait_for(port)
        yield ports


def fill(database: Path, source: Path) -> Path:
    """Write the rows into SQLite as datasette likes them best: by key without rowid, the region indexed."""
    database.unlink(missing_ok=True)
    with source.open(encoding="utf-8") as file, sqlite3.connect(database) as connection:
        names = next(file).rstrip("\n").split(",")
        connection.execute(f"CREATE TABLE people ({', '.join(names)}, PRIMARY KEY (id_number)) WITHOUT ROWID")
        marks = ",".join("?" * len(names))
        connection.executemany(f"INSERT INTO people VALUES ({marks})", (line.rstrip("\n").split(",") for line in file))
        connection.execute("CREATE INDEX by_region ON people (region_code)")
    return database
