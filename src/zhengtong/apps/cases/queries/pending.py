"""What is open beside the state of a case（办理中的事）, as the one who asks may see it; and what they may do now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from zhengtong.apps.cases.fees import fee_of
from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.lifecycle import CaseState, is_declared
from zhengtong.apps.cases.models import Case
from zhengtong.apps.cases.queries.opening import OpenCase, case_scope
from zhengtong.apps.cases.rights import (
    APPLICANT_VERBS,
    OFFICER_VERBS,
    PARTY_VERBS,
    WHOLE_KINDS,
    approver_of,
    can_do,
    handles,
    is_officer,
    own_keys,
    stands_in_for,
)
from zhengtong.apps.cases.shapes import SETTLED, FeeView, Pending, Remedy, State
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import local_date
from zhengtong.kit.calendar import calendar_in_force, due_on


def pending_of(opened: OpenCase, by: Actor, at: datetime) -> Pending:
    """Return what is open in the case; the applicant does not see opinions, signatures and proposals of the office."""
    state, record = opened.state, opened.record
    window = people.get_organisation(record.taken_in_by_id).name_zh if record.taken_in_by_id else ""
    pending = Pending(
        hold=state.holds[-1] if state.is_paused and state.state is not State.SUPPLEMENTING else None,
        proposal=state.proposal,
        consults=state.consults,
        cosign=state.cosign,
        follow_ups=state.follow_ups,
        commitment=state.commitment,
        fee=_fee(opened, at),
        delivery=state.delivery,
        objection=state.objection,
        rectification=state.rectification,
        steps=state.steps,
        extensions=state.extensions,
        archived_at=state.archived_at,
        taken_in_by=window,
    )
    if is_officer(by) or by.kind == "system":
        return pending
    hold = pending.hold if pending.hold and pending.hold.kind != "consult" else None
    return replace(pending, proposal=None, consults=(), cosign=None, hold=hold, steps=())


def _fee(opened: OpenCase, at: datetime) -> FeeView | None:
    if opened.pack.handling.payment is None:
        return None
    fee = fee_of(opened.pack, case_scope(opened, at))
    return FeeView(fee.title.zh, fee.title.en, str(fee.yuan), opened.state.paid or "due") if fee else None


def remedies_of(own: State, record: Case) -> tuple[Remedy, ...]:
    """Return what somebody refused may do, each with its last day counted from the decision."""
    if own not in (State.DENIED, State.NOT_ACCEPTED, State.REVOKED):
        return ()
    decided = record.settled_at
    return tuple(
        replace(remedy, until_on=due_on(remedy.term, decided, calendar_in_force()) if decided and remedy.term else None)
        for remedy in case_law().remedies
    )


def allowed_to(opened: OpenCase, by: Actor, own: State, at: datetime) -> tuple[str, ...]:
    """Return what the one who asks may do now, in the words the portals use."""
    record, state = opened.record, opened.state
    kinds = frozenset(kind for kind in state.allowed if is_declared(kind, state, opened.pack))
    verbs: list[str] = []
    if record.applicant_key in own_keys(by):
        mine = kinds if not opened.parts or own not in SETTLED else kinds - {"withdrawn"}
        verbs += [verb for verb, kind in APPLICANT_VERBS.items() if kind in mine]
        if record.parent_id and "review" in verbs:
            verbs.remove("review")
    if handles(by, record):
        acting_as = {by.account_id, None}
        if record.assignee_id not in acting_as:
            acting_as |= stands_in_for(by, local_date(at))
        done_to = OFFICER_VERBS if not opened.parts else {v: k for v, k in OFFICER_VERBS.items() if k in WHOLE_KINDS}
        verbs += [verb for verb, kind in done_to.items() if kind in kinds and _may(by, verb, kind, record, acting_as)]
        verbs += _proposals(by, state, record, acting_as, opened)
    if is_officer(by):
        verbs += [verb for verb, asked in PARTY_VERBS.items() if asked(state, by)]
        verbs += ["decide_proposal"] if _decides(by, opened) else []
    return tuple(dict.fromkeys(verbs))


def _may(by: Actor, verb: str, kind: str, record: Case, acting_as: set[int | None]) -> bool:
    if not can_do(by, kind, record.organisation_id):
        return False
    if verb == "claim":
        return record.assignee_id is None
    is_leader = "leader" in by.roles
    if verb in ("revoke", "answer_objection"):
        return is_leader
    if verb == "extend":  # a head approves what somebody else has proposed
        return False
    if verb == "reassign" or record.is_settled or (verb in ("release", "supplement") and is_leader):
        return True
    return record.assignee_id in acting_as


def _proposals(by: Actor, state: CaseState, record: Case, acting_as: set[int | None], opened: OpenCase) -> list[str]:
    """Return "propose_extension", "propose_supplement" to the officer, unless one waits already."""
    if state.is_settled or opened.parts or state.proposal is not None:
        return []
    if record.assignee_id not in acting_as or "proposed" not in state.allowed:
        return []
    verbs = ["propose_extension"] if is_declared("extended", state, opened.pack) and state.accepted_at else []
    if state.supplements >= case_law().supplements_without_leader and "leader" not in by.roles:
        verbs.append("propose_supplement")
    return verbs


def _decides(by: Actor, opened: OpenCase) -> bool:
    """Return whether an open proposal is for `by` to decide: the head of the organisation it was put to, and another
    than whoever proposed; one query while one is open."""
    state, own_id = opened.state, opened.record.organisation_id
    if state.proposal is None or state.is_settled or opened.parts or own_id is None or by.organisation is None:
        return False
    if "leader" not in by.roles or by.account_id == state.proposal.by_account:
        return False
    deciding = approver_of(state.proposal.kind, opened.pack, people.get_organisation(own_id))
    return deciding is not None and deciding.id == by.organisation.id
