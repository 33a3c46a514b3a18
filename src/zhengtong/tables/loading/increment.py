"""What came since the last version（增量装载）: appended past a watermark, or merged by key; untouched parts are shared.

Parts are immutable, so a new version links the old version's files and writes only what changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from zhengtong.kit import Refused
from zhengtong.tables.engine import Limits, connect, ident, literal, scan_parquet
from zhengtong.tables.parts import ROWS_PER_GROUP, PartWriter
from zhengtong.tables.plain import plain_sql
from zhengtong.tables.schema import Schema, to_duckdb_type
from zhengtong.tables.snapshot import Snapshot

MODES = ("full", "append", "upsert", "changes")
_MOST_PARTS = 50
_DELETES = "('d', 'delete', '删除', '-1')"
_OPERATIONS = "('i', 'insert', '新增', 'u', 'update', '修改', '变更', 'upsert', 'd', 'delete', '删除', '-1')"


@dataclass(frozen=True)
class Increment:
    """How a source adds to what is there（增量方式）.

    `append`: all rows are new; with a `watermark` column, those not above the last version's watermark are skipped.
    `upsert`: a row replaces the one with its `key`. `changes`: the same, and the `operation` column (I, U, D or the
    words) may delete; of several rows with one key the last counts.
    """

    mode: str = "full"
    key: tuple[str, ...] = ()
    watermark: str = ""
    operation: str = ""

    def __post_init__(self) -> None:
        is_whole = self.mode in ("full", "append") or (self.key and bool(self.operation) == (self.mode == "changes"))
        if self.mode not in MODES or not is_whole:
            raise Refused(
                "tables.load.bad-increment",
                "增量方式不完整：upsert 须指定主键，changes 须指定主键和操作字段。",
                "The increment is incomplete: upsert needs a key, changes a key and an operation column.",
                field="increment",
            )


@dataclass(frozen=True)
class Merged:
    """The parts of the new version and what the increment did."""

    writer: PartWriter
    effect: dict[str, int]
    watermark: str


def merge_increment(
    previous: Snapshot | None, incoming: list[Path], schema: Schema, increment: Increment, staged: Path, limits: Limits
) -> Merged:
    """Return the previous version's rows with the incoming ones merged in; incoming parts hold the source's columns."""
    kept = Schema(tuple(column for column in schema.columns if column.name != increment.operation))
    writer = PartWriter(staged, kept)
    with connect(limits) as connection:
        connection.execute("SET threads = 1")  # streams keep their order only on one thread
        connection.execute(f"CREATE VIEW incoming AS SELECT * FROM {_numbered(incoming)}")  # noqa: S608
        since = previous.manifest.watermark if previous else ""
        watermark = _new_watermark(connection, schema, increment.watermark, since)
        if increment.mode == "append":
            effect = _append(connection, previous, writer, schema, increment.watermark, since)
        else:
            effect = _merge(connection, previous, writer, increment)
    return Merged(writer, effect, watermark)


_PLACE = '"place of row"'


def _numbered(paths: list[Path]) -> str:
    scans = [
        f"SELECT * EXCLUDE (file_row_number), file_row_number + {number << 40} AS {_PLACE} "  # noqa: S608
        f"FROM read_parquet({literal(str(path))}, file_row_number=true)"
        for number, path in enumerate(paths)
    ]
    return f"({' UNION ALL '.join(scans)})"


def _new_watermark(connection: duckdb.DuckDBPyConnection, schema: Schema, column: str, since: str) -> str:
    """Return the highest value seen, as plain text; the old one when nothing is above it."""
    if not column:
        return since
    type_ = schema.column(column).type
    text = f"CAST({plain_sql(f'max({ident(column)})', type_)} AS VARCHAR)"
    above = _above(column, type_, since)
    found = connection.execute(f"SELECT {text} FROM incoming WHERE {above}").fetchall()[0][0]  # noqa: S608
    return str(found) if found is not None else since


def _above(column: str, type_: str, since: str) -> str:
    return f"{ident(column)} > CAST({literal(since)} AS {to_duckdb_type(type_)})" if since else "true"


def _append(
    connection: duckdb.DuckDBPyConnection,
    previous: Snapshot | None,
    writer: PartWriter,
    schema: Schema,
    watermark: str,
    since: str,
) -> dict[str, int]:
    _keep(connection, previous, writer, touched=False, keys=())
    above = _above(watermark, schema.column(watermark).type, since) if watermark else "true"
    inserted = _stream(connection, f"SELECT {_listed(writer.schema)} FROM incoming WHERE {above}", writer)  # noqa: S608
    total = connection.execute("SELECT count(*) FROM incoming").fetchall()[0][0]
    return {"inserted": inserted, "skipped": total - inserted}


def _merge(
    connection: duckdb.DuckDBPyConnection, previous: Snapshot | None, writer: PartWriter, increment: Increment
) -> dict[str, int]:
    keys = ", ".join(ident(name) for name in increment.key)
    _refuse_odd_rows(connection, increment)
    is_delete = f"lower(trim({ident(increment.operation)})) IN {_DELETES}" if increment.operation else "false"
    connection.execute(
        f"CREATE TEMP TABLE touched AS SELECT {keys}, max({_PLACE}) AS last, "  # noqa: S608 - quoted names
        f"arg_max({is_delete}, {_PLACE}) AS is_deleted FROM incoming GROUP BY {keys}"
    )
    replaced, deleted = _keep(connection, previous, writer, touched=True, keys=increment.key)
    listed = ", ".join(f"i.{ident(name)}" for name in writer.schema.names)
    written = _stream(
        connection,
        f"SELECT {listed} FROM incoming i JOIN touched t ON t.last = i.{_PLACE} "  # noqa: S608
        f"WHERE NOT t.is_deleted ORDER BY i.{_PLACE}",
        writer,
    )
    total = connection.execute("SELECT count(*) FROM incoming").fetchall()[0][0]
    touched, gone = connection.execute("SELECT count(*), count(*) FILTER (is_deleted) FROM touched").fetchall()[0]
    return {
        "inserted": written - replaced,
        "updated": replaced,
        "deleted": deleted,
        "superseded": total - touched,
        "deleted_unknown": gone - deleted,
    }


def _refuse_odd_rows(connection: duckdb.DuckDBPyConnection, increment: Increment) -> None:
    empty = " OR ".join(f"{ident(name)} IS NULL" for name in increment.key)
    odd = (
        f"coalesce(lower(trim({ident(increment.operation)})), '') NOT IN {_OPERATIONS}"
        if increment.operation
        else "false"
    )
    query = f"SELECT count(*) FILTER ({empty}), count(*) FILTER ({odd}) FROM incoming"  # noqa: S608
    without_key, without_operation = connection.execute(query).fetchall()[0]
    if without_key or without_operation:
        raise Refused(
            "tables.load.bad-changes",
            f"变更集中有 {without_key} 行主键为空、{without_operation} 行操作类型不明，未装载；请修正后重新提交。",
            f"{without_key} rows of the change set have no key and {without_operation} no known operation; "
            "nothing was loaded. Correct them and load again.",
            facts={"without_key": without_key, "without_operation": without_operation},
        )


def _keep(
    connection: duckdb.DuckDBPyConnection,
    previous: Snapshot | None,
    writer: PartWriter,
    *,
    touched: bool,
    keys: tuple[str, ...],
) -> tuple[int, int]:
    """Take over the previous rows that are not touched; return how many were replaced and how many deleted."""
    if previous is None:
        return 0, 0
    replaced = deleted = 0
    same_key = " AND ".join(f"t.{ident(name)} = p.{ident(name)}" for name in keys)
    listed = ", ".join(f"p.{ident(name)}" for name in writer.schema.names)
    crowded = len(previous.manifest.parts) >= _MOST_PARTS
    for part, path in zip(previous.manifest.parts, previous.paths, strict=True):
        scan = scan_parquet([path])
        hits = (0, 0)
        if touched:
            query = f"SELECT count(*) FILTER (NOT t.is_deleted), count(*) FILTER (t.is_deleted) FROM {scan} p JOIN touched t ON {same_key}"  # noqa: S608
            hits = connection.execute(query).fetchall()[0]
        if not any(hits) and not crowded:
            writer.adopt(part, path)
            continue
        rest = f"ANTI JOIN touched t ON {same_key}" if touched else ""
        _stream(connection, f"SELECT {listed} FROM {scan} p {rest}", writer)  # noqa: S608
        replaced, deleted = replaced + hits[0], deleted + hits[1]
    return replaced, deleted


def _stream(connection: duckdb.DuckDBPyConnection, query: str, writer: PartWriter) -> int:
    rows = 0
    for batch in connection.execute(query).to_arrow_reader(ROWS_PER_GROUP):
        writer.write(pa.RecordBatch.from_arrays(batch.columns, names=list(writer.schema.names)))
        rows += batch.num_rows
    return rows


def _listed(schema: Schema) -> str:
    return ", ".join(ident(name) for name in schema.names)
