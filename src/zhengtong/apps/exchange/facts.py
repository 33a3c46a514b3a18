"""Facts about sharing as a whole（共享概况）: numbers and dates of grants and requests, for whoever supervises; no persons.

Each is one query, whatever the number of grants.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Count, Exists, Max, OuterRef, Q, Sum

from zhengtong.apps.exchange.models import Grant, GrantDay, ShareRequest, Upstream
from zhengtong.apps.exchange.shapes import ResourceUse

OPEN = ("submitted", "supplementing")
MOST = 1000


def grants_without_calls(*, since: dt.date) -> list[tuple[str, dt.date]]:
    """Return (number, day granted) of active grants that are older than `since` and were not called from then on."""
    called = GrantDay.objects.filter(grant=OuterRef("pk"), day__gte=since, calls__gt=0)
    found = Grant.objects.filter(~Exists(called), status="active", granted_at__date__lt=since)
    return [(no, at.date()) for no, at in found.order_by("granted_at").values_list("no", "granted_at")[:MOST]]


def calls_by_day(*, since: dt.date) -> dict[str, dict[dt.date, int]]:
    """Return number of grant → day → calls, since a day."""
    told: dict[str, dict[dt.date, int]] = defaultdict(dict)
    for no, day, calls in GrantDay.objects.filter(day__gte=since).values_list("grant__no", "day", "calls"):
        told[no][day] = calls
    return told


def unanswered_requests(on: dt.date) -> list[tuple[str, dt.date]]:
    """Return (number, due) of requests whose answer is late."""
    late = ShareRequest.objects.filter(status__in=OPEN, reply_due_on__lt=on).order_by("reply_due_on")
    return list(late.values_list("no", "reply_due_on")[:MOST])


def request_outcomes(on: dt.date) -> list[tuple[int, str, bool]]:
    """Return (provider's id, status, whether its answer is late) of every request that reached its provider."""
    asked = ShareRequest.objects.exclude(status__in=("internal", "withdrawn"))
    rows = asked.values_list("resource__provider_id", "status", "reply_due_on")
    return [(provider, status, status in OPEN and due is not None and due < on) for provider, status, due in rows]


def grants_without_data() -> list[tuple[str, dt.datetime]]:
    """Return (number, when granted) of active grants on resources that have neither rows nor an API behind them."""
    behind = Upstream.objects.filter(resource=OuterRef("resource"), is_active=True)
    found = Grant.objects.filter(~Exists(behind), status="active").exclude(resource__snapshots__is_current=True)
    return list(found.order_by("granted_at").values_list("no", "granted_at")[:MOST])


def use_of(resource_id: int, *, on: dt.date, days: int = 30) -> ResourceUse:
    """Return how a resource is used by everybody together: grants in force and over, calls ever and of late. Two queries."""
    in_force = Q(status="active", valid_from__lte=on, valid_until__gte=on)
    grants = Grant.objects.filter(resource_id=resource_id)
    counted = grants.aggregate(every=Count("pk"), living=Count("pk", filter=in_force))
    late = Q(day__gt=on - dt.timedelta(days=days))
    calls = GrantDay.objects.filter(grant__resource_id=resource_id)
    told = calls.aggregate(every=Sum("calls"), late=Sum("calls", filter=late), last=Max("day", filter=Q(calls__gt=0)))
    return ResourceUse(counted["living"], counted["every"], told["late"] or 0, told["every"] or 0, told["last"])


def ended_grants(on: dt.date) -> list[str]:
    """Return the numbers of grants that were revoked or whose term is over."""
    over = Grant.objects.filter(Q(status="revoked") | Q(valid_until__lt=on))
    return list(over.order_by("pk").values_list("no", flat=True))


def granted_resource_codes() -> set[str]:
    """Return the codes of resources that somebody has a grant on."""
    return set(Grant.objects.values_list("resource__code", flat=True).distinct())
