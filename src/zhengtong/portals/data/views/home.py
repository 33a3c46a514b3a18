"""The first page（首页）: what waits for this officer, before everything else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.exchange import queries as exchange
from zhengtong.portals.data.contexts import HomeContext, Met, RequestLine
from zhengtong.portals.data.dues import due_of_request
from zhengtong.portals.data.grants_told import state_of
from zhengtong.portals.data.rails import put_off_for, rail_of, waiting_for
from zhengtong.portals.ui.pages import clock, open_to_all, page

NEWEST = 6


@open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits, the newest resources, and how the departments meet one another's requests."""
    by, today = request.actor, timezone.localdate(clock(request))
    found = catalog.list_resources(by=by)
    is_officer = by.organisation is not None
    grants = exchange.list_grants(by) if is_officer else []
    context = HomeContext(
        rail=rail_of(request, "home"),
        waiting=tuple(RequestLine(one, due_of_request(one, today)) for one in waiting_for(by)) if is_officer else (),
        put_off=tuple(RequestLine(one, due_of_request(one, today)) for one in put_off_for(by)) if is_officer else (),
        total=found.total,
        newest=tuple(one for one in found.resources if one.status == "published")[:NEWEST],
        active_grants=sum(1 for grant in grants if state_of(grant, today) == "active"),
        met=tuple(Met(*row) for row in exchange.satisfaction()) if is_officer else (),
    )
    return page(request, "data/home.html", context)
