"""Indicators as pages（指标页）: all of them, one looked into, the cases behind it, and the figures as a file."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.apps.cases import queries as cases
from zhengtong.apps.indicators import queries
from zhengtong.apps.indicators.shapes import Scope
from zhengtong.apps.people import queries as people
from zhengtong.portals.desk import figures
from zhengtong.portals.desk.guards import officer
from zhengtong.portals.desk.queues import lines_of
from zhengtong.portals.ui.languages import pick, words_of
from zhengtong.portals.ui.pages import clock, page, whole_number
from zhengtong.portals.ui.pieces import pager

USUAL_DAYS = 90


@officer
def indicators(request: HttpRequest) -> HttpResponse:
    """Show every indicator in a period, each as a sentence."""
    scope = _scope(request)
    found = queries.list_indicators(scope)
    groups = ((_("办件"), "cases"), (_("事项"), "matters"))
    cards = tuple(
        (title, tuple(figures.card_of(one, scope) for one in found if one.indicator.of == kind))
        for title, kind in groups
    )
    counts = cases.count_buckets(request.actor)
    context = figures.IndicatorsContext("indicators", counts, _filters(scope), cards, queries.last_rolled())
    return page(request, "desk/indicators.html", context)


@officer
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """Show one indicator: its definition, by month, by region, by department; as a file with `?format=csv`."""
    scope = _scope(request)
    reading = queries.read_indicator(code, scope)
    one = reading.compared.indicator
    if request.GET.get("format") == "csv":
        return HttpResponse(
            figures.to_csv(reading),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{one.id}.csv"'},
        )
    context = figures.IndicatorContext(
        section="indicators",
        counts=cases.count_buckets(request.actor),
        filters=_filters(scope),
        indicator=one,
        sentence=figures.sentence(reading.compared),
        compared=figures.comparisons(reading.compared),
        charts=figures.charts_of(reading),
        regions=figures.links_of(reading, scope, "region"),
        organisations=figures.links_of(reading, scope, "organisation"),
        here=figures.address("desk:indicator", one, scope),
        csv_url=figures.address("desk:indicator", one, scope, format="csv"),
        cases_url=figures.address("desk:behind", one, scope) if one.behind else "",
        cases_title=words_of(one.behind_title),
        rolled_at=queries.last_rolled() if one.of == "cases" else None,
    )
    return page(request, "desk/indicator.html", context)


@officer
def behind(request: HttpRequest, code: str) -> HttpResponse:
    """Show the cases behind an indicator, those this officer may open."""
    scope = _scope(request)
    one = queries.get_indicator(code)
    found = queries.list_cases(
        code, scope, request.actor, at=clock(request), page=whole_number(request.GET.get("page", ""), 1)
    )
    links = pager(
        found.page, found.pages, found.total, lambda n: figures.address("desk:behind", one, scope, page=str(n))
    )
    context = figures.BehindContext(
        "indicators",
        cases.count_buckets(request.actor),
        one,
        _filters(scope),
        lines_of(found.rows),
        found.total,
        links,
        figures.address("desk:indicator", one, scope),
    )
    return page(request, "desk/behind.html", context)


def _scope(request: HttpRequest) -> Scope:
    """Return what is asked for, within what this officer may see."""
    today = timezone.localdate(clock(request))
    until = _day(request.GET.get("until", ""), today)
    since = _day(request.GET.get("since", ""), until - dt.timedelta(days=USUAL_DAYS - 1))
    region = request.GET.get("region", "")
    organisation = whole_number(request.GET.get("organisation", "")) or None
    known = {one.code for one in people.list_regions(settings.ZHENGTONG_REGION)}
    return queries.scope_of(request.actor, since, until, region if region in known else "", organisation)


def _day(typed: str, default: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(typed)
    except ValueError:
        return default


def _filters(scope: Scope) -> figures.Filters:
    regions = [(one.code, pick(one.name_zh, one.name_en)) for one in people.list_regions(settings.ZHENGTONG_REGION)]
    chosen = people.get_organisation(scope.organisation_id) if scope.organisation_id is not None else None
    return figures.Filters(
        since=scope.since.isoformat(),
        until=scope.until.isoformat(),
        region=scope.region,
        regions=(("", _("全市")), *regions),
        organisation=pick(chosen.name_zh, chosen.name_en) if chosen else "",
        is_bound=scope.is_bound,
    )
