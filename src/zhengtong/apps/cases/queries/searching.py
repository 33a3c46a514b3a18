"""The cases an organisation handles（办件查询）: by number or its beginning, by whose it is, by words of the title."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.models import Q, QuerySet

from zhengtong.apps.cases.models import Case
from zhengtong.apps.cases.packs import pack_in_force, pinned_pack
from zhengtong.apps.cases.queries.paging import BY_NUMBER, BY_TIME_LEFT, PAGE_ROWS, line_of, page_of, row_of
from zhengtong.apps.cases.rights import is_officer
from zhengtong.apps.cases.shapes import QueuePage
from zhengtong.apps.matters import queries as matters
from zhengtong.apps.people import statements
from zhengtong.apps.people.keys import subject_key
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.declared.shapes import Pack, Text
from zhengtong.kit import Refused, local_date
from zhengtong.kit.identifiers import is_credit_code, is_resident_id
from zhengtong.kit.text import normalise

WHOLE_NUMBER = 20  # digits of a case number: six of the region, eight of the day, six of the serial at least


def search_cases(
    by: Actor, q: str = "", page: int = 1, *, at: datetime | None = None, rows: int = PAGE_ROWS
) -> QueuePage:
    """Return a page of the cases my organisation handles, whatever their state and whoever has them.

    Least remaining time first; by number where `q` is the beginning of one. A one-thing that others handle stands beside
    each of our parts of it, is found by its whole number, and its title finds these parts. One query for a whole number,
    else two; for words of a title up to three more.
    """
    if not is_officer(by) or by.organisation is None:
        return QueuePage((), 0, 1, 1, "all")
    moment, mine, words = at or datetime.now(UTC), by.organisation, normalise(q)
    own = Case.objects.filter(organisation_id=mine.id)
    if words.isascii() and words.isdigit():
        if len(words) >= WHOLE_NUMBER:
            found = tuple(row_of(line_of(case), moment) for case in numbered(words, mine.id))
            return QueuePage(found, len(found), 1, 1, "all")
        return page_of(_numbered_from(own, words), page, moment, bucket="all", by=BY_NUMBER, rows=rows)
    is_title = bool(words) and not _is_of_person(words)
    found_by = _called(own, words, mine, moment) if is_title else matching(own, q)
    return page_of(found_by, page, moment, bucket="all", by=BY_TIME_LEFT, rows=rows)


def numbered(no: str, organisation_id: int) -> list[Case]:
    """Return the case of a whole number and its parts, those of them the organisation may see; one query as a rule."""
    own = "organisation_id = %s OR EXISTS (SELECT 1 FROM cases_case part WHERE part.parent_id = cases_case.id"
    seen = f"({own} AND part.organisation_id = %s))"
    named = "(no = %s OR parent_id = (SELECT whole.id FROM cases_case whole WHERE whole.no = %s))"
    given = [no, no, organisation_id, organisation_id]
    return statements.records_of(Case, statements.select(Case, f"{named} AND {seen} ORDER BY id", given))


def matching(cases: QuerySet[Case], q: str) -> QuerySet[Case]:
    """Return those of the cases `q` names: a number's beginning, words of the title, a whole id number or credit code."""
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


def _numbered_from(cases: QuerySet[Case], digits: str) -> QuerySet[Case]:
    """Return those whose number begins so, as a stretch of the index: LIKE would need one of its own."""
    stem = digits.rstrip("9")
    found = cases.filter(no__gte=digits)
    return found.filter(no__lt=f"{stem[:-1]}{int(stem[-1]) + 1}") if stem else found


def _is_of_person(words: str) -> bool:
    return is_resident_id(words) or is_credit_code(words)


def _called(own: QuerySet[Case], words: str, mine: OrganisationShape, at: datetime) -> QuerySet[Case]:
    """Return those with these words in their own title, or in that of the one-thing they are parts of."""
    versions = {digest: pinned_pack(digest) for digest in _versions_of(mine.id)}
    titled = [digest for digest, pack in versions.items() if _is_called(pack.title, words)]
    members = {part.pack for whole in _one_things_called(words, mine, at) for part in whole.parts}
    parts = [digest for digest, pack in versions.items() if pack.id in members and digest not in titled]
    if not parts:
        return own.filter(pack_digest__in=titled)
    return own.filter(Q(pack_digest__in=titled) | Q(pack_digest__in=parts, parent__isnull=False))


def _one_things_called(words: str, mine: OrganisationShape, at: datetime) -> Iterator[Pack]:
    """Yield the one-things in force here with these words in their title; a query, and one for each."""
    for matter in matters.list_one_things():
        if _is_called(Text(matter.title_zh, matter.title_en), words):
            with contextlib.suppress(Refused):  # paused, or not in force here
                yield pack_in_force(matter.code, on=local_date(at), region_code=mine.region_code)


def _is_called(title: Text, words: str) -> bool:
    return any(words.casefold() in normalise(text).casefold() for text in (title.zh, title.en))


def _versions_of(organisation_id: int) -> list[str]:
    """Return the versions of matters the organisation has cases of, found by hopping along the index, a step each,
    however many cases lie between."""
    own = "FROM cases_case WHERE organisation_id = %s"
    hop = f"(SELECT min(pack_digest) {own} AND pack_digest > known.digest)"  # noqa: S608 - our own text
    hopping = (
        f"WITH RECURSIVE known(digest) AS (SELECT min(pack_digest) {own}"  # noqa: S608
        f" UNION ALL SELECT {hop} FROM known WHERE known.digest IS NOT NULL)"
        " SELECT digest FROM known WHERE digest IS NOT NULL"
    )
    return [row[0] for row in statements.execute(hopping, [organisation_id, organisation_id]).fetchall()]
