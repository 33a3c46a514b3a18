"""Requests（共享申请）: ask, consent, answer; each step by the right people, each refusal with what was entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.exchange import actions, queries
from zhengtong.apps.exchange.shapes import MODES, Hours, RequestShape
from zhengtong.kit import Refused
from zhengtong.portals.data.contexts import (
    AskContext,
    Entered,
    Faults,
    FieldRow,
    RequestContext,
    RequestGroup,
    RequestLine,
    RequestsContext,
)
from zhengtong.portals.data.dues import due_of_request
from zhengtong.portals.data.forms import ELSEWHERE, NOTHING, entered_of, faults_of, read_count, read_day, read_time
from zhengtong.portals.data.guards import officer
from zhengtong.portals.data.rails import MINE_TO_DO, rail_of
from zhengtong.portals.data.words import offered_masks
from zhengtong.portals.ui.pages import SeeOther, clock, page, say

TICKED = ("fields", "share_modes")


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Show the form of asking for a resource's fields, or send what it carries."""
    resource = catalog.get_resource(name, by=request.actor)
    own = request.actor.organisation
    catalog.require_permission(request.actor, "share.request", own.id, "申请共享数据", "request data")
    if request.method != "POST":
        return form_shown(request, resource)
    try:
        made = sent(request, resource)
    except Refused as refused:
        if refused.status in ELSEWHERE and not refused.field:
            raise
        return form_shown(request, resource, faults_of(refused), entered_of(request, *TICKED), refused.status)
    say(request, _("申请 %(no)s 已提出，等本机构共享负责人同意后送提供部门。") % {"no": made.no})
    return SeeOther(reverse("data:request", args=[made.no]))


def sent(request: HttpRequest, resource: ResourceShape) -> RequestShape:
    posted = request.POST
    return actions.request_share(
        resource_code=resource.code,
        fields=posted.getlist("fields"),
        usage_basis=posted.get("usage_basis", "")[:500],
        usage_scenario=posted.get("usage_scenario", "")[:500],
        usage_scope=posted.get("usage_scope", "")[:500],
        share_modes=posted.getlist("share_modes"),
        valid_from=read_day(posted, "valid_from"),
        valid_until=read_day(posted, "valid_until"),
        by=request.actor,
        at=clock(request),
    )


