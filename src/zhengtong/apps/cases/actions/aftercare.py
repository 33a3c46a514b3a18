"""After the decision（办结之后）: paid, posted, delivered, objected to. What surrounds a case acts on it through these."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from zhengtong.apps.cases.actions.applicants import lock_own
from zhengtong.apps.cases.actions.log import append, lock_case, require_current
from zhengtong.apps.cases.actions.officer_rules import (
    done,
    lock_for,
    require_declared,
    require_leader,
    require_reason,
)
from zhengtong.apps.cases.actions.parts import refresh_whole
from zhengtong.apps.cases.queries.cases import get_case
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.declared.handling import DELIVERIES
from zhengtong.kit import Refused


@transaction.atomic
def record_payment(*, case_no: str, yuan: str, reference: str, at: datetime, by: Actor = SYSTEM) -> None:
    """Write into the case that its fee was paid（缴费）; a second time changes nothing."""
    held = lock_case(case_no)
    if held.state.paid == "paid":
        return
    require_declared(held, "paid")
    payload = {"yuan": yuan, "reference": reference}
    refresh_whole(append(held, "paid", payload, by=by, at=at, notice={"reason": yuan}), at=at)


@transaction.atomic
def record_refund(*, case_no: str, yuan: str, reference: str, at: datetime, by: Actor = SYSTEM) -> None:
    """Write into the case that its fee was given back（退费）; a second time changes nothing."""
    held = lock_case(case_no)
    if held.state.paid == "refunded":
        return
    require_current(held, None, "refunded")
    payload = {"yuan": yuan, "reference": reference}
    refresh_whole(append(held, "refunded", payload, by=by, at=at, notice={"reason": yuan}), at=at)


@transaction.atomic
def record_posting(*, case_no: str, carrier: str, tracking_no: str, by: Actor, at: datetime) -> None:
    """Write into the case that its outcome was posted（寄出）; once."""
    held = lock_case(case_no)
    if held.state.delivery in ("posted", "delivered"):
        return
    require_declared(held, "posted")
    require_current(held, None, "posted")
    words = {"reason": f"{carrier} {tracking_no}"}
    payload = {"carrier": carrier, "tracking_no": tracking_no}
    refresh_whole(append(held, "posted", payload, by=by, at=at, notice=words), at=at)


@transaction.atomic
def record_delivery(*, case_no: str, way: str, at: datetime, by: Actor = SYSTEM, note: str = "") -> None:
    """Write into the case that its outcome has reached the applicant（送达）; once."""
    held = lock_case(case_no)
    if held.state.delivery == "delivered":
        return
    require_current(held, None, "delivered")
    payload = {"way": way, "note": note}
    refresh_whole(append(held, "delivered", payload, by=by, at=at), at=at)


@transaction.atomic
def deliver_case(
    *, case_no: str, way: str, by: Actor, at: datetime, note: str = "", version: int | None = None
) -> CaseShape:
    """Return the case delivered at the window or electronically（送达）, as one of the ways the matter declares."""
    held = lock_for(case_no, "delivered", by, version)
    if way not in held.pack.handling.delivery or way not in DELIVERIES:
        raise Refused(
            "case.delivery.way",
            f"这个事项不用这种方式送达。可选：{'、'.join(held.pack.handling.delivery)}。",
            f"This matter is not delivered this way. It has: {', '.join(held.pack.handling.delivery)}.",
            field="way",
        )
    payload = {"way": way, "note": note.strip()[:200]}
    return done(append(held, "delivered", payload, by=by, at=at), by, at)


@transaction.atomic
def raise_objection(*, case_no: str, text: str, by: Actor, at: datetime) -> CaseShape:
    """Return the case with the applicant's objection（异议）; it is answered by the head, and no remedy is lost by it."""
    held = lock_own(case_no, by)
    require_current(held, None, "objected")
    payload: dict[str, Any] = {"text": require_reason(text, "text")}
    refresh_whole(append(held, "objected", payload, by=by, at=at), at=at)
    return get_case(case_no, by, at=at)


@transaction.atomic
def answer_objection(
    *, case_no: str, upheld: bool, answer: str, by: Actor, at: datetime, version: int | None = None
) -> CaseShape:
    """Return the case with the objection answered（答复异议）by the head; one that is upheld is put right by them next."""
    held = lock_for(case_no, "objection-answered", by, version)
    require_leader(held, by)
    payload = {"upheld": upheld, "answer": require_reason(answer, "answer")}
    words = {"reason": payload["answer"]}
    return done(append(held, "objection-answered", payload, by=by, at=at, notice=words), by, at)
