"""Two processes on one database, SQLite in a file and PostgreSQL: the right one wins, the other is told."""

from __future__ import annotations

import os

import pytest

from tests.apps.cases.starting import found_site

pytestmark = [
    pytest.mark.xdist_group("races"),
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="brings both databases itself; ran in the first pass"),
]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request, tmp_path_factory):
    """A city with a permit to decide and drafts to submit."""
    return found_site("tests.apps.cases.racing", request, tmp_path_factory)


def test_of_two_officers_who_decide_at_once_one_wins_and_the_other_is_told(site):
    told = site.run_together(*(("settle", site.permit, account, 3) for account in (501, 502)))
    assert sorted(answer["ok"] for answer in told) == [False, True]
    loser = next(answer for answer in told if not answer["ok"])
    assert loser["code"] == "case.case.moved"
    assert "测试员" in loser["zh"]
    after = site.run("tally", site.permit)
    assert after["log"] == ["submitted", "accepted", "released", "granted"]
    assert after["certificates"] == 1


def test_a_draft_submitted_by_two_processes_becomes_one_case(site):
    before = site.run("tally", site.permit)["cases"]
    told = site.run_together(*[("submit", site.draft, site.version)] * 2)
    assert [answer["ok"] for answer in told] == [True, True]
    assert len({answer["no"] for answer in told}) == 1
    assert site.run("tally", site.permit)["cases"] == before + 6


def test_numbers_taken_by_two_processes_never_repeat(site):
    told = [answer["numbers"] for answer in site.run_together(*[("number", 60)] * 2)]
    assert len(set(told[0]) | set(told[1])) == 120
