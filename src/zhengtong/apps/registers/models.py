"""Records of base registers（基础库）: builds, and what a person judged of two rows."""

from __future__ import annotations

from django.db import models

from zhengtong.apps.people.fields import EncryptedJSON


class RegisterBuild(models.Model):
    """One build; never changed."""

    name = models.CharField(max_length=60, db_index=True)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=120)
    version = models.CharField(max_length=20)
    rows = models.BigIntegerField()
    entities = models.BigIntegerField()
    linked = models.BigIntegerField()
    compared = models.BigIntegerField()
    pairs = models.BigIntegerField()
    conflicts = models.BigIntegerField()
    conflicts_sent = models.BigIntegerField()
    history = models.BigIntegerField()
    sources = models.JSONField()
    receipt_no = models.CharField(max_length=40)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class PairDecision(models.Model):
    """What a person judged of two rows; the newest of a pair counts. Row keys may be numbers of persons: encrypted."""

    name = models.CharField(max_length=60)
    pair_key = models.CharField(max_length=64)
    pair = EncryptedJSON()
    is_same = models.BooleanField()
    reason = models.CharField(max_length=1000)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=120)
    receipt_no = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["name", "pair_key"], name="registers_pair")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} {self.pair_key[:8]} {self.is_same}"
