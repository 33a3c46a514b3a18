"""How a clock's end is reckoned: segment by segment, pushed on by what each pause took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from zhengtong.kit.calendar.terms import Term, Unit, advance, first_anchor, roll, span
from zhengtong.kit.calendar.workdays import WorkCalendar
from zhengtong.kit.place import local_date, to_local

Span = tuple[datetime, datetime]
_DAY = timedelta(days=1)


class Stretch(Protocol):
    """Anything that lasts `n` units: an extension."""

    @property
    def n(self) -> int: ...
    @property
    def unit(self) -> Unit: ...


def ends_at(
    term: Term, start: datetime, extensions: Sequence[Stretch], spans: Sequence[Span], calendar: WorkCalendar
) -> datetime:
    """Return when `term` with `extensions` ends, the paused `spans` (in order, not overlapping) left out."""
    if term.unit.is_exact:
        return _exact_end(start, total_span(term, extensions), spans)
    gaps = [paused_days(one) for one in spans]
    cursor = segment_ends(term, start, extensions, spans, calendar)[-1]
    last = roll(term, cursor, calendar)
    for before, until in gaps:  # a pause within the holidays the end rolled over, or on the day it rolled to
        if cursor <= before < last:
            last = max(last, roll(term, until + _DAY, calendar))
    return calendar.closing_instant(last)


def segment_ends(
    term: Term, start: datetime, extensions: Sequence[Stretch], spans: Sequence[Span], calendar: WorkCalendar
) -> list[date]:
    """Return the last day of the term itself and of each extension, the paused `spans` left out, before any rolling."""
    gaps = [paused_days(one) for one in spans]
    ends, cursor = [], first_anchor(term, start)
    for stretch in (term, *extensions):
        cursor = _segment_end(cursor, stretch, gaps, calendar)
        ends.append(cursor)
    return ends


def total_span(term: Term, extensions: Sequence[Stretch]) -> timedelta:
    """Return the length of an exact term with its extensions."""
    return sum((span(stretch.n, stretch.unit) for stretch in (term, *extensions)), timedelta())


def count_running(term: Term, start: datetime, now: datetime, spans: Sequence[Span], calendar: WorkCalendar) -> int:
    """Return the workdays from the first counted day to today that no pause took."""
    anchor, today = first_anchor(term, start), local_date(now)
    lost = 0
    for one in spans:
        before, until = paused_days(one)
        before, until = max(before, anchor), min(until, today)
        if before < until:
            lost += calendar.count_workdays(before, until)
    return calendar.count_workdays(anchor, today) - lost


def _exact_end(start: datetime, length: timedelta, spans: Sequence[Span]) -> datetime:
    end = to_local(start) + length
    for begins, ends in spans:
        if begins < end:
            end += ends - begins
    return end


def paused_days(one: Span) -> tuple[date, date]:
    """Return the paused days as (after, to]: the day it begins is not counted, the day it ends is."""
    return local_date(one[0]) - _DAY, local_date(one[1]) - _DAY


def _segment_end(cursor: date, stretch: Stretch, gaps: Sequence[tuple[date, date]], calendar: WorkCalendar) -> date:
    """Return the last day of `stretch` counted after `cursor`.

    A gap (p, r] that begins before the end D takes the days it holds: with k days counted up to p, n − k are left after
    r, and index(r) + n − k = index(D) + count(p, r).
    """
    end = advance(cursor, stretch.n, stretch.unit, calendar)
    for before, until in gaps:
        before = max(before, cursor)
        if before < end and before < until:
            end = _push(end, before, until, stretch.unit, calendar)
    return end


def _push(end: date, before: date, until: date, unit: Unit, calendar: WorkCalendar) -> date:
    if unit is Unit.WORKDAY:
        return calendar.add_workdays(end, calendar.count_workdays(before, until))
    return end + (until - before)  # months and years give back the calendar days a pause took
