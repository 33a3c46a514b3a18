"""A case's fee paid and given back（缴费、退费）, through a provider whose callbacks are signed and count once."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from zhengtong.apps.arrangements.models import Payment
from zhengtong.apps.arrangements.providers import get_provider
from zhengtong.apps.arrangements.queries import to_payment
from zhengtong.apps.arrangements.shapes import PaymentShape
from zhengtong.apps.cases import actions as cases_actions
from zhengtong.apps.cases import queries as cases
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import Refused
from zhengtong.kit.signing import is_signed

LIVE = ("created", "paid", "refunding")


def start_payment(*, case_no: str, by: Actor, at: dt.datetime, provider: str = "") -> PaymentShape:
    """Return the payment of a case's fee（发起缴费）with the address where it is paid; asked again, the same payment.

    Refused: nothing to pay（409）, paid already（409）, not the applicant's（404）, a provider that does not answer（503）.
    """
    case = cases.get_case(case_no, by, at=at)
    if by.applicant is None or case.applicant.key != by.applicant.key:
        raise no_payment()
    fee = case.pending.fee
    if fee is None or fee.state != "due":
        raise Refused(
            "arrangement.payment.nothing-due",
            "这个办件没有需要缴纳的费用，或已经缴清。",
            "Nothing is to be paid for this case, or it is paid.",
            status=409,
        )
    chosen = get_provider(provider)
    live = Payment.objects.filter(case_no=case_no, state__in=LIVE).first()
    if live is None:
        live = _create(
            case_no, by.applicant.key, case.organisation.id if case.organisation else 0, fee, chosen.name, at
        )
    if live.state == "created" and not live.pay_url:
        address = get_provider(live.provider).create(live, at)  # no transaction is open while the provider answers
        Payment.objects.filter(pk=live.pk, pay_url="").update(pay_url=address)
        live.refresh_from_db()
    return to_payment(live)


def _create(case_no: str, key: str, organisation_id: int, fee: Any, provider: str, at: dt.datetime) -> Payment:
    try:
        with transaction.atomic():
            return Payment.objects.create(
                case_no=case_no,
                to_key=key,
                organisation_id=organisation_id,
                title_zh=fee.title_zh,
                title_en=fee.title_en,
                yuan=Decimal(fee.yuan),
                provider=provider,
                at=at,
            )
    except IntegrityError:  # somebody pressed twice: there is one payment
        return Payment.objects.get(case_no=case_no, state__in=LIVE)


@transaction.atomic
def record_payment_callback(*, provider: str, content: bytes, signature: str, at: dt.datetime) -> PaymentShape:
    """Return the payment after the provider's callback（支付回调）: `{"id", "state": "paid" | "failed", "yuan", "ref"}`.

    Signed, and counted once however often it comes. An amount that is not the one asked for is refused（409）and changes
    nothing; a callback after a refund changes nothing either.
    """
    if not is_signed(content, signature, get_provider(provider).secret, at):
        raise Refused(
            "arrangement.payment.signature",
            "支付回调的签名不对或已过时，请核对密钥和时间。",
            "The callback's signature is wrong or stale; check the secret and the clock.",
            status=401,
        )
    payment_id, state, yuan, reference = _read(content)
    payment = Payment.objects.select_for_update().filter(pk=payment_id, provider=provider).first()
    if payment is None:
        raise no_payment()
    if payment.state not in ("created", "failed"):
        return to_payment(payment)
    if state == "failed":
        payment.state = "failed"
        payment.save(update_fields=["state"])
        return to_payment(payment)
    if yuan != payment.yuan:
        raise Refused(
            "arrangement.payment.amount",
            f"支付金额 {yuan} 元与应缴 {payment.yuan} 元不符，没有入账。请联系支付渠道。",
            f"{yuan} yuan were paid where {payment.yuan} were due; nothing was booked. Ask the provider.",
            status=409,
            facts={"yuan": str(yuan), "due": str(payment.yuan)},
        )
    payment.state, payment.reference, payment.paid_at = "paid", reference, at
    payment.save(update_fields=["state", "reference", "paid_at"])
    _receipt(payment, "arrangement.paid", "缴费", "Paid", at)
    cases_actions.record_payment(case_no=payment.case_no, yuan=str(payment.yuan), reference=reference, at=at)
    return to_payment(payment)


def refund_payment(*, case_no: str, reason: str, by: Actor, at: dt.datetime) -> PaymentShape:
    """Return the payment given back（退费）by the head of the organisation, with a reason; once.

    It is marked before the provider is asked and after it answered: interrupted in between, the same call goes on.
    """
    tidy = reason.strip()[:200]
    if not tidy:
        raise Refused(
            "arrangement.payment.reason",
            "请写明退费理由。",
            "Give the reason for the refund.",
            field="reason",
        )
    with transaction.atomic():
        payment = Payment.objects.select_for_update().filter(case_no=case_no, state__in=("paid", "refunding")).first()
        organisation = by.organisation
        is_ours = organisation is not None and payment is not None and payment.organisation_id == organisation.id
        if payment is None or organisation is None or not is_ours:
            raise no_payment()
        if not people.can_(by, "case.reassign", organisation.id):
            raise Refused(
                "arrangement.payment.no-right",
                "退费由本单位负责人办理。",
                "A fee is given back by the head of the organisation.",
                status=403,
            )
        payment.state, payment.reason = "refunding", tidy
        payment.save(update_fields=["state", "reason"])
    reference = get_provider(payment.provider).refund(payment, at)
    with transaction.atomic():
        if not Payment.objects.filter(pk=payment.pk, state="refunding").update(
            state="refunded", refund_reference=reference, refunded_at=at
        ):
            payment.refresh_from_db()
            return to_payment(payment)
        payment.refresh_from_db()
        _receipt(payment, "arrangement.refunded", "退费", "Refunded", at)
        cases_actions.record_refund(case_no=case_no, yuan=str(payment.yuan), reference=reference, by=by, at=at)
    return to_payment(payment)


def _receipt(payment: Payment, kind: str, zh: str, en: str, at: dt.datetime) -> None:
    evidence.record(
        kind=kind,
        body={"payment": str(payment.pk), "case": payment.case_no, "yuan": str(payment.yuan)},
        by=SYSTEM,
        at=at,
        about=[payment.to_key],
        case_no=payment.case_no,
        summary_zh=f"{zh} {payment.yuan} 元：{payment.title_zh}",
        summary_en=f"{en} {payment.yuan} yuan: {payment.title_en}",
    )


def _read(content: bytes) -> tuple[UUID, str, Decimal, str]:
    try:
        given: dict[str, Any] = json.loads(content)
        state = given["state"]
        if state not in ("paid", "failed"):
            raise ValueError(state)
        return UUID(str(given["id"])), state, Decimal(str(given.get("yuan", "0"))), str(given.get("ref", ""))[:120]
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as fault:
        raise Refused(
            "arrangement.payment.unreadable",
            "读不懂这份支付回调：须含 id、state（paid 或 failed）、yuan、ref。",
            "The callback cannot be read: it has id, a state of paid or failed, yuan and ref.",
        ) from fault


def no_payment() -> Refused:
    """Return the refusal of a payment that is not there, or not theirs."""
    return Refused(
        "arrangement.payment.not-found",
        "没有这笔缴费，或不属于您。请从办件页面进入。",
        "There is no such payment, or it is not yours. Go there from the case.",
        status=404,
    )
