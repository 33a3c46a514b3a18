"""An officer's work（待办）: what is mine by remaining time, what waits in the pool, how many lie where."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Count, Q, QuerySet

from zhengtong.apps.cases.models import Case
from zhengtong.apps.cases.queries.clocks import soon_until
from zhengtong.apps.cases.queries.paging import BY_TIME_LEFT, LATEST_SETTLED, PAGE_ROWS, count, page_of
from zhengtong.apps.cases.queries.searching import matching
from zhengtong.apps.cases.rights import is_officer, phases_of, stands_in_for
from zhengtong.apps.cases.shapes import BucketCounts, QueuePage, State
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import local_date

WORKABLE = (State.SUBMITTED.value, State.ACCEPTED.value, State.EXAMINING.value)


def list_queue(
    by: Actor, bucket: str = "", q: str = "", page: int = 1, *, at: datetime | None = None, rows: int = PAGE_ROWS
) -> QueuePage:
    """Return a page of my cases, least remaining time first; `bucket` as in BUCKETS, or "done", or "" for all in hand.

    `q` is a case number's beginning, words of the title, or a whole id number or credit code. Three queries.
    """
    moment = at or datetime.now(UTC)
    found = _done(by) if bucket == "done" else _in_bucket(_mine(by, moment), bucket, moment)
    order = LATEST_SETTLED if bucket == "done" else BY_TIME_LEFT
    return page_of(matching(found, q), page, moment, bucket=bucket, by=order, rows=rows)


def list_pool(by: Actor, q: str = "", page: int = 1, *, at: datetime | None = None, rows: int = PAGE_ROWS) -> QueuePage:
    """Return a page of my organisation's cases nobody has taken（待认领）, of the phases my roles cover. Two queries."""
    moment = at or datetime.now(UTC)
    return page_of(matching(_pool(by), q), page, moment, bucket="pool", by=BY_TIME_LEFT, rows=rows)


def list_load(by: Actor, *, at: datetime | None = None) -> list[tuple[str, BucketCounts]]:
    """Return how much each colleague has in hand, most first; to officers of the organisation. Two queries."""
    if not is_officer(by) or by.organisation is None:
        return []
    moment = at or datetime.now(UTC)
    held = Case.objects.filter(organisation_id=by.organisation.id, is_settled=False).exclude(assignee_id=None)
    counted = held.values("assignee_id", "assignee_label").annotate(**_bucket_counts(moment), all=Count("pk"))
    pool = count(_pool(by))
    names = ("overdue", "today", "soon", "ok", "hold")
    return [
        (line["assignee_label"], BucketCounts(**{name: line[f"in_{name}"] for name in names}, pool=pool))
        for line in counted.order_by("-all", "assignee_label")
    ]


def count_buckets(by: Actor, *, at: datetime | None = None) -> BucketCounts:
    """Return how many cases lie in each bucket; three queries."""
    moment = at or datetime.now(UTC)
    counted = _mine(by, moment).aggregate(**_bucket_counts(moment))
    found = {name.removeprefix("in_"): number for name, number in counted.items()}
    return BucketCounts(**found, pool=count(_pool(by)))


def count_done(by: Actor) -> int:
    """Return how many cases I settled; one query."""
    return count(_done(by))


def _bucket_counts(at: datetime) -> dict[str, Count]:
    today, soon, running = local_date(at), soon_until(at), Q(is_paused=False)
    return {
        "in_overdue": Count("pk", filter=running & Q(due_on__lt=today)),
        "in_today": Count("pk", filter=running & Q(due_on=today)),
        "in_soon": Count("pk", filter=running & Q(due_on__gt=today, due_on__lte=soon)),
        "in_ok": Count("pk", filter=running & (Q(due_on__gt=soon) | Q(due_on=None))),
        "in_hold": Count("pk", filter=Q(is_paused=True)),
    }


def _mine(by: Actor, at: datetime) -> QuerySet[Case]:
    """Return what the officer has in hand, and what those have for whom they stand in today（代岗）; one small query more."""
    if not is_officer(by) or by.organisation is None or by.account_id is None:
        return Case.objects.none()
    working_for = stands_in_for(by, local_date(at))
    held = Q(assignee_id__in=[by.account_id, *working_for]) if working_for else Q(assignee_id=by.account_id)
    return Case.objects.filter(held, organisation_id=by.organisation.id, is_settled=False)


def _pool(by: Actor) -> QuerySet[Case]:
    if not is_officer(by) or by.organisation is None:
        return Case.objects.none()
    unclaimed = Case.objects.filter(organisation_id=by.organisation.id, assignee_id=None, is_settled=False)
    return unclaimed.filter(state__in=WORKABLE, phase__in=phases_of(by))


def _done(by: Actor) -> QuerySet[Case]:
    if not is_officer(by) or by.organisation is None or by.account_id is None:
        return Case.objects.none()
    return Case.objects.filter(settled_by=by.account_id, organisation_id=by.organisation.id, is_settled=True)


def _in_bucket(cases: QuerySet[Case], bucket: str, at: datetime) -> QuerySet[Case]:
    today, soon = local_date(at), soon_until(at)
    running = cases.filter(is_paused=False)
    if bucket == "overdue":
        return running.filter(due_on__lt=today)
    if bucket == "today":
        return running.filter(due_on=today)
    if bucket == "soon":
        return running.filter(due_on__gt=today, due_on__lte=soon)
    if bucket == "ok":
        return running.filter(Q(due_on__gt=soon) | Q(due_on=None))
    return cases.filter(is_paused=True) if bucket == "hold" else cases
