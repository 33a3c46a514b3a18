"""Records of the indicators room（指标）: daily roll-ups of cases; nobody outside it imports them.

A row is one day in one county for one organisation and one matter. It names no person and no officer.
"""

from __future__ import annotations

from django.db import models

MEASURES = (
    "submitted",
    "proactive",
    "settled",
    "granted",
    "returned",
    "timed",
    "on_time",
    "early",
    "decided",
    "seconds",
    "supplemented",
    "told_twice",
    "reviews",
    "satisfied",
    "bad",
    "rectified",
)


class DayFigure(models.Model):
    """What one day counts in one place（日统计）."""

    day = models.DateField()
    region = models.CharField(max_length=6)
    organisation_id = models.BigIntegerField(null=True)
    matter_code = models.CharField(max_length=80)
    submitted = models.PositiveIntegerField(default=0)
    proactive = models.PositiveIntegerField(default=0)
    settled = models.PositiveIntegerField(default=0)
    granted = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    timed = models.PositiveIntegerField(default=0)
    on_time = models.PositiveIntegerField(default=0)
    early = models.PositiveIntegerField(default=0)
    decided = models.PositiveIntegerField(default=0)
    seconds = models.BigIntegerField(default=0)
    supplemented = models.PositiveIntegerField(default=0)
    told_twice = models.PositiveIntegerField(default=0)
    reviews = models.PositiveIntegerField(default=0)
    satisfied = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    rectified = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["day", "organisation_id"], name="indicators_by_day"),
            models.Index(fields=["organisation_id", "day"], name="indicators_by_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.region} {self.matter_code}"


class RolledDay(models.Model):
    """A day that was counted（已统计日）, and when."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day}"
