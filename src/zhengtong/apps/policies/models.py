"""Records of the policies room（政策规则）; nobody outside it imports them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

STATES = ["queued", "running", "done", "refused"]


class RuleVersion(models.Model):
    """A published rule set（规则版本）, frozen: the texts it was read from, whole."""

    code = models.CharField(max_length=80, db_index=True)
    number = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    owner = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True)
    regions = models.JSONField(default=list)
    digest = models.CharField(max_length=71)
    files = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)
    receipt_no = models.CharField(max_length=40)

    class Meta:
        ordering = ["code", "number"]
        constraints = [models.UniqueConstraint(fields=["code", "number"], name="policies_version_number_once")]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"


class SimulationRun(models.Model):
    """A simulation（政策模拟）: its question never changes, its result is written once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="runs")
    on = models.DateField()
    region = models.CharField(max_length=12, blank=True)
    changes = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, default="queued", db_index=True)
    organisation = models.ForeignKey("people.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.CharField(max_length=80)
    asked_by_account = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)
    resource = models.CharField(max_length=120)
    snapshot_version = models.CharField(max_length=20)
    snapshot_digest = models.CharField(max_length=71)
    result = models.JSONField(null=True)
    result_digest = models.CharField(max_length=71, blank=True)
    refusal = models.JSONField(default=dict)
    receipt_no = models.CharField(max_length=40, blank=True)
    repeats = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeated_by")

    class Meta:
        ordering = ["-asked_at"]
        constraints = [models.CheckConstraint(condition=Q(state__in=STATES), name="policies_run_state")]
        indexes = [models.Index(fields=["organisation", "-asked_at"])]

    def __str__(self) -> str:
        return f"{self.version_id} {self.id} {self.state}"
