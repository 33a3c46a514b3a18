"""Other departments（征求意见、会签）: asked for their opinion, asked to sign."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from zhengtong.apps.cases.actions.log import Held, append
from zhengtong.apps.cases.actions.officer_rules import (
    done,
    lock_for,
    lock_for_other,
    require_mine,
    require_reason,
)
from zhengtong.apps.cases.actions.parties import add_party, close_party, leader_of
from zhengtong.apps.cases.queries.cases import get_case
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.declared.handling import Consultation
from zhengtong.kit import Refused
from zhengtong.kit.calendar import calendar_in_force, due_on


@transaction.atomic
def consult(
    *,
    case_no: str,
    consultation: str,
    question: str,
    by: Actor,
    at: datetime,
    organisation_id: int | None = None,
    version: int | None = None,
) -> CaseShape:
    """Return the case with another department's opinion asked for（征求意见）, by the declared day.

    `consultation` is one the pack declares; where that leaves the department open, `organisation_id` names it. The clock
    stands still only where the pack says so.
    """
    held = lock_for(case_no, "consulted", by, version)
    require_mine(held, by, at)
    declared = _declared(held, consultation)
    asked = _whom(held, declared, organisation_id)
    last = due_on(declared.term, at, calendar_in_force())
    payload = {
        "id": f"{declared.id}-{secrets.token_hex(4)}",
        "organisation_id": asked.id,
        "organisation_zh": asked.name_zh,
        "organisation_en": asked.name_en,
        "title_zh": declared.title.zh,
        "title_en": declared.title.en,
        "question": require_reason(question, "question"),
        "due_on": last.isoformat(),
        "pauses": declared.pauses,
    }
    add_party(held.record, asked.id, "consulted", at, due_on=last)
    return done(append(held, "consulted", payload, by=by, at=at), by, at)


@transaction.atomic
def answer_consult(
    *, case_no: str, consult_id: str, answer: str, by: Actor, at: datetime, version: int | None = None
) -> CaseShape:
    """Return the case with the opinion of the officer's department（答复意见）; refused（404）where none was asked."""
    held = lock_for_other(case_no, "consult-answered", by, version)
    mine = by.organisation.id if by.organisation else None
    asked = next(
        (one for one in held.state.consults if one.id == consult_id and one.organisation_id == mine and one.is_open),
        None,
    )
    if asked is None:
        raise Refused(
            "case.consult.not-asked",
            "没有向贵单位征求这项意见，或已经答复、已过期限。请从“征求意见”待办进入。",
            "This opinion was not asked of your organisation, or it is given or too late. Go there from your queue.",
            status=404,
        )
    payload = {"id": consult_id, "answer": require_reason(answer, "answer"), "organisation_id": asked.organisation_id}
    held = append(held, "consult-answered", payload, by=by, at=at)
    if not any(one.is_open and one.organisation_id == mine for one in held.state.consults):
        close_party(held.record, asked.organisation_id, "consulted")
    done(held, by, at)
    return get_case(case_no, by, at=at)


@transaction.atomic
def ask_cosign(*, case_no: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case sent to the departments that sign it（送会签）, as the pack declares them."""
    held = lock_for(case_no, "cosign-asked", by, version)
    require_mine(held, by, at)
    declared = held.pack.handling.cosign
    assert declared is not None
    asked = [leader_of(function, held.record.region_code) for function in declared.functions]
    payload = {
        "needed": declared.needed or len(asked),
        "of": [
            {"organisation_id": one.id, "organisation_zh": one.name_zh, "organisation_en": one.name_en} for one in asked
        ],
    }
    for one in asked:
        add_party(held.record, one.id, "signing", at)
    return done(append(held, "cosign-asked", payload, by=by, at=at), by, at)


@transaction.atomic
def cosign(
    *, case_no: str, agrees: bool, by: Actor, at: datetime, opinion: str = "", version: int | None = None
) -> CaseShape:
    """Return the case with the signature of the officer's department（会签）; whoever does not agree says why."""
    held = lock_for_other(case_no, "cosigned", by, version)
    mine = by.organisation.id if by.organisation else 0
    places = held.state.cosign.signatures if held.state.cosign else ()
    if not any(one.organisation_id == mine and one.agrees is None for one in places):
        raise Refused(
            "case.cosign.not-asked",
            "这个办件没有送贵单位会签，或贵单位已经签过。请从“会签”待办进入。",
            "This case was not sent to your organisation for signature, or it has signed. Go there from your queue.",
            status=404,
        )
    said = require_reason(opinion, "opinion") if opinion.strip() or not agrees else ""
    payload = {"organisation_id": mine, "agrees": agrees, "opinion": said}
    held = append(held, "cosigned", payload, by=by, at=at)
    close_party(held.record, mine, "signing")
    done(held, by, at)
    return get_case(case_no, by, at=at)


def _declared(held: Held, consultation: str) -> Consultation:
    found = held.pack.handling.consultation(consultation)
    if found is None:
        names = held.pack.handling.consultations
        raise Refused(
            "case.consult.unknown",
            f"这个事项没有这种征求意见。可选：{'、'.join(one.title.zh for one in names)}。",
            f"This matter has no such consultation. It has: {', '.join(one.title.en for one in names)}.",
            field="consultation",
            facts={"consultation": consultation},
        )
    return found


def _whom(held: Held, declared: Consultation, organisation_id: int | None) -> OrganisationShape:
    if declared.function:
        return leader_of(declared.function, held.record.region_code)
    if organisation_id is None or organisation_id == held.record.organisation_id:
        raise Refused(
            "case.consult.whom",
            "请选择要征求意见的其他部门。",
            "Choose the other department whose opinion is asked.",
            field="organisation_id",
        )
    return people.get_organisation(organisation_id)
