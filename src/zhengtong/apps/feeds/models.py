"""Records of this room; nobody outside imports them."""

from __future__ import annotations

from django.db import models

from zhengtong.apps.people.fields import EncryptedJSON


class Feed(models.Model):
    """A resource's source, how it adds to what is there, and when it is read next."""

    resource = models.OneToOneField("catalog.Resource", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    source = EncryptedJSON(default=dict)
    increment = models.JSONField(default=dict)
    schedule = models.JSONField(default=dict)
    allow_rejected = models.FloatField(default=0)
    is_active = models.BooleanField(default=True)
    declared_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    running_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    mark = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=models.Q(is_active=True), name="feeds_due")]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.kind}"


class FeedRun(models.Model):
    """One attempt and its report."""

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="runs")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, default="running")
    version = models.CharField(max_length=20, blank=True)
    report = models.JSONField(default=dict)
    problem_zh = models.CharField(max_length=500, blank=True)
    problem_en = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.feed_id} {self.started_at:%F %T} {self.outcome}"
