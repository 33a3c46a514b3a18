"""The next instant of a cron expression, as timers of other engines write cycles: second minute hour day month weekday."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

_FIELD = r"[\d*?,/\-A-Za-z#L]+"
_CRON = re.compile(rf"^{_FIELD}(?: {_FIELD}){{4,6}}$")
_NAMES = {name: str(number) for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])} | {
    name: str(number)
    for number, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1
    )
}
_BOUNDS = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_HORIZON_DAYS = 3660


def is_cron(text: str) -> bool:
    """Return whether a text looks like a cron expression of five to seven fields."""
    return bool(_CRON.match(text)) and any(sign in text for sign in "*?")


def next_instant(text: str, after: datetime) -> datetime | None:
    """Return the first instant after `after` that a cron expression names, within ten years, or None.

    Five fields begin with the minute. Weekdays count from Sunday as 0 or 7; a day of month and a weekday both given must
    both hold. Refuses nothing: a field that cannot be read raises ValueError.
    """
    fields = text.upper().split()
    if len(fields) == 5:
        fields = ["0", *fields]
    seconds, minutes, hours, days, months, weekdays = (
        _values(field, *bounds) for field, bounds in zip(fields, _BOUNDS, strict=False)
    )
    weekdays = {day % 7 for day in weekdays}
    times = [
        time(hour, minute, second) for hour in sorted(hours) for minute in sorted(minutes) for second in sorted(seconds)
    ]
    for offset in range(_HORIZON_DAYS):
        day: date = after.date() + timedelta(days=offset)
        if day.day in days and day.month in months and day.isoweekday() % 7 in weekdays:
            for each in times:
                found = datetime.combine(day, each, after.tzinfo)
                if found > after:
                    return found
    return None


def _values(field: str, least: int, most: int) -> set[int]:
    """Return the numbers of one field: `*`, `?`, lists, ranges, steps, names."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span in ("*", "?"):
            low, high = least, most
        else:
            low = int(_NAMES.get(first, first))
            high = int(_NAMES.get(last, last)) if last else (most if step else low)
        if not least <= low <= high <= most:
            raise ValueError(field)
        found |= set(range(low, high + 1, int(step or 1)))
    return found
