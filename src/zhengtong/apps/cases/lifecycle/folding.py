"""The life of a case（办件生命周期）as a pure function: a list of actions in, its state out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from zhengtong.apps.cases.lifecycle import afterwards, course, meanwhile
from zhengtong.apps.cases.lifecycle.clocks import Rules, rules_of
from zhengtong.apps.cases.lifecycle.course import Effect
from zhengtong.apps.cases.lifecycle.kinds import TRANSITIONS, list_kinds
from zhengtong.apps.cases.lifecycle.state import Action, CaseState
from zhengtong.apps.cases.shapes import SETTLED, State
from zhengtong.declared.shapes import Pack
from zhengtong.kit.calendar import WorkCalendar

EFFECTS: Mapping[str, Effect] = {**course.EFFECTS, **meanwhile.EFFECTS, **afterwards.EFFECTS}
MOVED = frozenset({State.ACCEPTED, State.EXAMINING, State.PROCEDURE}) | SETTLED
VERSION_CHANGES = frozenset({"version-changed", "version-reverted"})  # each says `from` and `to` which pack it goes


def fold(actions: Iterable[Action], pack: Pack, *, calendar: WorkCalendar | None = None) -> CaseState:
    """Return the state of a case from its log, in order of `seq`; a log that breaks the transitions is a fault."""
    state, rules = CaseState(State.WAITING), rules_of(pack, calendar)
    for action in actions:
        state = apply(state, action, rules)
    return state


def fold_versions(
    actions: Sequence[Action], digest: str, pack_of: Callable[[str], Pack], *, calendar: WorkCalendar | None = None
) -> CaseState:
    """Return the state of a case whose log may go over to other versions of its pack; `digest` is the one it has now."""
    state, rules = CaseState(State.WAITING), rules_of(pack_of(first_version(actions, digest)), calendar)
    for action in actions:
        if action.kind in VERSION_CHANGES:
            rules = rules_of(pack_of(action.payload["to"]), calendar)
        state = apply(state, action, rules)
    return state


def first_version(actions: Iterable[Action], digest: str) -> str:
    """Return the version a case was filed under: the one before its first change, else the one it has."""
    return next((str(action.payload["from"]) for action in actions if action.kind in VERSION_CHANGES), digest)


def apply(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return the state after one more action."""
    if state.version and state.state not in TRANSITIONS[action.kind]:
        raise ValueError(f"{action.kind} does not follow {state.state} (action {action.seq})")
    if action.seq != state.version + 1:
        raise ValueError(f"action {action.seq} after {state.version}: the log has a gap")
    effect = EFFECTS[list_kinds()[action.kind].effect]
    return replace(effect(state, action, rules), version=action.seq)


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
    return State.EXAMINING if any(state in MOVED for state in states) else State.SUBMITTED
