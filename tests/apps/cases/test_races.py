"""Two processes on one database, SQLite in a file and PostgreSQL: the right one wins, the other is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

pytestmark = [
    pytest.mark.xdist_group("races"),
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="brings both databases itself; ran in the first pass"),
]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request, tmp_path_factory):
    """A seeded site on a database of its own, on which processes can be started."""
    home = tmp_path_factory.mktemp(f"races-{request.param}")
    url = f"sqlite:///{home}/site.sqlite3" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "ZHENGTONG_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "zhengtong.site.settings",
    }

    def begin(*words):
        command = [sys.executable, "-m", "tests.apps.cases.racing", *map(str, words)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(process):
        return end_all([process])[0]

    def end_all(running):
        spoken = [process.communicate(timeout=120) for process in running]
        for process, (_, err) in zip(running, spoken, strict=True):
            assert process.returncode == 0, err
        return [json.loads(out.strip().splitlines()[-1]) for out, _ in spoken]

    seeded = end(begin("seed"))
    return SimpleNamespace(begin=begin, end=end, end_all=end_all, **seeded)


def soon():
    """Return the moment at which every process starts: late enough for all to have loaded."""
    return time.time() + 4


def test_of_two_officers_who_decide_at_once_one_wins_and_the_other_is_told(site):
    start = soon()
    running = [site.begin("settle", site.permit, account, 3, start) for account in (501, 502)]
    told = site.end_all(running)
    assert sorted(answer["ok"] for answer in told) == [False, True]
    loser = next(answer for answer in told if not answer["ok"])
    assert loser["code"] == "case.case.moved"
    assert "测试员" in loser["zh"]
    after = site.end(site.begin("tally", site.permit))
    assert after["log"] == ["submitted", "accepted", "released", "granted"]
    assert after["certificates"] == 1


def test_a_draft_submitted_by_two_processes_becomes_one_case(site):
    before = site.end(site.begin("tally", site.permit))["cases"]
    start = soon()
    told = site.end_all([site.begin("submit", site.draft, site.version, start) for _ in range(2)])
    assert [answer["ok"] for answer in told] == [True, True]
    assert len({answer["no"] for answer in told}) == 1
    assert site.end(site.begin("tally", site.permit))["cases"] == before + 6


def test_numbers_taken_by_two_processes_never_repeat(site):
    start = soon()
    told = [answer["numbers"] for answer in site.end_all([site.begin("number", 60, start) for _ in range(2)])]
    assert len(set(told[0]) | set(told[1])) == 120
