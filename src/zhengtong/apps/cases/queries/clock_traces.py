"""Why a case ends on the day it does（期限说明）: its clocks, day by day."""

from __future__ import annotations

from datetime import UTC, datetime

from zhengtong.apps.cases.lifecycle import CaseState
from zhengtong.apps.cases.queries.opening import open_case
from zhengtong.apps.cases.shapes import ClockTrace, TracedDayShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import local_date
from zhengtong.kit.calendar import Clock, TracedDay, trace

CLOCKS = {
    "acceptance": ("一次性告知期限", "Time for telling what is missing"),
    "promised": ("承诺办结期限", "Promised term"),
    "statutory": ("法定办结期限", "Statutory term"),
}
STEPS = {
    "accept": ("受理环节", "Accepting"),
    "examine": ("审查环节", "Examining"),
    "deliver": ("送达环节", "Delivering"),
}
WHY = {
    "counted": ("计入", "counted"),
    "make-up": ("调休上班，计入", "a weekend worked, counted"),
    "start": ("起算当日，不计", "the day it begins, not counted"),
    "paused": ("停止计算", "the clock stood still"),
    "weekend": ("休息日，不计", "weekend, not counted"),
    "holiday": ("节假日，不计", "holiday, not counted"),
    "rolled": ("期满日遇休假，顺延", "moved on from a day off"),
}
PAUSES = {"supplement": ("等待补正", "waiting for additions"), "consult": ("征求意见", "an opinion asked for")}


def explain_clock(case_no: str, by: Actor, *, at: datetime | None = None) -> tuple[ClockTrace, ...]:
    """Return every clock of a case with each of its days, counted or not, and why; to whoever may see the case."""
    moment = at or datetime.now(UTC)
    opened = open_case(case_no, by)
    return tuple(_explain(name, titles, clock, opened.state, moment) for name, titles, clock in _clocks(opened.state))


def _clocks(state: CaseState) -> list[tuple[str, tuple[str, str], Clock]]:
    found = [(name, titles, getattr(state, name)) for name, titles in CLOCKS.items()]
    steps = [(f"step:{one.step}", STEPS.get(one.step, (one.step, one.step)), one.clock) for one in state.steps]
    return [(name, titles, clock) for name, titles, clock in (*found, *steps) if clock is not None]


def _explain(name: str, titles: tuple[str, str], clock: Clock, state: CaseState, at: datetime) -> ClockTrace:
    until = state.settled_at or at
    basis = clock.term.basis
    return ClockTrace(
        name=name,
        title_zh=titles[0],
        title_en=titles[1],
        n=clock.term.n,
        unit=clock.term.unit.value,
        basis=str(basis) if basis else "",
        started_at=clock.start,
        due_on=local_date(clock.due_at_if_resumed(until)),
        is_provisional=clock.is_provisional,
        pauses=clock.pauses,
        extensions=clock.extensions,
        days=tuple(_day(day) for day in trace(clock, until)),
    )


def _day(day: TracedDay) -> TracedDayShape:
    zh, en = WHY[day.why]
    if day.why == "paused":
        reason = PAUSES.get(day.note, ("特别程序", "a special procedure"))
        zh, en = f"{zh}：{reason[0]}", f"{en}: {reason[1]}"
    elif day.note:
        zh, en = f"{day.note}：{zh}", en
    return TracedDayShape(day.date, day.nth, day.why, zh, en, day.segment, day.provisional)
