"""Data going back to counties（数据回流）: asked for on a resource's page, approved as asked on the request's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.exchange import actions, queries
from zhengtong.apps.exchange.shapes import RequestShape
from zhengtong.kit import Refused
from zhengtong.portals.data.contexts import BackflowContext, Entered, Faults
from zhengtong.portals.data.forms import ELSEWHERE, entered_of, faults_of, read_count, read_day
from zhengtong.portals.data.guards import officer
from zhengtong.portals.data.rails import rail_of
from zhengtong.portals.data.views.requests import decided
from zhengtong.portals.ui.pages import SeeOther, clock, page, say

WEEK = "7"


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Show the form of asking for one's own region's rows, or send it."""
    resource, own = catalog.get_resource(name, by=request.actor), request.actor.organisation
    catalog.require_permission(request.actor, "share.request", own.id, "申请数据回流", "ask for a backflow")
    if request.method != "POST":
        today = timezone.localdate(clock(request))
        until = today.replace(month=12, day=31).isoformat()
        started = {"valid_from": today.isoformat(), "valid_until": until, "every_days": WEEK}
        return shown(request, resource, (), Entered(started))
    try:
        made = sent(request, resource)
    except Refused as refused:
        if refused.status in ELSEWHERE and not refused.field:
            raise
        return shown(request, resource, faults_of(refused), entered_of(request, "fields"), refused.status)
    say(request, _("申请 %(no)s 已提出，等本机构共享负责人同意后送提供部门。") % {"no": made.no})
    return SeeOther(reverse("data:request", args=[made.no]))


def sent(request: HttpRequest, resource: ResourceShape) -> RequestShape:
    posted = request.POST
    texts = {name: posted.get(name, "")[:500] for name in ("usage_basis", "usage_scenario", "usage_scope")}
    return actions.request_backflow(
        resource_code=resource.code,
        fields=posted.getlist("fields"),
        region_field=posted.get("region_field", "")[:60],
        client_id=posted.get("client_id", "")[:40],
        form=posted.get("form", "")[:10],
        every_days=read_count(posted, "every_days"),
        valid_from=read_day(posted, "valid_from"),
        valid_until=read_day(posted, "valid_until"),
        by=request.actor,
        at=clock(request),
        **texts,
    )


def shown(
    request: HttpRequest, resource: ResourceShape, faults: Faults, entered: Entered, status: int = 200
) -> HttpResponse:
    clients = tuple(one for one in queries.list_clients(request.actor) if one.is_active)
    forms, rail = tuple(actions.EXPORT_TYPES), rail_of(request, "catalog")
    may_ask = queries.may_flow_back(resource, request.actor.organisation)
    return page(
        request,
        "data/backflow.html",
        BackflowContext(rail, resource, may_ask, clients, forms, faults, entered),
        status=status,
    )


@officer
@require_POST
def approve(request: HttpRequest, no: str) -> HttpResponse:
    """Approve a backflow as it was asked for."""
    return decided(request, no, actions.approve_backflow, _("已同意回流，按期生成文件，由对方的应用来取。"))