def form_shown(
    request: HttpRequest,
    resource: ResourceShape,
    faults: Faults = (),
    entered: Entered | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate(clock(request))
    start = Entered({"valid_from": today.isoformat(), "valid_until": today.replace(month=12, day=31).isoformat()})
    offered = tuple(mode for mode in MODES if mode in resource.share_modes)
    context = AskContext(rail_of(request, "catalog"), resource, offered, faults, entered or start)
    return page(request, "data/ask.html", context, status=status)


@officer
def requests(request: HttpRequest) -> HttpResponse:
    """Show what waits for me, then what my organisation asked for and has to answer."""
    by, today = request.actor, timezone.localdate(clock(request))
    found = queries.list_requests(by)
    waiting = [one for one in found if MINE_TO_DO & set(one.allowed)]
    rest = [one for one in found if one not in waiting]
    own = by.organisation.id
    sections = (
        (_("等我办理"), _("没有等您办理的申请。"), waiting),
        (_("我们提出的"), _("本机构没有其他申请。"), [one for one in rest if one.consumer.id == own]),
        (
            _("我们要答复的"),
            _("没有其他需要本机构答复的申请。"),
            [one for one in rest if one.resource.provider.id == own],
        ),
        (
            _("其他部门之间的"),
            "",
            [one for one in rest if own not in (one.consumer.id, one.resource.provider.id)],
        ),
    )
    groups = tuple(
        RequestGroup(title, empty, tuple(RequestLine(one, due_of_request(one, today)) for one in listed))
        for title, empty, listed in sections
        if listed or empty
    )
    return page(request, "data/requests.html", RequestsContext(rail_of(request, "requests"), groups))


@officer
def request_page(request: HttpRequest, no: str) -> HttpResponse:
    """Show one request and what can be decided on it."""
    return request_shown(request, queries.get_request(no, request.actor))


def request_shown(
    request: HttpRequest, found: RequestShape, faults: Faults = (), entered: Entered = NOTHING, status: int = 200
) -> HttpResponse:
    kept = entered.chosen if entered.values.get("conditions") is not None else frozenset(found.fields)
    context = RequestContext(
        rail=rail_of(request, "requests"),
        asked=found,
        due=due_of_request(found, timezone.localdate(clock(request))),
        rows=tuple(
            FieldRow(item, item.name in found.fields, item.name in kept, entered.values.get(f"mask-{item.name}", ""))
            for item in found.resource.fields
        ),
        masks=offered_masks(),
        callers=tuple(queries.list_callers(found)),
        backflow=queries.find_backflow(found.no, request.actor),
        faults=faults,
        entered=entered,
    )
    return page(request, "data/request.html", context, status=status)


@officer
@require_POST
def consent(request: HttpRequest, no: str) -> HttpResponse:
    """Consent as the head of the own sharing office."""
    return decided(request, no, actions.consent_internally, _("已同意，申请已送提供部门。"))


@officer
@require_POST
def approve(request: HttpRequest, no: str) -> HttpResponse:
    """Approve all or part of the fields; the grant is in force at once."""
    posted = request.POST

    def act(**base: Any) -> object:
        masks = {name: posted.get(f"mask-{name}", "") for name in posted.getlist("fields")}
        return actions.approve_request(
            fields=posted.getlist("fields"),
            conditions=posted.get("conditions", "")[:1000],
            masks=masks,
            row_filter=row_filter(posted),
            quota_per_day=read_count(posted, "quota_per_day"),
            needs_case=bool(posted.get("needs_case")),
            rate_per_minute=read_count(posted, "rate_per_minute"),
            hours=read_hours(posted),
            callers=posted.getlist("callers"),
            **base,
        )

    return decided(request, no, act, _("已同意，授权立即生效。"), {"hours": "hours_until"})


def read_hours(posted: Any) -> Hours | None:
    """Return the hours of use, None when nothing was typed; "working days only" alone means the whole of each."""
    start, end = read_time(posted, "hours_from"), read_time(posted, "hours_until")
    workdays_only = bool(posted.get("workdays_only"))
    if (start is None) != (end is None):
        raise Refused(
            "portal.data.hours",
            "使用时段的起止要都填写，或都留空。",
            "Give both ends of the hours of use, or neither.",
            field="hours_until" if end is None else "hours_from",
        )
    if start is None or end is None:
        return Hours(dt.time.min, dt.time.max, workdays_only=True) if workdays_only else None
    return Hours(start, end, workdays_only)


def row_filter(posted: Any) -> dict[str, tuple[str, ...]]:
    """Return the rows the grant is limited to: a field and the values it may have, one a line or separated by commas."""
    name = posted.get("row_field", "").strip()
    typed = posted.get("row_values", "").replace("，", ",").replace("\n", ",")
    values = tuple(value.strip() for value in typed.split(",") if value.strip())
    if bool(name) != bool(values):
        raise Refused(
            "portal.data.rows",
            "限定行时，数据项和允许的值都要填；不限定时都留空。",
            "To limit the rows give both a field and its values; leave both empty otherwise.",
            field="row_values",
        )
    return {name: values} if name else {}


@officer
@require_POST
def reject(request: HttpRequest, no: str) -> HttpResponse:
    """Reject, with the reason and the law."""
    told = {"reason": request.POST.get("reason", "")[:900], "basis": request.POST.get("basis", "")[:90]}
    return decided(request, no, lambda **base: actions.reject_request(**told, **base), _("已答复不同意。"))


@officer
@require_POST
def ask_supplement(request: HttpRequest, no: str) -> HttpResponse:
    """Ask, once, for what is missing."""
    note = request.POST.get("note", "")[:1000]
    return decided(request, no, lambda **base: actions.ask_request_supplement(note=note, **base), _("已要求补充。"))


@officer
@require_POST
def supplement(request: HttpRequest, no: str) -> HttpResponse:
    """Answer what was asked for."""
    answer = request.POST.get("answer", "")[:1000]
    return decided(
        request, no, lambda **base: actions.supplement_request(answer=answer, **base), _("已补充并重新送出。")
    )


@officer
@require_POST
def ask_extension(request: HttpRequest, no: str) -> HttpResponse:
    """Ask the sharing authority for more days to answer."""
    posted = request.POST

    def act(**base: Any) -> object:
        reason = posted.get("extend_reason", "")[:500]
        return actions.ask_extension(days=read_count(posted, "days"), reason=reason, **base)

    return decided(request, no, act, _("已报主管部门，同意前期限不变。"), {"reason": "extend_reason"})


@officer
@require_POST
def grant_extension(request: HttpRequest, no: str) -> HttpResponse:
    """Agree to the extension as the sharing authority."""
    return decided(request, no, actions.grant_extension, _("已同意延期，申请部门会看到新的期限和理由。"))


@officer
@require_POST
def refuse_extension(request: HttpRequest, no: str) -> HttpResponse:
    """Refuse the extension as the sharing authority."""
    reason = request.POST.get("refuse_reason", "")[:500]

    def act(**base: Any) -> object:
        return actions.refuse_extension(reason=reason, **base)

    return decided(request, no, act, _("已答复不同意延期，期限不变。"), {"reason": "refuse_reason"})


@officer
@require_POST
def withdraw(request: HttpRequest, no: str) -> HttpResponse:
    """Take the request back."""
    return decided(request, no, actions.withdraw_request, _("申请已撤回。"))


def decided(
    request: HttpRequest, no: str, act: Callable[..., object], words: str, renamed: Mapping[str, str] | None = None
) -> HttpResponse:
    """Act and go back to the request; a refusal shows it as it now stands, with what was entered.

    `renamed` maps a refusal's field to its name on a page where two forms ask for the same.
    """
    try:
        act(request_no=no, by=request.actor, at=clock(request))
    except Refused as refused:
        if refused.status in ELSEWHERE:
            raise
        current = queries.get_request(no, request.actor)
        refused.field = (renamed or {}).get(refused.field or "", refused.field)
        return request_shown(
            request, current, faults_of(refused), entered_of(request, "fields", "callers"), refused.status
        )
    say(request, words)
    return SeeOther(reverse("data:request", args=[no]))
