"""Several at once over the process of a case: the right one wins, the other is told by whom and when."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests.apps.cases.test_races import soon

pytestmark = [
    pytest.mark.xdist_group("races"),
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="brings both databases itself; ran in the first pass"),
]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request, tmp_path_factory):
    """A site of its own with three cases on the drawing, on which processes can be started."""
    home = tmp_path_factory.mktemp(f"process-races-{request.param}")
    url = f"sqlite:///{home}/site.sqlite3" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "ZHENGTONG_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "zhengtong.site.settings",
    }

    def begin(*words):
        command = [sys.executable, "-m", "tests.apps.cases.process_racing", *map(str, words)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(*running, code=0):
        spoken = [process.communicate(timeout=120) for process in running]
        for process, (_, err) in zip(running, spoken, strict=True):
            assert process.returncode == code, err
        return [json.loads(out.strip().splitlines()[-1]) for out, _ in spoken if out.strip()]

    return SimpleNamespace(begin=begin, end=end, **end(begin("seed"))[0])


def test_two_who_do_one_task_and_an_applicant_who_withdraws(site):
    first, second, _ = site.cases
    start = soon()
    told = site.end(
        *(site.begin("complete", first, site.tokens[first], account, start) for account in (801, 802)),
        site.begin("complete", second, site.tokens[second], 803, start),
        site.begin("withdraw", second, start),
    )
    winner, loser = sorted(told[:2], key=lambda answer: not answer["ok"])
    assert (winner["ok"], loser["ok"], loser["status"]) == (True, False, 409)
    assert loser["by"].startswith("测试员80")
    assert loser["at"]
    there, of_second = site.end(site.begin("tally", first, second))[0]["cases"]
    assert (there["log"].count("process-task-done"), there["late"], there["is_as_folded"]) == (1, 1, True)
    assert told[3]["ok"]  # a case may be withdrawn until it is decided, whichever came first
    assert of_second["log"][-1] == "withdrawn"
    assert of_second["is_as_folded"]
    assert told[2]["ok"] == ("process-task-done" in of_second["log"]) == (of_second["late"] == 0)


def test_a_clock_fires_once_over_a_crash_and_two_workers(site):
    third = site.cases[2]
    site.end(site.begin("die"), code=9)
    assert site.end(site.begin("tally", third))[0]["cases"][0]["log"] == ["submitted", "accepted"]
    start = soon()
    site.end(*(site.begin("tick", start) for _ in range(2)))
    (there,) = site.end(site.begin("tally", third))[0]["cases"]
    assert there["log"] == ["submitted", "accepted", "process-moved", "process-moved"]
    assert there["notes"] == 1
    assert there["is_as_folded"]
