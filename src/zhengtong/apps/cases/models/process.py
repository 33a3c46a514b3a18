"""Records of cases that run on a drawing（流程办件）: where each stands, its open tasks, and changes of version in bulk."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhengtong.apps.cases.models.cases import Case
from zhengtong.apps.people.fields import EncryptedJSON


class CaseProcess(models.Model):
    """Where the process of a case stands（流程现状）: a projection of its log, as of entry `version`."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="process")
    version = models.PositiveIntegerField()
    state = EncryptedJSON()
    status = models.CharField(max_length=12)
    due_at = models.DateTimeField(null=True)  # the next clock of the process
    has_work = models.BooleanField(default=False)  # something in it is for the platform to do

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=~Q(due_at=None), name="cases_process_due"),
            models.Index(fields=["case"], condition=Q(has_work=True), name="cases_process_work"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.status}"


class ProcessTask(models.Model):
    """An open user task（流程任务）, for the desk of the organisation it is for."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="process_tasks", db_index=False)
    token = models.CharField(max_length=12)
    element = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    organisation_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=24, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "token"], name="cases_process_task_once")]
        indexes = [models.Index(fields=["organisation_id", "since"], name="cases_process_tasks")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.title}"


class VersionChange(models.Model):
    """One change of running cases to another version（版本迁移）: goes on after `cursor` when it was interrupted."""

    matter_code = models.CharField(max_length=80)
    from_digest = models.CharField(max_length=80)
    to_digest = models.CharField(max_length=80)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=12)  # running · done · reverting · reverted
    cursor = models.BigIntegerField(default=0)
    by_label = models.CharField(max_length=120)
    at = models.DateTimeField()
    receipt_no = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.matter_code} {self.state}"


class ChangedCase(models.Model):
    """What became of one case in a change of version（逐件结果）: moved, stuck, reverted, or kept where it had gone on."""

    change = models.ForeignKey(VersionChange, on_delete=models.PROTECT, related_name="cases", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12)
    reason_zh = models.CharField(max_length=300, blank=True)
    reason_en = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "case"], name="cases_changed_once")]
        indexes = [models.Index(fields=["change", "outcome", "case"], name="cases_changed")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome}"
