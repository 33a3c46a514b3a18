"""Messages sent in the background（发送）: claimed one by one, tried again after a while, never twice by two processes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from uuid import UUID

from django.db.models import F, Q

from zhengtong.apps.channels.configured import Provider, providers, words
from zhengtong.apps.channels.models import Message
from zhengtong.apps.channels.providers import SENDERS, SendError

MOST_MESSAGES, MOST_FAILURES = 500, 5


def deliver(*, at: dt.datetime, limit: int = MOST_MESSAGES) -> Counter[str]:
    """Return what became of the messages that were due: "sent", "later" or "failed". No transaction is open while sending.

    Each channel has up to `limit`; one that failed five times running rests until the next run, what waits in it with it.
    """
    done: Counter[str] = Counter()
    for channel, provider in providers().items():
        done += _deliver_by(channel, provider, at, limit)
    return done


def _deliver_by(channel: str, provider: Provider, at: dt.datetime, limit: int) -> Counter[str]:
    done: Counter[str] = Counter()
    failures = 0
    due = Message.objects.filter(state__in=["queued", "sending"], next_at__lte=at, channel=channel)
    for pk in list(due.order_by("next_at").values_list("pk", flat=True)[:limit]):
        message = _claim(pk, at)
        if message:
            became = _send(message, provider, at)
            done[became] += 1
            failures = failures + 1 if became == "later" else 0
        if failures == MOST_FAILURES:
            break
    return done


def _claim(pk: UUID, at: dt.datetime) -> Message | None:
    """Return the message if this process may send it: the update decides between two, and its lease gives it back."""
    mine = Message.objects.filter(pk=pk, next_at__lte=at).filter(Q(state="queued") | Q(state="sending"))
    if not mine.update(state="sending", next_at=at + words().lease, attempts=F("attempts") + 1):
        return None
    return Message.objects.get(pk=pk)


def _send(message: Message, provider: Provider, at: dt.datetime) -> str:
    still = Message.objects.filter(pk=message.pk, state="sending")  # a report may have come in meanwhile
    try:
        reference = SENDERS[message.channel](message, provider, at)
    except SendError as fault:
        backoff = words().backoff
        if fault.is_final or message.attempts > len(backoff):
            still.update(state="failed", error=str(fault)[:200], ended_at=at, next_at=None)
            return "failed"
        wait = backoff[message.attempts - 1]
        still.update(state="queued", error=str(fault)[:200], next_at=at + wait)
        return "later"
    still.update(state="sent", provider_ref=reference, sent_at=at, next_at=None, error="")
    return "sent"
