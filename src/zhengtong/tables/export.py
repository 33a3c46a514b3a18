"""A snapshot, or the part of it that was granted, as a file（批量导出）: CSV, JSON lines, Parquet."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from zhengtong.kit import Refused
from zhengtong.tables.engine import Connection, Limits, analyse, connect, ident, literal
from zhengtong.tables.filters import Filter, compile_filters
from zhengtong.tables.marking import MOST_ORDERED_ROWS, marked_select
from zhengtong.tables.masking import Masks, masked_sql
from zhengtong.tables.plain import plain_select
from zhengtong.tables.snapshot import Snapshot, file_digest
from zhengtong.tables.store import draft_beside, put_in_place

TOLD_SECONDS = 2.0
_FORMATS = {
    "csv": "FORMAT csv, HEADER",
    "jsonl": "FORMAT json",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}


@dataclass(frozen=True)
class Exported:
    """A finished export; `sha256` in hex, for the receipt."""

    path: Path
    format: str
    fields: tuple[str, ...]
    rows: int
    bytes: int
    sha256: str
    seconds: float


def export_snapshot(
    snapshot: Snapshot,
    path: Path,
    *,
    fields: Sequence[str],
    filters: Sequence[Filter] = (),
    masks: Masks | None = None,
    form: str = "csv",
    secret: str = "",
    notes: Mapping[str, str] | None = None,
    tell: Callable[[int], None] | None = None,
    distinct: bool = False,
    limits: Limits | None = None,
) -> Exported:
    """Write the fields asked for of the rows all filters admit, masked, in the snapshot's order; return what was written.

    CSV (UTF-8) and JSON lines hold plain values, Parquet typed ones; a masked field is text in each. The file appears
    whole or not at all. With a recipient's `secret` the rows are marked and ordered as `marking` says, those of a large file
    in no order: several threads then write at once. `notes` stand in a Parquet file's own metadata; `tell` hears now and
    then how many per cent are done. `distinct` writes equal rows once, in any order.
    """
    started = time.monotonic()
    names = snapshot.schema.require(fields)
    if form not in _FORMATS or not names:
        raise Refused(
            "tables.export.bad-request",
            f"导出须列出字段，格式可用 {'、'.join(_FORMATS)}。",
            f"An export names its fields and one of the formats {', '.join(_FORMATS)}.",
            field="fields" if form in _FORMATS else "form",
        )
    draft = draft_beside(path)
    is_large = snapshot.manifest.rows > MOST_ORDERED_ROWS
    try:
        with connect(limits, ordered=not is_large) if secret else analyse(limits, ordered=True) as connection:
            select = ", ".join(_shown(snapshot, name, masks or {}, form) for name in names)
            where, values = compile_filters(filters, snapshot.schema, stored=False)
            every = "SELECT DISTINCT" if distinct else "SELECT"
            query = f"{every} {select} FROM {snapshot.scan()} WHERE {where}"  # noqa: S608 - quoted names, bound values
            if secret:
                query, values = marked_select(query, names, is_large=is_large), [secret, *values]
            target = f"{literal(str(draft))} ({_FORMATS[form]}{_noted(notes or {}, form)})"
            with _watched(connection, tell):
                written = connection.execute(f"COPY ({query}) TO {target}", values)
            rows = int(written.fetchall()[0][0])
        put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return Exported(
        path, form, names, rows, path.stat().st_size, file_digest(path), round(time.monotonic() - started, 3)
    )


def _noted(notes: Mapping[str, str], form: str) -> str:
    told = ", ".join(f"{ident(name)}: {literal(text)}" for name, text in notes.items())
    return f", KV_METADATA {{{told}}}" if told and form == "parquet" else ""


@contextmanager
def _watched(connection: Connection | duckdb.DuckDBPyConnection, tell: Callable[[int], None] | None) -> Iterator[None]:
    """Tell the progress of what the connection does meanwhile, every other second, from another thread."""
    progress = getattr(connection, "query_progress", None)
    if tell is None or progress is None:
        yield
        return
    done = threading.Event()

    def watch() -> None:
        while not done.wait(TOLD_SECONDS):
            tell(max(0, min(99, int(progress()))))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _shown(snapshot: Snapshot, name: str, masks: Masks, form: str) -> str:
    column = snapshot.schema.column(name)
    if name in masks:
        return f"{masked_sql(column, masks[name])} AS {ident(name)}"
    return ident(name) if form == "parquet" else plain_select(column)
