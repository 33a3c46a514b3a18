"""Pages of cases（分页）: which lines stand on a page, in which order, and how many there are, counted only so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from zhengtong.apps.cases.models import Case
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.queries.clocks import bucket_of, mark_of, remaining_days
from zhengtong.apps.cases.shapes import STATE_TITLES, QueuePage, QueueRow

PAGE_ROWS = 20
COUNTED_TO = 10_000  # totals are counted no further


class Line(NamedTuple):
    """What a line is made of: a case's columns, and those of the one-thing it is a part of; the names are Django's."""

    pk: int
    no: str
    title_zh: str
    title_en: str
    applicant_masked: str
    state: str
    phase: str
    is_paused: bool
    is_settled: bool
    due_on: date | None
    assignee_label: str
    flags: list[str]
    submitted_at: datetime
    version: int
    pack_digest: str
    parent__no: str | None
    parent__title_zh: str | None
    parent__title_en: str | None


#: orders that an index serves
BY_TIME_LEFT = ("is_paused", F("due_on").asc(nulls_last=True), "pk")
BY_NUMBER = ("no",)
LATEST_SETTLED = ("-settled_at", "pk")


def page_of(
    cases: QuerySet[Case],
    page: int,
    at: datetime,
    *,
    bucket: str = "done",
    by: Sequence[Any] = LATEST_SETTLED,
    rows: int = PAGE_ROWS,
) -> QueuePage:
    """Return a page of cases, settled ones with the latest first unless told otherwise; two queries."""
    place = Place.of(count(cases), page, rows)
    return place.filled(_lines(cases, by, place), bucket, at)


def count(cases: QuerySet[Case]) -> int:
    """Return how many there are, counted no further than COUNTED_TO: who has more narrows the search."""
    return cases.order_by()[:COUNTED_TO].count()


def _lines(cases: QuerySet[Case], by: Sequence[Any], place: Place) -> Iterable[Sequence[Any]]:
    """Return the lines at a place; on the way to a later page the database passes over keys alone, not over rows."""
    found = cases.order_by(*by)
    if place.start:
        found = Case.objects.filter(pk__in=found.values("pk")[place.start : place.stop]).order_by(*by)
    return found.values_list(*Line._fields)[: place.stop - place.start]


def row_of(line: Line, at: datetime) -> QueueRow:
    """Return a line as the desk shows it."""
    zh, en = STATE_TITLES[line.state]
    left = remaining_days(line.due_on, at)
    is_running = not line.is_paused and not line.is_settled
    return QueueRow(
        no=line.no,
        title_zh=line.title_zh,
        title_en=line.title_en,
        applicant_masked=line.applicant_masked,
        state=line.state,
        state_zh=zh,
        state_en=en,
        phase=line.phase,
        bucket="hold" if line.is_paused else "done" if line.is_settled else bucket_of(line.due_on, at),
        remaining_days=left,
        due_on=line.due_on,
        assignee_label=line.assignee_label,
        parent_no=line.parent__no or "",
        parent_title_zh=line.parent__title_zh or "",
        parent_title_en=line.parent__title_en or "",
        flags=tuple(line.flags),
        submitted_at=line.submitted_at,
        version=line.version,
        mark=mark_of(pinned_pack(line.pack_digest), left) if is_running else "",
    )


def line_of(case: Case) -> Line:
    """Return the line of a record in hand; one query more for a part."""
    own = {name: getattr(case, name) for name in Line._fields if not name.startswith("parent__")}
    parent = case.parent
    return Line(
        **own,
        parent__no=parent.no if parent else "",
        parent__title_zh=parent.title_zh if parent else "",
        parent__title_en=parent.title_en if parent else "",
    )


class Place(NamedTuple):
    """Where a page lies: its number and how many there are, and its lines from `start` up to, not with, `stop`."""

    total: int
    page: int
    pages: int
    start: int
    stop: int

    @classmethod
    def of(cls, total: int, page: int, rows: int) -> Place:
        """Return the place of the page asked for, or of the nearest there is."""
        pages = max(1, -(-total // rows))
        page = min(max(1, page), pages)
        return cls(total, page, pages, (page - 1) * rows, page * rows)

    def filled(self, lines: Iterable[Sequence[Any]], bucket: str, at: datetime) -> QueuePage:
        """Return the page with its lines."""
        found = tuple(row_of(Line(*line), at) for line in lines)
        return QueuePage(found, self.total, self.page, self.pages, bucket)
