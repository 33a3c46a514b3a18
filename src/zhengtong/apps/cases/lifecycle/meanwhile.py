"""What happens while a case is being handled（办理中的事）: additions, procedures, opinions, signatures, more time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from zhengtong.apps.cases.lifecycle.clocks import Rules, extend, hold, lift
from zhengtong.apps.cases.lifecycle.state import Action, AskedSupplement, CaseState
from zhengtong.apps.cases.shapes import Consult, Hold, Proposal, Round, Signature, State
from zhengtong.kit.calendar import Unit

SUPPLEMENT = "supplement"


def supplement_asked(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case waiting for the applicant; every clock stands still."""
    due = date.fromisoformat(action.payload["due_on"])
    asked = AskedSupplement(
        items=tuple(action.payload["items"]),
        reason=action.payload["reason"],
        asked_at=action.at,
        due_on=due,
        asked_by=action.by_label,
        back_to=state.state,
    )
    held = hold(state, Hold(SUPPLEMENT, SUPPLEMENT, action.at, due, back_to=state.state.value))
    return replace(held, state=State.SUPPLEMENTING, supplement=asked, supplements=state.supplements + 1, proposal=None)


def supplement_answered(state: CaseState, action: Action, rules: Rules) -> CaseState:
    """Return the case going on; before acceptance the days for telling count anew from the day all of it was there."""
    back = state.supplement.back_to if state.supplement else State.SUBMITTED
    resumed = lift(state, SUPPLEMENT, action.at)
    if back is State.SUBMITTED:
        resumed = replace(resumed, acceptance=rules.clock(rules.acceptance, action.at))
    values = {**state.values, **action.payload.get("values", {})}
    return replace(resumed, state=back, supplement=None, values=values, flags=state.flags | {"supplemented"})


def proposed(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with something put to the head."""
    payload = action.payload
    proposal = Proposal(payload["kind"], payload["payload"], action.by_account, action.by_label, action.at)
    return replace(state, proposal=proposal)


def proposal_rejected(state: CaseState, _action: Action, _: Rules) -> CaseState:
    """Return the case without what was put to the head."""
    return replace(state, proposal=None)


def extended(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with more time."""
    payload = action.payload
    longer = extend(
        state,
        payload["n"],
        Unit(payload["unit"]),
        approver=action.by_label or "—",
        reason=payload["reason"],
        at=action.at,
    )
    return replace(longer, proposal=None, flags=state.flags | {"extended"})


def procedure_started(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case in a special procedure; every clock stands still."""
    payload = action.payload
    held = Hold(
        id=payload["procedure"],
        kind=payload["procedure_kind"],
        since=action.at,
        until_on=date.fromisoformat(payload["until_on"]),
        title=(payload["title_zh"], payload["title_en"]),
        reason=payload["reason"],
        evidence=tuple(payload.get("evidence", ())),
        back_to=state.state.value,
        hearing_at=datetime.fromisoformat(payload["hearing_at"]) if payload.get("hearing_at") else None,
        place=payload.get("place", ""),
    )
    return replace(hold(state, held), state=State.PROCEDURE)


def procedure_ended(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case back where it was, its clocks running."""
    open_one = state.procedure
    if open_one is None:
        raise ValueError(f"action {action.seq} ends a procedure nobody began")
    return replace(lift(state, open_one.id, action.at), state=State(open_one.back_to))


def consulted(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with an opinion asked for; the clocks stand still only where the pack says so."""
    payload = action.payload
    asked = Consult(
        id=payload["id"],
        organisation_id=payload["organisation_id"],
        organisation=(payload["organisation_zh"], payload["organisation_en"]),
        title=(payload["title_zh"], payload["title_en"]),
        question=payload["question"],
        asked_at=action.at,
        due_on=date.fromisoformat(payload["due_on"]),
        pauses=payload.get("pauses", False),
    )
    after = replace(state, consults=(*state.consults, asked))
    if not asked.pauses:
        return after
    return hold(after, Hold(f"consult:{asked.id}", "consult", action.at, asked.due_on, asked.title, asked.question))


def consult_answered(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with the opinion given, or with the time for it over."""
    payload = action.payload

    def close(one: Consult) -> Consult:
        if one.id != payload["id"] or not one.is_open:
            return one
        return replace(one, answer=payload.get("answer"), answered_at=action.at, answered_by=action.by_label)

    after = replace(state, consults=tuple(close(one) for one in state.consults))
    return lift(after, f"consult:{payload['id']}", action.at)


def cosign_asked(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with a round of signatures begun."""
    places = tuple(
        Signature(one["organisation_id"], (one["organisation_zh"], one["organisation_en"]))
        for one in action.payload["of"]
    )
    return replace(state, cosign=Round(action.payload["needed"], places))


def cosigned(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case with one signature more."""
    if state.cosign is None:
        raise ValueError(f"action {action.seq} signs where nobody was asked")
    payload = action.payload

    def sign(one: Signature) -> Signature:
        if one.organisation_id != payload["organisation_id"]:
            return one
        return replace(
            one,
            agrees=payload["agrees"],
            opinion=payload.get("opinion", ""),
            by_label=action.by_label,
            at=action.at,
        )

    signed = replace(state.cosign, signatures=tuple(sign(one) for one in state.cosign.signatures))
    return replace(state, cosign=signed)


def follow_up_received(state: CaseState, action: Action, _: Rules) -> CaseState:
    """Return the case without the tolerated gaps that are filled now."""
    came = set(action.payload["materials"])
    left = tuple(one for one in state.follow_ups if one.material_id not in came)
    return replace(state, follow_ups=left, flags=state.flags if left else state.flags - {"tolerant"})


def follow_up_missed(state: CaseState, _action: Action, _: Rules) -> CaseState:
    """Return the case with the tolerance over; what is missing now is for the officer to judge."""
    return replace(state, follow_ups=(), flags=state.flags | {"follow-up-missed"})


def commitment_withdrawn(state: CaseState, _action: Action, _: Rules) -> CaseState:
    """Return the case without the commitment; the materials are needed again."""
    if state.commitment is None:
        return state
    return replace(state, commitment=replace(state.commitment, state="withdrawn"))


EFFECTS: Mapping[str, Callable[[CaseState, Action, Rules], CaseState]] = {
    "supplement_asked": supplement_asked,
    "supplement_answered": supplement_answered,
    "proposed": proposed,
    "proposal_rejected": proposal_rejected,
    "extended": extended,
    "procedure_started": procedure_started,
    "procedure_ended": procedure_ended,
    "consulted": consulted,
    "consult_answered": consult_answered,
    "cosign_asked": cosign_asked,
    "cosigned": cosigned,
    "follow_up_received": follow_up_received,
    "follow_up_missed": follow_up_missed,
    "commitment_withdrawn": commitment_withdrawn,
}
