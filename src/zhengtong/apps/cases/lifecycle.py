"""The life of a case（办件生命周期）as a pure function: a list of actions in, its state out.

`TRANSITIONS` says which action is allowed in which state and where it leads; `fold` applies a log to nothing; `fold_parts`
gives a one-thing its state from its parts. Nothing here knows a database, a clock on the wall, or a matter by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.shapes import SETTLED, State
from zhengtong.declared.shapes import Pack
from zhengtong.kit import local_date
from zhengtong.kit.calendar import Clock, Term, WorkCalendar, builtin_calendar

W, S, P, A, E = State.WAITING, State.SUBMITTED, State.SUPPLEMENTING, State.ACCEPTED, State.EXAMINING
OPEN = frozenset({W, S, P, A, E})
IN_HAND = frozenset({S, A, E})  # an officer can act
TO_REVIEW = frozenset({State.GRANTED, State.DENIED, State.NOT_ACCEPTED, State.CLOSED})

# kind of action → states in which it is allowed. Where it leads is in the handlers below.
TRANSITIONS: Mapping[str, frozenset[State]] = {
    "opened": frozenset({W}),
    "blocked": frozenset({W}),
    "claimed": IN_HAND,
    "released": IN_HAND,
    "reassigned": IN_HAND,
    "checked": IN_HAND,
    "accepted": frozenset({S}),
    "deemed-accepted": frozenset({S}),
    "not-accepted": frozenset({S}),
    "supplement-asked": IN_HAND,
    "supplement-answered": frozenset({P}),
    "supplement-expired": frozenset({P}),
    "granted": frozenset({A, E}),
    "denied": frozenset({A, E}),
    "withdrawn": OPEN,
    "reviewed": TO_REVIEW,
    "closed": frozenset({S}),  # a one-thing, once every part is settled
}


@dataclass(frozen=True)
class Action:
    """One entry of a case's log（办件动作）, as the fold reads it."""

    seq: int
    kind: str
    at: datetime
    by_account: int | None = None
    by_label: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    receipt_no: str = ""


@dataclass(frozen=True)
class AskedSupplement:
    """An open demand for additions: what, why, until when, and the state to return to."""

    items: tuple[Mapping[str, str], ...]
    reason: str
    asked_at: datetime
    due_on: date
    asked_by: str
    back_to: State


@dataclass(frozen=True)
class CaseState:
    """What a log amounts to（办件现状）. `version` is the number of actions; clocks are None until they start."""

    state: State
    version: int = 0
    flags: frozenset[str] = frozenset()
    waiting_for: tuple[str, ...] = ()
    submitted_at: datetime | None = None
    opened_at: datetime | None = None
    accepted_at: datetime | None = None
    settled_at: datetime | None = None
    assignee_id: int | None = None
    assignee_label: str = ""
    assigned_at: datetime | None = None
    settled_by: int | None = None
    supplement: AskedSupplement | None = None
    supplements: int = 0
    acceptance: Clock | None = None
    promised: Clock | None = None
    statutory: Clock | None = None
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    reads: Mapping[str, Any] = field(default_factory=dict)
    outcome: Mapping[str, Any] = field(default_factory=dict)
    reviewed: bool = False

    @property
    def is_settled(self) -> bool:
        """Return whether nothing more will be decided."""
        return self.state in SETTLED

    @property
    def phase(self) -> str:
        """Return whose turn it is: "accept", "examine", "applicant", "waiting" or "done"."""
        if self.is_settled:
            return "done"
        return {W: "waiting", S: "accept", P: "applicant"}.get(self.state, "examine")

    @property
    def clock(self) -> Clock | None:
        """Return the clock people look at now: that of acceptance until accepted, then the promised one."""
        return self.promised if self.accepted_at else self.acceptance

    @property
    def allowed(self) -> frozenset[str]:
        """Return the kinds of action the state admits, whoever asks."""
        kinds = {kind for kind, states in TRANSITIONS.items() if self.state in states}
        if self.reviewed:
            kinds.discard("reviewed")
        if self.assignee_id is None:
            kinds.discard("released")
        return frozenset(kinds)

    def due_on(self, at: datetime) -> date | None:
        """Return the last day of the clock in hand, as if it ran on from `at` when it stands still."""
        return None if self.is_settled or self.clock is None else local_date(self.clock.due_at_if_resumed(at))

    @property
    def is_on_time(self) -> bool | None:
        """Return whether the decision came within the promised term; None while there is none."""
        if self.settled_at is None or self.promised is None or self.state not in (State.GRANTED, State.DENIED):
            return None
        return not self.promised.is_overdue(self.settled_at)


