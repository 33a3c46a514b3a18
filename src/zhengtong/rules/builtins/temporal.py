"""Date and time builtins（日期时间函数）, DMN 1.5 tables 73, 80 and 81."""

from __future__ import annotations

import datetime as python
from datetime import UTC
from decimal import Decimal

from zhengtong.rules.builtins.declare import builtin
from zhengtong.rules.values.convert import from_python
from zhengtong.rules.values.numbers import CONTEXT
from zhengtong.rules.values.properties import weekday
from zhengtong.rules.values.temporal import (
    NANOS,
    Date,
    DateTime,
    Months,
    Nanos,
    Time,
    find_zone,
    make_date,
    moment_in_zone,
)
from zhengtong.rules.values.temporal_text import (
    date_from_text,
    date_time_from_text,
    duration_from_text,
    time_from_text,
)

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_MIDNIGHT = Time(0, 0, 0)
_MAX_OFFSET = 18 * 3600


@builtin("date", "from: string", "date")
def date_from_string(text: str) -> Date | None:
    """the date the text writes"""
    return date_from_text(text)


@builtin("date", "from: date", "date")
def date_from_date(value: Date) -> Date:
    """the same date"""
    return value


@builtin("date", "from: date and time", "date")
def date_from_moment(value: DateTime) -> Date:
    """the day of the moment"""
    return value.date


@builtin("date", "year: number, month: number, day: number", "date")
def date_from_parts(year: Decimal, month: Decimal, day: Decimal) -> Date | None:
    """the day, null when the calendar has none"""
    return make_date(int(year), int(month), int(day))


@builtin("time", "from: string", "time")
def time_from_string(text: str) -> Time | None:
    """the time the text writes"""
    return time_from_text(text)


@builtin("time", "from: time", "time")
def time_from_time(value: Time) -> Time:
    """the same time"""
    return value


@builtin("time", "from: date", "time")
def time_from_date(value: Date) -> Time:  # noqa: ARG001
    """midnight UTC"""
    return Time(0, 0, 0, 0, 0)


@builtin("time", "from: date and time", "time")
def time_from_moment(value: DateTime) -> Time:
    """the time of the moment"""
    return value.time


@builtin("time", "hour: number, minute: number, second: number, offset?: days and time duration?", "time")
def time_from_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: Nanos | None = None) -> Time | None:
    """the time of its parts, at an offset when given"""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return None
    seconds = None if offset is None else offset.nanos // NANOS
    if seconds is not None and abs(seconds) > _MAX_OFFSET:
        return None
    nano = int(CONTEXT.scaleb(second, 9)) % NANOS
    return Time(int(hour), int(minute), int(second), nano, seconds)


@builtin("date and time", "from: string", "date and time")
def moment_from_string(text: str) -> DateTime | None:
    """the moment the text writes; a date alone is its midnight"""
    return date_time_from_text(text)


@builtin("date and time", "from: date and time", "date and time")
def moment_from_moment(value: DateTime) -> DateTime:
    """the same moment"""
    return value


@builtin("date and time", "date: date, time: time", "date and time")
def moment_from_date_and_time(date: Date, time: Time) -> DateTime:
    """the date at that time"""
    return DateTime(date, time)


@builtin("date and time", "date: date and time, time: time", "date and time")
def moment_from_moment_and_time(moment: DateTime, time: Time) -> DateTime:
    """the moment's day at that time"""
    return DateTime(moment.date, time)


@builtin("date and time", "date: date and time, timezone: string", "date and time")
def moment_elsewhere(moment: DateTime, zone: str) -> DateTime | None:
    """the same instant in another IANA zone"""
    if find_zone(zone) is None or moment.is_local:
        return None
    return moment_in_zone(moment.to_nanos(), zone)


_PARTS = "year: number, month: number, day: number, hour: number, minute: number, second: number"


