"""Values other rooms see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from zhengtong.apps.catalog.shapes import ResourceShape

RETRY_MINUTES = (1, 5, 15, 60)


@dataclass(frozen=True)
class Schedule:
    """When a feed is read（归集周期）: every so many minutes, or daily at a local time of day."""

    every_minutes: int = 0
    daily_at: dt.time | None = None

    def next_after(self, at: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
        """Return the first turn after an instant; a daily one at the wall clock's time, whatever the clocks do."""
        if self.daily_at is None:
            return at + dt.timedelta(minutes=self.every_minutes)
        local = at.astimezone(zone)
        today = dt.datetime.combine(local.date(), self.daily_at, zone)
        return today if today > at else dt.datetime.combine(local.date() + dt.timedelta(days=1), self.daily_at, zone)

    def retry_after(self, at: dt.datetime, failures: int, zone: dt.tzinfo) -> dt.datetime:
        """Return when to try again after so many failures in a row: soon at first, then at the next turn."""
        turn = self.next_after(at, zone)
        if failures > len(RETRY_MINUTES):
            return turn
        return min(turn, at + dt.timedelta(minutes=RETRY_MINUTES[failures - 1]))


@dataclass(frozen=True)
class FeedShape:
    """A feed（归集任务）as its provider sees it; `source` without what is secret."""

    resource: ResourceShape
    kind: str
    source: dict[str, Any]
    increment: dict[str, Any]
    schedule: Schedule
    is_active: bool
    next_at: dt.datetime | None
    is_running: bool
    failures: int


@dataclass(frozen=True)
class OriginShape:
    """Where a resource's rows come from（来源）as everybody may know it: kind, mode and schedule."""

    kind: str
    mode: str
    schedule: Schedule
    is_active: bool


@dataclass(frozen=True)
class RunShape:
    """One attempt（归集记录）: `outcome` is running, loaded, held, unchanged or failed; `report` what the load decided."""

    started_at: dt.datetime
    ended_at: dt.datetime | None
    outcome: str
    version: str
    report: dict[str, Any]
    problem_zh: str
    problem_en: str
