"""Writes of this room: enqueue a message once, keep how a person wishes to be reached, hear what became of a message."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from zhengtong.apps.channels.configured import providers, words
from zhengtong.apps.channels.models import Contact, Message
from zhengtong.apps.channels.queries import enabled_channels, get_contact
from zhengtong.apps.channels.quiet import after_quiet
from zhengtong.apps.channels.shapes import ContactShape
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.kit.signing import is_signed

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
MOBILE = re.compile(r"1[3-9]\d{9}")
MESSAGES_AT_ONCE = 1000
REPORTED = {"delivered": "delivered", "failed": "failed"}


@dataclass(frozen=True)
class Addressee:
    """Who is told of an event of their own（收件人）; `phone` and `email` are where they are reached unless they have
    said otherwise."""

    event: str
    to_key: str
    case_no: str = ""
    phone: str = ""
    email: str = ""


def notify(
    *, event: str, kind: str, to_key: str, case_no: str, at: dt.datetime, phone: str = "", email: str = ""
) -> int:
    """Return how many messages were enqueued, in the caller's transaction: one for each channel, each event once.

    No query where the site has set up no channel; two otherwise.
    """
    return notify_many(kind=kind, told=[Addressee(event, to_key, case_no, phone, email)], at=at)


def notify_many(*, kind: str, told: Iterable[Addressee], at: dt.datetime) -> int:
    """Return how many messages were enqueued to many who are told the same, as `notify` would one by one.

    No query, and nobody read, where the site has set up no channel; one query for the wishes of all and one for a
    thousand messages otherwise.
    """
    channels = enabled_channels()
    if not channels:
        return 0
    people = list(told)
    wishes = {one.to_key: one for one in Contact.objects.filter(to_key__in={one.to_key for one in people})}
    messages = [
        Message(
            event=one.event,
            kind=kind,
            to_key=one.to_key,
            case_no=one.case_no,
            at=at,
            channel=channel,
            address=row[1],
            next_at=row[2],
        )
        for one in people
        for channel in channels
        if (row := _row(channel, wishes.get(one.to_key), one.phone, one.email, at)) is not None
    ]
    return len(Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=MESSAGES_AT_ONCE))


def _row(
    channel: str, contact: Contact | None, phone: str, email: str, at: dt.datetime
) -> tuple[str, str, dt.datetime] | None:
    """Return where and when a message of a channel goes; None where the person does not want it or gave no address."""
    if channel == "webhook":
        return channel, "", at
    wishes = contact is None or (contact.uses_email if channel == "email" else contact.uses_sms)
    own = (contact.email if channel == "email" else contact.phone) if contact else ""
    to = own or (email if channel == "email" else phone)
    if not wishes or not to:
        return None
    if channel == "email":
        return channel, to, at
    usual = words()
    quiet_from = contact.quiet_from if contact and contact.quiet_from is not None else usual.quiet_from
    quiet_to = contact.quiet_to if contact and contact.quiet_to is not None else usual.quiet_to
    return channel, to, after_quiet(at, quiet_from, quiet_to)


@transaction.atomic
def save_contact(
    *,
    by: Actor,
    at: dt.datetime,
    email: str = "",
    phone: str = "",
    uses_email: bool = True,
    uses_sms: bool = True,
    quiet_from: dt.time | None = None,
    quiet_to: dt.time | None = None,
) -> ContactShape:
    """Return how the person wishes to be reached from now on（通知偏好）; of oneself only.

    An empty phone means the one registered. Refused（422）for an address that cannot be one.
    """
    if by.resident is None or by.acting_for is not None:
        raise Refused(
            "channel.contact.own",
            "请以本人身份设置自己的通知方式。",
            "Set your own notifications as yourself.",
            status=403,
        )
    email, phone = email.strip(), phone.strip()
    if email and not EMAIL.fullmatch(email):
        raise _wrong_address("email", "电子邮箱", "e-mail address")
    if phone and not MOBILE.fullmatch(phone):
        raise _wrong_address("phone", "手机号码", "mobile number")
    if (quiet_from is None) != (quiet_to is None):
        raise Refused(
            "channel.contact.quiet",
            "免打扰时段要同时写明起止时间，或都不写。",
            "Give both ends of the quiet hours, or neither.",
            field="quiet_from",
        )
    kept = {
        "email": email,
        "phone": phone,
        "uses_email": uses_email,
        "uses_sms": uses_sms,
        "quiet_from": quiet_from,
        "quiet_to": quiet_to,
        "changed_at": at,
    }
    Contact.objects.update_or_create(to_key=by.resident.key, defaults=kept)
    evidence.record(
        kind="channel.contact",
        body={"email": uses_email, "sms": uses_sms},
        by=by,
        at=at,
        about=[by.resident.key],
        summary_zh="修改通知方式",
        summary_en="Notifications changed",
    )
    return get_contact(by)


@transaction.atomic
def record_report(*, channel: str, content: bytes, signature: str, at: dt.datetime) -> str:
    """Return the state of a message after a provider's report（送达回报）: `{"id": …, "state": "delivered" | "failed"}`.

    The same report twice, or one that comes late, changes nothing. Refused: a signature that is not the provider's
    （401）, a report nobody can read（422）, a message that is not there（404）.
    """
    provider = providers().get(channel)
    if provider is None or not is_signed(content, signature, provider.secret, at):
        raise Refused(
            "channel.report.signature",
            "回报的签名不对或已过时，请核对密钥和时间。",
            "The report's signature is wrong or stale; check the secret and the clock.",
            status=401,
        )
    message_id, state, error = _read_report(content)
    message = Message.objects.select_for_update().filter(pk=message_id, channel=channel).first()
    if message is None:
        raise Refused(
            "channel.report.unknown",
            "没有这条消息，请核对编号。",
            "There is no such message; check its id.",
            status=404,
        )
    if message.state in ("sent", "sending", "queued"):
        message.state, message.error, message.ended_at, message.next_at = state, error, at, None
        message.sent_at = message.sent_at or at
        message.save(update_fields=["state", "error", "ended_at", "next_at", "sent_at"])
    return message.state


def _read_report(content: bytes) -> tuple[UUID, str, str]:
    try:
        given: dict[str, Any] = json.loads(content)
        return UUID(str(given["id"])), REPORTED[given["state"]], str(given.get("error", ""))[:200]
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Refused(
            "channel.report.unreadable",
            "读不懂这份回报：须含 id 和 state（delivered 或 failed）。",
            "The report cannot be read: it has an id and a state, delivered or failed.",
        ) from fault


def _wrong_address(field: str, zh: str, en: str) -> Refused:
    return Refused(f"channel.contact.{field}", f"{zh}不对，请核对后重填。", f"This is no {en}; check it.", field=field)
