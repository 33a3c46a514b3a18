"""Residents, legal entities, and who may act for them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from zhengtong.apps.people.fields import EncryptedJSON


class Resident(models.Model):
    """A natural person（自然人）. What identifies them is one ciphertext; `key` and `phone_key` are blind indexes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64, unique=True)
    phone_key = models.CharField(max_length=64, blank=True)
    id_kind = models.CharField(max_length=24, default="resident-id")
    region_code = models.CharField(max_length=12)
    particulars = EncryptedJSON()  # name, id_number, sex, born_on, phone, address
    registered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["phone_key"], name="people_resident_phone")]

    def __str__(self) -> str:
        return str(self.id)


class LegalEntity(models.Model):
    """An enterprise or other legal person（法人）; its name and number are public by law, so they are clear."""

    uscc = models.CharField(max_length=18, primary_key=True)
    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=24)
    region_code = models.CharField(max_length=12)
    address = models.CharField(max_length=200)
    registered_on = models.DateField()
    representative = models.ForeignKey(
        "people.Resident", null=True, on_delete=models.PROTECT, related_name="represented_entities"
    )
    registered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Mandate(models.Model):
    """A mandate（代办授权）: `agent` may act for a resident or a legal entity, in all matters or in those listed."""

    class Kind(models.TextChoices):
        DELEGATION = "delegation", "个人委托"
        AGENCY = "agency", "企业经办人"
        GUARDIANSHIP = "guardianship", "监护"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    relation = models.CharField(max_length=24, blank=True)
    principal_resident = models.ForeignKey(
        "people.Resident", null=True, on_delete=models.PROTECT, related_name="mandates_given"
    )
    principal_entity = models.ForeignKey(
        "people.LegalEntity", null=True, on_delete=models.PROTECT, related_name="mandates_given"
    )
    agent = models.ForeignKey("people.Resident", on_delete=models.PROTECT, related_name="mandates_held")
    matter_codes = models.JSONField(null=True)  # None = every matter
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    proof = EncryptedJSON(null=True)  # kind, digest, note
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(kind="agency", principal_entity__isnull=False, principal_resident=None)
                    | Q(
                        kind__in=["delegation", "guardianship"], principal_resident__isnull=False, principal_entity=None
                    )
                ),
                name="people_mandate_one_principal",
            ),
            models.CheckConstraint(
                condition=Q(principal_resident=None) | ~Q(principal_resident=F("agent")), name="people_mandate_not_self"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="people_mandate_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
