"""A worker that lives cases through: file, accept, decide, search — run as a process: `python -m bench.casework.lifecycle`.

Each call is one door of `apps.cases` with the actor's rights, the clock, the receipt and the notice. The worker says
"ready", waits for a line, works for the seconds it names, and prints one JSON line of what it did.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.casework import city


def main(home: str, url: str, number: str) -> None:
    city.open_site(Path(home), url or None)
    work = Work(int(number))
    for _ in range(3):  # packs are read, statements prepared
        work.live_one_through()
    print("ready", flush=True)
    seconds = float(sys.stdin.readline())
    print(json.dumps(work.for_seconds(seconds)), flush=True)


class Work:
    """What one process does: its own officer, its own residents."""

    def __init__(self, number: int) -> None:
        from django.contrib.auth import get_user_model
        from django.utils import timezone

        from zhengtong.apps.people import queries as people
        from zhengtong.apps.people.shapes import Actor

        account = get_user_model().objects.get(username=f"officer{number % city.OFFICERS}")
        self.officer = people.get_actor(account, at=timezone.now())
        self.applicants = [
            Actor(kind="resident", account_id=None, label="赵*一", resident=found)
            for one in range(number, city.RESIDENTS, 20)
            if (found := people.find_subject("resident", city.id_number(one)))
        ]
        self.done = 0

    def for_seconds(self, seconds: float) -> dict[str, Any]:
        """Return how many cases were lived through, the seconds and CPU seconds that took, and each call's latencies."""
        latencies: dict[str, list[float]] = {}
        started, cpu = time.perf_counter(), time.process_time()
        count = 0
        while time.perf_counter() - started < seconds:
            self.live_one_through(latencies)
            count += 1
        return {
            "cases": count,
            "seconds": time.perf_counter() - started,
            "cpu": time.process_time() - cpu,
            "latencies": {name: sorted(taken) for name, taken in latencies.items()},
        }

    def live_one_through(self, latencies: dict[str, list[float]] | None = None) -> None:
        """File, accept, decide and find one case."""
        from django.utils import timezone

        from zhengtong.apps.cases import actions, queries

        kept: dict[str, list[float]] = {} if latencies is None else latencies
        applicant = self.applicants[self.done % len(self.applicants)]
        self.done += 1
        at = timezone.now()
        case = timed(
            kept,
            "create",
            lambda: actions.file_case(
                matter_code=city.MATTER, answers=city.ANSWERS, values=city.form(self.done), by=applicant, at=at
            ),
        )
        case = timed(
            kept, "accept", lambda: actions.accept_case(case_no=case.no, version=case.version, by=self.officer, at=at)
        )
        timed(
            kept,
            "decide",
            lambda: actions.settle_case(
                case_no=case.no, decision="granted", version=case.version, by=self.officer, at=at
            ),
        )
        found = timed(kept, "search", lambda: queries.search_cases(self.officer, case.no, at=at))
        if [row.no for row in found.rows] != [case.no] or found.rows[0].state != "granted":
            raise AssertionError(f"{case.no} was not found settled: {found}")


def timed(kept: dict[str, list[float]], name: str, call: Callable[[], Any]) -> Any:
    """Return what a call returned, its seconds kept under a name."""
    started = time.perf_counter()
    answer = call()
    kept.setdefault(name, []).append(time.perf_counter() - started)
    return answer


if __name__ == "__main__":
    main(*sys.argv[1:])
