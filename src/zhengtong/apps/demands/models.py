"""Records of this room: a proceeding, and its append-only steps."""

from __future__ import annotations

from django.db import models


class Proceeding(models.Model):
    """A demand, misuse, dispute or disposal; `state` is the projection of its steps."""

    no = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=16)
    title = models.CharField(max_length=200)
    detail = models.CharField(max_length=2000, blank=True)
    told = models.JSONField(default=dict)
    consumer = models.ForeignKey("people.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("people.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey("exchange.Grant", null=True, on_delete=models.PROTECT, related_name="+")
    opened_by_organisation = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "state", "due_on"], name="demands_by_state"),
            models.Index(fields=["provider", "kind", "ended_at"], name="demands_by_provider"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["grant"], condition=models.Q(kind="disposal"), name="demands_one_disposal_a_grant"
            ),
            models.UniqueConstraint(
                fields=["grant"],
                condition=models.Q(kind="misuse", ended_at=None),
                name="demands_one_open_misuse_a_grant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.no} {self.kind} {self.state}"


class ProceedingStep(models.Model):
    """One step of a proceeding; never changed."""

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=16)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=120)
    note = models.CharField(max_length=2000, blank=True)
    receipt_no = models.CharField(max_length=40)

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["proceeding", "seq"], name="demands_step_once")]

    def __str__(self) -> str:
        return f"{self.proceeding_id}#{self.seq} {self.step}"
