"""Reads of this room: how a person is reached, and what became of their messages."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count

from zhengtong.apps.channels.configured import providers
from zhengtong.apps.channels.models import Contact, Message
from zhengtong.apps.channels.shapes import CHANNEL_TITLES, STATE_TITLES, ContactShape, MessageShape
from zhengtong.apps.people.queries import can_
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused, mask

MOST_MESSAGES = 100


def enabled_channels() -> tuple[str, ...]:
    """Return the channels this site has set up."""
    set_up = providers()
    return tuple(channel for channel in CHANNEL_TITLES if channel in set_up)


def get_contact(by: Actor) -> ContactShape:
    """Return how the person wishes to be reached; the usual where they have said nothing."""
    if by.resident is None:
        raise Refused(
            "channel.contact.nobody",
            "请先登录，再查看自己的通知方式。",
            "Sign in to see your notifications.",
            status=403,
        )
    kept = Contact.objects.filter(to_key=by.resident.key).first()
    if kept is None:
        return ContactShape("", "", True, True, None, None, enabled_channels())
    return ContactShape(
        email_masked=_masked(kept.email),
        phone_masked=_masked(kept.phone),
        uses_email=kept.uses_email,
        uses_sms=kept.uses_sms,
        quiet_from=kept.quiet_from,
        quiet_to=kept.quiet_to,
        channels=enabled_channels(),
    )


def list_messages(by: Actor, *, limit: int = MOST_MESSAGES) -> list[MessageShape]:
    """Return the newest messages sent to the person, with their states."""
    key = by.resident.key if by.resident else ""
    return [to_message(one) for one in Message.objects.filter(to_key=key).order_by("-at")[:limit]]


def count_messages(by: Actor) -> dict[str, Counter[str]]:
    """Return how many messages are in each state, by channel; to administrators and auditors（403）."""
    if by.kind != "system" and by.duty is None and not can_(by, "audit.view"):
        raise Refused(
            "channel.message.no-right",
            "发送情况只对系统和审计管理员开放。",
            "What was sent is shown to administrators only.",
            status=403,
        )
    found: dict[str, Counter[str]] = {channel: Counter() for channel in enabled_channels()}
    for channel, state, count in Message.objects.values_list("channel", "state").annotate(count=Count("pk")):
        found.setdefault(channel, Counter())[state] = count
    return found


def to_message(record: Message) -> MessageShape:
    """Return a message's shape."""
    return MessageShape(
        record.pk,
        record.channel,
        *CHANNEL_TITLES[record.channel],
        record.kind,
        record.case_no,
        record.state,
        *STATE_TITLES[record.state],
        _masked(record.address),
        record.attempts,
        record.error,
        record.at,
        record.sent_at,
        record.ended_at,
    )


def _masked(address: str) -> str:
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    return mask("phone", address) if address else ""
