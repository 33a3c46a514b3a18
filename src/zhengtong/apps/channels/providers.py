"""The ways out（发送渠道）: e-mail through Django, SMS and webhook as signed HTTP calls. Each takes a message and returns its
reference there, or raises SendError."""

from __future__ import annotations

import datetime as dt
import json
import smtplib
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from django.conf import settings
from django.core.mail import EmailMessage

from zhengtong.apps.channels.configured import Provider, words
from zhengtong.apps.channels.models import Message
from zhengtong.kit import to_local
from zhengtong.kit.signing import HEADER, sign


class SendError(Exception):
    """A message that did not go out; `is_final` says that trying again would not help."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


def send_email(message: Message, provider: Provider, at: dt.datetime) -> str:  # noqa: ARG001
    """Send by SMTP as the site is set up; the message id is our own, so that a second try is the same letter."""
    said, places = words().of(message.kind), {"no": message.case_no, "address": settings.ZHENGTONG_ADDRESS}
    letter = EmailMessage(
        subject=said.subject.format(**places),
        body=said.body.format(**places),
        from_email=provider.sender or settings.DEFAULT_FROM_EMAIL,
        to=[message.address],
        headers={"Message-ID": f"<{message.pk}@zhengtong.invalid>"},
    )
    try:
        letter.send(fail_silently=False)
    except smtplib.SMTPRecipientsRefused as refused:
        raise SendError("the address was refused", is_final=True) from refused
    except (smtplib.SMTPException, OSError) as fault:
        raise SendError(type(fault).__name__) from fault
    return str(message.pk)


def send_sms(message: Message, provider: Provider, at: dt.datetime) -> str:
    """Hand the text to the SMS provider; nothing of a person is in it but the number of the case."""
    text = words().of(message.kind).sms.format(no=message.case_no, site_zh=settings.ZHENGTONG_SITE_NAME[0])
    return _post(provider, {"id": str(message.pk), "to": message.address, "text": text}, message, at)


def send_webhook(message: Message, provider: Provider, at: dt.datetime) -> str:
    """Tell the site's own system of an event; the person is their blind index."""
    body = {
        "id": str(message.pk),
        "event": message.event,
        "kind": message.kind,
        "case": message.case_no,
        "person": message.to_key,
        "at": to_local(message.at).isoformat(timespec="seconds"),
    }
    return _post(provider, body, message, at)


SENDERS: Mapping[str, Callable[[Message, Provider, dt.datetime], str]] = {
    "email": send_email,
    "sms": send_sms,
    "webhook": send_webhook,
}


def _post(provider: Provider, body: Mapping[str, Any], message: Message, at: dt.datetime) -> str:
    content = json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(message.pk),
        HEADER: sign(content, provider.secret, at),
    }
    try:
        answer = httpx.post(
            provider.url, content=content, headers=headers, timeout=provider.timeout_seconds, follow_redirects=False
        )
    except httpx.HTTPError as fault:
        raise SendError(type(fault).__name__) from fault
    if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
        raise SendError(f"HTTP {answer.status_code}")
    if not answer.is_success:
        raise SendError(f"HTTP {answer.status_code}", is_final=True)
    try:
        return str(answer.json().get("ref", ""))[:120]
    except (ValueError, AttributeError):
        return ""
