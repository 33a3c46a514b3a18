"""The cases an organisation may see（办件查询）: by number or its beginning, by whose it is, by words of the title."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Q, QuerySet

from zhengtong.apps.cases.models import Case
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.queries.paging import BY_NUMBER, BY_TIME_LEFT, PAGE_ROWS, line_of, page_of_both, row_of
from zhengtong.apps.cases.rights import is_officer
from zhengtong.apps.cases.shapes import QueuePage
from zhengtong.apps.people import statements
from zhengtong.apps.people.keys import subject_key
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit.identifiers import is_credit_code, is_resident_id
from zhengtong.kit.text import normalise

WHOLE_NUMBER = 20  # digits of a case number: six of the region, eight of the day, six of the serial at least


def search_cases(
    by: Actor, q: str = "", page: int = 1, *, at: datetime | None = None, rows: int = PAGE_ROWS
) -> QueuePage:
    """Return a page of the cases my organisation may see, whatever their state and whoever has them.

    Least remaining time first; by number where `q` is the beginning of one. One query for a whole number, else three,
    one more for words of a title, and one where there are one-things others handle and my parts belong to.
    """
    if not is_officer(by) or by.organisation is None:
        return QueuePage((), 0, 1, 1, "all")
    moment, mine, words = at or datetime.now(UTC), by.organisation.id, normalise(q)
    is_number = words.isascii() and words.isdigit()
    if is_number and len(words) >= WHOLE_NUMBER:
        found = tuple(row_of(line_of(case), moment) for case in numbered(words, mine))
        return QueuePage(found, len(found), 1, 1, "all")
    own, wholes = Case.objects.filter(organisation_id=mine), _wholes_of_parts(mine)
    if is_number:
        own, wholes = _numbered_from(own, words), _numbered_from(wholes, words)
    elif words and not _is_of_person(words):
        own, wholes = own.filter(pack_digest__in=_versions_called(words, mine)), matching(wholes, q)
    else:
        own, wholes = matching(own, q), matching(wholes, q)
    return page_of_both(own, wholes, page, moment, order=BY_NUMBER if is_number else BY_TIME_LEFT, rows=rows)


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


def _wholes_of_parts(organisation_id: int) -> QuerySet[Case]:
    """Return the one-things that others handle and parts of the organisation belong to."""
    parts = Case.objects.filter(organisation_id=organisation_id).exclude(parent=None)
    return Case.objects.filter(pk__in=parts.values("parent")).exclude(organisation_id=organisation_id)


def _numbered_from(cases: QuerySet[Case], digits: str) -> QuerySet[Case]:
    """Return those whose number begins so, as a stretch of the index: LIKE would need one of its own."""
    stem = digits.rstrip("9")
    found = cases.filter(no__gte=digits)
    return found.filter(no__lt=f"{stem[:-1]}{int(stem[-1]) + 1}") if stem else found


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
