"""A calendar of working days（工作日历）that counts in logarithmic time."""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from zhengtong.kit.calendar.days import CalendarDay, list_official_days, list_provisional_days
from zhengtong.kit.place import SHANGHAI
from zhengtong.kit.refused import Refused

OFFICE_CLOSES_AT = time(17, 30)


class WorkCalendar:
    """Which days are worked（工作日历）, from the rows of a table: consecutive days, each told whole.

    `office_closes_at` is when business ends on a due day (Civil Code art. 203: a term ends when business hours do).
    """

    def __init__(self, days: Iterable[CalendarDay], *, office_closes_at: time = OFFICE_CLOSES_AT) -> None:
        self._days = {day.date: day for day in sorted(days, key=lambda day: day.date)}
        if not self._days:
            raise ValueError("a calendar needs days")
        self._workdays = [day.date for day in self._days.values() if day.is_workday]
        self.first, self.last = min(self._days), max(self._days)
        self.office_closes_at = office_closes_at
        if (self.last - self.first).days + 1 != len(self._days):
            raise ValueError("a calendar's days are consecutive")

    def revised(self, days: Iterable[CalendarDay]) -> WorkCalendar:
        """Return this calendar with `days` in place of its own, as when a year's arrangement is announced."""
        rows = self._days | {day.date: day for day in days}
        return WorkCalendar(rows.values(), office_closes_at=self.office_closes_at)

    def day(self, day: date) -> CalendarDay:
        """Return the row of `day`; a day outside the table is refused."""
        self._check(day)
        return self._days[day]

    def days(self, first: date, last: date) -> list[CalendarDay]:
        """Return the rows from `first` to `last`, both included."""
        return [self.day(first + timedelta(days=offset)) for offset in range((last - first).days + 1)]

    def is_workday(self, day: date) -> bool:
        return self.day(day).is_workday

    def is_provisional(self, first: date, last: date) -> bool:
        """Return whether a day after `first` up to `last` is not announced yet, so that a count may still change."""
        return any(day.provisional for day in self.days(first + timedelta(days=1), last))

    def add_workdays(self, start: date, n: int) -> date:
        """Return the `n`-th workday after `start`; with 0 it is `start` itself, worked or not."""
        if n < 0:
            raise ValueError("workdays are counted forward")
        self._check(start)
        if n == 0:
            return start
        place = bisect_right(self._workdays, start) + n - 1
        if place >= len(self._workdays):
            raise self._beyond(self.last.year + 1)
        return self._workdays[place]

    def count_workdays(self, after: date, to: date) -> int:
        """Return how many workdays lie after `after` up to and including `to`; negative when `to` is the earlier."""
        self._check(after)
        self._check(to)
        return bisect_right(self._workdays, to) - bisect_right(self._workdays, after)

    def last_day_before(self, n: int, to: date) -> date:
        """Return the last day after which `n` workdays still lie up to and including `to`; `n` is at least 1."""
        if n < 1:
            raise ValueError("at least one workday must be left")
        self._check(to)
        place = bisect_right(self._workdays, to) - n
        if place < 0:
            raise self._beyond(self.first.year - 1)
        return self._workdays[place] - timedelta(days=1)

    def next_workday(self, day: date) -> date:
        """Return `day` if it is worked, else the first workday after it（顺延）."""
        self._check(day)
        place = bisect_left(self._workdays, day)
        if place == len(self._workdays):
            raise self._beyond(self.last.year + 1)
        return self._workdays[place]

    def closing_instant(self, day: date) -> datetime:
        """Return when the office closes on `day`."""
        return datetime.combine(day, self.office_closes_at, SHANGHAI)

    def _check(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise self._beyond(day.year)

    def _beyond(self, year: int) -> Refused:
        return Refused(
            "calendar.year.missing",
            f"工作日历中没有 {year} 年（现有 {self.first.year} 至 {self.last.year} 年），请先在日历表中补入该年。",
            f"The work calendar has no year {year}, only {self.first.year} to {self.last.year}; add it to the table.",
            facts={"year": year, "first": self.first.year, "last": self.last.year},
        )


@functools.cache
def builtin_calendar() -> WorkCalendar:
    """Return the calendar the platform is seeded with: announced years, then provisional ones."""
    return WorkCalendar([*list_official_days(), *list_provisional_days()])


_provided: list[Callable[[], WorkCalendar]] = []


def calendar_in_force() -> WorkCalendar:
    """Return the calendar terms are counted on now: the one a site provides, else the one the platform is seeded with."""
    return _provided[-1]() if _provided else builtin_calendar()


def provide_calendar(provider: Callable[[], WorkCalendar] | None) -> None:
    """Count terms on the calendar of `provider` from now on（放假安排公布后）; None goes back to the seeded one."""
    _provided[:] = [provider] if provider else []
