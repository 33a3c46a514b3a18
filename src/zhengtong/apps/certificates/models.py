"""Records of the certificates room（电子证照）; nobody outside it imports them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhengtong.apps.people.fields import EncryptedJSON, EncryptedText


class CertificateType(models.Model):
    """A type of certificate（证照类型）; `number` is the 21-character type code of GB/T 36904."""

    code = models.CharField(max_length=60, unique=True)
    number = models.CharField(max_length=21, unique=True)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200)
    definer = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    defined_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code} {self.title_zh}"


class Certificate(models.Model):
    """One version of one certificate（电子证照）; its PDF lies under `sha256` in the file store."""

    identifier = models.CharField(max_length=120, unique=True)
    type = models.ForeignKey(CertificateType, on_delete=models.PROTECT, related_name="certificates")
    holder_key = models.CharField(max_length=64, db_index=True)
    keeper_key = models.CharField(max_length=64, blank=True, db_index=True)
    holder = EncryptedJSON()
    holder_masked = models.CharField(max_length=120)
    issuer = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    number = EncryptedText()
    face = EncryptedJSON()
    issued_at = models.DateTimeField()
    issued_on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    status = models.CharField(max_length=2, default="01")
    status_at = models.DateTimeField()
    status_reason = models.TextField(blank=True)
    case_no = models.CharField(max_length=50, blank=True, db_index=True)
    serial = models.CharField(max_length=32)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replacement")
    sha256 = models.CharField(max_length=64, unique=True)
    receipt_no = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "issuer", "serial", "version"], name="certificates_serial_version"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="certificates_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.identifier


class CertificateUse(models.Model):
    """One use of a certificate as evidence（用证记录）."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="uses")
    at = models.DateTimeField()
    cause_zh = models.TextField()
    cause_en = models.TextField()
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    case_no = models.CharField(max_length=50, blank=True)
    holder_authorised = models.BooleanField()
    receipt_no = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.at:%Y-%m-%d}"
