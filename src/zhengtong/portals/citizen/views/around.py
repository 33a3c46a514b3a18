"""Around a case（办件周边）: tolerated materials, commitment, fee, delivery, objection."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.arrangements import actions as arrangements
from zhengtong.apps.arrangements import queries as arranged
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.kit import Refused
from zhengtong.portals.citizen.around_contexts import (
    DeliveryContext,
    FollowUpContext,
    FollowUpLine,
    ObjectionContext,
    PaymentContext,
    SandboxContext,
)
from zhengtong.portals.citizen.faults import faults_of
from zhengtong.portals.citizen.remedies import remedies_of
from zhengtong.portals.ui.controls import Control, attempt, filled
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.pages import SeeOther, clock, page, say, signed_in


@signed_in
def follow_up(request: HttpRequest, no: str) -> HttpResponse:
    """Bring tolerated materials."""
    found = queries.get_case(no, request.actor)
    faults: list[Fault] = []
    if request.method == "POST":
        brought = [
            (one.material_id, upload.name, upload.read())
            for one in found.pending.follow_ups
            for upload in request.FILES.getlist(f"file-{one.material_id}")
        ]
        try:
            actions.send_follow_up(case_no=no, materials=brought, by=request.actor, at=clock(request))
        except Refused as refused:
            if refused.status not in (409, 413, 422):
                raise
            faults = faults_of(refused)
        else:
            say(request, _("已收到补交的材料。"))
            return SeeOther(reverse("citizen:case", args=[no]))
    slots = {slot.id: slot for slot in found.materials}
    lines = tuple(FollowUpLine(*one.title, one.due_on, slots.get(one.material_id)) for one in found.pending.follow_ups)
    context = FollowUpContext(found, lines, tuple(faults))
    return page(request, "citizen/follow_up.html", context, status=422 if faults else 200)


@signed_in
@require_POST
def withdraw_commitment(request: HttpRequest, no: str) -> HttpResponse:
    """Take a commitment back before the decision; the materials are needed again."""
    actions.withdraw_commitment(case_no=no, by=request.actor, at=clock(request))
    say(request, _("承诺已撤回，相应的材料要按清单提交。"))
    return SeeOther(reverse("citizen:case", args=[no]))


@signed_in
def payment(request: HttpRequest, no: str) -> HttpResponse:
    """Show the fee and its payment; POST begins to pay."""
    found = _with_fee(queries.get_case(no, request.actor))
    faults: list[Fault] = []
    status = 200
    if request.method == "POST":
        faults, status = attempt(
            request, (), lambda _given: arrangements.start_payment(case_no=no, by=request.actor, at=clock(request))
        )
        if not faults:
            return SeeOther(reverse("citizen:payment", args=[no]))
    begun = arranged.find_payment(no, request.actor)
    return page(request, "citizen/payment.html", PaymentContext(found, begun, tuple(faults)), status=status)


def _with_fee(found: CaseShape) -> CaseShape:
    if found.pending.fee is None:
        raise Refused(
            "portal.payment.none",
            "这个办件不用缴费。请回到办件页面。",
            "Nothing is to be paid for this case. Go back to it.",
            status=404,
        )
    return found


@signed_in
def sandbox(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Show the sandbox in which no money moves; POST plays the provider's signed callback."""
    callback = arranged.sandbox_callback(payment_id, request.actor, at=clock(request))
    if request.method == "POST":
        provider, content, signature = callback
        paid = arrangements.record_payment_callback(
            provider=provider, content=content, signature=signature, at=clock(request)
        )
        say(request, _("沙箱支付成功，没有真的扣款。"))
        return SeeOther(reverse("citizen:payment", args=[paid.case_no]))
    return page(request, "citizen/sandbox.html", SandboxContext(str(payment_id), request.GET.get("case", "")))


@signed_in
def delivery(request: HttpRequest, no: str) -> HttpResponse:
    """Say where the outcome is to be sent, and show how far it is."""
    found = queries.get_case(no, request.actor)
    parcel = arranged.find_parcel(no, request.actor)
    controls = (
        Control("name", _("收件人"), "line", value=parcel.name if parcel else found.applicant.name),
        Control("phone", _("手机号码"), "line", value=parcel.phone if parcel else ""),
        Control("address", _("详细地址"), "line", value=parcel.address if parcel else ""),
    )
    faults: list[Fault] = []
    status = 200
    if request.method == "POST":
        faults, status = attempt(
            request,
            controls,
            lambda given: arrangements.request_delivery(case_no=no, by=request.actor, at=clock(request), **given),
        )
        if not faults:
            say(request, _("寄送地址已保存，办好后寄给您。"))
            return SeeOther(reverse("citizen:delivery", args=[no]))
    shown = filled(controls, request.POST if request.method == "POST" else None, faults)
    can_change = "post" in found.pack.handling.delivery and (parcel is None or parcel.state == "requested")
    context = DeliveryContext(found, parcel, shown, tuple(faults), can_change)
    return page(request, "citizen/delivery.html", context, status=status)


@signed_in
def objection(request: HttpRequest, no: str) -> HttpResponse:
    """Object to what was decided; reconsideration and litigation stay open, with where to turn."""
    found = queries.get_case(no, request.actor)
    controls = (Control("text", _("您认为哪里不对、希望怎样"), hint=_("写清楚事实和理由，最多 500 字。")),)
    faults: list[Fault] = []
    status = 200
    if request.method == "POST":
        faults, status = attempt(
            request,
            controls,
            lambda given: actions.raise_objection(case_no=no, by=request.actor, at=clock(request), **given),
        )
        if not faults:
            say(request, _("异议已收到，由部门负责人答复。"))
            return SeeOther(reverse("citizen:objection", args=[no]))
    can_object = "object" in found.allowed
    shown = filled(controls, request.POST if request.method == "POST" else None, faults) if can_object else ()
    context = ObjectionContext(found, found.pending.objection, remedies_of(found), shown, tuple(faults))
    return page(request, "citizen/objection.html", context, status=status)
