"""Deadlines of sharing in words（答复期限）."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from zhengtong.apps.exchange.shapes import RequestShape
from zhengtong.kit.calendar import calendar_in_force
from zhengtong.portals.ui.pieces import Due, due_of

SOON_DAYS = 3


def due_of_request(request: RequestShape, today: dt.date) -> Due:
    """Return when the provider must have answered: working days left, overdue days, or why no clock runs."""
    if request.status == "internal":
        return Due(_("等本机构同意，尚未计时"), "hold")
    if request.status == "supplementing":
        return Due(_("等补充，已暂停计时"), "hold")
    if not request.is_open:
        return Due("", "done")
    return due_of_day(request.reply_due_on, today)


def due_of_day(due_on: dt.date | None, today: dt.date) -> Due:
    """Return how far a day is off, in working days or days overdue; nothing when there is none."""
    if due_on is None:
        return Due("", "ok")
    if today > due_on:
        return due_of("overdue", due_on.toordinal() - today.toordinal(), due_on)
    left = calendar_in_force().count_workdays(today, due_on)
    bucket = "today" if left == 0 else "soon" if left <= SOON_DAYS else "ok"
    return due_of(bucket, left, due_on)
