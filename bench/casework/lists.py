"""How long the lists take on the server: an officer's queue, the pool, the counts, searches, an applicant's own cases."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.casework import city, million

TIMES = 60


def main(home: str, url: str) -> None:
    city.open_site(Path(home), url)
    print(json.dumps({name: p95(asked) for name, asked in questions().items()}))


def questions() -> dict[str, Callable[[int], Any]]:
    """Return what is asked, by name; the number varies what is looked for."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from zhengtong.apps.cases import queries
    from zhengtong.apps.cases.models import Case
    from zhengtong.apps.people import queries as people
    from zhengtong.apps.people.shapes import Actor

    at = timezone.now()
    officers = [
        people.get_actor(get_user_model().objects.get(username=f"officer{number}"), at=at)
        for number in range(city.OFFICERS)
    ]
    mine = officers[0].organisation.id
    numbers = list(Case.objects.filter(organisation_id=mine).order_by("pk").values_list("no", flat=True)[:2000])

    def officer(n: int) -> Actor:
        return officers[n % len(officers)]

    def applicant(n: int) -> Actor:
        return Actor(kind="resident", resident=million.applicant(n * 31))

    return {
        "officer's queue": lambda n: queries.list_queue(officer(n), at=at),
        "officer's queue, what is settled": lambda n: queries.list_queue(officer(n), "done", page=n % 20 + 1, at=at),
        "pool": lambda n: queries.list_pool(officer(n), at=at),
        "counts of the queue": lambda n: queries.count_buckets(officer(n), at=at),
        "case list of a department": lambda n: queries.search_cases(officer(n), page=n % 20 + 1, at=at),
        "search by number": lambda n: queries.search_cases(officer(n), numbers[n * 17 % len(numbers)], at=at),
        "search by the beginning of a number": lambda n: queries.search_cases(
            officer(n), numbers[n * 17 % len(numbers)][:16], at=at
        ),
        "search by words of the title": lambda n: queries.search_cases(officer(n), "居住证", at=at),
        "an applicant's own cases": lambda n: queries.list_my_cases(applicant(n), at=at),
        "one case, whole": lambda n: queries.get_case(numbers[n * 13 % len(numbers)], officer(n), at=at),
    }


def p95(asked: Callable[[int], Any]) -> float:
    """Return the 95th percentile in milliseconds, the first ten left out as warming up."""
    taken = []
    for number in range(TIMES + 10):
        started = time.perf_counter()
        asked(number)
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken[10:])[int(0.95 * TIMES)]


if __name__ == "__main__":
    main(*sys.argv[1:])
