"""A source becomes a snapshot（数据装载）: detected, converted, guarded, and published whole or not at all."""

from __future__ import annotations

import dataclasses
import shutil
import time
from pathlib import Path

from zhengtong.kit import Refused
from zhengtong.tables.engine import Limits
from zhengtong.tables.loading.databases import extract_mysql, extract_postgres, extract_sqlite
from zhengtong.tables.loading.delimited import INTEGER_RATHER, TEXT_RATHER, load_delimited
from zhengtong.tables.loading.extract import Extract
from zhengtong.tables.loading.increment import Increment, Merged, merge_increment
from zhengtong.tables.loading.jsonlines import extract_http, extract_json_lines
from zhengtong.tables.loading.loaded import Loaded
from zhengtong.tables.loading.rejects import write_rejects
from zhengtong.tables.loading.report import LoadReport, Rejected
from zhengtong.tables.loading.sources import (
    DelimitedSource,
    HttpJsonSource,
    JsonLinesSource,
    MysqlSource,
    ParquetSource,
    PostgresSource,
    Source,
    SqliteSource,
    WorkbookSource,
    source_from_path,
)
from zhengtong.tables.loading.typed import load_parquet
from zhengtong.tables.loading.types import ColumnDecision
from zhengtong.tables.loading.workbook import extract_workbook
from zhengtong.tables.parts import publish_parts
from zhengtong.tables.schema import Column, Schema
from zhengtong.tables.snapshot import REJECTS_FILE, Snapshot
from zhengtong.tables.store import Shelf

__all__ = [
    "ColumnDecision",
    "DelimitedSource",
    "HttpJsonSource",
    "Increment",
    "JsonLinesSource",
    "LoadReport",
    "MysqlSource",
    "ParquetSource",
    "PostgresSource",
    "Rejected",
    "Source",
    "SqliteSource",
    "WorkbookSource",
    "load",
    "source_from_path",
]


def load(
    source: Source | Path | str,
    into: Shelf,
    schema: Schema | None = None,
    *,
    increment: Increment | None = None,
    allow_rejected: float = 1.0,
) -> LoadReport:
    """Read the source into a new version on the shelf and return what happened.

    With a schema, cells that do not fit reject their row; without one, types are detected so that all fit. An increment
    adds to the last version, whose schema it takes unless one is given. When more than the share `allow_rejected` of the
    rows is rejected, nothing is published. A crash leaves no version behind.
    """
    started = time.monotonic()
    chosen = source_from_path(Path(source)) if isinstance(source, str | Path) else source
    _refuse_missing_files(chosen)
    previous = into.latest()
    plan = increment or Increment()
    staged = into.stage()
    try:
        incoming = staged if plan.mode == "full" else staged / "incoming"
        incoming.mkdir(exist_ok=True)
        since = previous.manifest.watermark if previous and plan.mode != "full" else ""
        loaded = _read(chosen, _schema_of(schema, previous, plan), incoming, into.limits, since)
        _check_rejected(loaded, allow_rejected)
        merged = _merge(loaded, previous, plan, staged, into)
        if loaded.rejects:
            write_rejects(staged / REJECTS_FILE, loaded.rejects)
        snapshot = publish_parts(
            into,
            staged,
            merged.writer,
            rejected_rows=len(loaded.rejects),
            parent=previous.manifest.version if previous else "",
            watermark=merged.watermark,
        )
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return LoadReport(
        snapshot=snapshot,
        source=chosen.name,
        source_bytes=sum(path.stat().st_size for path in chosen.files),
        rows_read=loaded.rows_read,
        rows_loaded=loaded.rows_read - len(loaded.rejects),
        rows_rejected=len(loaded.rejects),
        decisions=loaded.decisions,
        left_out=loaded.left_out,
        format=loaded.format,
        change=previous.schema.change_to(snapshot.schema) if previous else None,
        seconds=round(time.monotonic() - started, 3),
        mode=plan.mode,
        effect=merged.effect,
        first_rejected=tuple(loaded.rejects[:10]),
    )


