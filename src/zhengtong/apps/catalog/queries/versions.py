"""Versions of an entry（目录版本）and who must act on them by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from zhengtong.apps.catalog.models import (
    ResourceVersion,
)
from zhengtong.apps.catalog.queries.entries import get_resource, may_publish
from zhengtong.apps.catalog.shapes import (
    VersionShape,
)
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor


def list_versions(code: str, *, by: Actor) -> tuple[VersionShape, ...]:
    """Return the versions of an entry, newest first, with what each changes of the one before it."""
    resource = get_resource(code, by=by)
    found = list(ResourceVersion.objects.filter(resource_id=resource.id).order_by("-id"))
    before = {one.pk: next((old for old in found[at + 1 :] if old.number), None) for at, one in enumerate(found)}
    return tuple(version_shape(one, before[one.pk]) for one in found)


def list_reviews_due(*, by: Actor, on: dt.date) -> tuple[VersionShape, ...]:
    """Return the versions that wait for whoever this is — the authority's review, a department's update — earliest first."""
    waiting = ResourceVersion.objects.filter(state__in=["proposed", "submitted"]).select_related("resource")
    shown = [
        one for one in waiting if may_publish(people.get_organisation(one.resource.provider_id), by) or is_own(one, by)
    ]
    shapes = [version_shape(one, None, on) for one in shown]
    return tuple(sorted(shapes, key=lambda one: (one.review_due_on or one.due_on or dt.date.max, one.resource)))


def is_own(version: ResourceVersion, by: Actor) -> bool:
    return by.organisation is not None and by.organisation.id == version.resource.provider_id


def version_shape(one: ResourceVersion, before: ResourceVersion | None, on: dt.date | None = None) -> VersionShape:
    changed = changes_of(before.declaration, one.declaration, whole=bool(one.number)) if before else ()
    due = one.review_due_on if one.state == "submitted" else one.due_on
    is_open = one.state in ("proposed", "submitted")
    return VersionShape(
        one.resource.name,
        one.number,
        one.state,
        one.digest,
        one.reason,
        one.proposed_at,
        one.due_on,
        one.review_due_on,
        one.decided_at,
        changed,
        bool(is_open and on and due and due < on),
    )


def changes_of(old: Mapping[str, Any], new: Mapping[str, Any], *, whole: bool) -> tuple[str, ...]:
    """Return what one declaration changes of another; of one not published yet, silence changes nothing."""
    names = [name for name in ({**old, **new} if whole else new) if name != "fields" and old.get(name) != new.get(name)]
    before = {item["name"]: item for item in old.get("fields", [])}
    after = {item["name"]: item for item in new.get("fields", [])}
    for name in {**before, **after}:
        had, has = before.get(name), after.get(name)
        same = had is not None and has is not None and all(had.get(key) == value for key, value in has.items() if value)
        names += [] if same else [f"fields.{name}"]
    return tuple(names)
