"""The legal clock（法定时钟）of a case: a term that stops, resumes and is extended, as a pure value."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from zhengtong.kit.calendar import reckoning
from zhengtong.kit.calendar.days import CalendarDay
from zhengtong.kit.calendar.terms import Term, Unit
from zhengtong.kit.calendar.workdays import WorkCalendar, calendar_in_force
from zhengtong.kit.place import local_date
from zhengtong.kit.refused import Refused


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch that does not count（停表）: its first day is not counted, its last day is; open without `to_at`."""

    from_at: datetime
    to_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Extension:
    """More time（延期）, with who approved it, why, and when."""

    n: int
    unit: Unit
    approver: str
    reason: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A running term（时钟）: every question about it is a function of what is written here and of `now`.

    Pauses are in order and only the last may be open. Instants are aware. The calendar is no part of equality.
    """

    term: Term
    start: datetime
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    calendar: WorkCalendar = field(default_factory=calendar_in_force, compare=False, repr=False)

    def __post_init__(self) -> None:
        moments = [self.start]
        for pause in self.pauses:
            if moments[-1] is None:
                raise ValueError("only the last pause may be open")
            moments += [pause.from_at, pause.to_at]  # type: ignore[list-item]
        known = [moment for moment in moments if moment is not None]
        if known != sorted(known):
            raise ValueError("pauses are in order, after the start, and do not overlap")

    # -- when it ends -------------------------------------------------------------------------------------------------

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].to_at is None

    @property
    def due_at(self) -> datetime | None:
        """When it ends: office close on the last day, or the exact instant; None while it stands still."""
        return None if self.is_paused else self._ends_at(self.spans_until(None))

    @property
    def due_on(self) -> date | None:
        """The last day; acts until midnight are in time by law. None while it stands still."""
        due = self.due_at
        return due and local_date(due)

    def due_at_if_resumed(self, at: datetime) -> datetime:
        """Return when it would end if it ran again from `at`; `due_at` when it runs."""
        return self._ends_at(self.spans_until(at))

    # -- how it stands ------------------------------------------------------------------------------------------------

    def is_overdue(self, now: datetime) -> bool:
        """Return whether the last day is over (or the exact instant has passed), standing still or not."""
        due = self.due_at_if_resumed(now)
        return now > due if self.term.unit.is_exact else local_date(now) > local_date(due)

    def is_due_soon(self, now: datetime, *, within_workdays: int = 2) -> bool:
        """Return whether it runs and ends within so many workdays; a term in hours or minutes: in its last quarter."""
        if self.is_paused or self.is_overdue(now):
            return False
        if not self.term.unit.is_exact:
            return self.remaining_workdays(now) <= within_workdays
        due = self.due_at_if_resumed(now)
        return (due - now) * 4 <= reckoning.total_span(self.term, self.extensions)

    def used_workdays(self, now: datetime) -> int:
        """Return the workdays counted so far, today included; it stands still while paused."""
        closed = self._closed()
        end = local_date(self._ends_at(closed))
        took = [one for one in closed if local_date(one[0]) <= end]  # a pause after the end takes nothing
        return reckoning.count_running(self.term, self.start, self._reading_at(now), took, self.calendar)

    def remaining_workdays(self, now: datetime) -> int:
        """Return the workdays after today to the last day: 0 on it, negative after; it stands still while paused.

        For a term in workdays, `used_workdays + remaining_workdays` is its length with extensions, always.
        """
        due = local_date(self._ends_at(self._closed()))
        return self.calendar.count_workdays(local_date(self._reading_at(now)), due)

    @property
    def is_provisional(self) -> bool:
        """Whether the end rests on days whose arrangement is not announced yet."""
        due = self.due_on
        if due is None or not self._needs_calendar():
            return False
        return self.calendar.is_provisional(local_date(self.start), due)

    # -- what is done to it -------------------------------------------------------------------------------------------

    def pause(self, at: datetime, reason: str) -> Clock:
        """Return the clock standing still from `at`; one that stands still already is refused."""
        if self.is_paused:
            raise _refuse("already-paused", "期限已处于中止状态，无需再次中止。", "The clock stands still already.")
        last = self.pauses[-1].to_at if self.pauses else self.start
        if last and at < last:
            raise _out_of_order()
        return dataclasses.replace(self, pauses=(*self.pauses, Pause(at, None, reason)))

    def resume(self, at: datetime) -> Clock:
        """Return the clock running again from `at`; one that runs is refused."""
        if not self.is_paused:
            raise _refuse("not-paused", "期限正在计算，无需恢复。", "The clock is running; there is nothing to resume.")
        open_pause = self.pauses[-1]
        if at < open_pause.from_at:
            raise _out_of_order()
        return dataclasses.replace(self, pauses=(*self.pauses[:-1], dataclasses.replace(open_pause, to_at=at)))

    def extend(self, n: int, unit: Unit, *, approver: str, reason: str, at: datetime | None = None) -> Clock:
        """Return the clock with more time; an extension needs an approver, a reason and a unit that fits the term's."""
        if n <= 0 or not approver.strip() or not reason.strip():
            raise _refuse(
                "extension-incomplete",
                "延期须写明大于 0 的时长、批准人和理由，请补全。",
                "An extension needs a length above zero, an approver and a reason; please complete it.",
            )
        if unit.is_exact != self.term.unit.is_exact:
            raise _refuse(
                "extension-unit",
                "按日计算的期限只能按日、月、年延长，按小时计算的只能按小时、分钟延长，请更换单位。",
                "A term in days is extended by days, months or years, one in hours by hours or minutes; change it.",
            )
        return dataclasses.replace(self, extensions=(*self.extensions, Extension(n, unit, approver, reason, at)))

    def recounted(self, calendar: WorkCalendar) -> Recount:
        """Return this clock on another calendar, with what changed and which days made it change."""
        after = dataclasses.replace(self, calendar=calendar)
        if not self._needs_calendar():
            return Recount(after, self.due_on, after.due_on, ())
        ends = [local_date(clock._ends_at(clock._closed())) for clock in (self, after)]
        changed = []
        for offset in range((max(ends) - local_date(self.start)).days + 1):
            day = local_date(self.start) + timedelta(days=offset)
            old, new = self.calendar.day(day), calendar.day(day)
            if old.is_workday != new.is_workday:
                changed.append((old, new))
        return Recount(after, self.due_on, after.due_on, tuple(changed))

    # -- as data ------------------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Return what `Clock.from_json` takes back; the calendar is not part of it."""
        return {
            "term": self.term.to_json(),
            "start": self.start.isoformat(),
            "pauses": [
                {"from_at": p.from_at.isoformat(), "to_at": p.to_at and p.to_at.isoformat(), "reason": p.reason}
                for p in self.pauses
            ],
            "extensions": [
                {
                    "n": e.n,
                    "unit": e.unit.value,
                    "approver": e.approver,
                    "reason": e.reason,
                    "at": e.at and e.at.isoformat(),
                }
                for e in self.extensions
            ],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any], *, calendar: WorkCalendar | None = None) -> Clock:
        instant = datetime.fromisoformat
        return cls(
            term=Term.from_json(value["term"]),
            start=instant(value["start"]),
            pauses=tuple(
                Pause(instant(p["from_at"]), instant(p["to_at"]) if p["to_at"] else None, p["reason"])
                for p in value["pauses"]
            ),
            extensions=tuple(
                Extension(e["n"], Unit(e["unit"]), e["approver"], e["reason"], instant(e["at"]) if e["at"] else None)
                for e in value["extensions"]
            ),
            calendar=calendar or calendar_in_force(),
        )

    # -- inside -------------------------------------------------------------------------------------------------------

    def _needs_calendar(self) -> bool:
        units = {self.term.unit, *(extension.unit for extension in self.extensions)}
        return Unit.WORKDAY in units or self.term.roll_if_holiday

    def _reading_at(self, now: datetime) -> datetime:
        return self.pauses[-1].from_at if self.is_paused else now

    def _closed(self) -> list[tuple[datetime, datetime]]:
        return [(pause.from_at, pause.to_at) for pause in self.pauses if pause.to_at]

    def spans_until(self, now: datetime | None) -> list[tuple[datetime, datetime]]:
        """Return the stretches that do not count, an open one until `now`."""
        if self.is_paused and now is not None and now > self.pauses[-1].from_at:
            return [*self._closed(), (self.pauses[-1].from_at, now)]
        return self._closed()

    def _ends_at(self, spans: list[tuple[datetime, datetime]]) -> datetime:
        return reckoning.ends_at(self.term, self.start, self.extensions, spans, self.calendar)


@dataclass(frozen=True, slots=True)
class Recount:
    """A clock counted again on another calendar（重算）: the ends before and after, and the days that differ."""

    clock: Clock
    before_on: date | None
    after_on: date | None
    changed_days: tuple[tuple[CalendarDay, CalendarDay], ...]

    @property
    def has_moved(self) -> bool:
        return self.before_on != self.after_on


def _refuse(reason: str, zh: str, en: str) -> Refused:
    return Refused(f"clock.{reason}", zh, en, status=409)


def _out_of_order() -> Refused:
    return _refuse(
        "out-of-order",
        "该时间早于期限上一次变动的时间，请核对时间。",
        "That instant is before the clock's last change; please check it.",
    )
