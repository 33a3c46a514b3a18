"""The ordinary course（一般流程）: submitted, opened, taken, accepted, decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from zhengtong.apps.cases.lifecycle.clocks import Rules, begin_step, end_step
from zhengtong.apps.cases.lifecycle.kinds import list_kinds
from zhengtong.apps.cases.lifecycle.state import Action, CaseState
from zhengtong.apps.cases.shapes import CommitmentState, FollowUp, State
from zhengtong.declared.facts import Facts
from zhengtong.declared.walk import terms_in
from zhengtong.kit import local_date
from zhengtong.kit.calendar import Term, due_on

Effect = Callable[[CaseState, Action, Rules], CaseState]


def submitted(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return the case as it begins: submitted, or waiting for the parts before it."""
    payload = action.payload
    waiting = tuple(payload.get("waiting_for", ()))
    committed = payload.get("committed")
    begun = replace(
        state,
        state=State.WAITING if waiting else State.SUBMITTED,
        waiting_for=waiting,
        submitted_at=action.at,
        answers=payload.get("answers", {}),
        values=payload.get("values", {}),
        reads=payload.get("reads", {}),
        flags=frozenset(payload.get("flags", ())),
        commitment=CommitmentState(tuple(committed), "made", action.at) if committed else None,
    )
    return begun if waiting else _open(begun, action.at, rules)


def found(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return a case nobody applied for（免申即享）: opened by the department itself, so accepted as it begins."""
    return accepted(submitted(state, action, rules), action, rules)


def opened(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return a part that waited, begun with what the parts before it have brought."""
    values = {**state.values, **action.payload.get("values", {})}
    return _open(replace(state, state=State.SUBMITTED, waiting_for=(), values=values), action.at, rules)


def _open(state: CaseState, at: datetime, rules: Rules) -> CaseState:
    opened_now = replace(state, opened_at=at, acceptance=rules.clock(rules.acceptance, at))
    return begin_step(opened_now, "accept", at, rules)


def claimed(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case in somebody's hands; taken on after acceptance, it is being examined."""
    return replace(
        state,
        state=State.EXAMINING if state.state is State.ACCEPTED and action.kind != "accepted" else state.state,
        assignee_id=action.payload.get("account_id", action.by_account),
        assignee_label=action.payload.get("label", action.by_label),
        assigned_at=action.at,
    )


def released(state: CaseState, _action: Action, _: Rules) -> CaseState:
    """Return the case in nobody's hands."""
    return replace(state, assignee_id=None, assignee_label="", assigned_at=None)


def checked(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with what was read again."""
    return replace(state, reads={**state.reads, **action.payload.get("reads", {})})


def accepted(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return the case accepted, its clocks running by the terms of its situation.

    Deemed accepted means accepted from the day the whole application was received（行政许可法 art. 32）, not from today.
    """
    deemed = action.kind == "deemed-accepted"
    start = state.acceptance.start if deemed and state.acceptance else action.at
    terms = terms_in(rules.pack, facts_of(state, action.at))
    begun = replace(
        end_step(state, "accept", action.at),
        state=State.ACCEPTED,
        accepted_at=start,
        flags=state.flags | ({"deemed"} if deemed else set()),
        reads={**state.reads, **action.payload.get("reads", {})},
        promised=rules.clock(terms.promised, start),
        statutory=rules.clock(terms.statutory, start) if terms.statutory else None,
        follow_ups=_follow_ups(action, rules),
    )
    begun = begin_step(begun, "examine", start, rules)
    return claimed(begun, action, rules) if action.payload.get("keeps_assignee") else released(begun, action, rules)


def facts_of(state: CaseState, at: datetime) -> Facts:
    """Return what conditions about a running case may speak of: answers and what the form says."""
    form = {path: kept.get("v") if isinstance(kept, Mapping) else kept for path, kept in state.values.items()}
    return Facts(today=local_date(at), answers=state.answers, form=form)


def _follow_ups(action: Action, rules: Rules) -> tuple[FollowUp, ...]:
    tolerance = rules.pack.handling.tolerance
    if tolerance is None:
        return ()
    last = due_on(tolerance.term, action.at, rules.calendar)
    return tuple(
        FollowUp(one["material_id"], (one["title_zh"], one["title_en"]), last)
        for one in action.payload.get("follow_ups", ())
    )


def granted(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return the case granted; its delivery begins, and so does the time for verifying a commitment."""
    after = replace(settled(state, action, rules, to=State.GRANTED), outcome=action.payload.get("outcome", {}))
    if action.kind == "deemed-granted":
        after = replace(after, flags=after.flags | {"deemed-granted"})
    declared = rules.pack.handling.commitment
    if declared and state.commitment and state.commitment.state == "made":
        last = due_on(declared.verify, action.at, rules.calendar)
        after = replace(after, commitment=replace(state.commitment, state="to-verify", verify_on=last))
    return begin_step(after, "deliver", action.at, rules)


def closed(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return a one-thing settled as its parts were."""
    return settled(state, action, rules, to=State(action.payload["state"]))


def settled(state: CaseState, action: Action, _: Rules, *, to: State | None = None) -> CaseState:
    """Return the case settled: nothing holds it, asks for it or waits for it any more."""
    target = to or list_kinds()[action.kind].to
    assert target is not None, action.kind
    return replace(
        end_step(end_step(state, "accept", action.at), "examine", action.at),
        state=target,
        settled_at=action.at,
        settled_by=action.by_account,
        reason=action.payload.get("reason", ""),
        supplement=None,
        holds=(),
        proposal=None,
        follow_ups=(),
        waiting_for=(),
    )


def terms_changed(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case counted by the terms that now hold: the law was changed, what has run stays run."""
    changed = {}
    for name in ("promised", "statutory"):
        clock = getattr(state, name)
        if clock is not None and name in action.payload:
            changed[name] = replace(clock, term=Term.from_json(action.payload[name]))
    return replace(state, **changed)


def forwarded(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with the superior organisation（转报）, in nobody's hands there."""
    passed = released(state, action, _)
    earlier = (*state.organisations, action.payload["from_id"])
    return replace(passed, organisation_id=action.payload["to_id"], organisations=earlier, proposal=None)


def unchanged(state: CaseState, _action: Action, _: Rules) -> CaseState:
    """Return the case as it was: the entry itself is the trace."""
    return state


def to_date(text: str | None) -> date | None:
    """Return a day kept as text."""
    return date.fromisoformat(text) if text else None


EFFECTS: Mapping[str, Effect] = {
    "submitted": submitted,
    "found": found,
    "opened": opened,
    "claimed": claimed,
    "released": released,
    "checked": checked,
    "accepted": accepted,
    "granted": granted,
    "closed": closed,
    "settled": settled,
    "terms_changed": terms_changed,
    "forwarded": forwarded,
    "unchanged": unchanged,
}
