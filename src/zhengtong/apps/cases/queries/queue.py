"""An officer's work（待办）: what is mine by remaining time, what waits in the pool, how many lie where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.db.models import Count, F, Q, QuerySet

from zhengtong.apps.cases.models import LONG_COLUMNS, Case
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.queries.clocks import bucket_of, mark_of, remaining_days, soon_until
from zhengtong.apps.cases.rights import is_officer, phases_of, stands_in_for
from zhengtong.apps.cases.shapes import STATE_TITLES, BucketCounts, QueuePage, QueueRow, State
from zhengtong.apps.people import statements
from zhengtong.apps.people.keys import subject_key
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import local_date
from zhengtong.kit.identifiers import is_credit_code, is_resident_id
from zhengtong.kit.text import normalise

PAGE_ROWS = 20
COUNTED_TO = 10_000  # totals are counted no further
WHOLE_NUMBER = 20  # digits of a case number: six of the region, eight of the day, six of the serial at least
BY_TIME_LEFT = ("is_paused", F("due_on").asc(nulls_last=True), "pk")
WORKABLE = (State.SUBMITTED.value, State.ACCEPTED.value, State.EXAMINING.value)


def list_queue(
    by: Actor, bucket: str = "", q: str = "", page: int = 1, *, at: datetime | None = None, rows: int = PAGE_ROWS
) -> QueuePage:
    """Return a page of my cases, least remaining time first; `bucket` as in BUCKETS, or "done", or "" for all in hand.

    `q` is a case number's beginning, words of the title, or a whole id number or credit code. Three queries.
    """
    moment = at or datetime.now(UTC)
    found = _done(by) if bucket == "done" else _in_bucket(_mine(by, moment), bucket, moment)
    return _page(_matching(found, q), bucket, page, rows, moment)


def list_pool(by: Actor, q: str = "", page: int = 1, *, at: datetime | None = None, rows: int = PAGE_ROWS) -> QueuePage:
    """Return a page of my organisation's cases nobody has taken（待认领）, of the phases my roles cover. Two queries."""
    return _page(_matching(_pool(by), q), "pool", page, rows, at or datetime.now(UTC))


def search_cases(
    by: Actor, q: str = "", page: int = 1, *, at: datetime | None = None, rows: int = PAGE_ROWS
) -> QueuePage:
    """Return a page of the cases my organisation may see, whatever their state and whoever has them.

    One query for a whole number, else three, and one more for words of a title.
    """
    if not is_officer(by) or by.organisation is None:
        return QueuePage((), 0, 1, 1, "all")
    moment, mine, words = at or datetime.now(UTC), by.organisation.id, normalise(q)
    if words.isdigit() and len(words) >= WHOLE_NUMBER:
        found = tuple(_rows(numbered(words, mine), moment))
        return QueuePage(found, len(found), 1, 1, "all")
    own = Case.objects.filter(organisation_id=mine)
    if not words or _is_of_person(words):
        own = _matching(own, q)
    elif words.isdigit():
        own = own.filter(no__startswith=words)
    else:
        own = own.filter(pack_digest__in=_versions_called(words, mine))
    parts = Case.objects.filter(organisation_id=mine).exclude(parent=None)
    wholes = Case.objects.filter(pk__in=parts.values("parent")).exclude(organisation_id=mine)
    return _page_of_both(own, _matching(wholes, q), page, rows, moment)


def numbered(no: str, organisation_id: int) -> list[Case]:
    """Return the case of a whole number and its parts, those of them the organisation may see; one query as a rule."""
    own = "organisation_id = %s OR EXISTS (SELECT 1 FROM cases_case part WHERE part.parent_id = cases_case.id"
    seen = f"({own} AND part.organisation_id = %s))"
    named = "(no = %s OR parent_id = (SELECT whole.id FROM cases_case whole WHERE whole.no = %s))"
    given = [no, no, organisation_id, organisation_id]
    return statements.records_of(Case, statements.select(Case, f"{named} AND {seen} ORDER BY id", given))


def list_load(by: Actor, *, at: datetime | None = None) -> list[tuple[str, BucketCounts]]:
    """Return how much each colleague has in hand, most first; to officers of the organisation. Two queries."""
    if not is_officer(by) or by.organisation is None:
        return []
    moment = at or datetime.now(UTC)
    held = Case.objects.filter(organisation_id=by.organisation.id, is_settled=False).exclude(assignee_id=None)
    counted = held.values("assignee_id", "assignee_label").annotate(**_bucket_counts(moment), all=Count("pk"))
    pool = _count(_pool(by))
    names = ("overdue", "today", "soon", "ok", "hold")
    return [
        (line["assignee_label"], BucketCounts(**{name: line[f"in_{name}"] for name in names}, pool=pool, done=0))
        for line in counted.order_by("-all", "assignee_label")
    ]


