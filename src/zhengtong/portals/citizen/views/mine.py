"""My cases, supplements, reviews, messages（我的办件、补正、好差评、消息）."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.shapes import SETTLED, CaseShape, NoticeShape
from zhengtong.apps.certificates import queries as certificates
from zhengtong.kit import Refused
from zhengtong.portals.citizen import answers, supplements
from zhengtong.portals.citizen.contexts import (
    CaseContext,
    InboxContext,
    MyContext,
    ReceiptContext,
    ReviewContext,
    SupplementContext,
)
from zhengtong.portals.citizen.faults import faults_of
from zhengtong.portals.citizen.todo import running_cases, todos_of
from zhengtong.portals.ui.days import say_day
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick
from zhengtong.portals.ui.pages import SeeOther, clock, page, say, signed_in, whole_number

REVIEW_TAGS = ("efficiency", "guide", "convenience", "platform")


@signed_in
def my(request: HttpRequest) -> HttpResponse:
    """Show what needs me, what runs, what is done, and what I have not finished filling in."""
    if request.actor.organisation is not None and request.actor.resident is None:
        return SeeOther(reverse("desk:tasks"))
    lines = queries.list_my_cases(request.actor)
    settled = tuple(line for line in lines if line.state in SETTLED)
    running = tuple(line for line in lines if line.state not in SETTLED)
    context = MyContext(
        todos_of(lines, request.actor), running_cases(running), settled, tuple(queries.list_drafts(request.actor)), 0
    )
    return page(request, "citizen/my.html", context)


@signed_in
def case(request: HttpRequest, no: str) -> HttpResponse:
    """Show one case to its applicant or agent."""
    found = queries.get_case(no, request.actor)
    supplements_asked = tuple(one for one in (found, *found.parts) if one.supplement and one.state == "supplementing")
    identifiers = [name for one in (found, *found.parts) for name in one.certificates]
    shown = [certificates.get_certificate(name, request.actor) for name in dict.fromkeys(identifiers)]
    context = CaseContext(
        case=found,
        groups=answers.groups_of(found.pack, found.values),
        supplements=supplements_asked,
        certificates=tuple(shown),
        events=tuple(event for event in found.timeline if event.kind != "submitted" or event.case_no == found.no),
        can_withdraw="withdraw" in found.allowed,
        can_review="review" in found.allowed and found.review is None,
        follow_ups=tuple(one for one in (found, *found.parts) if "send_follow_up" in one.allowed),
        fees=tuple(one for one in (found, *found.parts) if one.pending.fee and one.pending.fee.state == "due"),
    )
    return page(request, "citizen/case.html", context)


@signed_in
def receipt(request: HttpRequest, no: str) -> HttpResponse:
    """Show the receipt of a submission, for print."""
    found = queries.get_case(no, request.actor)
    context = ReceiptContext(found, answers.groups_of(found.pack, found.values))
    return page(request, "citizen/receipt.html", context)


@signed_in
@require_POST
def withdraw(request: HttpRequest, no: str) -> HttpResponse:
    """Withdraw a case."""
    reason = request.POST.get("reason", "").strip()
    actions.withdraw_case(case_no=no, reason=reason, by=request.actor, at=clock(request))
    say(request, _("申请已撤回。"))
    return SeeOther(reverse("citizen:case", args=[no]))


@signed_in
def supplement(request: HttpRequest, no: str) -> HttpResponse:
    """Bring exactly what was asked for."""
    found = queries.get_case(no, request.actor)
    if found.supplement is None or found.state != "supplementing":
        return _without_supplement(found)
    faults: list[Fault] = []
    if request.method == "POST":
        given = supplements.read(found, request.POST, request.FILES)
        faults += given.faults
        if not faults:
            try:
                actions.answer_supplement(
                    case_no=no, materials=given.materials, values=given.values, by=request.actor, at=clock(request)
                )
            except Refused as refused:
                faults += faults_of(refused)
            else:
                say(request, _("补正已提交，重新开始计时。"))
                return SeeOther(reverse("citizen:case", args=[found.parent_no or no]))
    context = SupplementContext(
        found,
        supplements.items_of(found, faults, request.POST if request.method == "POST" else None),
        say_day(found.supplement.due_on),
        tuple(faults),
    )
    return page(request, "citizen/supplement.html", context, status=422 if faults else 200)


def _without_supplement(found: CaseShape) -> HttpResponse:
    """Go to the part that waits for additions, or to the case itself when none does."""
    waiting = next((part for part in found.parts if part.supplement and part.state == "supplementing"), None)
    name, no = ("citizen:supplement", waiting.no) if waiting else ("citizen:case", found.no)
    return SeeOther(reverse(name, args=[no]))


@signed_in
def review(request: HttpRequest) -> HttpResponse:
    """Ask for and take the review of one settled case."""
    no = request.POST.get("case") or request.GET.get("case", "")
    found = queries.get_case(no, request.actor)
    faults: list[Fault] = []
    chosen = request.POST.get("satisfaction", "")
    if request.method == "POST":
        if chosen not in {"1", "2", "3", "4", "5"}:
            faults.append(Fault("", "level", _("请选一个满意程度")))
        else:
            tags = tuple(tag for tag in request.POST.getlist("tags") if tag in REVIEW_TAGS)
            try:
                actions.review_case(
                    case_no=no,
                    satisfaction=int(chosen),
                    tags=tags,
                    comment=request.POST.get("comment", "").strip()[:500],
                    by=request.actor,
                    at=clock(request),
                )
            except Refused as refused:
                faults.append(Fault("", "level", pick(refused.zh, refused.en)))
            else:
                say(request, _("评价已收到，谢谢您。"))
                return SeeOther(reverse("citizen:case", args=[no]))
    context = ReviewContext(
        found,
        _levels(),
        _tags(),
        whole_number(chosen),
        request.POST.get("comment", ""),
        tuple(faults),
    )
    return page(request, "citizen/review.html", context, status=422 if faults else 200)


def _levels() -> tuple[tuple[int, str], ...]:
    words = (_("非常满意"), _("满意"), _("基本满意"), _("不满意"), _("非常不满意"))
    return tuple(enumerate(words, 1))


def _tags() -> tuple[tuple[str, str], ...]:
    return tuple(
        zip(REVIEW_TAGS, (_("办事效率"), _("办事指南精确度"), _("办事便捷度"), _("平台好不好用")), strict=True)
    )


@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the messages, each with its one action."""
    notices = tuple((notice, action_url(notice)) for notice in queries.list_notices(request.actor))
    return page(request, "citizen/inbox.html", InboxContext(notices))


@signed_in
@require_POST
def read_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark a message read and go where its action leads."""
    notice = next((one for one in queries.list_notices(request.actor) if one.id == notice_id), None)
    if notice is None:
        raise Refused(
            "portal.notice.unknown",
            "没有这条消息。请回到消息列表。",
            "There is no such message. Go back to the list of messages.",
            status=404,
        )
    actions.mark_read(notice_id=notice_id, by=request.actor, at=clock(request))
    return SeeOther(action_url(notice))


def action_url(notice: NoticeShape) -> str:
    """Return where the one action of a message leads."""
    places = {
        "supplement": lambda: reverse("citizen:supplement", args=[notice.case_no]),
        "certificates": lambda: reverse("citizen:certificates"),
        "review": lambda: f"{reverse('citizen:review')}?case={notice.case_no}",
    }
    return places.get(notice.text.action, lambda: reverse("citizen:case", args=[notice.case_no]))()
