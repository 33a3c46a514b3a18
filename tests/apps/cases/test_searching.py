"""What a department finds: the cases it handles, page by page, none twice, none left out; one-things by number and title."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from tests.apps.cases.city import apply_for_birth, apply_for_permit
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.models import Case

POLICE = "public-security"


@pytest.fixture
def found(city, now):
    """Three permits of the police, one of them settled, and two births that others handle with parts of theirs."""
    officer = city.officer(POLICE)
    for day in (5, 3, 0):
        permit = apply_for_permit(city, at=now - dt.timedelta(days=day))
    case = actions.accept_case(case_no=permit.no, by=officer, at=now)
    actions.settle_case(
        case_no=permit.no, decision="denied", reason="材料不符", version=case.version, by=officer, at=now
    )
    for day in (4, 1):
        apply_for_birth(city, at=now - dt.timedelta(days=day))
    return officer


def seen_by(officer):
    """Return the numbers of what the officer's organisation handles."""
    return set(Case.objects.filter(organisation_id=officer.organisation.id).values_list("no", flat=True))


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_pages_follow_one_another_without_a_case_twice_or_left_out(found, now, rows):
    whole = [row.no for row in queries.search_cases(found, at=now).rows]
    assert set(whole) == seen_by(found)
    first = queries.search_cases(found, at=now, rows=rows)
    pages = [queries.search_cases(found, page=n + 1, at=now, rows=rows) for n in range(first.pages)]
    assert [row.no for page in pages for row in page.rows] == whole
    assert {page.total for page in pages} == {len(whole)}
    assert queries.search_cases(found, page=99, at=now, rows=rows) == pages[-1]


def test_the_beginning_of_a_number_finds_what_bears_it_in_order_of_number(found, now):
    seen = sorted(seen_by(found))
    day = seen[0][:14]
    assert [row.no for row in queries.search_cases(found, "99", at=now).rows] == seen
    assert [row.no for row in queries.search_cases(found, day, at=now).rows] == [no for no in seen if no[:14] == day]
    for digits in ("9", "999", "98", f"{day}9", "0"):
        expected = [no for no in seen if no.startswith(digits)]
        assert [row.no for row in queries.search_cases(found, digits, at=now).rows] == expected
    assert [row.no for row in queries.search_cases(found, seen[0], at=now).rows] == [seen[0]]


def test_a_one_thing_others_handle_is_found_by_its_number_with_our_parts(found, now):
    part = Case.objects.filter(organisation_id=found.organisation.id).exclude(parent=None)[0]
    assert part.parent.organisation_id != found.organisation.id
    rows = queries.search_cases(found, part.parent.no, at=now).rows
    assert [row.no for row in rows] == [part.parent.no, part.no]


def test_the_title_of_a_one_thing_finds_our_parts_of_it_and_no_case_beside_it(found, now):
    parts = Case.objects.filter(organisation_id=found.organisation.id).exclude(parent=None)
    title = parts[0].parent.title_zh
    assert title not in parts[0].title_zh
    rows = queries.search_cases(found, title, at=now).rows
    assert {row.no for row in rows} == set(parts.values_list("no", flat=True))
    permits = queries.search_cases(found, "居住证", at=now).rows
    assert {row.no for row in permits} == seen_by(found) - {row.no for row in rows}
    assert queries.search_cases(found, "没有这件事", at=now).rows == ()


def test_a_part_is_listed_with_the_one_thing_it_belongs_to(found, now):
    rows = {row.no: row for row in queries.search_cases(found, at=now).rows}
    parts = Case.objects.filter(organisation_id=found.organisation.id).exclude(parent=None).select_related("parent")
    assert parts
    for part in parts:
        assert (rows[part.no].parent_no, rows[part.no].parent_title_zh) == (part.parent.no, part.parent.title_zh)


def test_a_number_is_given_once_and_a_draft_becomes_one_case(found):
    first, second = Case.objects.exclude(draft=None)[:2]
    for changed in ({"no": first.no}, {"draft": first.draft_id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=second.pk).update(**changed)
