"""What leaves the channels room: frozen shapes, no records."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class MessageState(StrEnum):
    """Where a message stands（送达状态）."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


STATE_TITLES = {
    "queued": ("待发送", "Waiting"),
    "sending": ("发送中", "Being sent"),
    "sent": ("已发送", "Sent"),
    "delivered": ("已送达", "Delivered"),
    "failed": ("发送失败", "Failed"),
}
CHANNEL_TITLES = {"email": ("电子邮件", "E-mail"), "sms": ("短信", "SMS"), "webhook": ("接口推送", "Webhook")}


@dataclass(frozen=True)
class ContactShape:
    """How a person wishes to be reached（联系方式与偏好）, as they see it themselves; addresses are masked."""

    email_masked: str
    phone_masked: str
    uses_email: bool
    uses_sms: bool
    quiet_from: dt.time | None
    quiet_to: dt.time | None
    channels: tuple[str, ...]


@dataclass(frozen=True)
class MessageShape:
    """A message and what became of it（消息）; the address is masked."""

    id: UUID
    channel: str
    channel_zh: str
    channel_en: str
    kind: str
    case_no: str
    state: str
    state_zh: str
    state_en: str
    address_masked: str
    attempts: int
    error: str
    at: dt.datetime
    sent_at: dt.datetime | None
    ended_at: dt.datetime | None
