"""Chores of this room（日常任务）: today is counted every minute, the days that may still change every night."""

from __future__ import annotations

import datetime as dt

from zhengtong.apps.cases.queries import statistics
from zhengtong.apps.indicators import actions
from zhengtong.apps.indicators.models import RolledDay
from zhengtong.kit import local_date

#: how long a settled day may still change: reviews are set aside, bad ones are answered
MAY_CHANGE_DAYS = 60


def keep_up(*, at: dt.datetime) -> None:
    """Count today, and every earlier day not counted yet or last counted while it could still change."""
    today = local_date(at)
    actions.roll_up(days=[*_behind(today, at), today], at=at)


def _behind(today: dt.date, at: dt.datetime) -> list[dt.date]:
    first = statistics.first_day()
    if first is None:
        return []
    rolled = dict(RolledDay.objects.values_list("day", "at"))
    days = [first + dt.timedelta(days=n) for n in range((today - first).days)]
    return [day for day in days if day not in rolled or _is_stale(day, rolled[day], today, at)]


def _is_stale(day: dt.date, rolled: dt.datetime, today: dt.date, at: dt.datetime) -> bool:
    """Return whether a day is to be counted again: it was last counted before it ended, or may change and was not today."""
    if local_date(rolled) <= day:
        return True
    return (today - day).days <= MAY_CHANGE_DAYS and local_date(rolled) < local_date(at)
