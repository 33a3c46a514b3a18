"""Records beside the cases that the desk works with（工作台记录）: who else sees a case, who was warned, who stands in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from zhengtong.apps.cases.models.cases import Case
from zhengtong.apps.people.fields import EncryptedText


class CaseParty(models.Model):
    """What an organisation has to do with a case（相关机构）: window, handler before, consulted, signing, superior, approving."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties", db_index=False)
    organisation_id = models.BigIntegerField()
    role = models.CharField(max_length=12)
    is_open = models.BooleanField(default=True)  # something is asked of it
    due_on = models.DateField(null=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "organisation_id", "role"], name="cases_party_once"),
        ]
        indexes = [models.Index(fields=["organisation_id", "role", "is_open"], name="cases_of_party")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.role} {self.organisation_id}"


class Alert(models.Model):
    """A supervisor told once（预警）: yellow, red, overdue, or something not done in time."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="alerts", db_index=False)
    organisation_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    what = models.CharField(max_length=40, blank=True)
    assignee_label = models.CharField(max_length=120, blank=True)
    due_on = models.DateField()
    at = models.DateTimeField()
    receipt_no = models.CharField(max_length=40)
    seen_by = models.CharField(max_length=120, blank=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "what"], name="cases_alert_once")]
        indexes = [models.Index(fields=["organisation_id", "seen_at", "-at"], name="cases_alerts")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Substitution(models.Model):
    """An officer's work left to a colleague for some days（代岗）."""

    organisation_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    account_label = models.CharField(max_length=120)
    substitute_id = models.BigIntegerField()
    substitute_label = models.CharField(max_length=120)
    from_on = models.DateField()
    to_on = models.DateField()
    reason = models.CharField(max_length=200)
    receipt_no = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(from_on__lte=F("to_on")), name="cases_substitution_days"),
        ]
        indexes = [models.Index(fields=["substitute_id", "to_on"], name="cases_substitute")]

    def __str__(self) -> str:
        return f"{self.account_id} → {self.substitute_id}"


class Phrase(models.Model):
    """A sentence an officer keeps for use again（常用语）."""

    account_id = models.BigIntegerField(db_index=True)
    text = EncryptedText()
    used = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id} {self.pk}"


class CaseFile(models.Model):
    """The archived file of a case（卷宗）: its bundle lies encrypted on disk under `storage`."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="file")
    storage = models.UUIDField()
    digest = models.CharField(max_length=80)
    size_bytes = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField()
    checks = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id} {self.digest[:19]}"


class AnnouncedDay(models.Model):
    """A day of the work calendar as it was announced（放假安排）, in place of the one the platform is seeded with."""

    date = models.DateField(unique=True)
    is_workday = models.BooleanField()
    is_legal_holiday = models.BooleanField(default=False)
    holiday_name = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=120)
    source_doc_no = models.CharField(max_length=60, blank=True)
    announced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.date} {'班' if self.is_workday else '休'}"