@builtin("date and time", _PARTS, "date and time")
def moment_from_parts(
    year: Decimal, month: Decimal, day: Decimal, hour: Decimal, minute: Decimal, second: Decimal
) -> DateTime | None:
    """the local moment of its parts"""
    return _moment(make_date(int(year), int(month), int(day)), time_from_parts(hour, minute, second))


@builtin("date and time", _PARTS + ", offset: days and time duration?", "date and time")
def moment_at_offset(
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: Nanos | None,
) -> DateTime | None:
    """the moment of its parts at that offset"""
    return _moment(make_date(int(year), int(month), int(day)), time_from_parts(hour, minute, second, offset))


@builtin("date and time", _PARTS + ", timezone: string", "date and time")
def moment_at_zone(
    year: Decimal, month: Decimal, day: Decimal, hour: Decimal, minute: Decimal, second: Decimal, timezone: str
) -> DateTime | None:
    """the moment of its parts in that IANA zone"""
    time = time_from_parts(hour, minute, second)
    if time is None or find_zone(timezone) is None:
        return None
    placed = Time(time.hour, time.minute, time.second, time.nano, None, timezone)
    return _moment(make_date(int(year), int(month), int(day)), placed)


def _moment(day: Date | None, time: Time | None) -> DateTime | None:
    return DateTime(day, time) if day is not None and time is not None else None


@builtin("duration", "from: string", "Any")
def duration_from_string(text: str) -> Months | Nanos | None:
    """the duration the text writes"""
    return duration_from_text(text)


@builtin("duration", "from: years and months duration", "years and months duration")
def same_months(value: Months) -> Months:
    """the same duration"""
    return value


@builtin("duration", "from: days and time duration", "days and time duration")
def same_nanos(value: Nanos) -> Nanos:
    """the same duration"""
    return value


@builtin(
    "years and months duration",
    "from: date|date and time, to: date|date and time",
    "years and months duration",
)
def months_between(start: Date | DateTime, end: Date | DateTime) -> Months:
    """the whole months from the first day to the second, negative when it is earlier"""
    first = start.date if isinstance(start, DateTime) else start
    second = end.date if isinstance(end, DateTime) else end
    months = (second.year - first.year) * 12 + second.month - first.month
    if months > 0 and second.day < first.day:
        months -= 1
    elif months < 0 and second.day > first.day:
        months += 1
    return Months(months)


def _day(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("day of year", "date: date|date and time", "number")
def day_of_year(value: Date | DateTime) -> Decimal:
    """the number of the day in its year"""
    day = _day(value)
    return Decimal(day.to_ordinal() - Date(day.year, 1, 1).to_ordinal() + 1)


@builtin("day of week", "date: date|date and time", "string")
def day_of_week(value: Date | DateTime) -> str:
    """the English name of the weekday"""
    return _DAYS[weekday(_day(value)) - 1]


@builtin("month of year", "date: date|date and time", "string")
def month_of_year(value: Date | DateTime) -> str:
    """the English name of the month"""
    return _MONTHS[_day(value).month - 1]


@builtin("week of year", "date: date|date and time", "number")
def week_of_year(value: Date | DateTime) -> Decimal:
    """the ISO 8601 week number"""
    day = _day(value)
    thursday = day.to_ordinal() + 4 - weekday(day)
    year = day.year
    for candidate in (year - 1, year, year + 1):
        if Date(candidate, 1, 1).to_ordinal() <= thursday < Date(candidate + 1, 1, 1).to_ordinal():
            year = candidate
    return Decimal((thursday - Date(year, 1, 1).to_ordinal()) // 7 + 1)


@builtin("now", "", "date and time")
def now() -> DateTime:
    """the present moment, UTC"""
    made: DateTime = from_python(python.datetime.now(UTC).replace(tzinfo=UTC))
    return made


@builtin("today", "", "date")
def today() -> Date:
    """the present day, UTC"""
    made: Date = now().date
    return made
