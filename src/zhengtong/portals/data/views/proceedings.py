"""Demand, misuse, dispute, disposal（供需对接与监管事项）: the board, and one page for whatever step comes next."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.demands import actions, queries
from zhengtong.apps.demands.shapes import ProceedingShape
from zhengtong.apps.exchange import queries as exchange
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.portals.data.contexts import Entered, Faults
from zhengtong.portals.data.dues import due_of_day
from zhengtong.portals.data.forms import ELSEWHERE, NOTHING, entered_of, faults_of
from zhengtong.portals.data.guards import officer
from zhengtong.portals.data.rails import rail_of
from zhengtong.portals.data.supply_contexts import (
    DemandsContext,
    MisuseContext,
    PostContext,
    ProceedingContext,
    ProceedingLine,
    StepForm,
)
from zhengtong.portals.data.words import say as in_words
from zhengtong.portals.ui.languages import pick
from zhengtong.portals.ui.pages import SeeOther, clock, page, say

TOLD = {"fields", "basis", "answer_basis", "violation", "manner", "resource", "grant", "request"}


@officer
def demands(request: HttpRequest) -> HttpResponse:
    """Show what waits for us, what other departments need, who meets it, and what nobody uses yet."""
    by = request.actor
    board = queries.board(by)
    mine = [line_of(request, one) for one in queries.list_proceedings(by, open_only=True)]
    context = DemandsContext(
        rail=rail_of(request, "demands"),
        waiting=tuple(line for line in mine if line.is_ours),
        demands=tuple(line_of(request, one) for one in board.demands),
        records=tuple(queries.satisfaction(timezone.localdate(clock(request)))),
        offers=board.offers,
        may_post=people.can_(by, "share.request", by.organisation.id),
    )
    return page(request, "data/demands.html", context)


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest) -> HttpResponse:
    """Show the form of a demand, or post it."""
    own = request.actor.organisation
    catalog.require_permission(request.actor, "share.request", own.id, "发布数据需求", "post a demand")
    if request.method != "POST":
        return page(request, "data/demand_new.html", PostContext(rail_of(request, "demands"), (), NOTHING))
    posted = request.POST
    try:
        made = actions.post_demand(
            title=posted.get("title", ""),
            purpose=posted.get("purpose", ""),
            basis=posted.get("basis", ""),
            fields=posted.get("fields", "").replace("，", "、").replace(",", "、").replace("\n", "、").split("、"),
            by=request.actor,
            at=clock(request),
        )
    except Refused as refused:
        if refused.status in ELSEWHERE:
            raise
        context = PostContext(rail_of(request, "demands"), faults_of(refused), entered_of(request))
        return page(request, "data/demand_new.html", context, status=refused.status)
    say(request, _("需求 %(no)s 已发布，等主管部门指派提供部门。") % {"no": made.no})
    return SeeOther(reverse("data:proceeding", args=[made.no]))


@officer
def proceeding(request: HttpRequest, no: str) -> HttpResponse:
    """Show one proceeding."""
    return shown(request, queries.get_proceeding(no, request.actor))


@officer
@require_POST
def step(request: HttpRequest, no: str, name: str) -> HttpResponse:
    """Take a step; a refusal shows the proceeding as it now stands, with what was entered."""
    posted = request.POST
    given = {key: posted.get(key, "")[:2000] for key in ("note", "basis", "resource", "manner")}
    chosen = posted.get("provider", "")
    provider = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
    try:
        told = actions.take_step(no=no, step=name, provider=provider, by=request.actor, at=clock(request), **given)
    except Refused as refused:
        if refused.status in ELSEWHERE:
            raise
        current = queries.get_proceeding(no, request.actor)
        entered = Entered({**entered_of(request).values, "step": name})
        return shown(request, current, faults_of(refused), entered, refused.status)
    say(request, _("已办理，现在是“%(state)s”。") % {"state": pick(told.state_zh, told.state_en)})
    return SeeOther(reverse("data:proceeding", args=[no]))


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def misuse(request: HttpRequest, no: str) -> HttpResponse:
    """Show the form of reporting misuse of a grant, or report it."""

    def act(posted, **base):
        return actions.report_misuse(
            grant_no=no, violation=posted.get("violation", ""), facts=posted.get("facts", ""), **base
        )

    return raised(request, "misuse", act, grant_no=no)


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def dispute_grant(request: HttpRequest, no: str) -> HttpResponse:
    """Show the form of a dispute over a grant, or open it."""
    return raised(request, "dispute", dispute_with(grant_no=no), grant_no=no)


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def dispute_request(request: HttpRequest, no: str) -> HttpResponse:
    """Show the form of a dispute over a request, or open it."""
    return raised(request, "dispute", dispute_with(request_no=no), request_no=no)


def dispute_with(**about: str) -> Callable[..., ProceedingShape]:
    return lambda posted, **base: actions.open_dispute(
        title=posted.get("title", ""), facts=posted.get("facts", ""), **about, **base
    )


def raised(
    request: HttpRequest,
    kind: str,
    act: Callable[..., ProceedingShape],
    *,
    grant_no: str = "",
    request_no: str = "",
) -> HttpResponse:
    by = request.actor
    about = exchange.get_grant(grant_no, by) if grant_no else exchange.get_request(request_no, by)
    faults, entered, status = (), NOTHING, 200
    if request.method == "POST":
        try:
            made = act(request.POST, by=by, at=clock(request))
            say(request, _("%(no)s 已提出。") % {"no": made.no})
            return SeeOther(reverse("data:proceeding", args=[made.no]))
        except Refused as refused:
            if refused.status in ELSEWHERE:
                raise
            faults, entered, status = faults_of(refused), entered_of(request), refused.status
    context = MisuseContext(
        rail=rail_of(request, "demands"),
        kind=kind,
        grant_no=grant_no,
        request_no=request_no,
        what=about.resource,
        violations=tuple(queries.list_violations()),
        faults=faults,
        entered=entered,
    )
    return page(request, "data/raise.html", context, status=status)


def shown(
    request: HttpRequest, found: ProceedingShape, faults: Faults = (), entered: Entered = NOTHING, status: int = 200
) -> HttpResponse:
    context = ProceedingContext(
        rail=rail_of(request, "demands"),
        line=line_of(request, found),
        forms=tuple(
            StepForm(choice, options_of(choice.needs, request.actor), entered.values.get("step") == choice.step)
            for choice in found.choices
        ),
        told=tuple(
            (in_words("told", name), in_words(name, value) if name in ("violation", "manner") else value)
            for name, value in found.told.items()
            if name in TOLD
        ),
        faults=faults,
        entered=entered,
    )
    return page(request, "data/proceeding.html", context, status=status)


def options_of(needs: tuple[str, ...], by: Actor) -> tuple[tuple[str, str], ...]:
    """Return what is picked from a list in a step: providers, the own published resources, or manners of disposal."""
    if "provider" in needs:
        return tuple((str(one.id), pick(one.name_zh, one.name_en)) for one in people.list_organisations())
    if "resource" in needs and by.organisation is not None:
        found = catalog.list_resources(by=by, provider=by.organisation.function).resources
        return tuple((one.code, pick(one.title_zh, one.title_en)) for one in found if one.status == "published")
    if "manner" in needs:
        return tuple((code, in_words("manner", code)) for code in ("deleted", "returned", "archived"))
    return ()


def line_of(request: HttpRequest, one: ProceedingShape) -> ProceedingLine:
    today = timezone.localdate(clock(request))
    return ProceedingLine(one, due_of_day(None if one.is_ended else one.due_on, today), bool(one.choices))
