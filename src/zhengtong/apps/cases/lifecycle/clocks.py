"""What actions do to the clocks（时钟）: start, stand still for as long as anything holds them, run on, get longer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.lifecycle.state import CaseState
from zhengtong.apps.cases.shapes import Hold, StepClock
from zhengtong.declared.shapes import Pack
from zhengtong.kit.calendar import Clock, Term, Unit, WorkCalendar, calendar_in_force


@dataclass(frozen=True)
class Rules:
    """What the fold needs to know of the matter and the law."""

    pack: Pack
    acceptance: Term
    calendar: WorkCalendar

    def clock(self, term: Term, start: datetime) -> Clock:
        """Return a clock that starts."""
        return Clock(term, start, calendar=self.calendar)


def rules_of(pack: Pack, calendar: WorkCalendar | None = None) -> Rules:
    """Return what the fold needs to know, for a pack."""
    return Rules(pack, pack.terms.acceptance or case_law().acceptance, calendar or calendar_in_force())


def begin_step(state: CaseState, step: str, at: datetime, rules: Rules) -> CaseState:
    """Return the state with the promised time of a step running, where the pack promises one."""
    term = rules.pack.handling.steps.get(step)
    if term is None:
        return state
    others = tuple(one for one in state.steps if one.step != step)
    return replace(state, steps=(*others, StepClock(step, rules.clock(term, at))))


def end_step(state: CaseState, step: str, at: datetime) -> CaseState:
    """Return the state with a step done."""
    if not any(one.step == step and one.ended_at is None for one in state.steps):
        return state
    return replace(
        state,
        steps=tuple(
            replace(one, ended_at=at) if one.step == step and one.ended_at is None else one for one in state.steps
        ),
    )


def hold(state: CaseState, held: Hold) -> CaseState:
    """Return the state with one more reason to stand still; the first one stops the clocks."""
    if not state.holds:
        state = each_clock(state, lambda clock: clock.pause(held.since, held.kind))
    return replace(state, holds=(*state.holds, held))


def lift(state: CaseState, hold_id: str, at: datetime) -> CaseState:
    """Return the state without a reason to stand still; with the last one gone the clocks run again."""
    left = tuple(one for one in state.holds if one.id != hold_id)
    if len(left) == len(state.holds):
        return state
    if not left:
        state = each_clock(state, lambda clock: clock.resume(at))
    return replace(state, holds=left)


def extend(state: CaseState, n: int, unit: Unit, *, approver: str, reason: str, at: datetime) -> CaseState:
    """Return the state with more time to decide; the step of examining gets as much."""

    def longer(clock: Clock) -> Clock:
        return clock.extend(n, unit, approver=approver, reason=reason, at=at)

    return replace(
        state,
        promised=longer(state.promised) if state.promised else None,
        statutory=longer(state.statutory) if state.statutory else None,
        steps=tuple(
            replace(one, clock=longer(one.clock))
            if one.step == "examine" and one.ended_at is None and one.clock.term.unit.is_exact == unit.is_exact
            else one
            for one in state.steps
        ),
        extensions=state.extensions + 1,
    )


def each_clock(state: CaseState, change: Callable[[Clock], Clock]) -> CaseState:
    """Return the state with every running clock changed."""
    names = ("promised", "statutory") if state.accepted_at else ("acceptance",)
    changed = {name: change(clock) for name in names if (clock := getattr(state, name)) is not None}
    steps = tuple(one if one.ended_at else replace(one, clock=change(one.clock)) for one in state.steps)
    return replace(state, **changed, steps=steps)
