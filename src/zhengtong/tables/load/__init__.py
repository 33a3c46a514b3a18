"""A source becomes a snapshot（数据装载）: detected, converted, guarded, and published whole or not at all."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from zhengtong.kit import Refused
from zhengtong.tables.load.delimited import load_delimited
from zhengtong.tables.load.increment import Increment, Merged, merge_increment
from zhengtong.tables.load.loaded import Loaded
from zhengtong.tables.load.rejects import write_rejects
from zhengtong.tables.load.report import LoadReport, Rejected
from zhengtong.tables.load.sources import DelimitedSource, ParquetSource, Source, source_from_path
from zhengtong.tables.load.typed import load_parquet
from zhengtong.tables.load.types import ColumnDecision
from zhengtong.tables.parts import publish_parts
from zhengtong.tables.schema import Column, Schema
from zhengtong.tables.snapshot import REJECTS_FILE, Snapshot
from zhengtong.tables.store import Shelf

__all__ = [
    "ColumnDecision",
    "DelimitedSource",
    "Increment",
    "LoadReport",
    "ParquetSource",
    "Rejected",
    "Source",
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
    chosen = source if isinstance(source, DelimitedSource | ParquetSource) else source_from_path(Path(source))
    _refuse_missing_files(chosen)
    previous = into.latest()
    plan = increment or Increment()
    staged = into.stage()
    try:
        incoming = staged if plan.mode == "full" else staged / "incoming"
        incoming.mkdir(exist_ok=True)
        loaded = _read(chosen, _schema_of(schema, previous, plan), incoming, into)
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
        source=", ".join(path.name for path in _files_of(chosen)),
        source_bytes=sum(path.stat().st_size for path in _files_of(chosen)),
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
    for path in _files_of(source):
        if not path.is_file():
            raise Refused(
                "tables.load.no-file",
                f"找不到文件 {path.name}，请核对路径。",
                f"There is no file {path.name}; check the path.",
                field="source",
                facts={"file": path.name},
            )


def _files_of(source: Source) -> tuple[Path, ...]:
    return source.paths if isinstance(source, ParquetSource) else (source.path,)


def _read(source: Source, schema: Schema | None, staged: Path, into: Shelf) -> Loaded:
    if isinstance(source, ParquetSource):
        return load_parquet(source, schema, staged, into.limits)
    return load_delimited(source, schema, staged, into.limits)


def _check_rejected(loaded: Loaded, allowed: float) -> None:
    if loaded.rows_read and len(loaded.rejects) / loaded.rows_read > allowed:
        raise Refused(
            "tables.load.too-many-rejects",
            f"{loaded.rows_read} 行中有 {len(loaded.rejects)} 行不合格，超过允许的比例 {allowed:.2%}，未装载。",
            f"{len(loaded.rejects)} of {loaded.rows_read} rows were rejected, more than the {allowed:.2%} allowed; "
            "nothing was loaded.",
            facts={"rows": loaded.rows_read, "rejected": len(loaded.rejects)},
        )
