"""Why a clock ends when it ends（期限说明）: every day from the start to the last one, counted or not, and the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zhengtong.kit.calendar import reckoning
from zhengtong.kit.calendar.clock import Clock
from zhengtong.kit.calendar.days import CalendarDay
from zhengtong.kit.calendar.terms import Unit, first_anchor
from zhengtong.kit.place import local_date

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class TracedDay:
    """One day of a clock（逐日说明）: `nth` is its place among the counted days, 0 when it does not count.

    `why` is "counted", "make-up" (a weekend worked), "start" (the day it begins is not counted), "paused", "weekend",
    "holiday", or "rolled" (the end fell on a day off); `note` the festival or the reason of the pause; `segment` 0 within
    the term itself, 1 within the first extension, and so on. `provisional` days are not announced yet.
    """

    date: date
    nth: int
    why: str
    note: str = ""
    segment: int = 0
    provisional: bool = False

    @property
    def is_counted(self) -> bool:
        """Return whether the day takes one from the term."""
        return self.nth > 0


def trace(clock: Clock, now: datetime) -> tuple[TracedDay, ...]:
    """Return every day of a clock in days, months or years, from its start to its last, standing still until `now`.

    A term in hours or minutes runs through days and nights; it has no days to explain, so the trace is empty.
    """
    if clock.term.unit.is_exact:
        return ()
    return tuple(_walk(clock, now))


def _walk(clock: Clock, now: datetime) -> Iterator[TracedDay]:
    term, calendar = clock.term, clock.calendar
    spans = clock.spans_until(now)
    ends = reckoning.segment_ends(term, clock.start, clock.extensions, spans, calendar)
    units = [term.unit, *(extension.unit for extension in clock.extensions)]
    gaps = [(*reckoning.paused_days(span), clock.pauses[at].reason) for at, span in enumerate(spans)]
    anchor, last, nth = first_anchor(term, clock.start), local_date(clock.due_at_if_resumed(now)), 0
    day = min(local_date(clock.start), anchor + timedelta(days=1))
    while day <= last:
        row = calendar.day(day)
        segment = next((at for at, end in enumerate(ends) if day <= end), len(ends) - 1)
        why, note = _why(row, anchor, ends[-1], units[segment], gaps)
        counts = why in ("counted", "make-up")
        nth += int(counts)
        yield TracedDay(day, nth if counts else 0, why, note, segment, row.provisional)
        day += timedelta(days=1)


def _why(row: CalendarDay, anchor: date, end: date, unit: Unit, gaps: list[tuple[date, date, str]]) -> tuple[str, str]:
    day, off = row.date, ("holiday", row.name) if row.name and not row.is_workday else ("weekend", "")
    if day <= anchor:
        return "start", ""
    paused = next((reason for before, until, reason in gaps if before < day <= until), None)
    if paused is not None:
        return "paused", paused
    if day > end:
        return ("rolled", row.name) if row.is_workday else off
    if unit is Unit.WORKDAY and not row.is_workday:
        return off
    if unit is Unit.WORKDAY and day.weekday() >= SATURDAY:
        return "make-up", row.name
    return "counted", ""
