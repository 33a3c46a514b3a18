"""What is counted of cases（办件统计）: one day at a time, by region, organisation and matter; and the cases behind a figure.

Nothing here names a person or an officer. Each query of a day runs along an index of that day: `cases_by_day`,
`cases_settled_day`, the index of reviews by moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast, Substr

from zhengtong.apps.cases.models import Case, CaseAction, Material, Review
from zhengtong.apps.cases.queries.paging import page_of
from zhengtong.apps.cases.rights import is_officer
from zhengtong.apps.cases.shapes import QueuePage, State
from zhengtong.apps.matters import queries as matters
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit.place import SHANGHAI

REGION_DIGITS = 6
RETURNED = (State.NOT_ACCEPTED.value, State.SUPPLEMENT_EXPIRED.value)
BAD_FROM = 4  # satisfaction, GB/T 39046 A.8: 4 and 5 are bad reviews
Place = tuple[str, int | None, str]


@dataclass
class DayCount:
    """What one day counts in one place（日统计）: measure → how many."""

    region: str
    organisation_id: int | None
    matter_code: str
    counts: dict[str, int] = field(default_factory=dict)


def count_day(day: date) -> list[DayCount]:
    """Return the counts of a day: what was filed, what was settled and how, what was reviewed. Five queries."""
    found: dict[Place, DayCount] = {}
    for counted in (_filed(day), _settled(day), _told_twice(day), _reviewed(day), _rectified(day)):
        for row in counted:
            place = (row["area"], row["office"], row["matter"])
            line = found.setdefault(place, DayCount(*place))
            line.counts.update(
                {name: _whole(value) for name, value in row.items() if name not in ("area", "office", "matter")}
            )
    return list(found.values())


def first_day() -> date | None:
    """Return the day of the first case, or None while there is none."""
    first = Case.objects.filter(parent=None).order_by("submitted_at").values_list("submitted_at", flat=True).first()
    return first.astimezone(SHANGHAI).date() if first else None


def count_brought(since: datetime) -> dict[tuple[str, str], int]:
    """Return in how many cases each material（matter code, material id）was brought since a moment."""
    rows = (
        Material.objects.filter(attached_at__gte=since, by_office=False)
        .exclude(case=None)
        .values_list("case__matter_code", "material_id")
        .annotate(many=Count("case", distinct=True))
    )
    return {(matter, material): many for matter, material, many in rows}


def list_counted(
    by: Actor,
    measure: str,
    *,
    since: date,
    until: date,
    region: str = "",
    organisation_id: int | None = None,
    page: int = 1,
    at: datetime,
) -> QueuePage:
    """Return the cases behind a figure（指标背后的办件）, those `by` may open: their own organisation's.

    `measure` is one of BEHIND; an unknown one finds nothing. Two queries along the index of settled days.
    """
    if not is_officer(by) or by.organisation is None or measure not in BEHIND:
        return QueuePage((), 0, 1, 1, "done")
    column, condition = BEHIND[measure]
    within = {f"{column}__gte": _start(since), f"{column}__lt": _start(until + timedelta(days=1))}
    cases = Case.objects.filter(condition, organisation_id=by.organisation.id, **within).exclude(
        matter_code__in=_wholes()
    )
    if region:
        cases = cases.filter(region_code__startswith=region[:REGION_DIGITS])
    if organisation_id is not None:
        cases = cases.filter(organisation_id=organisation_id)
    return page_of(cases, page, at)


# which cases stand behind a figure, and by which moment they belong to a day
BEHIND: Mapping[str, tuple[str, Q]] = {
    "submitted": ("submitted_at", Q()),
    "settled": ("settled_at", Q(is_settled=True)),
    "timed": ("settled_at", Q(is_settled=True, is_on_time__isnull=False)),
    "on_time": ("settled_at", Q(is_settled=True, is_on_time=True)),
    "late": ("settled_at", Q(is_settled=True, is_on_time=False)),
    "returned": ("settled_at", Q(is_settled=True, state__in=RETURNED)),
    "granted": ("settled_at", Q(is_settled=True, state=State.GRANTED.value)),
    "reviews": ("review__at", Q(review__is_excluded=False)),
    "bad": ("review__at", Q(review__is_excluded=False, review__satisfaction__gte=BAD_FROM)),
}


def _filed(day: date) -> QuerySet[Case, dict[str, Any]]:
    cases = Case.objects.filter(parent=None, **_on(day, "submitted_at")).annotate(flagged=Cast("flags", TextField()))
    return _placed(cases, "").annotate(submitted=Count("pk"), proactive=Count("pk", filter=_flagged("proactive")))


def _settled(day: date) -> QuerySet[Case, dict[str, Any]]:
    taken = ExpressionWrapper(F("settled_at") - F("accepted_at"), output_field=DurationField())
    cases = Case.objects.filter(is_settled=True, **_on(day, "settled_at")).exclude(matter_code__in=_wholes())
    return _placed(cases.annotate(flagged=Cast("flags", TextField())), "").annotate(
        settled=Count("pk"),
        granted=Count("pk", filter=Q(state=State.GRANTED.value)),
        returned=Count("pk", filter=Q(state__in=RETURNED)),
        timed=Count("pk", filter=Q(is_on_time__isnull=False)),
        on_time=Count("pk", filter=Q(is_on_time=True)),
        early=Count("pk", filter=Q(is_on_time=True, promised_on__gt=day)),
        decided=Count("pk", filter=Q(accepted_at__isnull=False)),
        seconds=Sum(taken, filter=Q(accepted_at__isnull=False)),
        supplemented=Count("pk", filter=_flagged("supplemented")),
    )


def _told_twice(day: date) -> list[dict[str, Any]]:
    """Return how many of the cases settled that day were asked for supplements more than once."""
    asked = (
        CaseAction.objects.filter(kind="supplement-asked", case__is_settled=True, **_on(day, "case__settled_at"))
        .values("case")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
        .values_list("case", flat=True)
    )
    cases = Case.objects.filter(pk__in=list(asked))
    return list(_placed(cases, "").annotate(told_twice=Count("pk")))


def _reviewed(day: date) -> QuerySet[Review, dict[str, Any]]:
    reviews = Review.objects.filter(is_excluded=False, **_on(day, "at"))
    return _placed(reviews, "case__").annotate(
        reviews=Count("pk"),
        satisfied=Count("pk", filter=Q(satisfaction__lt=BAD_FROM)),
        bad=Count("pk", filter=Q(satisfaction__gte=BAD_FROM)),
    )


def _rectified(day: date) -> QuerySet[Review, dict[str, Any]]:
    done = CaseAction.objects.filter(kind="rectified").values("case")
    reviews = Review.objects.filter(is_excluded=False, satisfaction__gte=BAD_FROM, case__in=done, **_on(day, "at"))
    return _placed(reviews, "case__").annotate(rectified=Count("pk"))


def _placed(records: QuerySet[Any], prefix: str) -> QuerySet[Any, dict[str, Any]]:
    """Group by region（county）, organisation and matter."""
    return (
        records.order_by()
        .annotate(
            area=Substr(f"{prefix}region_code", 1, REGION_DIGITS),
            office=F(f"{prefix}organisation_id"),
            matter=F(f"{prefix}matter_code"),
        )
        .values("area", "office", "matter")
    )


def _flagged(flag: str) -> Q:
    return Q(flagged__contains=f'"{flag}"')


def _on(day: date, column: str) -> dict[str, datetime]:
    return {f"{column}__gte": _start(day), f"{column}__lt": _start(day + timedelta(days=1))}


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _wholes() -> list[str]:
    """Return the one-things: each of the matters in them is a case of its own, the whole is none beside them."""
    return [matter.code for matter in matters.list_one_things()]


def _whole(value: Any) -> int:
    return int(value.total_seconds()) if isinstance(value, timedelta) else int(value or 0)