def _schema_of(schema: Schema | None, previous: Snapshot | None, plan: Increment) -> Schema | None:
    """An increment keeps the shape of what it adds to, beside its operation column."""
    base = schema or (previous.schema if previous and plan.mode != "full" else None)
    if base and plan.operation and plan.operation not in base.names:
        base = Schema((*base.columns, Column(plan.operation)))
    return base


def _merge(loaded: Loaded, previous: Snapshot | None, plan: Increment, staged: Path, into: Shelf) -> Merged:
    schema = loaded.writer.schema
    schema.require([*plan.key, *filter(None, (plan.watermark, plan.operation))])
    if plan.mode == "full" and not plan.watermark:
        return Merged(loaded.writer, {}, "")
    if plan.mode == "full":
        return Merged(loaded.writer, {}, loaded.writer.highest(plan.watermark))
    parts, _ = loaded.writer.close()
    incoming = [staged / "incoming" / part.file for part in parts]
    merged = merge_increment(previous, incoming, schema, plan, staged, into.limits)
    shutil.rmtree(staged / "incoming")
    return merged


def _refuse_missing_files(source: Source) -> None:
    for path in source.files:
        if not path.is_file():
            raise Refused(
                "tables.load.no-file",
                f"找不到文件 {path.name}，请核对路径。",
                f"There is no file {path.name}; check the path.",
                field="source",
                facts={"file": path.name},
            )


def _read(source: Source, schema: Schema | None, staged: Path, limits: Limits, since: str) -> Loaded:
    match source:
        case ParquetSource():
            return load_parquet(source, schema, staged, limits)
        case DelimitedSource():
            return load_delimited(source, schema, staged, limits)
        case _:
            return _load_extract(_extract(source, staged / "extract.csv", since), schema, staged, limits)


def _extract(source: Source, target: Path, since: str) -> Extract:
    match source:
        case WorkbookSource():
            return extract_workbook(source, target)
        case JsonLinesSource():
            return extract_json_lines(source, target)
        case HttpJsonSource():
            return extract_http(source, target, since)
        case SqliteSource():
            return extract_sqlite(source, target, since)
        case PostgresSource():
            return extract_postgres(source, target, since)
        case MysqlSource():
            return extract_mysql(source, target, since)
    raise TypeError(source)


def _load_extract(extract: Extract, schema: Schema | None, staged: Path, limits: Limits) -> Loaded:
    """Load extracted rows as the CSV they were set down in; rejected ones are told by their place in the source."""
    hints = dict.fromkeys(extract.texts, TEXT_RATHER)
    if extract.kind != "xlsx":  # there a telephone number is often typed as a number
        hints |= dict.fromkeys(extract.whole, INTEGER_RATHER)
    file = DelimitedSource(extract.path, encoding="utf-8", delimiter=",", has_heading=True)
    loaded = load_delimited(file, schema, staged, limits, hints | extract.types)
    extract.path.unlink()
    moved = [dataclasses.replace(rejected, line=extract.place_of(rejected.line)) for rejected in loaded.rejects]
    rejects = sorted([*moved, *extract.rejects], key=lambda rejected: rejected.line)
    read = loaded.rows_read + len(extract.rejects)
    return dataclasses.replace(loaded, rows_read=read, rejects=rejects, format={"kind": extract.kind})


def _check_rejected(loaded: Loaded, allowed: float) -> None:
    if loaded.rows_read and len(loaded.rejects) / loaded.rows_read > allowed:
        raise Refused(
            "tables.load.too-many-rejects",
            f"{loaded.rows_read} 行中有 {len(loaded.rejects)} 行不合格，超过允许的比例 {allowed:.2%}，未装载。",
            f"{len(loaded.rejects)} of {loaded.rows_read} rows were rejected, more than the {allowed:.2%} allowed; "
            "nothing was loaded.",
            facts={"rows": loaded.rows_read, "rejected": len(loaded.rejects)},
        )
