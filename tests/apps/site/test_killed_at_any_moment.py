"""The server is killed at ten random moments: afterwards log, projection and receipts agree, nothing acknowledged is missing."""

from __future__ import annotations

import os
import random
import threading
import time

import pytest

from tests.apps.site.city import DEPARTMENTS, PASSWORD
from zhengtong.cli.walk import newborn
from zhengtong.cli.walk.browser import Visitor
from zhengtong.cli.walk.server import start_site

#: ten on SQLite; PostgreSQL, whose own recovery is not ours to try, is killed under three times more
KILLS, PEOPLE = 3 if "DATABASE_URL" in os.environ else 10, 3


@pytest.mark.timeout(900)
@pytest.mark.xdist_group("site")
def test_kills_lose_nothing_that_was_acknowledged(ground):
    parents = iter(ground.parents)
    acknowledged: list[tuple[str, str]] = []
    for kill in range(KILLS):
        site = start_site(ground.environment, workers=2)
        people = [
            threading.Thread(target=work_until_killed, args=(site.address, next(parents), acknowledged), daemon=True)
            for _ in range(PEOPLE)
        ]
        for person in people:
            person.start()
        time.sleep(random.uniform(2, 9))
        if kill == KILLS - 1:
            wait_for_one(acknowledged)
        site.kill()
        for person in people:
            person.join(60)
        found = ground.look()
        assert found["broken"] == [], f"after kill {kill + 1}"
        done = {(no, kind) for no, kind in map(tuple, found["actions"])}
        assert [pair for pair in acknowledged if pair not in done] == [], f"after kill {kill + 1}"
    assert acknowledged, "nothing was ever acknowledged: the test showed nothing"


def wait_for_one(acknowledged: list[tuple[str, str]], patience: float = 90) -> None:
    """Let a slow machine acknowledge something before the last kill: without it the test would show nothing."""
    until = time.monotonic() + patience
    while not acknowledged and time.monotonic() < until:
        time.sleep(0.1)


def work_until_killed(address: str, parent: str, acknowledged: list[tuple[str, str]]) -> None:
    """Do the job again and again, noting each action once its answer has arrived, until the server is gone."""
    visitors = []

    def visitor(account: str) -> Visitor:
        visitors.append(Visitor(address))
        visitors[-1].sign_in(account, PASSWORD)
        return visitors[-1]

    try:
        own = visitor(parent)
        application = newborn.apply_for_newborn(own)
        acknowledged.append((application.no, "submitted"))
        parts = newborn.part_numbers(own, application.no)
        acknowledged += [(no, "submitted") for no in parts]
        officers = {name: visitor(f"{name}.examiner2") for name in DEPARTMENTS}
        for _ in DEPARTMENTS:
            for officer in officers.values():
                for no in newborn.pool_numbers(officer):
                    if no in parts:
                        decide(officer, no, acknowledged)
    except Exception:  # noqa: BLE001 - the server dies under it, in whatever way
        return
    finally:
        for one in visitors:
            one.client.close()


def decide(officer: Visitor, no: str, acknowledged: list[tuple[str, str]]) -> None:
    for action, kind in (("claim", "claimed"), ("accept", "accepted")):
        page = officer.open(f"/desk/cases/{no}/")
        if page.has_form(f"/{action}"):
            officer.submit(page.form(f"/{action}"))
            acknowledged.append((no, kind))
    page = officer.open(f"/desk/cases/{no}/?do=grant")
    officer.submit(page.form("/settle"))
    acknowledged.append((no, "granted"))
