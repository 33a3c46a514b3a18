"""When a timer（定时器）falls due: ISO 8601 dates, durations and cycles, working days `P3WD`, and FEEL expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from zhengtong.flow.program.cron import is_cron, next_instant
from zhengtong.flow.program.dialect import to_feel
from zhengtong.flow.program.shapes import Trigger
from zhengtong.kit import Refused

Evaluate = Callable[[str, Mapping[str, Any]], Any]
AddWorkdays = Callable[[datetime, int], datetime]

_DURATION = re.compile(
    r"^(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W(?!D))?(?:(\d+)D)?(?:(\d+)WD)?"
    r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$",
)
_SPOKEN = re.compile(r"^(?:\d+\s*(?:ms|d|h|m|s)\s*)+$")
_CYCLE = re.compile(r"^R(\d*|-1)/(.+)$")
UNLIMITED = -1


def first_due(
    trigger: Trigger, at: datetime, evaluate: Evaluate, scope: Mapping[str, Any], workdays: AddWorkdays | None
) -> tuple[datetime, int, str]:
    """Return when a timer first fires, how many times more it will, and its step; refused when it cannot be read."""
    text = resolved(trigger.text, evaluate, scope)
    if trigger.timer == "workdays" and text.isdigit():
        text = f"P{text}WD"
    if is_cron(text):
        return moment(text, at, workdays), UNLIMITED, text
    cycle = _CYCLE.match(text)
    if not cycle:
        return moment(text, at, workdays), 0, ""
    times = UNLIMITED if cycle[1] in ("", "-1") else int(cycle[1]) - 1
    parts = cycle[2].split("/")
    step = next((part for part in reversed(parts) if part.startswith("P")), "")
    if not step:
        raise _unreadable(text)
    start = parts[0] if not parts[0].startswith("P") else ""
    return (moment(start, at, workdays) if start else moment(step, at, workdays)), times, step


def moment(text: str, at: datetime, workdays: AddWorkdays | None) -> datetime:
    """Return an ISO instant, or `at` plus an ISO duration; `PnWD` counts working days by the calendar passed in."""
    match = _DURATION.match(text)
    if match and len(text) > 1:
        return _added(match, at, workdays)
    try:
        found = (next_instant(text, at) if is_cron(text) else None) or datetime.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(text) from error
    if found.tzinfo and not at.tzinfo:
        return found.replace(tzinfo=None)
    return found.replace(tzinfo=at.tzinfo) if at.tzinfo and not found.tzinfo else found


def is_readable(trigger: Trigger) -> bool:
    """Return whether a literal timer text can be read; FEEL expressions are left to the moment they are evaluated."""
    text = trigger.text
    if not text or not re.match(r"^(R\d*/|P[\dT]|\d{4}-)", text):
        return bool(text)
    try:
        first_due(trigger, datetime(2000, 1, 1), lambda *_: text, {}, lambda at, _: at)  # noqa: DTZ001
    except (Refused, OverflowError):
        return False
    return True


def resolved(text: str, evaluate: Evaluate, scope: Mapping[str, Any]) -> str:
    """Return a timer's text: as it stands when ISO 8601, else the value of the FEEL expression."""
    if re.match(r"^-?(R|P[\dT]|\d{4}-)", text) and " " not in text:
        return text
    if is_cron(text):
        return text
    if _SPOKEN.match(text):
        return _iso(text)
    value = evaluate(to_feel(text), scope)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():f}S"
    if value is None:
        raise _unreadable(text)
    return str(value).strip()


def _iso(text: str) -> str:
    """Return a duration in jBPM's notation (`2d 30m`) as ISO 8601."""
    seconds = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    parts = re.findall(r"(\d+)\s*(ms|d|h|m|s)", text)
    return f"PT{sum(int(count) * seconds[unit] for count, unit in parts):f}S"


def _added(match: re.Match[str], at: datetime, workdays: AddWorkdays | None) -> datetime:
    sign = -1 if match[1] else 1
    years, months, weeks, days, working, hours, minutes = (int(match[index] or 0) for index in range(2, 9))
    moved = _plus_months(at, sign * (12 * years + months))
    moved += sign * timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=float(match[9] or 0))
    if not working:
        return moved
    if sign < 0:
        raise _unreadable(match[0])
    if workdays is None:
        raise Refused(
            "flow.timer.no-calendar",
            f"定时器“{match[0]}”按工作日计算，但没有提供工作日历。请传入 add_workdays。",
            f"The timer {match[0]} counts working days but no calendar was given; pass add_workdays.",
        )
    return workdays(moved, working)


def _plus_months(at: datetime, months: int) -> datetime:
    """Return the same day of a later month, or that month's last day when it is shorter."""
    if not months:
        return at
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return at.replace(year=year, month=month + 1, day=min(at.day, last))


def _unreadable(text: str) -> Refused:
    return Refused(
        "flow.timer.unreadable",
        f"看不懂定时器“{text}”。请写成 ISO 8601 的日期、时长（P3D）、周期（R3/PT1H）或工作日（P3WD）。",
        f"Cannot read the timer {text!r}. Write an ISO 8601 date, duration (P3D), cycle (R3/PT1H) or working days (P3WD).",
        field=text,
    )
