"""Records of the cases room（办件）; nobody outside it imports them.

The log (`CaseAction`) is what happened; the columns of `Case` below the line are a projection of it for queues and
lists, rebuilt by `actions.rebuild_projection`.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from zhengtong.apps.people.fields import EncryptedJSON, EncryptedText


class CaseCounter(models.Model):
    """The serial numbers given out in a region on a day（办件流水号）."""

    prefix = models.CharField(max_length=14, unique=True)
    serial = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix} {self.serial}"


class Draft(models.Model):
    """An application being filled in（草稿）; `case_no` is kept for it from the start, so that reads can name it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case_no = models.CharField(max_length=50, unique=True)
    matter_code = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=80)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    applicant_key = models.CharField(max_length=64, db_index=True)
    applicant = EncryptedJSON()
    agent_account_id = models.BigIntegerField(null=True)
    region_code = models.CharField(max_length=12)
    answers = EncryptedJSON(default=dict)
    values = EncryptedJSON(default=dict)
    reads = EncryptedJSON(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_on = models.DateField(db_index=True)
    is_submitted = models.BooleanField(default=False)
    signed = EncryptedJSON(null=True)  # what the applicant has signed: "tolerance", "commitment"
    taken_in_by_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.matter_code} {self.id}"


#: long and encrypted: what lists leave unread
LONG_COLUMNS = ("applicant", "track_code", "folded", "content")


class Case(models.Model):
    """A case（办件）."""

    no = models.CharField(max_length=50)
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    filing_key = models.CharField(max_length=64, null=True)  # the same filing twice is one case
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts", db_index=False)
    part_id = models.CharField(max_length=80, blank=True)
    matter_code = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=80)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    applicant_key = models.CharField(max_length=64)
    applicant = EncryptedJSON()
    applicant_masked = models.CharField(max_length=120)
    agent_account_id = models.BigIntegerField(null=True)
    agent_label = models.CharField(max_length=120, blank=True)
    region_code = models.CharField(max_length=12)
    organisation = models.ForeignKey(
        "people.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    track_code = EncryptedText()
    track_key = models.CharField(max_length=64)
    taken_in_by_id = models.BigIntegerField(null=True)  # the window in another region（异地受理）
    submitted_at = models.DateTimeField()
    # ---- projection of the log ----
    version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=24)
    phase = models.CharField(max_length=12)
    flags = models.JSONField(default=list)
    assignee_id = models.BigIntegerField(null=True)
    assignee_label = models.CharField(max_length=120, blank=True)
    assigned_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.BigIntegerField(null=True)
    due_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    statutory_on = models.DateField(null=True)
    supplement_due_on = models.DateField(null=True)
    is_paused = models.BooleanField(default=False)
    is_settled = models.BooleanField(default=False)
    is_on_time = models.BooleanField(null=True)
    is_reviewed = models.BooleanField(default=False)
    is_archive_held = models.BooleanField(default=False)  # its file had findings: an officer looks at it
    wake_on = models.DateField(null=True)  # the last day before time does something to the case
    folded = EncryptedJSON(null=True)  # `snapshots`: the state of this version, and what was entered and decided
    content = EncryptedJSON(null=True)

    has_new_files = False  # not a column: set by whoever adds a file while the record is in hand

    class Meta:
        # what every change of a case writes anew is kept small: unique by constraints of our own rather than unique=True,
        # which adds an index for LIKE and an entry for every NULL; ciphertext stays in the row (migration 0008)
        constraints = [
            models.UniqueConstraint(fields=["no"], name="cases_no_once"),
            models.UniqueConstraint(fields=["draft"], condition=~Q(draft=None), name="cases_of_draft"),
            models.UniqueConstraint(fields=["parent", "part_id"], condition=~Q(parent=None), name="cases_one_part"),
            models.UniqueConstraint(fields=["filing_key"], condition=~Q(filing_key=None), name="cases_filed_once"),
        ]
        indexes = [
            models.Index(fields=["applicant_key", "-submitted_at"], name="cases_of_applicant"),
            models.Index(
                fields=["organisation", "assignee_id", "is_paused", "due_on", "id"],
                condition=Q(is_settled=False),
                name="cases_queue",
            ),
            models.Index(
                fields=["organisation", "is_paused", "due_on", "id"],
                condition=Q(is_settled=False, assignee_id=None),
                include=["state", "phase"],
                name="cases_pool",
            ),
            models.Index(fields=["organisation", "is_paused", "due_on", "id"], name="cases_of_organisation"),
            models.Index(fields=["organisation", "no"], name="cases_by_number"),
            models.Index(fields=["organisation", "pack_digest"], name="cases_of_version"),
            models.Index(fields=["supplement_due_on"], condition=Q(state="supplementing"), name="cases_supplements"),
            models.Index(fields=["wake_on"], condition=~Q(wake_on=None), name="cases_wake"),
            models.Index(
                fields=["settled_by", "organisation", "-settled_at", "id"],
                condition=Q(is_settled=True) & ~Q(settled_by=None),  # what the system grants is on nobody's list
                name="cases_settled_by",
            ),
            models.Index(fields=["submitted_at"], condition=Q(parent=None), name="cases_by_day"),
            models.Index(fields=["settled_at"], condition=Q(is_settled=True), name="cases_settled_day"),
        ]

    def __str__(self) -> str:
        return f"{self.no} {self.title_zh}"


class CaseAction(models.Model):
    """One entry of the log（办件动作）: written once. (case, seq) unique is the optimistic lock."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="actions", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    by_kind = models.CharField(max_length=16)
    by_account_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    payload = EncryptedJSON(default=dict)
    receipt_no = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="cases_action_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.seq} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the entry, once: what happened is not edited."""
        if self.pk is not None:
            raise TypeError("an entry of a case's log is written once")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: what happened is not removed."""
        raise TypeError("an entry of a case's log is not removed")


class Material(models.Model):
    """A file brought by the applicant（材料文件）; its bytes lie encrypted on disk under `storage`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(Draft, null=True, on_delete=models.CASCADE, related_name="materials")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="materials")
    material_id = models.CharField(max_length=80)
    owner_key = models.CharField(max_length=64)
    name = EncryptedText()
    media_type = models.CharField(max_length=60)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    storage = models.UUIDField()
    attached_at = models.DateTimeField()
    version = models.PositiveSmallIntegerField(default=1)
    by_office = models.BooleanField(default=False)  # minutes, evidence, findings: brought by officers
    scan = models.CharField(max_length=12, default="unscanned")

    class Meta:
        indexes = [models.Index(fields=["owner_key", "-attached_at"], name="cases_reusable")]

    def __str__(self) -> str:
        return f"{self.material_id} {self.id}"


class Notice(models.Model):
    """One message in somebody's inbox（通知）; `event` makes sending it twice impossible."""

    to_key = models.CharField(max_length=64)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices", db_index=False)
    kind = models.CharField(max_length=32)
    event = models.CharField(max_length=80)
    text = EncryptedJSON()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event"], name="cases_notice_once")]
        indexes = [models.Index(fields=["to_key", "-at"], name="cases_inbox")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Review(models.Model):
    """好差评 of a case, once（一事一评）."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="review")
    satisfaction = models.PositiveSmallIntegerField()
    tags = models.JSONField(default=list)
    comment = EncryptedText(default="")
    is_excluded = models.BooleanField(default=False)  # an appeal against it was upheld
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(satisfaction__gte=1, satisfaction__lte=5), name="cases_satisfaction"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.satisfaction}"
