"""Writes of this room（动作）: a day counted and kept; counting it again puts the new counts in place of the old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from zhengtong.apps.cases.queries import statistics
from zhengtong.apps.indicators.models import MEASURES, DayFigure, RolledDay


def roll_up(*, days: Iterable[dt.date], at: dt.datetime) -> int:
    """Return how many rows the days now have（日统计）; each day in its own transaction, so a reader sees a whole day."""
    return sum(_roll(day, at) for day in days)


@transaction.atomic
def _roll(day: dt.date, at: dt.datetime) -> int:
    counted = statistics.count_day(day)
    DayFigure.objects.filter(day=day).delete()
    rows = [
        DayFigure(
            day=day,
            region=line.region,
            organisation_id=line.organisation_id,
            matter_code=line.matter_code,
            **{name: line.counts.get(name, 0) for name in MEASURES},
        )
        for line in counted
    ]
    DayFigure.objects.bulk_create(rows, batch_size=500)
    RolledDay.objects.update_or_create(day=day, defaults={"at": at})
    return len(rows)
