"""Build a projection（构建投影）: sort by DuckDB, append in order by SQLite, sync, rename."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from zhengtong.kit import Refused
from zhengtong.tables.engine import Limits, connect, ident
from zhengtong.tables.snapshot import Snapshot
from zhengtong.tables.store import draft_beside, put_in_place
from zhengtong.tables.stored import COUNTS, FACTS, ORDER, TABLE, stored_sql, to_sqlite_type

PROJECTIONS = "projections"
_BATCH_ROWS = 20_000
_MOST_COUNTED_VALUES = 10_000


@dataclass(frozen=True)
class ProjectionBuilt:
    """What was built: the file, the rows in it, and the rows left out because their key is empty."""

    path: Path
    rows: int
    without_key: int
    bytes: int
    seconds: float


def build_projection(
    snapshot: Snapshot,
    key: str | tuple[str, ...],
    path: Path,
    *,
    indexes: tuple[str, ...] = (),
    limits: Limits | None = None,
) -> ProjectionBuilt:
    """Write the projection of a snapshot by a unique key to `path` and return what was built.

    `indexes` are columns to filter by without reading every row; equal-to counts on those with few values are exact and
    immediate. Rows with an empty key are left out; a repeated key is refused. After a crash `path` is whole or absent.
    """
    started = time.monotonic()
    keys = snapshot.schema.require((key,) if isinstance(key, str) else key)
    indexed = snapshot.schema.require(indexes)
    draft = draft_beside(path)
    try:
        with connect(limits) as engine, closing(sqlite3.connect(draft, isolation_level=None)) as target:
            rows, without_key = _count(engine, snapshot, keys)
            _fill(engine, target, snapshot, keys)
            _index(target, keys, indexed)
            _write_facts(engine, target, snapshot, keys, indexed, rows)
        put_in_place(draft, path)
    finally:
        for leftover in (draft, draft.with_name(draft.name + "-journal")):
            leftover.unlink(missing_ok=True)
    return ProjectionBuilt(path, rows, without_key, path.stat().st_size, round(time.monotonic() - started, 3))


def project(
    snapshot: Snapshot, key: str | tuple[str, ...], *, indexes: tuple[str, ...] = (), limits: Limits | None = None
) -> Path:
    """Return the projection file of a snapshot by this key and these indexes, building it beside the shelf if needed."""
    keys = (key,) if isinstance(key, str) else key
    layout = hashlib.sha256(json.dumps([keys, sorted(indexes)]).encode()).hexdigest()[:12]
    path = snapshot.directory.parent / PROJECTIONS / f"{snapshot.manifest.version}-{layout}.sqlite"
    if not path.is_file():
        build_projection(snapshot, keys, path, indexes=tuple(sorted(indexes)), limits=limits)
    return path


def _count(engine: duckdb.DuckDBPyConnection, snapshot: Snapshot, keys: tuple[str, ...]) -> tuple[int, int]:
    empty = " OR ".join(f"{ident(key)} IS NULL" for key in keys)
    row = engine.execute(f"SELECT count(*) FILTER (NOT ({empty})), count(*) FILTER ({empty}) FROM {snapshot.scan()}")  # noqa: S608
    rows, without_key = row.fetchall()[0]
    return rows, without_key


def _fill(
    engine: duckdb.DuckDBPyConnection, target: sqlite3.Connection, snapshot: Snapshot, keys: tuple[str, ...]
) -> None:
    columns = snapshot.schema.columns
    target.execute("PRAGMA page_size = 8192")
    target.execute("PRAGMA journal_mode = OFF")  # a draft: on a crash the whole file is thrown away
    target.execute("PRAGMA synchronous = OFF")
    target.execute("PRAGMA cache_size = -131072")
    listed = ", ".join(f"{ident(column.name)} {to_sqlite_type(column.type)}" for column in columns)
    target.execute(f"CREATE TABLE {TABLE} ({ident(ORDER)} INTEGER PRIMARY KEY, {listed})")
    target.execute("BEGIN")
    marks = ", ".join("?" * len(columns))
    insert = f"INSERT INTO {TABLE} ({', '.join(ident(c.name) for c in columns)}) VALUES ({marks})"  # noqa: S608
    target.executemany(insert, _sorted_rows(engine, snapshot, keys))
    target.execute("COMMIT")


def _sorted_rows(
    engine: duckdb.DuckDBPyConnection, snapshot: Snapshot, keys: tuple[str, ...]
) -> Iterator[tuple[object, ...]]:
    values = ", ".join(stored_sql(column) for column in snapshot.schema.columns)
    order = ", ".join(ident(key) for key in keys)
    filled = " AND ".join(f"{ident(key)} IS NOT NULL" for key in keys)
    query = f"SELECT {values} FROM {snapshot.scan()} WHERE {filled} ORDER BY {order}"  # noqa: S608
    for batch in engine.execute(query).to_arrow_reader(_BATCH_ROWS):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _index(target: sqlite3.Connection, keys: tuple[str, ...], indexed: tuple[str, ...]) -> None:
    try:
        target.execute(f"CREATE UNIQUE INDEX by_key ON {TABLE} ({', '.join(ident(key) for key in keys)})")
    except sqlite3.IntegrityError as error:
        raise Refused(
            "tables.projection.repeated-key",
            f"字段 {'、'.join(keys)} 有重复的取值，不能作为查询主键；请换用唯一的字段或先去重。",
            f"{', '.join(keys)} repeats, so it cannot be the key of look-ups; choose unique columns or remove duplicates.",
            facts={"key": list(keys)},
        ) from error
    for number, column in enumerate(indexed):
        target.execute(f"CREATE INDEX by_{number} ON {TABLE} ({ident(column)})")


def _write_facts(
    engine: duckdb.DuckDBPyConnection,
    target: sqlite3.Connection,
    snapshot: Snapshot,
    keys: tuple[str, ...],
    indexed: tuple[str, ...],
    rows: int,
) -> None:
    """Record what the file is, and how often each value of an indexed column occurs where they are few."""
    counted = [column for column in indexed if _has_few_values(engine, snapshot, column)]
    facts = {
        "schema": snapshot.schema.to_json(),
        "key": list(keys),
        "indexes": list(indexed),
        "counted": counted,
        "rows": rows,
        "resource": snapshot.manifest.resource,
        "version": snapshot.manifest.version,
        "digest": snapshot.manifest.digest,
    }
    target.execute(f"CREATE TABLE {FACTS} (body TEXT NOT NULL)")
    target.execute(f"INSERT INTO {FACTS} VALUES (?)", [json.dumps(facts, ensure_ascii=False)])  # noqa: S608
    target.execute(f"CREATE TABLE {COUNTS} (column_name TEXT, value, rows INTEGER)")
    for column in counted:
        target.execute(
            f"INSERT INTO {COUNTS} SELECT ?, {ident(column)}, count(*) FROM {TABLE} GROUP BY 2",  # noqa: S608
            [column],
        )
    target.execute(f"CREATE INDEX by_value ON {COUNTS} (column_name, value)")
    target.execute("PRAGMA analysis_limit = 1000")
    target.execute("ANALYZE")


def _has_few_values(engine: duckdb.DuckDBPyConnection, snapshot: Snapshot, column: str) -> bool:
    query = f"SELECT approx_count_distinct({ident(column)}) FROM {snapshot.scan()}"  # noqa: S608 - quoted
    return int(engine.execute(query).fetchall()[0][0]) <= _MOST_COUNTED_VALUES
