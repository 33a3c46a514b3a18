"""Dates, times and durations（日期、时间、时长）of FEEL: wider than Python's own (years to ±999,999,999, nanoseconds)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

NANOS = 1_000_000_000
DAY_SECONDS = 86_400
DAY_NANOS = DAY_SECONDS * NANOS
MAX_YEAR = 999_999_999
_LONGEST_ZONE = 64
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    """Return whether `year` has 366 days (proleptic Gregorian)."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """Return how many days the month has."""
    return 29 if month == 2 and is_leap(year) else _MONTH_DAYS[month - 1]


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A calendar day（日期）, proleptic Gregorian."""

    year: int
    month: int
    day: int

    def to_ordinal(self) -> int:
        """Return the days since 1970-01-01 (Howard Hinnant's days_from_civil)."""
        year = self.year - (self.month <= 2)
        era, year_of_era = divmod(year, 400)
        day_of_year = (153 * ((self.month + 9) % 12) + 2) // 5 + self.day - 1
        day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
        return era * 146_097 + day_of_era - 719_468


def date_from_ordinal(days: int) -> Date | None:
    """Return the day `days` after 1970-01-01, null outside ±999,999,999 years (civil_from_days)."""
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_index = (5 * day_of_year + 2) // 153
    month = month_index + 3 if month_index < 10 else month_index - 9
    year = year_of_era + era * 400 + (month <= 2)
    if abs(year) > MAX_YEAR:
        return None
    return Date(year, month, day_of_year - (153 * month_index + 2) // 5 + 1)


def make_date(year: int, month: int, day: int) -> Date | None:
    """Return the day, or null when the calendar has no such day."""
    if abs(year) > MAX_YEAR or not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):
        return None
    return Date(year, month, day)


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day（时刻）: local, at an offset in seconds, or in an IANA zone."""

    hour: int
    minute: int
    second: int
    nano: int = 0
    offset: int | None = None
    zone: str | None = None

    @property
    def is_local(self) -> bool:
        return self.offset is None and self.zone is None

    def to_seconds(self) -> int:
        """Return the whole seconds since midnight."""
        return self.hour * 3600 + self.minute * 60 + self.second

    def to_nanos(self) -> int:
        return self.to_seconds() * NANOS + self.nano

    def with_nanos(self, nanos: int) -> Time:
        """Return the time `nanos` after midnight (modulo one day) with this time's offset or zone."""
        seconds, nano = divmod(nanos % DAY_NANOS, NANOS)
        return Time(seconds // 3600, seconds // 60 % 60, seconds % 60, nano, self.offset, self.zone)

    def standard_offset(self) -> int | None:
        """Return the offset in seconds; for a zone its standard (winter) offset, since a time alone has no day."""
        if self.zone is None:
            return self.offset
        return min(zone_offset(self.zone, Date(2020, month, 1), 0) for month in (1, 7))


@dataclass(frozen=True)
class DateTime:
    """A day and a time（日期时间）."""

    date: Date
    time: Time

    @property
    def is_local(self) -> bool:
        return self.time.is_local

    @cached_property
    def offset(self) -> int | None:
        """The offset from UTC in seconds in force at this moment, null when local."""
        if self.time.zone is None:
            return self.time.offset
        return zone_offset(self.time.zone, self.date, self.time.to_seconds())

    def to_local_seconds(self) -> int:
        return self.date.to_ordinal() * DAY_SECONDS + self.time.to_seconds()

    def to_seconds(self) -> int:
        """Return the whole seconds since 1970-01-01T00:00:00, on the UTC line when zoned, on the local one otherwise."""
        return self.to_local_seconds() - (self.offset or 0)

    def to_nanos(self) -> int:
        return self.to_seconds() * NANOS + self.time.nano


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A years and months duration（年月时长）, as whole months."""

    months: int


@dataclass(frozen=True, slots=True, order=True)
class Nanos:
    """A days and time duration（日时分秒时长）, as whole nanoseconds."""

    nanos: int


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo | None:
    """Return the IANA zone of that exact name, or None."""
    if len(name) > _LONGEST_ZONE:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def moment_in_zone(nanos: int, zone: str) -> DateTime | None:
    """Return the instant, nanoseconds after 1970-01-01T00:00:00Z, on the clocks of an IANA zone; null beyond ±8,000 years."""
    seconds, nano = divmod(nanos, NANOS)
    if not -62_000_000_000 < seconds < 253_000_000_000:
        return None
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    local = instant.astimezone(find_zone(zone))
    day = Date(local.year, local.month, local.day)
    return DateTime(day, Time(local.hour, local.minute, local.second, nano, None, zone))


def zone_offset(zone: str, date: Date, seconds: int) -> int:
    """Return the zone's offset in seconds at that local moment; years beyond Python's take the nearest year's rule."""
    found = find_zone(zone)
    year = date.year if 2 <= date.year <= 9998 else (4 if date.year < 2 else 9996)
    day = min(date.day, days_in_month(year, date.month))
    moment = datetime(year, date.month, day, tzinfo=found) + timedelta(seconds=seconds)
    shift = moment.utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0
