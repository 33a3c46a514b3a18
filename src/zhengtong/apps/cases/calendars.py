"""The work calendar cases are counted on（工作日历）: the seeded one, with what has been announced since in its place.

What is announced stands in the database; beside it lies a file of the same days in the site's home, which every process
looks at by its time of change: counting a term asks no database.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from datetime import date
from pathlib import Path

from django.conf import settings

from zhengtong.apps.cases.models import AnnouncedDay
from zhengtong.kit.calendar import CalendarDay, WorkCalendar, builtin_calendar

FRESH_SECONDS = 1.0
_kept: dict[str, tuple[float, int, WorkCalendar]] = {}


def announced_calendar() -> WorkCalendar:
    """Return the calendar in force; a look at a file's time of change, once a second."""
    now, known = time.monotonic(), _kept.get("calendar")
    if known and now - known[0] < FRESH_SECONDS:
        return known[2]
    changed = _changed_at()
    calendar = known[2] if known and known[1] == changed else _read()
    _kept["calendar"] = (now, changed, calendar)
    return calendar


def publish_calendar() -> bool:
    """Return whether the file of announced days was written anew: it differed from the database."""
    rows = [_to_row(record) for record in AnnouncedDay.objects.order_by("date")]
    path, text = _path(), json.dumps(rows, ensure_ascii=False)
    if (path.read_text("utf-8") if path.exists() else "[]") == text:
        return False
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _kept.clear()
    return True


def is_recounted() -> bool:
    """Return whether the open cases have been counted on the days announced last."""
    mark = _mark()
    return _digest() == (mark.read_text("utf-8") if mark.exists() else _digest_of(b"[]"))


def mark_recounted() -> None:
    """Remember that the open cases have been counted on what is announced now."""
    _mark().write_text(_digest(), encoding="utf-8")


def announced_dates() -> list[date]:
    """Return the days announced so far."""
    return list(AnnouncedDay.objects.order_by("date").values_list("date", flat=True))


def _digest() -> str:
    path = _path()
    return _digest_of(path.read_bytes() if path.exists() else b"[]")


def _digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _mark() -> Path:
    return _path().with_name("calendar.recounted")


def _to_row(record: AnnouncedDay) -> list[object]:
    return [
        record.date.isoformat(),
        record.is_workday,
        record.is_legal_holiday,
        record.holiday_name,
        record.source_doc_no,
    ]


def _read() -> WorkCalendar:
    path = _path()
    rows = json.loads(path.read_text("utf-8")) if path.exists() else []
    if not rows:
        return builtin_calendar()
    return builtin_calendar().revised(CalendarDay(date.fromisoformat(day), *rest) for day, *rest in rows)


def _changed_at() -> int:
    try:
        return _path().stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _path() -> Path:
    return Path(settings.ZHENGTONG_HOME) / "calendar.json"