@dataclass(frozen=True)
class Rules:
    """What the fold needs to know of the matter and the law."""

    pack: Pack
    acceptance: Term
    calendar: WorkCalendar


def fold(actions: Iterable[Action], pack: Pack, *, calendar: WorkCalendar | None = None) -> CaseState:
    """Return the state of a case from its log, in order of `seq`; a log that breaks the transitions is a fault."""
    state = CaseState(State.WAITING)
    for action in actions:
        state = apply(state, action, rules_of(pack, calendar))
    return state


def rules_of(pack: Pack, calendar: WorkCalendar | None = None) -> Rules:
    """Return what the fold needs to know, for a pack."""
    return Rules(pack, case_law().acceptance, calendar or builtin_calendar())


def apply(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return the state after one more action."""
    if state.version and state.state not in TRANSITIONS[action.kind]:
        raise ValueError(f"{action.kind} does not follow {state.state} (action {action.seq})")
    if action.seq != state.version + 1:
        raise ValueError(f"action {action.seq} after {state.version}: the log has a gap")
    return replace(_HANDLERS[action.kind](state, action, rules), version=action.seq)


def fold_parts(states: Sequence[State]) -> State:
    """Return the state of a one-thing from the states of its parts.

    Settled once every part is: granted if all are, else closed. Until then it waits for the applicant if any part
    does, is being examined once any part was accepted, and is submitted before that.
    """
    if all(state in SETTLED for state in states):
        if set(states) == {State.WITHDRAWN}:
            return State.WITHDRAWN
        return State.GRANTED if set(states) == {State.GRANTED} else State.CLOSED
    if State.SUPPLEMENTING in states:
        return State.SUPPLEMENTING
    moved = {State.ACCEPTED, State.EXAMINING} | SETTLED
    return State.EXAMINING if any(state in moved for state in states) else State.SUBMITTED


# ---- one handler per kind ---------------------------------------------------------------------------------------


def _submitted(state: CaseState, action: Action, rules: Rules) -> CaseState:
    waiting = tuple(action.payload.get("waiting_for", ()))
    begun = replace(
        state,
        state=W if waiting else S,
        waiting_for=waiting,
        submitted_at=action.at,
        answers=action.payload.get("answers", {}),
        values=action.payload.get("values", {}),
        reads=action.payload.get("reads", {}),
        flags=frozenset(action.payload.get("flags", ())),
    )
    return begun if waiting else _open(begun, action.at, rules)


def _opened(state: CaseState, action: Action, rules: Rules) -> CaseState:
    values = {**state.values, **action.payload.get("values", {})}
    return _open(replace(state, state=S, waiting_for=(), values=values), action.at, rules)


def _open(state: CaseState, at: datetime, rules: Rules) -> CaseState:
    return replace(state, opened_at=at, acceptance=Clock(rules.acceptance, at, calendar=rules.calendar))


def _blocked(state: CaseState, action: Action, _: Rules) -> CaseState:
    return _settle(state, State.BLOCKED, action)


def _claimed(state: CaseState, action: Action, _: Rules) -> CaseState:
    return replace(
        state,
        state=E if state.state is A and action.kind != "accepted" else state.state,
        assignee_id=action.payload.get("account_id", action.by_account),
        assignee_label=action.payload.get("label", action.by_label),
        assigned_at=action.at,
    )


def _released(state: CaseState, _action: Action, _: Rules) -> CaseState:
    return replace(state, assignee_id=None, assignee_label="", assigned_at=None)


def _checked(state: CaseState, action: Action, _: Rules) -> CaseState:
    return replace(state, reads={**state.reads, **action.payload.get("reads", {})})


def _accepted(state: CaseState, action: Action, rules: Rules) -> CaseState:
    # Deemed accepted means accepted from the day the application was received (行政许可法 art. 32), not from today.
    start = state.opened_at if action.kind == "deemed-accepted" and state.opened_at else action.at
    flags = state.flags | ({"deemed"} if action.kind == "deemed-accepted" else set())
    terms = rules.pack.terms
    keeps = action.payload.get("keeps_assignee", False)
    accepted = replace(
        state,
        state=A,
        accepted_at=start,
        flags=flags,
        reads={**state.reads, **action.payload.get("reads", {})},
        promised=Clock(terms.promised, start, calendar=rules.calendar),
        statutory=Clock(terms.statutory, start, calendar=rules.calendar) if terms.statutory else None,
    )
    return _claimed(accepted, action, rules) if keeps else _released(accepted, action, rules)


def _not_accepted(state: CaseState, action: Action, _: Rules) -> CaseState:
    return _settle(state, State.NOT_ACCEPTED, action)


def _supplement_asked(state: CaseState, action: Action, _: Rules) -> CaseState:
    asked = AskedSupplement(
        items=tuple(action.payload["items"]),
        reason=action.payload["reason"],
        asked_at=action.at,
        due_on=date.fromisoformat(action.payload["due_on"]),
        asked_by=action.by_label,
        back_to=state.state,
    )
    paused = _each_clock(state, lambda clock: clock.pause(action.at, "supplement"))
    return replace(paused, state=P, supplement=asked, supplements=state.supplements + 1)


def _supplement_answered(state: CaseState, action: Action, rules: Rules) -> CaseState:
    back = state.supplement.back_to if state.supplement else S
    resumed = _each_clock(state, lambda clock: clock.resume(action.at))
    if back is S:  # the days for telling what is missing count anew from the day all of it was there
        resumed = replace(resumed, acceptance=Clock(rules.acceptance, action.at, calendar=rules.calendar))
    values = {**state.values, **action.payload.get("values", {})}
    return replace(resumed, state=back, supplement=None, values=values, flags=state.flags | {"supplemented"})


def _supplement_expired(state: CaseState, action: Action, _: Rules) -> CaseState:
    return _settle(state, State.SUPPLEMENT_EXPIRED, action)


def _granted(state: CaseState, action: Action, _: Rules) -> CaseState:
    return replace(_settle(state, State.GRANTED, action), outcome=action.payload.get("outcome", {}))


def _denied(state: CaseState, action: Action, _: Rules) -> CaseState:
    return _settle(state, State.DENIED, action)


def _withdrawn(state: CaseState, action: Action, _: Rules) -> CaseState:
    return _settle(state, State.WITHDRAWN, action)


def _closed(state: CaseState, action: Action, _: Rules) -> CaseState:
    return _settle(state, State(action.payload["state"]), action)


def _reviewed(state: CaseState, _action: Action, _: Rules) -> CaseState:
    return replace(state, reviewed=True)


def _settle(state: CaseState, to: State, action: Action) -> CaseState:
    return replace(
        state,
        state=to,
        settled_at=action.at,
        settled_by=action.by_account,
        reason=action.payload.get("reason", ""),
        supplement=None,
        waiting_for=(),
    )


def _each_clock(state: CaseState, change: Callable[[Clock], Clock]) -> CaseState:
    names = [name for name in ("acceptance", "promised", "statutory") if getattr(state, name) is not None]
    if state.accepted_at:
        names = [name for name in names if name != "acceptance"]
    return replace(state, **{name: change(getattr(state, name)) for name in names})  # type: ignore[arg-type]


_HANDLERS: Mapping[str, Callable[[CaseState, Action, Rules], CaseState]] = {
    "submitted": _submitted,
    "opened": _opened,
    "blocked": _blocked,
    "claimed": _claimed,
    "reassigned": _claimed,
    "released": _released,
    "checked": _checked,
    "accepted": _accepted,
    "deemed-accepted": _accepted,
    "not-accepted": _not_accepted,
    "supplement-asked": _supplement_asked,
    "supplement-answered": _supplement_answered,
    "supplement-expired": _supplement_expired,
    "granted": _granted,
    "denied": _denied,
    "withdrawn": _withdrawn,
    "reviewed": _reviewed,
    "closed": _closed,
}
