"""Records of corrections（校核纠错）: the doubt, and its append-only steps."""

from __future__ import annotations

from django.db import models

from zhengtong.apps.people.fields import EncryptedText


class Correction(models.Model):
    """A doubt about one field of one row; `status` is the projection of its steps."""

    no = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12)
    resource = models.ForeignKey("catalog.Resource", on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=60)
    row_key = EncryptedText()
    found_value = EncryptedText()
    claimed_value = EncryptedText()
    grounds = EncryptedText()
    #: tells the same doubt again: blind, so that nothing can be read from it
    same_key = models.CharField(max_length=64, db_index=True)
    subject_key = models.CharField(max_length=64, blank=True, db_index=True)
    source = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    raised_by_account = models.BigIntegerField(null=True)
    raised_by_label = models.CharField(max_length=120)
    raised_by_organisation = models.ForeignKey(
        "people.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    case_no = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=12, default="verifying")
    answer = models.CharField(max_length=12, blank=True)
    answer_note = models.CharField(max_length=1000, blank=True)
    raised_at = models.DateTimeField()
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True)
    answered_in_time = models.BooleanField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["source", "status", "due_on"], name="corrections_by_source"),
            models.Index(fields=["raised_by_organisation", "status"], name="corrections_by_raiser"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["objection", "verification", "conflict"]), name="corrections_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["verifying", "corrected", "confirmed", "not-ours", "closed", "withdrawn"]
                ),
                name="corrections_status",
            ),
            models.UniqueConstraint(
                fields=["same_key"], condition=models.Q(status="verifying"), name="corrections_doubt_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.no} {self.status}"


class CorrectionEventRecord(models.Model):
    """One step of a correction; never changed."""

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=120)
    note = models.CharField(max_length=1000, blank=True)
    receipt_no = models.CharField(max_length=40)

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["correction", "seq"], name="correction_event_seq_once")]

    def __str__(self) -> str:
        return f"{self.correction_id}#{self.seq} {self.kind}"
