"""Corrections（校核纠错）: what we have to answer, what we asked, and asking."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.corrections import actions, queries
from zhengtong.apps.corrections.shapes import CorrectionShape
from zhengtong.kit import Refused
from zhengtong.portals.data.contexts import Entered, Faults
from zhengtong.portals.data.dues import due_of_day
from zhengtong.portals.data.forms import ELSEWHERE, NOTHING, entered_of, faults_of
from zhengtong.portals.data.guards import officer
from zhengtong.portals.data.rails import rail_of
from zhengtong.portals.data.supply_contexts import (
    CorrectionContext,
    CorrectionLine,
    CorrectionsContext,
    DoubtContext,
)
from zhengtong.portals.ui.languages import pick
from zhengtong.portals.ui.pages import SeeOther, clock, page, say


@officer
def corrections(request: HttpRequest) -> HttpResponse:
    """Show what we have to answer, then all else we are part of."""
    lines = [line_of(request, one) for one in queries.list_corrections(by=request.actor)]
    to_answer = tuple(line for line in lines if "answer" in line.correction.allowed)
    others = tuple(line for line in lines if line not in to_answer)
    return page(
        request, "data/corrections.html", CorrectionsContext(rail_of(request, "corrections"), to_answer, others)
    )


@officer
def correction(request: HttpRequest, no: str) -> HttpResponse:
    """Show one correction."""
    return shown(request, queries.get_correction(no, by=request.actor))


@officer
@require_POST
def answer(request: HttpRequest, no: str) -> HttpResponse:
    """Answer as the source."""
    told = {"answer": request.POST.get("answer", ""), "note": request.POST.get("note", "")[:1000]}
    return done(request, no, lambda **base: actions.answer_correction(**told, **base), _("已答复，对方会收到。"))


@officer
@require_POST
def close(request: HttpRequest, no: str) -> HttpResponse:
    """Take note of the answer."""
    return done(request, no, actions.close_correction, _("已确认办结。"))


@officer
@require_POST
def withdraw(request: HttpRequest, no: str) -> HttpResponse:
    """Take the doubt back."""
    return done(request, no, actions.withdraw_correction, _("已撤回。"))


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def doubt(request: HttpRequest, name: str) -> HttpResponse:
    """Show the form of asking the source to check a value, or send it."""
    resource, posted = catalog.get_resource(name, by=request.actor), request.POST
    faults, entered, status = (), NOTHING, 200
    if request.method == "POST":
        try:
            made = actions.raise_verification(
                resource_code=resource.code,
                **{key: posted.get(key, "")[:2000] for key in ("field", "row_key", "found_value", "claimed_value")},
                grounds=posted.get("grounds", "")[:2000],
                case_no=posted.get("case_no", "")[:40],
                by=request.actor,
                at=clock(request),
            )
            say(request, _("校核申请 %(no)s 已送数源部门。") % {"no": made.no})
            return SeeOther(reverse("data:correction", args=[made.no]))
        except Refused as refused:
            if refused.status in (401, 403):
                raise
            faults, entered, status = faults_of(refused), entered_of(request), refused.status
    context = DoubtContext(rail_of(request, "corrections"), resource, faults, entered)
    return page(request, "data/doubt.html", context, status=status)


def done(request: HttpRequest, no: str, act: Callable[..., object], words: str) -> HttpResponse:
    try:
        act(no=no, by=request.actor, at=clock(request))
    except Refused as refused:
        if refused.status in ELSEWHERE:
            raise
        current = queries.get_correction(no, by=request.actor)
        return shown(request, current, faults_of(refused), entered_of(request), refused.status)
    say(request, words)
    return SeeOther(reverse("data:correction", args=[no]))


def shown(
    request: HttpRequest, found: CorrectionShape, faults: Faults = (), entered: Entered = NOTHING, status: int = 200
) -> HttpResponse:
    context = CorrectionContext(rail_of(request, "corrections"), line_of(request, found), faults, entered)
    return page(request, "data/correction.html", context, status=status)


def line_of(request: HttpRequest, one: CorrectionShape) -> CorrectionLine:
    item = one.resource.find_field(one.field)
    today = timezone.localdate(clock(request))
    due = due_of_day(one.due_on if one.status == "verifying" else None, today)
    return CorrectionLine(one, due, pick(item.title_zh, item.title_en) if item else one.field)
