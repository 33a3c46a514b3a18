"""Rows of a resource（装载）: each load a version, judged before it is served."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.db import transaction

from zhengtong.apps.catalog import queries
from zhengtong.apps.catalog.actions.noting import locked, owned, recorded
from zhengtong.apps.catalog.models import Resource, SnapshotRecord
from zhengtong.apps.catalog.quality import to_report_json, to_rules
from zhengtong.apps.catalog.shapes import ResourceShape, SnapshotShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.tables import (
    Column,
    Increment,
    LoadReport,
    Schema,
    Snapshot,
    Source,
    build_projection,
    load,
    profile,
    quality,
    source_from_path,
)


def load_snapshot(*, code: str, source: Path | Source, by: Actor, at: dt.datetime) -> SnapshotShape:
    """Load a file of rows, CSV, TSV, XLSX, JSON lines or Parquet, as the next version; see `take_rows`."""
    return take_rows(code=code, source=source, by=by, at=at)[0]


def take_rows(
    *,
    code: str,
    source: Path | Source,
    by: Actor,
    at: dt.datetime,
    increment: Increment | None = None,
    allow_rejected: float = 1.0,
) -> tuple[SnapshotShape, LoadReport]:
    """Load a source as the next version, assess and profile it, build its look-up file, and serve it from now on.

    Columns are taken by name, a column the declaration does not know is refused. A version that fails a blocking quality
    rule is kept but held back: the one before it goes on being served. All files are in place and synced before the row
    that names them commits, and no transaction is open while they are made, however long that takes.
    """
    with transaction.atomic():
        record = owned(code, by, "resource.load", "装载", "load rows into")
    resource = queries.to_shape(record)
    schema = Schema(tuple(Column(item.name, item.type, item.title_zh) for item in resource.fields))
    chosen = source_from_path(source) if isinstance(source, Path) else source
    shelf = queries.store().shelf(resource.name)
    report = load(chosen, shelf, schema, increment=increment, allow_rejected=allow_rejected)
    kept = judge(record, report.snapshot, schema, at)
    if not kept.held_reason:
        build_look_up(resource, report.snapshot)
    with transaction.atomic():
        record = locked(code)
        kept.save()
        told = {"version": kept.version, "rows": kept.rows, "rejected": kept.rejected_rows, "digest": kept.digest}
        if kept.held_reason:
            recorded(record, "held", by, at, f"{kept.version} · {kept.held_reason}", **told)
        else:
            make_current(record, kept)
            recorded(record, "loaded", by, at, f"{kept.version} · {kept.rows}", **told)
    return queries.snapshot_shape(kept), report


def judge(record: Resource, snapshot: Snapshot, schema: Schema, at: dt.datetime) -> SnapshotRecord:
    """Return the record of a version, not written yet, with its profile, its quality, and why it is held back, if it is."""
    checks, compiled = to_rules(record.quality_rules, schema)
    report = quality.assess(snapshot, checks, compiled=compiled)
    failed = [one.zh or one.id for one in report.results if one.severity == "blocking" and one.holds is False]
    return SnapshotRecord(
        resource=record,
        version=snapshot.manifest.version,
        manifest=snapshot.manifest.to_json(),
        profile=profile(snapshot).to_json(),
        rows=snapshot.manifest.rows,
        rejected_rows=snapshot.manifest.rejected_rows,
        digest=snapshot.manifest.digest,
        loaded_at=at,
        quality=to_report_json(report) if report.results else {},
        held_reason="、".join(failed)[:500],
    )


def build_look_up(resource: ResourceShape, snapshot: Snapshot) -> None:
    """Build the look-up file of a version; nobody reads it until the version is the current one."""
    key, *indexes = resource.keys
    path = queries.projection_path(resource.name, snapshot.manifest.version)
    build_projection(snapshot, key, path, indexes=tuple(indexes))


def make_current(record: Resource, kept: SnapshotRecord) -> None:
    """Serve this version from now on."""
    record.snapshots.filter(is_current=True).update(is_current=False)
    kept.is_current, kept.held_reason = True, ""
    kept.save(update_fields=["is_current", "held_reason"])


@transaction.atomic
def release_snapshot(*, code: str, version: str, reason: str, by: Actor, at: dt.datetime) -> SnapshotShape:
    """Serve a version that was held back（放行）, as the provider's head, giving the reason; it is on the record."""
    record = owned(code, by, "resource.approve", "放行", "release rows of")
    kept = record.snapshots.filter(version=version, removed_at=None).exclude(held_reason="").first()
    if kept is None or not reason.strip():
        raise Refused(
            "catalog.release.nothing-held",
            "没有这个被拦下的版本，或未写明放行的理由。",
            "There is no such version held back, or the reason for releasing it is missing.",
            status=409,
            field="reason",
        )
    build_look_up(queries.to_shape(record), queries.store().open(record.name, version))
    make_current(record, kept)
    recorded(record, "released", by, at, f"{version} · {reason.strip()}", version=version, digest=kept.digest)
    return queries.snapshot_shape(kept)
