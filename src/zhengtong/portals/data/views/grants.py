"""Grants（授权）: who may read what, how it is used, and ending it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.exchange import actions, queries
from zhengtong.apps.exchange.shapes import GrantShape
from zhengtong.kit import Refused
from zhengtong.portals.data.contexts import Entered, Faults, FieldRow, GrantContext, GrantsContext
from zhengtong.portals.data.forms import ELSEWHERE, NOTHING, entered_of, faults_of
from zhengtong.portals.data.grants_told import DAYS, chart_of, lines_of
from zhengtong.portals.data.guards import officer
from zhengtong.portals.data.rails import rail_of
from zhengtong.portals.ui.pages import SeeOther, clock, page, say


@officer
def grants(request: HttpRequest) -> HttpResponse:
    """Show the grants my organisation holds and those it gave or supervises."""
    today = timezone.localdate(clock(request))
    lines = lines_of(queries.list_grants(request.actor), request.actor, today)
    held = tuple(line for line in lines if line.is_ours)
    given = tuple(line for line in lines if not line.is_ours)
    return page(request, "data/grants.html", GrantsContext(rail_of(request, "grants"), held, given))


@officer
def grant(request: HttpRequest, no: str) -> HttpResponse:
    """Show one grant with its use."""
    return shown(request, queries.get_grant(no, request.actor))


def shown(
    request: HttpRequest, found: GrantShape, faults: Faults = (), entered: Entered = NOTHING, status: int = 200
) -> HttpResponse:
    by, today = request.actor, timezone.localdate(clock(request))
    backflow = queries.find_backflow(found.request_no, by)
    context = GrantContext(
        rail=rail_of(request, "grants"),
        line=lines_of([found], by, today)[0],
        grant=found,
        rows=tuple(
            FieldRow(item, True, True, found.masks.get(item.name, ""))
            for item in found.resource.fields
            if item.name in found.fields
        ),
        chart=chart_of(queries.grant_use(found.no, by, days=DAYS), today),
        backflow=backflow,
        deliveries=tuple(queries.list_deliveries(found.request_no, by, clock(request))) if backflow else (),
        allowed=queries.allowed_on_grant(found, by),
        faults=faults,
        entered=entered,
    )
    return page(request, "data/grant.html", context, status=status)


@officer
@require_POST
def revoke(request: HttpRequest, no: str) -> HttpResponse:
    """End the grant for good."""
    return ended(request, no, actions.revoke_grant, _("授权已撤销，立即停止服务。"))


@officer
@require_POST
def suspend(request: HttpRequest, no: str) -> HttpResponse:
    """Stop the grant until it is resumed."""
    return ended(request, no, actions.suspend_grant, _("授权已暂停。"))


@officer
@require_POST
def resume(request: HttpRequest, no: str) -> HttpResponse:
    """Let a suspended grant serve again."""
    return ended(request, no, actions.resume_grant, _("授权已恢复。"))


def ended(request: HttpRequest, no: str, act: Callable[..., object], words: str) -> HttpResponse:
    try:
        act(grant_no=no, reason=request.POST.get("reason", "")[:500], by=request.actor, at=clock(request))
    except Refused as refused:
        if refused.status in ELSEWHERE:
            raise
        current = queries.get_grant(no, request.actor)
        return shown(request, current, faults_of(refused), entered_of(request), refused.status)
    say(request, words)
    return SeeOther(reverse("data:grant", args=[no]))
