"""Bad reviews that are not closed（差评整改待办）, for who answers them and for the superior who decides an appeal."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.models import Case, CaseAction, CaseParty, Review
from zhengtong.apps.cases.queries.opening import open_case
from zhengtong.apps.cases.rights import is_officer
from zhengtong.apps.cases.shapes import ReviewTask
from zhengtong.apps.people.shapes import Actor

MOST_ROWS = 100


def list_rectifications(by: Actor) -> list[ReviewTask]:
    """Return the bad reviews to see to（差评整改）, whose term ends first first: those of the officer's organisation, and
    those whose appeal waits for its decision. Each case is opened."""
    if not is_officer(by) or by.organisation is None:
        return []
    mine = by.organisation.id
    tasks = [*_tasks(_bad().filter(case__organisation_id=mine), "handler", by)]
    waiting = CaseParty.objects.filter(organisation_id=mine, role="superior", is_open=True).values("case")
    tasks += _tasks(_bad().filter(case__in=waiting).exclude(case__organisation_id=mine), "superior", by)
    return sorted(tasks, key=lambda task: task.rectification.rectify_due_on)


def _bad() -> QuerySet[Review]:
    """Return the bad reviews that count and were not called back."""
    closed = CaseAction.objects.filter(case_id=OuterRef("case_id"), kind="called-back")
    return Review.objects.filter(
        ~Q(Exists(closed)), satisfaction__gte=case_law().bad_review_from, is_excluded=False
    ).select_related("case")


def _tasks(reviews: QuerySet[Review], role: str, by: Actor) -> Iterable[ReviewTask]:
    for review in reviews.order_by("at")[:MOST_ROWS]:
        case: Case = review.case
        state = open_case(case.no, by).state
        if state.rectification is None or state.rectification.state == "closed":
            continue
        yield ReviewTask(
            case_no=case.no,
            title_zh=case.title_zh,
            title_en=case.title_en,
            satisfaction=review.satisfaction,
            comment=review.comment,
            reviewed_at=review.at,
            rectification=state.rectification,
            assignee_label=case.assignee_label,
            role=role,
        )
