"""Indicators: a day counted, every indicator of 90 days and one looked into, among a million cases; the plans they run by."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure, median_seconds

HERE = Path(__file__).resolve().parents[1]
CASES = int(os.environ.get("ZHENGTONG_BENCH_CASES", "1000000"))
DAYS = 365
REGION = "990100000000"
DISTRICTS = ("990102", "990103", "990104", "990121", "990122")
FUNCTIONS = ("public-security", "human-resources", "market-regulation", "housing", "health")
MATTERS = tuple(f"matter-{number}" for number in range(22))


def run() -> list[Figure]:
    """Return the figures on SQLite and on PostgreSQL; about five minutes at a million cases."""
    from tests.postgres import postgres_server

    figures = in_child("SQLite", "")
    with postgres_server() as url:
        return [*figures, *in_child("PostgreSQL", url)]


def in_child(on: str, url: str) -> list[Figure]:
    """Measure one database in a process of its own, for Django is set up once a process."""
    code = f"import json; from bench.indicators import measured; print(json.dumps([f.to_json() for f in measured({on!r})]))"
    environment = {**os.environ, "DATABASE_URL": url} if url else {**os.environ, "DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd=HERE, check=False
    )
    print(done.stderr, file=sys.stderr)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return [Figure(**one) for one in json.loads(done.stdout.splitlines()[-1])]


def measured(on: str) -> Iterator[Figure]:
    """Yield the figures of one database."""
    with site():
        from django.utils import timezone

        from zhengtong.apps.cases.queries import statistics
        from zhengtong.apps.indicators import actions, queries
        from zhengtong.apps.indicators.models import DayFigure
        from zhengtong.apps.indicators.shapes import Scope

        now = timezone.now()
        today = timezone.localdate(now)
        organisations = load(today)
        day = today - dt.timedelta(days=40)
        note = f"{CASES:,} cases"
        yield figure(f"a day counted, {on}", median_seconds(lambda: statistics.count_day(day)), 250, note)
        actions.roll_up(days=[today - dt.timedelta(days=n) for n in range(DAYS)], at=now)
        rows = DayFigure.objects.count()
        scope = Scope(today - dt.timedelta(days=89), today)
        own = Scope(scope.since, scope.until, organisation_id=organisations[0])
        note = f"{rows:,} roll-up rows"
        yield figure(
            f"every indicator of 90 days, {on}", median_seconds(lambda: queries.list_indicators(scope)), 500, note
        )
        yield figure(
            f"one looked into, {on}", median_seconds(lambda: queries.read_indicator("on-time", scope)), 500, note
        )
        plan = queries._within(own).explain().splitlines()[0]  # noqa: SLF001  the plan is what the figure rests on
        yield figure(
            f"every indicator of one department, {on}", median_seconds(lambda: queries.list_indicators(own)), 250, plan
        )


def figure(name: str, seconds: float, most: float, note: str) -> Figure:
    told = Figure(name, round(seconds * 1000, 1), "ms", bar=f"<= {most:g} ms", holds=seconds * 1000 <= most, note=note)
    print(f"{told.name}: {told.value} ms ({note})", file=sys.stderr)
    return told


@contextlib.contextmanager
def site() -> Iterator[None]:
    """A migrated site in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="zhengtong-indicators-") as home:
        os.environ.update(ZHENGTONG_HOME=home, DJANGO_SETTINGS_MODULE="zhengtong.site.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0, skip_checks=True)
        yield


def load(today: dt.date) -> list[int]:
    """Fill the table of cases as a year leaves it; return the organisations."""
    from zhengtong.apps.cases.models import Case

    organisations = make_organisations(today)
    rng, made = random.Random(5), 0
    each = CASES // DAYS
    for age in range(DAYS):
        day = dt.datetime.combine(today - dt.timedelta(days=age), dt.time(2), dt.UTC)
        rows = [case(rng, day, made + n, organisations) for n in range(each)]
        Case.objects.bulk_create(rows, batch_size=1000)
        made += each
    return organisations


def case(rng: random.Random, day: dt.datetime, number: int, organisations: list[int]) -> Any:
    from zhengtong.apps.cases.models import Case

    settled = day + dt.timedelta(hours=rng.randrange(6))
    return Case(
        no=f"990102{number:014d}",
        matter_code=rng.choice(MATTERS),
        pack_digest="sha256:0",
        title_zh="办件",
        title_en="case",
        applicant_key=f"{number:064d}",
        applicant={},
        applicant_masked="居*",
        region_code=f"{rng.choice(DISTRICTS)}001000",
        organisation_id=rng.choice(organisations),
        track_code="000000",
        track_key="",
        submitted_at=day,
        accepted_at=day,
        settled_at=settled,
        promised_on=day.date() + dt.timedelta(days=rng.randrange(5)),
        state="granted" if rng.random() < 0.9 else "denied",
        phase="done",
        is_settled=True,
        is_on_time=rng.random() < 0.95,
    )


def make_organisations(today: dt.date) -> list[int]:
    from zhengtong.apps.people import actions as people
    from zhengtong.apps.people.shapes import SYSTEM
    from zhengtong.kit.identifiers import make_credit_code

    at = dt.datetime.combine(today, dt.time(1), dt.UTC)
    people.define_region(code=REGION, name_zh="澜江市", name_en="Lanjiang", valid_from=today, by=SYSTEM, at=at)
    made = []
    for number, function in enumerate(FUNCTIONS, start=1):
        code = make_credit_code(authority="1", category="1", region_code=REGION[:6], body=f"{99000000 + number}")
        made.append(
            people.register_organisation(
                uscc=code.canonical,
                name_zh=f"澜江{number}局",
                name_en=f"Bureau {number}",
                short_zh=f"{number}局",
                region_code=REGION,
                function=function,
                by=SYSTEM,
                at=at,
            ).id
        )
    return made
