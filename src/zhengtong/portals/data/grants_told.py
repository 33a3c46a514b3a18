"""Grants as lists and charts show them（授权的呈现）."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.shapes import GrantShape, GrantUse
from zhengtong.apps.people.shapes import Actor
from zhengtong.portals.data.contexts import Bar, Chart, GrantLine
from zhengtong.portals.ui.days import say_day

DAYS = 30
WIDTH, HEIGHT, GAP = 600, 120, 4


def lines_of(grants: Sequence[GrantShape], by: Actor, today: dt.date) -> tuple[GrantLine, ...]:
    """Return grants with their state and their use of the last thirty days; one query for all of them."""
    calls = queries.count_calls([grant.no for grant in grants], today - dt.timedelta(days=DAYS - 1))
    own = by.organisation.id if by.organisation else 0
    return tuple(
        GrantLine(grant, state_of(grant, today), grant.consumer.id == own, calls.get(grant.no, 0)) for grant in grants
    )


def state_of(grant: GrantShape, today: dt.date) -> str:
    """Return the state a person would name: an active grant past its last day has expired."""
    if grant.status != "active":
        return grant.status
    if today > grant.valid_until:
        return "expired"
    return "not-yet" if today < grant.valid_from else "active"


def chart_of(use: GrantUse, today: dt.date) -> Chart:
    """Return the calls of the last thirty days as bars, days without a call included."""
    counted = dict(use.days)
    days = [today - dt.timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    most = max((counted.get(day, 0) for day in days), default=0)
    step = WIDTH / DAYS
    bars = tuple(_bar(say_day(day), counted.get(day, 0), round(at * step, 1), most) for at, day in enumerate(days))
    total = sum(bar.calls for bar in bars)
    return Chart(_sentence(total, most), bars, WIDTH, HEIGHT, step - GAP, most, bars[0].day, bars[-1].day)


def _bar(day: str, calls: int, x: float, most: int) -> Bar:
    height = round(calls / most * HEIGHT, 1) if most else 0.0
    return Bar(day, calls, x, round(HEIGHT - height, 1), height)


def _sentence(total: int, most: int) -> str:
    if not total:
        return _("近 30 天没有调用。")
    words = ngettext(
        "近 30 天共调用 %(total)d 次，最多的一天 %(most)d 次。",
        "近 30 天共调用 %(total)d 次，最多的一天 %(most)d 次。",
        total,
    )
    return words % {"total": total, "most": most}
