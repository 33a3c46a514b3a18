"""Records of sharing: requests with their append-only events, grants, calls a day, and calling systems."""

from __future__ import annotations

import uuid

from django.db import models

from zhengtong.apps.people.fields import EncryptedText


class ShareRequest(models.Model):
    """A request for data; `status` is the projection of its events."""

    no = models.CharField(max_length=32, unique=True)
    resource = models.ForeignKey("catalog.Resource", on_delete=models.PROTECT, related_name="+")
    consumer = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, default="internal")
    fields = models.JSONField()
    usage_basis = models.CharField(max_length=500)
    usage_scenario = models.CharField(max_length=500)
    usage_scope = models.CharField(max_length=500)
    modes = models.JSONField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    requested_by_account = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField(null=True)
    reply_due_on = models.DateField(null=True)
    supplement_note = models.CharField(max_length=1000, blank=True)
    extension_state = models.CharField(max_length=8, default="", blank=True)
    extension_days = models.PositiveSmallIntegerField(default=0)
    extension_reason = models.CharField(max_length=500, default="", blank=True)
    extension_asked_by = models.BigIntegerField(null=True)
    extended_by = models.CharField(max_length=80, default="", blank=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["status", "reply_due_on"]), models.Index(fields=["consumer", "status"])]

    def __str__(self) -> str:
        return self.no


class ShareRequestEvent(models.Model):
    """One step of a request; never changed."""

    request = models.ForeignKey(ShareRequest, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=80)
    note = models.CharField(max_length=1000, blank=True)
    receipt_no = models.CharField(max_length=40)

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["request", "seq"], name="request_event_seq_once")]

    def __str__(self) -> str:
        return f"{self.request_id}#{self.seq} {self.kind}"


class Grant(models.Model):
    """An approved request as the rule that every read is held against."""

    no = models.CharField(max_length=32, unique=True)
    request = models.OneToOneField(ShareRequest, on_delete=models.PROTECT, related_name="grant")
    resource = models.ForeignKey("catalog.Resource", on_delete=models.PROTECT, related_name="+")
    consumer = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, default="active")
    purpose_zh = models.CharField(max_length=500)
    purpose_en = models.CharField(max_length=500)
    basis = models.CharField(max_length=500)
    fields = models.JSONField()
    row_filter = models.JSONField(default=dict)
    masks = models.JSONField(default=dict)
    modes = models.JSONField()
    quota_per_day = models.PositiveIntegerField(default=0)
    rate_per_minute = models.PositiveIntegerField(default=0)
    hours = models.JSONField(default=dict)
    callers = models.JSONField(default=list)
    needs_case = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_until = models.DateField()
    ended_reason = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)
    granted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["consumer", "resource", "status"])]

    def __str__(self) -> str:
        return self.no


class GrantDay(models.Model):
    """How many calls a grant answered on one day."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "day"], name="grant_day_once")]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.day}: {self.calls}"


class Client(models.Model):
    """A system that calls the gateway for an organisation; only the secret's digest is kept."""

    client_id = models.CharField(max_length=40, unique=True)
    secret_digest = models.CharField(max_length=64)
    public_key = models.CharField(max_length=130, blank=True)
    certificate = models.CharField(max_length=64, blank=True, db_index=True)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.client_id


class ExportJob(models.Model):
    """A file that was asked for through the gateway; made in the background, kept for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField()
    filters = models.JSONField()
    form = models.CharField(max_length=10)
    case_no = models.CharField(max_length=64, blank=True)
    officer = models.CharField(max_length=80, blank=True)
    request = models.CharField(max_length=64)
    status = models.CharField(max_length=10, default="waiting")
    progress = models.PositiveSmallIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    receipt_no = models.CharField(max_length=40, blank=True)
    people_left = models.BooleanField(default=False)
    people_offset = models.PositiveBigIntegerField(default=0)
    problem_zh = models.CharField(max_length=500, blank=True)
    problem_en = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["status", "made_at"])]

    def __str__(self) -> str:
        return f"{self.id} {self.status}"


class Backflow(models.Model):
    """A request whose rows go back to a region below in files, in turns; `next_at` is set when it is approved."""

    request = models.OneToOneField(ShareRequest, on_delete=models.PROTECT, related_name="backflow")
    region_field = models.CharField(max_length=60)
    region_code = models.CharField(max_length=12)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=10)
    every_days = models.PositiveSmallIntegerField()
    next_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=~models.Q(next_at=None), name="exchange_backflow_due")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.region_code}"


class Upstream(models.Model):
    """A department's own API behind a resource: what is asked of it, and how its answer becomes a row."""

    resource = models.OneToOneField("catalog.Resource", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=500)
    key_field = models.CharField(max_length=64)
    row_path = models.CharField(max_length=200, blank=True)
    names = models.JSONField(default=dict)
    header_name = models.CharField(max_length=64, blank=True)
    header_value = EncryptedText(blank=True, default="")
    timeout_ms = models.PositiveIntegerField(default=3000)
    is_active = models.BooleanField(default=True)
    registered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.resource_id} → {self.address}"


class UsagePosition(models.Model):
    """How far one gateway process's usage log has been taken into the database."""

    writer = models.CharField(max_length=80, unique=True)
    segment = models.PositiveIntegerField(default=1)
    offset = models.PositiveBigIntegerField(default=0)
    chain = models.CharField(max_length=64)
    taken = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.writer}: {self.taken}"


class Serial(models.Model):
    """The last number given out of a kind on a day; counted up under a row lock."""

    name = models.CharField(max_length=24, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"
