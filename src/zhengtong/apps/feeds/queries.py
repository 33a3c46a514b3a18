"""Doors for asking: feeds of one's own organisation, and their runs."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.feeds.declaration import check_schedule, shown
from zhengtong.apps.feeds.models import Feed, FeedRun
from zhengtong.apps.feeds.shapes import FeedShape, OriginShape, RunShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

MOST_SHOWN = 50


def get_feed(code: str, by: Actor) -> FeedShape:
    """Return the feed of a resource to its provider's officers; refused（404）where there is none."""
    return to_shape(record_of(code, by))


def find_feed(code: str, by: Actor) -> FeedShape | None:
    """Return the feed of a resource to its provider's officers, None where there is none."""
    found = Feed.objects.filter(resource_id=steward_of(code, by).id).first()
    return to_shape(found) if found else None


def find_origin(resource: ResourceShape) -> OriginShape | None:
    """Return how a resource's rows come by themselves, to whoever may see the resource: the kind of its source, no address."""
    record = Feed.objects.filter(resource_id=resource.id).only("kind", "schedule", "increment", "is_active").first()
    if record is None:
        return None
    return OriginShape(
        record.kind, record.increment.get("mode", "full"), check_schedule(record.schedule), record.is_active
    )


def list_feeds(by: Actor) -> tuple[FeedShape, ...]:
    """Return the feeds of the actor's organisation, those that fail first."""
    own = by.organisation.id if by.organisation else 0
    found = Feed.objects.filter(resource__provider_id=own).order_by("-failures", "resource_id")
    return tuple(map(to_shape, found[: MOST_SHOWN * 10]))


def list_runs(code: str, by: Actor, *, limit: int = MOST_SHOWN) -> tuple[RunShape, ...]:
    """Return a feed's attempts, newest first."""
    resource = steward_of(code, by)
    return tuple(map(run_shape, FeedRun.objects.filter(feed__resource_id=resource.id)[:limit]))


def steward_of(code: str, by: Actor) -> ResourceShape:
    """Return the resource to whoever loads its rows; refused（403）to others."""
    resource = catalog.get_resource(code, by=by)
    catalog.require_permission(by, "resource.load", resource.provider.id, "查看归集任务", "see its feed")
    return resource


def record_of(code: str, by: Actor) -> Feed:
    resource = steward_of(code, by)
    record = Feed.objects.filter(resource_id=resource.id).first()
    if record is None:
        raise Refused(
            "feeds.get.unknown",
            f"“{resource.title_zh}”没有归集任务。请先声明来源和周期。",
            f"{resource.title_en} has no feed: declare its source and schedule first.",
            status=404,
        )
    return record


def drop_folder(resource_name: str) -> Path:
    """Return where files for a resource are put for its feed to find（收件目录）."""
    return Path(settings.ZHENGTONG_HOME) / "incoming" / resource_name


def to_shape(record: Feed) -> FeedShape:
    return FeedShape(
        resource=catalog.get_resource_by_id(record.resource_id),
        kind=record.kind,
        source=shown(record.kind, record.source),
        increment=record.increment,
        schedule=check_schedule(record.schedule),
        is_active=record.is_active,
        next_at=record.next_at,
        is_running=record.running_since is not None,
        failures=record.failures,
    )


def run_shape(record: FeedRun) -> RunShape:
    same = "started_at ended_at outcome version report problem_zh problem_en"
    return RunShape(**{name: getattr(record, name) for name in same.split()})
