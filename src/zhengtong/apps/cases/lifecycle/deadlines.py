"""What the passing of time will do to a case（到期后果）: the next days on which something happens without anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.lifecycle.clocks import Rules
from zhengtong.apps.cases.lifecycle.state import CaseState
from zhengtong.apps.cases.shapes import State
from zhengtong.kit import local_date


@dataclass(frozen=True, order=True)
class Deadline:
    """The last day on which somebody may still act; after it `does` happens（到期）, to `what` when there are several."""

    on: date
    does: str
    what: str = ""


def deadlines(state: CaseState, rules: Rules, at: datetime) -> tuple[Deadline, ...]:
    """Return the days on which time does something, the earliest first.

    `does` is a kind of action the platform takes by itself, or "alert:…" where a supervisor is told and nothing else
    follows by law.
    """
    return tuple(sorted(_each(state, rules, at)))


def _each(state: CaseState, rules: Rules, at: datetime) -> Iterator[Deadline]:
    if rules.pack.parts:
        yield from _afterwards(state)
        return
    yield from _of_law(state, rules)
    if not state.is_settled:
        yield from _meanwhile(state, rules)
        yield from _warnings(state, rules, at)
    yield from _afterwards(state)


def _of_law(state: CaseState, rules: Rules) -> Iterator[Deadline]:
    """The consequences the law or the pack attaches to a term missed（逾期视为…）."""
    on_missed = rules.pack.handling.on_missed
    if state.state is State.SUBMITTED and state.acceptance and on_missed("acceptance") != "none":
        due = state.acceptance.due_on
        if due:
            yield Deadline(due, on_missed("acceptance"))
    if state.supplement:
        kind = "deemed-withdrawn" if on_missed("supplement") == "withdrawn" else "supplement-expired"
        yield Deadline(state.supplement.due_on, kind)
    if not state.is_settled and state.statutory and on_missed("statutory") != "none":
        due = state.statutory.due_on
        if due:
            yield Deadline(due, on_missed("statutory"))


def _meanwhile(state: CaseState, rules: Rules) -> Iterator[Deadline]:
    open_one = state.procedure
    if open_one and open_one.until_on:
        yield Deadline(open_one.until_on, "procedure-expired", open_one.id)
    for asked in state.consults:
        if asked.is_open:
            yield Deadline(asked.due_on, "consult-lapsed", asked.id)
    tolerance = rules.pack.handling.tolerance
    if state.follow_ups and tolerance and state.state in (State.ACCEPTED, State.EXAMINING):
        kind = "deemed-withdrawn" if tolerance.on_miss == "withdrawn" else "follow-up-missed"
        yield Deadline(min(one.due_on for one in state.follow_ups), kind, "follow-up")


def _warnings(state: CaseState, rules: Rules, at: datetime) -> Iterator[Deadline]:
    """A case turns yellow, then red（黄牌、红牌）, and is overdue: the day before the first day of each."""
    if state.is_paused or state.phase not in ("accept", "examine"):
        return
    due = state.due_on(at)
    if due is None:
        return
    warn = rules.pack.handling.warn or case_law().warn
    for colour, days in (("yellow", warn.yellow), ("red", warn.red)):
        yield Deadline(rules.calendar.last_day_before(days + 1, due), f"alert:{colour}", due.isoformat())
    yield Deadline(due, "alert:overdue", due.isoformat())


def _afterwards(state: CaseState) -> Iterator[Deadline]:
    committed = state.commitment
    if committed and committed.state == "to-verify" and committed.verify_on:
        yield Deadline(committed.verify_on, "alert:verify")
    if committed and committed.state == "broken" and committed.rectify_on and state.state is not State.REVOKED:
        yield Deadline(committed.rectify_on, "alert:revoke")
    if state.objection and state.objection.upheld is None:
        yield Deadline(state.objection.due_on, "alert:objection")
    task = state.rectification
    if task and task.appeal != "asked" and task.state == "new":
        yield Deadline(task.contact_due_on, "alert:contact")
    if task and task.appeal != "asked" and task.state in ("new", "rectifying"):
        yield Deadline(task.rectify_due_on, "alert:rectify")
    if state.settled_at and state.archived_at is None:
        step = next((one for one in state.steps if one.step == "deliver" and one.ended_at is None), None)
        if step and state.delivery != "delivered" and step.clock.due_on:
            yield Deadline(step.clock.due_on, "alert:deliver")


def next_wake(state: CaseState, rules: Rules, at: datetime) -> date | None:
    """Return the last quiet day: after it time does something new; None when nothing is ahead.

    Alerts that lie behind have been told; the consequences of law that lie behind are still to be drawn.
    """
    today = local_date(at)
    ahead = [one.on for one in deadlines(state, rules, at) if not one.does.startswith("alert:") or one.on >= today]
    return min(ahead, default=None)
