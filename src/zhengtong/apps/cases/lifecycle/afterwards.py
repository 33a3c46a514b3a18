"""What happens after the decision（办结之后）: paid, delivered, verified, objected to, reviewed, put right, archived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.lifecycle.clocks import Rules, end_step
from zhengtong.apps.cases.lifecycle.state import Action, CaseState
from zhengtong.apps.cases.shapes import Objection, Rectification, State
from zhengtong.kit.calendar import due_on


def paid(state: CaseState, _action: Action, _: Rules) -> CaseState:
    """Return the case paid for."""
    return replace(state, paid="paid")


def refunded(state: CaseState, _action: Action, _: Rules) -> CaseState:
    """Return the case with what was paid given back."""
    return replace(state, paid="refunded")


def posted(state: CaseState, _action: Action, _: Rules) -> CaseState:
    """Return the case with its outcome on the way."""
    return replace(state, delivery="posted")


def delivered(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with its outcome in the applicant's hands."""
    return replace(end_step(state, "deliver", action.at), delivery="delivered")


def commitment_kept(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with its commitment found true."""
    if state.commitment is None:
        return state
    return replace(
        state, commitment=replace(state.commitment, state="kept", note=action.payload.get("note", ""), rectify_on=None)
    )


def commitment_broken(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with its commitment found untrue, and until when it may be put right."""
    if state.commitment is None:
        return state
    until = action.payload.get("rectify_on")
    broken = replace(
        state.commitment,
        state="broken",
        note=action.payload["note"],
        rectify_on=date.fromisoformat(until) if until else None,
    )
    return replace(state, commitment=broken, flags=state.flags | {"commitment-broken"})


def revoked(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with its decision taken back; when it was settled stays as it was."""
    return replace(state, state=State.REVOKED, reason=action.payload["reason"])


def objected(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return the case with an objection to answer in time."""
    last = due_on(case_law().objection, action.at, rules.calendar)
    return replace(state, objection=Objection(action.payload["text"], action.at, last))


def objection_answered(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with its objection answered."""
    if state.objection is None:
        return state
    answered = replace(state.objection, upheld=action.payload["upheld"], answer=action.payload["answer"])
    return replace(state, objection=answered)


def reviewed(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return the case reviewed; a bad review opens a rectification with its two terms."""
    law = case_law()
    after = replace(state, reviewed=True)
    if action.payload.get("satisfaction", 0) < law.bad_review_from:
        return after
    task = Rectification(
        state="new",
        contact_due_on=due_on(law.review_contact, action.at, rules.calendar),
        rectify_due_on=due_on(law.review_rectify, action.at, rules.calendar),
    )
    return replace(after, rectification=task)


def _change(**changed: object) -> Callable[[CaseState, Action, Rules], CaseState]:
    """Return an effect on the rectification; a member that names one of the action's payload takes it from there."""

    def effect(state: CaseState, action: Action, _: Rules) -> CaseState:
        if state.rectification is None:
            return state
        given = {name: action.at if value == "@at" else value for name, value in changed.items()}
        taken = {
            name: action.payload[name]
            for name in ("reply", "callback_satisfaction", "appeal_reason", "appeal")
            if name in action.payload
        }
        return replace(state, rectification=replace(state.rectification, **{**given, **taken}))  # type: ignore[arg-type]

    return effect


def appeal_decided(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return the case with the appeal decided; a review found wrong is no longer counted, and nothing is left to do."""
    after = _change()(state, action, rules)
    if after.rectification is None or after.rectification.appeal != "upheld":
        return after
    closed = replace(after.rectification, state="closed")
    return replace(after, rectification=closed, flags=after.flags | {"review-excluded"})


def archived(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case archived."""
    return replace(state, archived_at=action.at, flags=state.flags | {"archived"})


EFFECTS: Mapping[str, Callable[[CaseState, Action, Rules], CaseState]] = {
    "paid": paid,
    "refunded": refunded,
    "posted": posted,
    "delivered": delivered,
    "commitment_kept": commitment_kept,
    "commitment_broken": commitment_broken,
    "revoked": revoked,
    "objected": objected,
    "objection_answered": objection_answered,
    "reviewed": reviewed,
    "contacted": _change(state="rectifying", contacted_at="@at"),
    "rectified": _change(state="replied", replied_at="@at"),
    "called_back": _change(state="closed", called_back_at="@at"),
    "appealed": _change(appeal="asked"),
    "appeal_decided": appeal_decided,
    "archived": archived,
}
