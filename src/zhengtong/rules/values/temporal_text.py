"""Temporal values from and to their ISO 8601 / XML Schema text（日期时间文本）."""

from __future__ import annotations

import re

from zhengtong.rules.values.temporal import DAY_NANOS, NANOS, Date, DateTime, Months, Nanos, Time, find_zone, make_date

_YEAR = r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))"
_DATE = re.compile(_YEAR + r"-(?P<month>\d\d)-(?P<day>\d\d)")
_TIME = re.compile(
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9})\d*)?"
    r"(?:(?P<utc>[zZ])|(?P<sign>[+-])(?P<oh>\d\d):(?P<om>\d\d)(?::(?P<os>\d\d))?|@(?P<zone>[A-Za-z0-9_+\-/]+))?"
)
_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?")
_NANOS = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?")
_MAX_OFFSET = 18 * 3600


def date_from_text(text: str) -> Date | None:
    """Return the date written `YYYY-MM-DD` (more year digits and a minus allowed), else null."""
    found = _DATE.fullmatch(text)
    return make_date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None


def _offset_of(found: re.Match[str]) -> tuple[bool, int | None]:
    """Return whether the offset part is valid, and the offset in seconds."""
    if found["utc"]:
        return True, 0
    if not found["sign"]:
        return True, None
    hours, minutes, seconds = int(found["oh"]), int(found["om"]), int(found["os"] or 0)
    offset = hours * 3600 + minutes * 60 + seconds
    return minutes < 60 and seconds < 60 and offset <= _MAX_OFFSET, -offset if found["sign"] == "-" else offset


def time_from_text(text: str) -> Time | None:
    """Return the time written `hh:mm:ss[.f][Z|±hh:mm|@Zone]`, else null; 24:00:00 is midnight."""
    return _time(text, end_of_day=False)


def _time(text: str, *, end_of_day: bool) -> Time | None:
    found = _TIME.fullmatch(text)
    if not found:
        return None
    valid, offset = _offset_of(found)
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    nano = int((found["fraction"] or "0").ljust(9, "0"))
    if hour == 24 and not (minute or second or nano):
        hour = 24 if end_of_day else 0
    elif hour > 23:
        return None
    if not valid or minute > 59 or second > 59 or (found["zone"] and not find_zone(found["zone"])):
        return None
    return Time(hour, minute, second, nano, offset, found["zone"])


def date_time_from_text(text: str) -> DateTime | None:
    """Return the moment written `date` or `dateTtime`, else null; T24:00:00 is the next day's midnight."""
    day_text, mark, time_text = text.partition("T")
    day = date_from_text(day_text)
    if day is None:
        return None
    if not mark:
        return DateTime(day, Time(0, 0, 0))
    time = _time(time_text, end_of_day=True)
    if time is None:
        return None
    if time.hour == 24:
        from zhengtong.rules.values.temporal import date_from_ordinal

        following = date_from_ordinal(day.to_ordinal() + 1)
        midnight = Time(0, 0, 0, 0, time.offset, time.zone)
        return DateTime(following, midnight) if following else None
    return DateTime(day, time)


def duration_from_text(text: str) -> Months | Nanos | None:
    """Return the duration written in ISO 8601 (`P1Y2M` or `P1DT2H3M4.5S`), else null: the two kinds do not mix."""
    found = _MONTHS.fullmatch(text)
    if found and (found[2] or found[3]):
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return Months(-months if found[1] else months)
    found = _NANOS.fullmatch(text)
    if not found or not any(found[group] for group in (2, 3, 4, 5)):
        return None
    seconds = int(found[2] or 0) * 86_400 + int(found[3] or 0) * 3600 + int(found[4] or 0) * 60 + int(found[5] or 0)
    nanos = seconds * NANOS + int((found[6] or "0")[:9].ljust(9, "0"))
    return Nanos(-nanos if found[1] else nanos)


def temporal_from_text(text: str) -> Date | Time | DateTime | Months | Nanos | None:
    """Return the value of an at-literal `@"…"`, else null."""
    if "P" in text[:2]:
        return duration_from_text(text)
    return date_from_text(text) or (date_time_from_text(text) if "T" in text else time_from_text(text))


def text_from_date(value: Date) -> str:
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04d}-{value.month:02d}-{value.day:02d}"


def text_from_time(value: Time) -> str:
    fraction = f".{value.nano:09d}".rstrip("0") if value.nano else ""
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}{fraction}{_offset_text(value)}"


def _offset_text(value: Time) -> str:
    if value.zone is not None:
        return f"@{value.zone}"
    if value.offset is None:
        return ""
    if value.offset == 0:
        return "Z"
    minutes, seconds = divmod(abs(value.offset), 60)
    tail = f":{seconds:02d}" if seconds else ""
    return f"{'-' if value.offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}{tail}"


def text_from_date_time(value: DateTime) -> str:
    return f"{text_from_date(value.date)}T{text_from_time(value.time)}"


def text_from_months(value: Months) -> str:
    years, months = divmod(abs(value.months), 12)
    body = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{'-' if value.months < 0 else ''}P{body or '0M'}"


def text_from_nanos(value: Nanos) -> str:
    days, rest = divmod(abs(value.nanos), DAY_NANOS)
    seconds, nano = divmod(rest, NANOS)
    fraction = f".{nano:09d}".rstrip("0") if nano else ""
    parts = ((seconds // 3600, "H"), (seconds // 60 % 60, "M"))
    time = "".join(f"{amount}{unit}" for amount, unit in parts if amount)
    if seconds % 60 or nano:
        time += f"{seconds % 60}{fraction}S"
    body = (f"{days}D" if days else "") + (f"T{time}" if time else "")
    return f"{'-' if value.nanos < 0 else ''}P{body or 'T0S'}"
