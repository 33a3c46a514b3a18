"""Notices in the inbox（消息）and the figures anyone may see（公开数据）."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Count, Q

from zhengtong.apps.cases.models import Case, Notice, Review
from zhengtong.apps.cases.rights import own_keys
from zhengtong.apps.cases.shapes import NoticeShape, NoticeText, PublicFigures
from zhengtong.apps.people.shapes import Actor

MOST_NOTICES = 100
FIGURE_DAYS = 90


def list_notices(by: Actor, *, limit: int = MOST_NOTICES) -> list[NoticeShape]:
    """Return the newest notices of the person or enterprise `by` acts as; one query."""
    notices = Notice.objects.filter(to_key__in=own_keys(by)).select_related("case").order_by("-at", "-pk")
    return [
        NoticeShape(notice.pk, notice.at, notice.case.no, notice.kind, NoticeText(**notice.text), notice.read_at)
        for notice in notices[:limit]
    ]


def count_unread(by: Actor) -> int:
    """Return how many notices have not been read."""
    return Notice.objects.filter(to_key__in=own_keys(by), read_at=None).count()


def public_figures(*, at: datetime | None = None) -> PublicFigures:
    """Return the week's cases, and of the last 90 days the share settled on time and the reviews; three queries.

    A one-thing counts once among the submitted, its parts each among the settled, because each has its own clock.
    """
    moment = at or datetime.now(UTC)
    week, quarter = moment - timedelta(days=7), moment - timedelta(days=FIGURE_DAYS)
    submitted = Case.objects.filter(parent=None, submitted_at__gte=week, submitted_at__lte=moment).count()
    settled = Case.objects.filter(is_settled=True, settled_at__gte=quarter, settled_at__lte=moment).aggregate(
        week=Count("pk", filter=Q(settled_at__gte=week, organisation__isnull=False, parent=None)),
        timed=Count("pk", filter=Q(is_on_time__isnull=False)),
        on_time=Count("pk", filter=Q(is_on_time=True)),
    )
    reviews = Review.objects.filter(at__gte=quarter, at__lte=moment, is_excluded=False).aggregate(
        total=Count("pk"), satisfied=Count("pk", filter=Q(satisfaction__lte=3))
    )
    return PublicFigures(
        submitted_this_week=submitted,
        settled_this_week=settled["week"],
        on_time_percent=_percent(settled["on_time"], settled["timed"]),
        reviews=reviews["total"],
        satisfied_percent=_percent(reviews["satisfied"], reviews["total"]),
    )


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
