"""Rows of a resource（装载）: each load a version, judged before it is served."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.db import transaction

from zhengtong.apps.catalog import queries
from zhengtong.apps.catalog.actions.noting import owned, recorded
from zhengtong.apps.catalog.models import Resource, SnapshotRecord
from zhengtong.apps.catalog.quality import to_report_json, to_rules
from zhengtong.apps.catalog.shapes import SnapshotShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.tables import Column, Schema, Snapshot, build_projection, load, profile, quality, source_from_path


@transaction.atomic
def load_snapshot(*, code: str, source: Path, by: Actor, at: dt.datetime) -> SnapshotShape:
    """Load a file of rows as the next version, assess and profile it, build its look-up file, and serve it from now on.

    `source` is CSV, TSV or Parquet; columns are taken by name, a column the declaration does not know is refused. A
    version that fails a blocking quality rule is kept but held back: the one before it goes on being served. The files
    are in place and synced before the row that names them commits.
    """
    record = owned(code, by, "resource.load", "装载", "load rows into")
    resource = queries.to_shape(record)
    schema = Schema(tuple(Column(item.name, item.type, item.title_zh) for item in resource.fields))
    snapshot = load(source_from_path(source), queries.store().shelf(resource.name), schema).snapshot
    checks, compiled = to_rules(record.quality_rules, schema)
    report = quality.assess(snapshot, checks, compiled=compiled)
    failed = [one.zh or one.id for one in report.results if one.severity == "blocking" and one.holds is False]
    kept = SnapshotRecord.objects.create(
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
    told = {"version": kept.version, "rows": kept.rows, "rejected": kept.rejected_rows, "digest": kept.digest}
    if failed:
        recorded(record, "held", by, at, f"{kept.version} · {kept.held_reason}", **told)
    else:
        serve(record, kept, snapshot)
        recorded(record, "loaded", by, at, f"{kept.version} · {kept.rows}", **told)
    return queries.snapshot_shape(kept)


def serve(record: Resource, kept: SnapshotRecord, snapshot: Snapshot) -> None:
    """Build the look-up file of a version and make it the one that is served."""
    resource = queries.to_shape(record)
    key, *indexes = resource.keys
    path = queries.projection_path(resource.name, kept.version)
    build_projection(snapshot, key, path, indexes=tuple(indexes))
    record.snapshots.filter(is_current=True).update(is_current=False)
    kept.is_current, kept.held_reason = True, ""
    kept.save(update_fields=["is_current", "held_reason"])


@transaction.atomic
def release_snapshot(*, code: str, version: str, reason: str, by: Actor, at: dt.datetime) -> SnapshotShape:
    """Serve a version that was held back（放行）, as the provider's head, giving the reason; it is on the record."""
    record = owned(code, by, "resource.approve", "放行", "release rows of")
    kept = record.snapshots.filter(version=version).exclude(held_reason="").first()
    if kept is None or not reason.strip():
        raise Refused(
            "catalog.release.nothing-held",
            "没有这个被拦下的版本，或未写明放行的理由。",
            "There is no such version held back, or the reason for releasing it is missing.",
            status=409,
            field="reason",
        )
    serve(record, kept, queries.store().open(record.name, version))
    recorded(record, "released", by, at, f"{version} · {reason.strip()}", version=version, digest=kept.digest)
    return queries.snapshot_shape(kept)
