"""Eight people at once do the main job fifty times on two server processes: nothing lost, doubled or answered 5xx."""

from __future__ import annotations

import queue
import threading

import pytest

from tests.apps.site.city import DEPARTMENTS, PASSWORD
from zhengtong.cli.walk import newborn
from zhengtong.cli.walk.browser import Visitor
from zhengtong.cli.walk.server import running_site, tail_of

JOBS, PEOPLE = 50, 8


@pytest.mark.timeout(900)
@pytest.mark.xdist_group("site")
def test_fifty_newborns_by_eight_people_at_once(ground):
    waiting: queue.Queue[str] = queue.Queue()
    for parent in ground.parents[:JOBS]:
        waiting.put(parent)
    assert waiting.qsize() == JOBS
    applications, failures = [], []
    environment = ground.environment | {"ZHENGTONG_LOG": "INFO", "PYTHONFAULTHANDLER": "1"}
    with running_site(environment, workers=2) as site:
        people = [
            threading.Thread(target=work, args=(site.address, waiting, applications, failures)) for _ in range(PEOPLE)
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        assert failures == [], tail_of(site.log)
    assert len(set(applications)) == JOBS
    found = ground.look()
    assert found["broken"] == []
    assert len(found["cases"]) == 6 * JOBS
    assert found["states"] == {"granted": 6 * JOBS}


def work(address: str, waiting: queue.Queue[str], applications: list[str], failures: list[str]) -> None:
    officers = [Visitor(address) for _ in DEPARTMENTS]
    try:
        for name, officer in zip(DEPARTMENTS, officers, strict=True):
            officer.sign_in(f"{name}.examiner2", PASSWORD)
        while True:
            try:
                parent = waiting.get_nowait()
            except queue.Empty:
                return
            applications.append(one_job(address, parent, officers))
    except Exception as wrong:
        failures.append(f"{type(wrong).__name__}: {wrong}"[:800])
    finally:
        for officer in officers:
            officer.client.close()


def one_job(address: str, parent: str, officers: list[Visitor]) -> str:
    with Visitor(address) as visitor:
        visitor.sign_in(parent, PASSWORD)
        application = newborn.apply_for_newborn(visitor)
        parts = newborn.part_numbers(visitor, application.no)
        assert newborn.work_through(officers, parts) == 5
        certificates = {
            link.rstrip("/") for link in visitor.open("/my/certificates/").links("/my/certificates/1.2.156")
        }
        assert len(certificates) == 5, certificates
    return application.no
