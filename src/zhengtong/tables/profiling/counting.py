"""Counts over every row（全量统计）: filled, distinct, range, lengths, most frequent values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhengtong.tables.engine import Connection, ident
from zhengtong.tables.plain import plain_sql
from zhengtong.tables.schema import Column
from zhengtong.tables.snapshot import Snapshot

_TOP = 10
#: so many different values are counted exactly, more are estimated (HyperLogLog, each engine's own)
_MOST_COUNTED = 100_000
#: among 10⁸ values of 64-bit hashes one collision is a chance of 3 in 10,000; more repeats than this are repeats
_MOST_COLLISIONS = 3


@dataclass(frozen=True)
class ColumnCounts:
    """What one pass tells of a column."""

    rows: int
    filled: int
    distinct: int
    min: str | None
    max: str | None
    min_length: int | None
    max_length: int | None
    is_unique: bool


def count_columns(connection: Connection, snapshot: Snapshot) -> dict[str, ColumnCounts]:
    """Return the counts of every column; distinct is exact up to 100,000 and where it proves a key, else an estimate."""
    columns = snapshot.schema.columns
    parts = [part for column in columns for part in _aggregates(column)]
    row: tuple[Any, ...] = ()
    if columns:
        query = f"SELECT {', '.join(parts)} FROM {snapshot.scan()}"  # noqa: S608 - quoted names and paths
        row = connection.execute(query).fetchall()[0]
    exact = _count_exactly(connection, snapshot, [c for n, c in enumerate(columns) if row[n * 4 + 1] <= _MOST_COUNTED])
    extents = {stats.name: stats for stats in snapshot.manifest.columns}
    rows, counts = snapshot.manifest.rows, {}
    for position, column in enumerate(columns):
        filled, distinct, shortest, longest = row[position * 4 : position * 4 + 4]
        is_candidate = 0 < rows == filled and distinct >= rows * 0.9
        if column.name in exact:
            distinct = exact[column.name]
            is_unique = 0 < rows == filled == distinct
        else:
            is_unique = is_candidate and _is_unique(connection, snapshot, column, rows)
        extent = extents[column.name]
        distinct = rows if is_unique else min(distinct, filled)
        counts[column.name] = ColumnCounts(rows, filled, distinct, extent.min, extent.max, shortest, longest, is_unique)
    return counts


def top_values(connection: Connection, snapshot: Snapshot, column: Column) -> tuple[tuple[str, int], ...]:
    """Return the ten most frequent values as text with their rows, exact; ties in order of the value."""
    name = ident(column.name)
    query = (
        f"SELECT CAST({plain_sql('v', column.type)} AS VARCHAR), n FROM (SELECT {name} AS v, count(*) AS n "  # noqa: S608
        f"FROM {snapshot.scan()} WHERE {name} IS NOT NULL GROUP BY 1) ORDER BY n DESC, v LIMIT {_TOP}"
    )
    return tuple((value, count) for value, count in connection.execute(query).fetchall())


def _aggregates(column: Column) -> list[str]:
    name = ident(column.name)
    lengths = [f"min(length({name}))", f"max(length({name}))"] if column.type == "text" else ["NULL", "NULL"]
    return [f"count({name})", f"approx_count_distinct({name})", *lengths]


def _count_exactly(connection: Connection, snapshot: Snapshot, columns: Sequence[Column]) -> dict[str, int]:
    """Return the number of different values of columns that have few; one pass."""
    if not columns:
        return {}
    counts = ", ".join(f"count(DISTINCT {ident(column.name)})" for column in columns)
    row = connection.execute(f"SELECT {counts} FROM {snapshot.scan()}").fetchall()[0]  # noqa: S608 - quoted
    return {column.name: int(count) for column, count in zip(columns, row, strict=True)}


def _is_unique(connection: Connection, snapshot: Snapshot, column: Column, rows: int) -> bool:
    """Exact: distinct hashes are counted first, in a fraction of the memory; only if all but a few differ, values decide."""
    name = ident(column.name)
    query = f"SELECT count(DISTINCT hash({name})) FROM {snapshot.scan()}"  # noqa: S608 - quoted
    repeated = rows - int(connection.execute(query).fetchall()[0][0])
    if repeated == 0 or repeated > _MOST_COLLISIONS:
        return repeated == 0
    query = f"SELECT 1 FROM {snapshot.scan()} GROUP BY {name} HAVING count(*) > 1 LIMIT 1"  # noqa: S608 - quoted
    return not connection.execute(query).fetchall()
