"""Records of the channels room; nobody outside it imports them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from zhengtong.apps.people.fields import EncryptedText


class Contact(models.Model):
    """How a person wishes to be reached（联系方式与偏好）; a channel that is off is never used for them."""

    to_key = models.CharField(max_length=64, unique=True)
    email = EncryptedText(default="")
    phone = EncryptedText(default="")
    uses_email = models.BooleanField(default=True)
    uses_sms = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True)
    quiet_to = models.TimeField(null=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.to_key[:12]


class Message(models.Model):
    """A message to one person by one channel（消息）; event and channel are unique, so it is enqueued once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.CharField(max_length=100)
    channel = models.CharField(max_length=8)
    kind = models.CharField(max_length=32)
    to_key = models.CharField(max_length=64)
    address = EncryptedText(default="")
    case_no = models.CharField(max_length=50, blank=True)
    state = models.CharField(max_length=10, default="queued")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    provider_ref = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "channel"], name="channels_message_once")]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state__in=["queued", "sending"]), name="channels_due"),
            models.Index(fields=["to_key", "-at"], name="channels_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.event} {self.state}"