def count_buckets(by: Actor, *, at: datetime | None = None) -> BucketCounts:
    """Return how many cases lie in each bucket; four queries."""
    moment = at or datetime.now(UTC)
    counted = _mine(by, moment).aggregate(**_bucket_counts(moment))
    found = {name.removeprefix("in_"): count for name, count in counted.items()}
    return BucketCounts(**found, pool=_count(_pool(by)), done=_count(_done(by)))


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


def _matching(cases: QuerySet[Case], q: str) -> QuerySet[Case]:
    words = normalise(q)
    if not words:
        return cases
    if is_resident_id(words):
        return cases.filter(applicant_key=subject_key("resident", words))
    if is_credit_code(words):
        return cases.filter(applicant_key=subject_key("legal-entity", words))
    return cases.filter(
        Q(no__startswith=words) | Q(title_zh__contains=words) | Q(title_en__icontains=words) | Q(parent__no=words)
    )


def _page(cases: QuerySet[Case], bucket: str, page: int, rows: int, at: datetime) -> QueuePage:
    total = _count(cases)
    pages = max(1, -(-total // rows))
    page = min(max(1, page), pages)
    order = ("-settled_at", "pk") if bucket == "done" else BY_TIME_LEFT
    found = _light(cases).order_by(*order)[(page - 1) * rows : page * rows]
    return QueuePage(tuple(_rows(found, at)), total, page, pages, bucket)


def page_of(cases: QuerySet[Case], page: int, at: datetime, rows: int = PAGE_ROWS) -> QueuePage:
    """Return a page of settled cases, the latest first; for figures that lead to the cases behind them."""
    return _page(cases, "done", page, rows, at)


def _page_of_both(own: QuerySet[Case], wholes: QuerySet[Case], page: int, rows: int, at: datetime) -> QueuePage:
    """Return a page of what two queries find, each along its own index: one with OR between them would read everything."""
    others = _count(wholes)
    total = min(_count(own) + others, COUNTED_TO)
    pages = max(1, -(-total // rows))
    page = min(max(1, page), pages)
    found = [*_first(own, page * rows), *(_first(wholes, page * rows) if others else ())]
    found.sort(key=lambda case: (case.is_paused, case.due_on is None, case.due_on or date.min, case.pk))
    return QueuePage(tuple(_rows(found[(page - 1) * rows : page * rows], at)), total, page, pages, "all")


def _first(cases: QuerySet[Case], rows: int) -> QuerySet[Case]:
    return _light(cases).order_by(*BY_TIME_LEFT)[:rows]


def _light(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return what a line shows, parents included, without the columns that are long and would be decrypted."""
    return cases.select_related("parent").defer(*LONG_COLUMNS, *(f"parent__{name}" for name in LONG_COLUMNS))


def _count(cases: QuerySet[Case]) -> int:
    """Return how many there are, counted no further than COUNTED_TO: who has more narrows the search."""
    return cases.order_by()[:COUNTED_TO].count()


def _is_of_person(words: str) -> bool:
    return is_resident_id(words) or is_credit_code(words)


def _versions_called(words: str, organisation_id: int) -> list[str]:
    """Return the versions of matters with these words in their title, of those the organisation has cases of.

    The versions are found by hopping along the index, a step each, however many cases lie between.
    """
    own = "FROM cases_case WHERE organisation_id = %s"
    hop = f"(SELECT min(pack_digest) {own} AND pack_digest > known.digest)"  # noqa: S608 - our own text
    hopping = (
        f"WITH RECURSIVE known(digest) AS (SELECT min(pack_digest) {own}"  # noqa: S608
        f" UNION ALL SELECT {hop} FROM known WHERE known.digest IS NOT NULL)"
        " SELECT digest FROM known WHERE digest IS NOT NULL"
    )
    found = [row[0] for row in statements.execute(hopping, [organisation_id, organisation_id]).fetchall()]
    titles = {version: pinned_pack(version).title for version in found}
    wanted = words.casefold()
    return [
        version
        for version, title in titles.items()
        if any(wanted in normalise(text).casefold() for text in (title.zh, title.en))
    ]


def _rows(cases: Iterable[Case], at: datetime) -> Iterable[QueueRow]:
    for case in cases:
        zh, en = STATE_TITLES[case.state]
        due = case.due_on
        left = remaining_days(due, at)
        is_running = not case.is_paused and not case.is_settled
        yield QueueRow(
            no=case.no,
            title_zh=case.title_zh,
            title_en=case.title_en,
            applicant_masked=case.applicant_masked,
            state=case.state,
            state_zh=zh,
            state_en=en,
            phase=case.phase,
            bucket="hold" if case.is_paused else "done" if case.is_settled else bucket_of(due, at),
            remaining_days=left,
            due_on=due,
            assignee_label=case.assignee_label,
            parent_no=case.parent.no if case.parent else "",
            parent_title_zh=case.parent.title_zh if case.parent else "",
            parent_title_en=case.parent.title_en if case.parent else "",
            flags=tuple(case.flags),
            submitted_at=case.submitted_at,
            version=case.version,
            mark=mark_of(pinned_pack(case.pack_digest), left) if is_running else "",
        )
