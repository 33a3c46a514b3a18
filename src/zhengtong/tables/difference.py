"""What changed between two versions, row by row（版本差异）."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.engine import Connection, Limits, analyse, ident, literal
from zhengtong.tables.plain import plain_sql
from zhengtong.tables.schema import Schema, SchemaChange, to_duckdb_type
from zhengtong.tables.snapshot import Snapshot

_SAMPLES = 20


@dataclass(frozen=True)
class RowChange:
    """One row that differs: `added`, `removed` or `changed`; its key and its cells before and after, as plain values."""

    change: str
    key: tuple[Any, ...]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True)
class Difference:
    """Counts of rows, and of changed cells by column; the first twenty changes in order of the key.

    Columns only one version has are in `schema` and do not count as changes of a row.
    """

    old_version: str
    new_version: str
    added: int
    removed: int
    changed: int
    unchanged: int
    fields: dict[str, int]
    schema: SchemaChange
    sample: tuple[RowChange, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def diff(
    old: Snapshot,
    new: Snapshot,
    key: str | tuple[str, ...],
    *,
    changes_to: Path | None = None,
    limits: Limits | None = None,
) -> Difference:
    """Return what differs between two versions by a unique key; a key that is repeated or empty is refused.

    Rows are compared by a 64-bit hash of their common columns. With `changes_to`, every change is also written there as
    Parquet: `change`, the key, and `before.…`, `after.…` of each column.
    """
    keys = (key,) if isinstance(key, str) else tuple(key)
    old.schema.require(keys)
    new.schema.require(keys)
    shared = [column for column in new.schema.columns if column.name in old.schema.names]
    common = Schema(tuple(column for column in shared if column.name not in keys))
    with analyse(limits) as connection:
        _find_changes(connection, old, new, keys, common)
        counts = dict(connection.execute("SELECT change, count(*) FROM changes GROUP BY 1").fetchall())
        if "repeated" in counts:
            raise _repeated(keys, counts["repeated"])
        fields = _count_fields(connection, old, new, keys, common) if counts.get("changed") else {}
        paired = _paired(old, new, keys, common)
        listed = ", ".join(f"c.{ident(name)}" for name in keys)
        sample = connection.execute(f"{paired} ORDER BY {listed} LIMIT {_SAMPLES}").fetchall() if counts else []
        if changes_to is not None:
            connection.execute(f"COPY ({paired} ORDER BY {listed}) TO {literal(str(changes_to))} (FORMAT parquet)")
    added, removed, changed = (counts.get(kind, 0) for kind in ("added", "removed", "changed"))
    return Difference(
        old.manifest.version,
        new.manifest.version,
        added,
        removed,
        changed,
        new.manifest.rows - added - changed,
        fields,
        old.schema.change_to(new.schema),
        tuple(_to_change(row, keys, common) for row in sample),
    )


def _find_changes(connection: Connection, old: Snapshot, new: Snapshot, keys: tuple[str, ...], common: Schema) -> None:
    """Leave the keys that differ in the table `changes`: one grouping of both versions, which can spill to disk."""
    listed = ", ".join(ident(name) for name in keys)
    both = " UNION ALL ".join(
        f"SELECT {listed}, {_hash(snapshot, common)} AS h, {side} AS side FROM {snapshot.scan()}"  # noqa: S608
        for snapshot, side in ((old, 0), (new, 1))
    )
    empty = " OR ".join(f"{ident(name)} IS NULL" for name in keys)
    connection.execute(
        f"CREATE TEMP TABLE changes AS SELECT {listed}, CASE WHEN o > 1 OR n > 1 OR {empty} THEN 'repeated' "  # noqa: S608
        f"WHEN o = 0 THEN 'added' WHEN n = 0 THEN 'removed' ELSE 'changed' END AS change FROM ("
        f"SELECT {listed}, count(*) FILTER (side = 0) AS o, count(*) FILTER (side = 1) AS n, "
        f"min(h) AS low, max(h) AS high FROM ({both}) GROUP BY {listed}"
        f") WHERE o <> 1 OR n <> 1 OR low <> high OR {empty}"
    )


def _hash(snapshot: Snapshot, common: Schema) -> str:
    """Hash cells as the new version's types, so that a widened column does not change every row."""
    cells = []
    for column in common.columns:
        same = snapshot.schema.column(column.name).type == column.type
        cells.append(ident(column.name) if same else f"TRY_CAST({ident(column.name)} AS {to_duckdb_type(column.type)})")
    return f"hash({', '.join(cells)})" if cells else "0"


def _paired(old: Snapshot, new: Snapshot, keys: tuple[str, ...], common: Schema) -> str:
    """SQL of every change: its kind, the key, and each common column before and after, as plain values."""
    selects = [f"{plain_sql(f'c.{ident(name)}', new.schema.column(name).type)} AS {ident(name)}" for name in keys]
    for column in common.columns:
        before = plain_sql(f"o.{ident(column.name)}", old.schema.column(column.name).type)
        after = plain_sql(f"n.{ident(column.name)}", column.type)
        selects += [f"{before} AS {ident(f'before.{column.name}')}", f"{after} AS {ident(f'after.{column.name}')}"]
    return f"SELECT c.change, {', '.join(selects)} FROM {_joined(old, new, keys)}"  # noqa: S608


def _joined(old: Snapshot, new: Snapshot, keys: tuple[str, ...]) -> str:
    matches = {side: " AND ".join(f"c.{ident(name)} = {side}.{ident(name)}" for name in keys) for side in "on"}
    # nothing but equalities in ON: a condition on one side would make it a nested loop
    return f"changes c LEFT JOIN {old.scan()} o ON {matches['o']} LEFT JOIN {new.scan()} n ON {matches['n']}"


def _count_fields(
    connection: Connection, old: Snapshot, new: Snapshot, keys: tuple[str, ...], common: Schema
) -> dict[str, int]:
    counts = []
    for column in common.columns:
        name = ident(column.name)
        same = old.schema.column(column.name).type == column.type
        sides = (f"o.{name}", f"n.{name}") if same else (f"CAST(o.{name} AS VARCHAR)", f"CAST(n.{name} AS VARCHAR)")
        counts.append(f"count(*) FILTER (c.change = 'changed' AND {sides[0]} IS DISTINCT FROM {sides[1]})")
    query = f"SELECT {', '.join(counts)} FROM {_joined(old, new, keys)}"  # noqa: S608
    found = connection.execute(query).fetchall()[0]
    return {column.name: count for column, count in zip(common.columns, found, strict=True) if count}


def _to_change(row: tuple[Any, ...], keys: tuple[str, ...], common: Schema) -> RowChange:
    change, key, cells = row[0], row[1 : 1 + len(keys)], row[1 + len(keys) :]
    before = dict(zip(common.names, cells[0::2], strict=True)) if change != "added" else None
    after = dict(zip(common.names, cells[1::2], strict=True)) if change != "removed" else None
    return RowChange(change, key, before, after)


def _repeated(keys: tuple[str, ...], count: int) -> Refused:
    return Refused(
        "tables.diff.repeated-key",
        f"字段 {'、'.join(keys)} 有 {count} 个取值重复或为空，不能据以比较两个版本；请换用唯一的字段。",
        f"{count} values of {', '.join(keys)} are repeated or empty, so versions cannot be compared by it; use a unique key.",
        facts={"key": list(keys), "count": count},
    )
