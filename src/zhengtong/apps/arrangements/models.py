"""Records of the arrangements room; nobody outside it imports them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from zhengtong.apps.people.fields import EncryptedJSON


class Hall(models.Model):
    """A hall where people are served（大厅）."""

    organisation_id = models.BigIntegerField()
    region_code = models.CharField(max_length=12, db_index=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    address_zh = models.CharField(max_length=200)
    address_en = models.CharField(max_length=300)
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name_zh


class Slot(models.Model):
    """So many people at a time（号源）; `taken` never passes `capacity`, whatever two processes do."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="slots", db_index=False)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    is_closed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hall", "starts_at"], name="arrangements_slot_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="arrangements_not_overbooked"),
        ]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.starts_at:%Y-%m-%d %H:%M} {self.taken}/{self.capacity}"


class Appointment(models.Model):
    """Somebody's place in a slot（预约）."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="appointments", db_index=False)
    to_key = models.CharField(max_length=64, db_index=True)
    person_masked = models.CharField(max_length=120)
    matter_code = models.CharField(max_length=80)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    case_no = models.CharField(max_length=50, blank=True)
    state = models.CharField(max_length=10, default="booked")
    receipt_no = models.CharField(max_length=40)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "to_key"], condition=Q(state="booked"), name="arrangements_one_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.state}"


class Parcel(models.Model):
    """The outcome of a case on its way（寄递）."""

    case_no = models.CharField(max_length=50, unique=True)
    to = EncryptedJSON()
    to_key = models.CharField(max_length=64)
    organisation_id = models.BigIntegerField(db_index=True)
    carrier = models.CharField(max_length=60, blank=True)
    tracking_no = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=12, default="requested")
    at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "tracking_no"], condition=~Q(tracking_no=""), name="arrangements_tracking_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.state}"


class ParcelEvent(models.Model):
    """One step of a parcel（物流轨迹）, once, however often it is reported."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="events", db_index=False)
    key = models.CharField(max_length=80)
    state = models.CharField(max_length=12)
    text = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parcel", "key"], name="arrangements_step_once")]

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.state}"


class Payment(models.Model):
    """One payment of a case's fee（缴费）; its number is what the provider knows it by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case_no = models.CharField(max_length=50, db_index=True)
    to_key = models.CharField(max_length=64)
    organisation_id = models.BigIntegerField()
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    yuan = models.DecimalField(max_digits=12, decimal_places=2)
    provider = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default="created")
    pay_url = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    refund_reference = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_no"],
                condition=Q(state__in=["created", "paid", "refunding"]),
                name="arrangements_paid_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.yuan} {self.state}"
