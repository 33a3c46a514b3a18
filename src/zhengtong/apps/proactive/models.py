"""Records of this room（免申即享）; nobody outside it imports them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from zhengtong.apps.people.fields import EncryptedJSON

STATES = ["finding", "granting", "done", "refused"]
ANSWERS = ["offered", "granted", "declined"]


class Round(models.Model):
    """One search for whom a policy applies to, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    matter_code = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=80)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    region_code = models.CharField(max_length=12)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=40)
    on = models.DateField()
    rule_digest = models.CharField(max_length=80)
    confirm = models.BooleanField()
    state = models.CharField(max_length=10, default="finding")
    found = models.PositiveIntegerField(default=0)
    batches = models.PositiveIntegerField(default=0)
    source_zh = models.CharField(max_length=400, blank=True)
    source_en = models.CharField(max_length=600, blank=True)
    read_receipt_no = models.CharField(max_length=40, blank=True)
    receipt_no = models.CharField(max_length=40, blank=True)
    problem = models.JSONField(default=dict)
    started_by = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=STATES), name="proactive_round_state")]
        indexes = [models.Index(fields=["state", "started_at"], name="proactive_rounds")]

    def __str__(self) -> str:
        return f"{self.matter_code} {self.period} {self.state}"


class Batch(models.Model):
    """Some thousand of those found（批次）; done in one transaction with everything it makes."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    is_done = models.BooleanField(default=False)
    granted = models.PositiveIntegerField(default=0)
    offered = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="proactive_batch_once")]
        indexes = [models.Index(fields=["round", "number"], condition=Q(is_done=False), name="proactive_waiting")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"


class Offer(models.Model):
    """Something to be had by confirming it（待确认的权益）, once for a person, matter and period."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="offers")
    matter_code = models.CharField(max_length=80)
    period = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=64)
    entitled = EncryptedJSON()
    state = models.CharField(max_length=10, default="offered")
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    case_no = models.CharField(max_length=50, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_key", "matter_code", "period"], name="proactive_offer_once"),
            models.CheckConstraint(condition=Q(state__in=ANSWERS), name="proactive_offer_state"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_code} {self.period} {self.state}"
