"""Dates as people say them（日期）, in both languages."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.dateformat import format as format_date

from zhengtong.portals.ui.languages import is_english


def today() -> date:
    """Return the site's local date."""
    return timezone.localdate()


def say_day(day: date | datetime | None) -> str:
    """Return "11月26日" or "26 November"; the year is added when it is not this one."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    same_year = day.year == today().year
    if is_english():
        return format_date(day, "j F" if same_year else "j F Y")
    return format_date(day, "n月j日" if same_year else "Y年n月j日")


def say_moment(moment: datetime | None, with_year: bool = False) -> str:
    """Return the day and the minute, in the site's time."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    comma = ", " if is_english() else " "
    day = say_full_day(local.date()) if with_year else say_day(local)
    return f"{day}{comma}{format_date(local, 'H:i')}"


def say_full_day(day: date | None) -> str:
    """Return the day with its year always."""
    if day is None:
        return ""
    return format_date(day, "j F Y" if is_english() else "Y年n月j日")
