"""Letting old versions go（过期版本清理）: first the record says so, with a receipt; then the files go, and go again after a crash."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Count, Q

from zhengtong.apps.catalog import queries
from zhengtong.apps.catalog.actions.noting import noted
from zhengtong.apps.catalog.models import Resource, SnapshotRecord
from zhengtong.apps.catalog.retention import over, retention_of
from zhengtong.apps.catalog.shapes import RemovedVersions
from zhengtong.apps.people.shapes import SYSTEM


def remove_old_versions(*, at: dt.datetime) -> list[RemovedVersions]:
    """Let the versions go that are beyond each resource's declared time, and return what went; safe to run twice.

    The manifest, the digest and the assessment of a version stay: what a receipt names can be named for ever.
    """
    kept = Count("snapshots", filter=Q(snapshots__removed_at=None))
    several = Resource.objects.annotate(kept=kept).filter(kept__gt=1).order_by("pk").values_list("pk", flat=True)
    removed = [told for pk in several if (told := let_go(pk, at)) is not None]
    for name in resources_with_removed():
        remove_files(name)
    return removed


@transaction.atomic
def let_go(resource_id: int, at: dt.datetime) -> RemovedVersions | None:
    """Say of one resource which versions are over, in its events and with a receipt; None where nothing is."""
    record = Resource.objects.select_for_update(of=("self",)).select_related("provider").get(pk=resource_id)
    rule = retention_of(record.retention)
    living = record.snapshots.filter(removed_at=None).defer("manifest", "profile", "quality").order_by("-id")
    doomed = over(list(living), rule, at)
    if not doomed:
        return None
    versions = tuple(one.version for one in reversed(doomed))
    freed = sum(size_of(record.name, version) for version in versions)
    SnapshotRecord.objects.filter(pk__in=[one.pk for one in doomed]).update(removed_at=at)
    digests = {one.version: one.digest for one in doomed}
    rules = {"versions": rule.versions, "days": rule.days}
    note = f"{'、'.join(versions)} · {freed / 2**20:.1f} MB"
    noted(record, "versions-removed", SYSTEM, at, note, removed=digests, rule=rules, bytes=freed)
    return RemovedVersions(record.name, versions, freed)


def resources_with_removed() -> list[str]:
    """Return the resources of which versions were removed, now or before: their files may have outlived a crash."""
    names = SnapshotRecord.objects.exclude(removed_at=None).order_by("resource__name")
    return list(names.values_list("resource__name", flat=True).distinct())


def remove_files(name: str) -> None:
    """Remove rows and look-up files of a resource's removed versions, and what crashed loads left half made."""
    marked = SnapshotRecord.objects.filter(resource__name=name).exclude(removed_at=None)
    gone = set(marked.values_list("version", flat=True))
    shelf = queries.store().shelf(name)
    here = set(shelf.versions())
    if here & gone:
        shelf.retain(protect=here - gone)
    shelf.sweep()
    for version in gone:
        queries.projection_path(name, version).unlink(missing_ok=True)


def size_of(name: str, version: str) -> int:
    """Return the bytes of a version's files: its rows and its look-up file."""
    folder, look_up = queries.store().shelf(name).directory / version, queries.projection_path(name, version)
    files = [path for path in folder.rglob("*") if path.is_file()] + ([look_up] if look_up.is_file() else [])
    return sum(path.stat().st_size for path in files)


def hold_version(*, resource_id: int, version: str, until: dt.datetime) -> None:
    """Keep a version at least until then, in the caller's transaction: something on record was made from it."""
    held = SnapshotRecord.objects.filter(resource_id=resource_id, version=version)
    held.filter(Q(held_until=None) | Q(held_until__lt=until)).update(held_until=until)
