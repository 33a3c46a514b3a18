"""A term of law（期限）: how many of which unit, counted from where, and the day and instant it ends."""

from __future__ import annotations

import calendar as months
import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from zhengtong.kit.calendar.workdays import WorkCalendar
from zhengtong.kit.place import local_date, to_local
from zhengtong.kit.refused import Basis, Refused


class Unit(enum.Enum):
    """What a term counts（期限单位）."""

    WORKDAY = "WORKDAY"
    CALENDAR_DAY = "CALENDAR_DAY"
    HOUR = "HOUR"
    MINUTE = "MINUTE"
    MONTH = "MONTH"
    YEAR = "YEAR"

    @property
    def is_exact(self) -> bool:
        """Whether the unit runs by the clock, through nights and holidays, and not by days."""
        return self in (Unit.HOUR, Unit.MINUTE)


class CountFrom(enum.Enum):
    """Which day is the first（起算）: the day after the start, as the Civil Code has it, or the start itself."""

    NEXT_DAY = "NEXT_DAY"
    SAME_DAY = "SAME_DAY"


@dataclass(frozen=True, slots=True)
class Term:
    """A term of law（期限）: `n` units, where counting begins, whether an end on a holiday rolls on, and its basis."""

    n: int
    unit: Unit
    count_from: CountFrom = CountFrom.NEXT_DAY
    roll_if_holiday: bool = False
    basis: Basis | None = None

    def __post_init__(self) -> None:
        if self.n < 0:
            raise Refused(
                "term.length.negative",
                "期限不能是负数，请填写 0 或正整数。",
                "A term cannot be negative; give zero or a positive whole number.",
                field="n",
            )

    def to_json(self) -> dict[str, Any]:
        """Return what `Term.from_json` takes back."""
        basis = self.basis and {"law": self.basis.law, "article": self.basis.article, "since": self.basis.since}
        return {
            "n": self.n,
            "unit": self.unit.value,
            "count_from": self.count_from.value,
            "roll_if_holiday": self.roll_if_holiday,
            "basis": basis,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Term:
        basis = value.get("basis")
        return cls(
            n=value["n"],
            unit=Unit(value["unit"]),
            count_from=CountFrom(value.get("count_from", "NEXT_DAY")),
            roll_if_holiday=value.get("roll_if_holiday", False),
            basis=Basis(**basis) if basis else None,
        )


def due_on(term: Term, start: datetime, calendar: WorkCalendar) -> date:
    """Return the last day of the term that starts at `start`."""
    return local_date(due_at(term, start, calendar))


def due_at(term: Term, start: datetime, calendar: WorkCalendar) -> datetime:
    """Return when the term ends: the exact instant for hours and minutes, else when the office closes that day."""
    if term.unit.is_exact:
        return to_local(start) + span(term.n, term.unit)
    last = advance(first_anchor(term, start), term.n, term.unit, calendar)
    return calendar.closing_instant(roll(term, last, calendar))


def first_anchor(term: Term, start: datetime) -> date:
    """Return the day before the first counted one: the start by the Civil Code, art. 201, or the day before it."""
    day = local_date(start)
    return day - timedelta(days=1) if term.count_from is CountFrom.SAME_DAY and term.n else day


def advance(anchor: date, n: int, unit: Unit, calendar: WorkCalendar) -> date:
    """Return the `n`-th day, month or year after `anchor`; a month without that day ends on its last (art. 202)."""
    if unit is Unit.WORKDAY:
        return calendar.add_workdays(anchor, n)
    if unit is Unit.CALENDAR_DAY:
        return anchor + timedelta(days=n)
    total = anchor.month - 1 + n * (12 if unit is Unit.YEAR else 1)
    year, month = anchor.year + total // 12, total % 12 + 1
    return date(year, month, min(anchor.day, months.monthrange(year, month)[1]))


def roll(term: Term, last: date, calendar: WorkCalendar) -> date:
    """Return `last`, or the day after the holidays when the term rolls and ends on one (Civil Code, art. 203)."""
    return calendar.next_workday(last) if term.roll_if_holiday else last


def span(n: int, unit: Unit) -> timedelta:
    return timedelta(hours=n) if unit is Unit.HOUR else timedelta(minutes=n)
