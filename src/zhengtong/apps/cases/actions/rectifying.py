"""What a bad review sets off（差评整改）: looked into, put right, called back; or appealed against and left out of account."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from zhengtong.apps.cases.actions.log import append
from zhengtong.apps.cases.actions.officer_rules import (
    done,
    lock_for,
    lock_for_other,
    require_leader,
    require_reason,
)
from zhengtong.apps.cases.actions.parties import add_party, close_party
from zhengtong.apps.cases.models import Review
from zhengtong.apps.cases.queries.cases import get_case
from zhengtong.apps.cases.rights import superior_of
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused


@transaction.atomic
def contact_reviewer(*, case_no: str, note: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case with the reviewer contacted and the facts noted（联系核实）."""
    held = lock_for(case_no, "contacted", by, version)
    return done(append(held, "contacted", {"note": require_reason(note, "note")}, by=by, at=at), by, at)


@transaction.atomic
def rectify_review(*, case_no: str, reply: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case with what was put right（整改答复）; the reviewer reads it."""
    held = lock_for(case_no, "rectified", by, version)
    said = require_reason(reply, "reply")
    return done(append(held, "rectified", {"reply": said}, by=by, at=at, notice={"reason": said}), by, at)


@transaction.atomic
def call_back_reviewer(
    *, case_no: str, satisfaction: int, note: str, by: Actor, at: datetime, version: int | None = None
) -> CaseShape:
    """Return the case with the reviewer called back（回访）, by somebody else than who answered, and their satisfaction 1–5."""
    held = lock_for(case_no, "called-back", by, version)
    answered = next((entry for entry in reversed(held.log) if entry.kind == "rectified"), None)
    if answered and answered.by_account_id == by.account_id:
        raise Refused(
            "case.review.own-callback",
            "回访由答复人以外的同事进行，请换一位同事。",
            "Whoever answered does not call back; leave it to a colleague.",
            status=403,
        )
    if satisfaction not in range(1, 6):
        raise Refused(
            "case.review.callback-level",
            "请选择 1 至 5 级满意度。",
            "Choose a level of satisfaction from 1 to 5.",
            field="satisfaction",
        )
    payload = {"callback_satisfaction": satisfaction, "note": require_reason(note, "note")}
    return done(append(held, "called-back", payload, by=by, at=at, notice={"reason": payload["note"]}), by, at)


@transaction.atomic
def appeal_review(*, case_no: str, reason: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case with an appeal against the review（申诉）: a mistake, or malice. The superior decides, if there is one."""
    held = lock_for(case_no, "appealed", by, version)
    above = superior_of(held.organisation) if held.organisation else None
    if above is not None:
        add_party(held.record, above.id, "superior", at)
    payload = {"appeal_reason": require_reason(reason)}
    return done(append(held, "appealed", payload, by=by, at=at), by, at)


@transaction.atomic
def decide_appeal(
    *, case_no: str, upheld: bool, reason: str, by: Actor, at: datetime, version: int | None = None
) -> CaseShape:
    """Return the case with the appeal decided（申诉复核）by the head of the superior, else of the department itself.

    Nobody decides their own appeal. An appeal that is upheld leaves the review out of every count; one that is rejected
    lets the rectification go on.
    """
    held = lock_for_other(case_no, "appeal-decided", by, version)
    own = held.organisation
    deciding = (superior_of(own) if own else None) or own
    appellant = next(entry for entry in reversed(held.log) if entry.kind == "appealed")
    if by.organisation is None or deciding is None or by.organisation.id != deciding.id:
        raise Refused(
            "case.review.appeal-not-yours",
            f"差评申诉由{deciding.name_zh if deciding else '上级机关'}复核，请由其负责人决定。",
            f"The appeal is for {deciding.name_en if deciding else 'the superior'} to decide. Leave it to its head.",
            status=403,
        )
    require_leader(held, by)
    if appellant.by_account_id == by.account_id:
        raise Refused(
            "case.review.own-appeal",
            "不能复核自己提出的申诉，请由另一位负责人决定。",
            "Nobody decides on their own appeal; leave it to another head.",
            status=403,
        )
    payload = {"appeal": "upheld" if upheld else "rejected", "reason": require_reason(reason)}
    held = append(held, "appeal-decided", payload, by=by, at=at, notice={"reason": payload["reason"]})
    if upheld:
        Review.objects.filter(case=held.record).update(is_excluded=True)
    close_party(held.record, deciding.id, "superior")
    done(held, by, at)
    return get_case(case_no, by, at=at)
