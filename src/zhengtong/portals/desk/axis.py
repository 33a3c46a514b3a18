"""Parallel departments on one time axis（并联审批）: drawn in percent, so that one SVG serves every width."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengtong.apps.cases.shapes import SETTLED, CaseShape
from zhengtong.portals.desk.contexts import Axis, AxisDay, Lane
from zhengtong.portals.ui.days import say_day
from zhengtong.portals.ui.languages import words_of
from zhengtong.portals.ui.pieces import due_of_clock

MOST_TICKS = 6


def axis_of(whole: CaseShape, here: str, now: datetime) -> Axis | None:
    """Return the axis of a one-thing's parts; None for a case without parts."""
    if not whole.parts:
        return None
    first = timezone.localdate(whole.submitted_at)
    ends = [part.promised_on for part in whole.parts if part.promised_on]
    last = max([*ends, whole.promised_on or first, timezone.localdate(now)]) + timedelta(days=1)
    span = max(1, (last - first).days)

    def place(day: date) -> float:
        return round(min(100.0, max(0.0, (day - first).days / span * 100)), 1)

    moment = timezone.localtime(now)
    now_x = round(min(99.0, place(moment.date()) + (moment.hour / 24) / span * 100), 1)
    lanes = tuple(_lane(part, part.no == here, place, moment.date()) for part in whole.parts)
    return Axis(_ticks(first, span, moment.date(), place), lanes, now_x, _sentence(whole))


def _ticks(first: date, span: int, today: date, place) -> tuple[AxisDay, ...]:  # type: ignore[no-untyped-def]
    step = max(1, -(-span // MOST_TICKS))
    days = [first + timedelta(days=n) for n in range(0, span, step)]
    return tuple(AxisDay(f"{day:%m-%d}", place(day), day == today) for day in days)


def _lane(part: CaseShape, is_here: bool, place, today: date) -> Lane:  # type: ignore[no-untyped-def]
    due = due_of_clock(part.clock)
    begun = timezone.localdate(part.accepted_at or part.submitted_at)
    ended = timezone.localdate(part.settled_at) if part.settled_at else part.promised_on or today
    x = place(begun)
    width = 0.0 if part.state == "waiting" else max(3.0, place(ended + timedelta(days=1)) - x)
    status = words_of(part, "state") if part.state in (*SETTLED, "waiting", "supplementing") else due.words
    title, owner = words_of(part, "title"), words_of(part.organisation, "short") or words_of(part.organisation, "name")
    words = _("%(title)s（%(owner)s）：%(state)s，%(due)s") % {
        "title": title, "owner": owner, "state": words_of(part, "state"), "due": due.words or say_day(part.promised_on),
    }  # fmt: skip
    return Lane(title, owner, words, status, due.bucket, x, min(width, 100 - x), _kind(part), part.no, is_here)


def _kind(part: CaseShape) -> str:
    if part.state in SETTLED:
        return "done" if part.state == "granted" else "overdue"
    if part.state == "supplementing":
        return "hold"
    if part.state == "waiting":
        return "wait"
    return part.clock.bucket if part.clock.bucket in ("today", "overdue") else "run"


def _sentence(whole: CaseShape) -> str:
    words = ngettext("%(n)d 个部门", "%(n)d 个部门", len(whole.parts)) % {"n": len(whole.parts)}
    if whole.promised_on:
        return _("%(words)s，全部承诺 %(day)s 前办结") % {"words": words, "day": say_day(whole.promised_on)}
    return words
