"""What a log amounts to（办件现状）: the state, the clocks, and what is open beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from zhengtong.apps.cases.lifecycle.kinds import list_kinds
from zhengtong.apps.cases.shapes import (
    SETTLED,
    CommitmentState,
    Consult,
    FollowUp,
    Hold,
    Objection,
    Proposal,
    Rectification,
    Round,
    State,
    StepClock,
)
from zhengtong.kit import local_date
from zhengtong.kit.calendar import Clock

W, S, P, A, E = State.WAITING, State.SUBMITTED, State.SUPPLEMENTING, State.ACCEPTED, State.EXAMINING


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
    steps: tuple[StepClock, ...] = ()
    holds: tuple[Hold, ...] = ()
    proposal: Proposal | None = None
    extensions: int = 0
    consults: tuple[Consult, ...] = ()
    cosign: Round | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    commitment: CommitmentState | None = None
    organisation_id: int | None = None
    organisations: tuple[int, ...] = ()
    paid: str = ""
    delivery: str = ""
    objection: Objection | None = None
    rectification: Rectification | None = None
    archived_at: datetime | None = None
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
    def is_paused(self) -> bool:
        """Return whether the clocks stand still."""
        return bool(self.holds) and not self.is_settled

    @property
    def procedure(self) -> Hold | None:
        """Return the special procedure under way, if there is one."""
        return next((hold for hold in self.holds if hold.back_to and hold.kind != "supplement"), None)

    @property
    def allowed(self) -> frozenset[str]:
        """Return the kinds of action the state admits, whoever asks."""
        return frozenset(
            name for name, needs in _kinds_from(self.state) if not needs or all(need(self) for need in needs)
        )

    def due_on(self, at: datetime) -> date | None:
        """Return the last day of the clock in hand, as if it ran on from `at` when it stands still."""
        return None if self.is_settled or self.clock is None else local_date(self.clock.due_at_if_resumed(at))

    @property
    def is_on_time(self) -> bool | None:
        """Return whether the decision came within the promised term; None while there is none."""
        if self.settled_at is None or self.promised is None or self.state not in (State.GRANTED, State.DENIED):
            return None
        return not self.promised.is_overdue(self.settled_at)


@cache
def _kinds_from(state: State) -> list[tuple[str, tuple[Callable[[CaseState], bool], ...]]]:
    """Return the kinds of action that begin in a state, with what else each needs."""
    kinds = list_kinds().items()
    return [(name, tuple(NEEDS[need] for need in kind.needs)) for name, kind in kinds if state in kind.from_]


def _rectification(*states: str) -> Callable[[CaseState], bool]:
    return lambda state: (
        state.rectification is not None
        and state.rectification.state in states
        and state.rectification.appeal != "asked"
    )


#: what actions.yaml may ask for under `needs`
NEEDS: Mapping[str, Callable[[CaseState], bool]] = {
    "assigned": lambda state: state.assignee_id is not None,
    "no_proposal": lambda state: state.proposal is None,
    "proposal": lambda state: state.proposal is not None,
    "consulting": lambda state: any(one.is_open for one in state.consults),
    "no_cosign": lambda state: state.cosign is None,
    "cosigning": lambda state: state.cosign is not None and any(one.agrees is None for one in state.cosign.signatures),
    "following_up": lambda state: bool(state.follow_ups),
    "committed": lambda state: state.commitment is not None and state.commitment.state == "made",
    "to_verify": lambda state: state.commitment is not None and state.commitment.state in ("to-verify", "broken"),
    "paid": lambda state: state.paid == "paid",
    "undelivered": lambda state: state.delivery != "delivered",
    "no_objection": lambda state: state.objection is None,
    "objected": lambda state: state.objection is not None and state.objection.upheld is None,
    "unreviewed": lambda state: not state.reviewed,
    "new_bad_review": _rectification("new"),
    "rectifying": _rectification("new", "rectifying"),
    "replied": _rectification("replied"),
    "appealable": lambda state: (
        state.rectification is not None and state.rectification.appeal == "" and state.rectification.state != "closed"
    ),
    "appealed": lambda state: state.rectification is not None and state.rectification.appeal == "asked",
    "unarchived": lambda state: state.archived_at is None,
}
