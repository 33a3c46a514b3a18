"""How long versions of rows are kept（保存期限）: what a resource declares, else what the site does, and what is over.

A version is let go when it is not among the newest, is older than the days, was replaced a day ago at least, and nothing
holds it: the version served now, one held back that a person may still release, one a computation under a grant was made on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from zhengtong.apps.catalog.models import SnapshotRecord

MOST_VERSIONS, MOST_DAYS = 10_000, 36_600
IN_USE = dt.timedelta(days=1)  # whatever began to read a version before it was replaced has ended by then


@dataclass(frozen=True)
class Retention:
    """How many versions are kept（保存规则）, and those of the last so many days beside them."""

    versions: int
    days: int
    is_declared: bool


def retention_of(declared: Mapping[str, int]) -> Retention:
    """Return the rule of a resource: its own words, the site's for what it does not say."""
    return Retention(
        declared.get("versions", settings.ZHENGTONG_KEEP_VERSIONS),
        declared.get("days", settings.ZHENGTONG_KEEP_VERSION_DAYS),
        bool(declared),
    )


def is_retention(told: Any) -> bool:
    """Return whether a declared rule says `versions` (at least one), `days`, or both, as whole numbers."""
    most = {"versions": (1, MOST_VERSIONS), "days": (0, MOST_DAYS)}
    return (
        isinstance(told, Mapping)
        and set(told) <= set(most)
        and all(type(told[name]) is int and most[name][0] <= told[name] <= most[name][1] for name in told)
    )


def over(versions: Sequence[SnapshotRecord], rule: Retention, at: dt.datetime) -> list[SnapshotRecord]:
    """Return which of a resource's versions, given newest first, are to be let go."""
    served = next((place for place, one in enumerate(versions) if one.is_current), len(versions))
    found = []
    for place, one in enumerate(versions):
        is_recent = place < rule.versions or one.loaded_at >= at - dt.timedelta(days=rule.days)
        may_be_released = bool(one.held_reason) and place < served
        is_in_use = place == 0 or versions[place - 1].loaded_at > at - IN_USE
        is_held = one.held_until is not None and one.held_until > at
        if not (one.is_current or is_recent or may_be_released or is_in_use or is_held):
            found.append(one)
    return found
