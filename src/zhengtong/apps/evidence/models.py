"""Django's records of this room. Triggers (migration 0002) make them append-only on both databases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhengtong.apps.people.fields import EncryptedText


class Receipt(models.Model):
    """A receipt（回执）: canonical `body`, and `leaf_index`, set once by the sealer; nothing else ever changes."""

    no = models.CharField(max_length=27)
    kind = models.CharField(max_length=64)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=12)
    by_label = models.CharField(max_length=80)
    case_no = models.CharField(max_length=32, blank=True)
    body = models.TextField()
    digest = models.CharField(max_length=71)
    summary_zh = models.CharField(max_length=300, blank=True)
    summary_en = models.CharField(max_length=400, blank=True)
    leaf_index = models.BigIntegerField(null=True)

    class Meta:
        # constraints of our own rather than unique=True: no second index for LIKE, no entry for what is not sealed
        constraints = [
            models.UniqueConstraint(fields=["no"], name="evidence_receipt_no"),
            models.UniqueConstraint(fields=["leaf_index"], condition=~Q(leaf_index=None), name="evidence_receipt_leaf"),
        ]
        indexes = [
            models.Index(fields=["case_no", "id"], condition=~Q(case_no=""), name="evidence_receipt_case"),
            models.Index(fields=["id"], condition=Q(leaf_index=None), name="evidence_receipt_unsealed"),
        ]

    def __str__(self) -> str:
        return self.no


class ReceiptSubject(models.Model):
    """Whom a receipt is about, by subject key: the index of a person's own page."""

    receipt = models.ForeignKey("evidence.Receipt", on_delete=models.PROTECT, related_name="subjects", db_index=False)
    subject_key = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_key", "receipt"], name="evidence_subject_once")]

    def __str__(self) -> str:
        return f"{self.subject_key[:8]}… {self.receipt_id}"


class DataRead(models.Model):
    """What the person may see about one read of their data（查阅记录）; the read's receipt proves it."""

    receipt = models.OneToOneField("evidence.Receipt", on_delete=models.PROTECT, related_name="data_read")
    subject_key = models.CharField(max_length=64)
    resource_code = models.CharField(max_length=64)
    resource_title_zh = models.CharField(max_length=200)
    resource_title_en = models.CharField(max_length=300)
    grant_no = models.CharField(max_length=64, blank=True)
    provider_org = models.CharField(max_length=200)
    consumer_org = models.CharField(max_length=200)
    fields = models.JSONField()
    field_titles = models.JSONField()
    purpose_zh = models.CharField(max_length=500)
    purpose_en = models.CharField(max_length=800)
    basis = models.CharField(max_length=500)
    channel = models.CharField(max_length=12)
    found = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["subject_key", "-id"], name="evidence_read_person")]

    def __str__(self) -> str:
        return f"{self.resource_code} {self.receipt_id}"


class TreeNode(models.Model):
    """The hash of one perfect subtree of the log: leaves `index·2^level` up to, not with, `(index+1)·2^level`."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="evidence_node_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed state of the log（检查点）; a larger one never contradicts a smaller one."""

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    key_id = models.CharField(max_length=64)
    note = models.TextField()

    def __str__(self) -> str:
        return f"{self.size} {self.root[:12]}"


class SigningKey(models.Model):
    """A key that signs checkpoints（签名密钥）; its secret half is encrypted at rest and never leaves the room."""

    name = models.CharField(max_length=100)
    public_key = models.CharField(max_length=200, unique=True)
    secret_key = EncryptedText()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(retired_at=None), name="evidence_key_one_in_use")
        ]

    def __str__(self) -> str:
        return self.public_key
