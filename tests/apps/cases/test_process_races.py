"""Several at once over the process of a case: the right one wins, the other is told by whom and when."""

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
    """A city with three cases on the drawing."""
    return found_site("tests.apps.cases.process_racing", request, tmp_path_factory)


def test_two_who_do_one_task_and_an_applicant_who_withdraws(site):
    first, second, _ = site.cases
    told = site.run_together(
        *(("complete", first, site.tokens[first], account) for account in (801, 802)),
        ("complete", second, site.tokens[second], 803),
        ("withdraw", second),
    )
    winner, loser = sorted(told[:2], key=lambda answer: not answer["ok"])
    assert (winner["ok"], loser["ok"], loser["status"]) == (True, False, 409)
    assert loser["by"].startswith("测试员80")
    assert loser["at"]
    there, of_second = site.run("tally", first, second)["cases"]
    assert (there["log"].count("process-task-done"), there["late"], there["is_as_folded"]) == (1, 1, True)
    assert told[3]["ok"]  # a case may be withdrawn until it is decided, whichever came first
    assert of_second["log"][-1] == "withdrawn"
    assert of_second["is_as_folded"]
    assert told[2]["ok"] == ("process-task-done" in of_second["log"]) == (of_second["late"] == 0)


def test_a_clock_fires_once_over_a_crash_and_two_workers(site):
    third = site.cases[2]
    site.run("die", code=9)
    assert site.run("tally", third)["cases"][0]["log"] == ["submitted", "accepted"]
    site.run_together(*[("tick",)] * 2)
    (there,) = site.run("tally", third)["cases"]
    assert there["log"] == ["submitted", "accepted", "process-moved", "process-moved"]
    assert there["notes"] == 1
    assert there["is_as_folded"]
