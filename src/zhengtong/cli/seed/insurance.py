"""Registers of those who work（参保与公积金数据文件）: pension accounts, medical insurance of employees, housing fund.

One draw decides who is employed and for how long, so the three registers agree with one another.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhengtong.cli.seed import plan
from zhengtong.cli.seed.files import write_rows
from zhengtong.cli.seed.households import FEMALE, Person, Population, age

PENSIONS = [
    "id_number",
    "name",
    "member_no",
    "employer",
    "status",
    "months_paid",
    "months_deemed",
    "special_work_years",
]
MEDICAL = ["id_number", "name", "status", "months_paid"]
FUNDS = ["id_number", "name", "account_no", "balance", "has_loan"]
YOUNGEST, RETIRES = 20, {FEMALE: 55, "1": 60}
EMPLOYED, WITH_FUND, WITH_LOAN = 0.62, 0.7, 0.2


@dataclass(frozen=True, slots=True)
class Worker:
    """An employee as the three registers know him or her."""

    person: Person
    employer: str
    status: str
    months: int
    deemed: int
    special_years: int
    balance: int | None
    has_loan: bool


def write_pension_accounts(path: Path, population: Population, seed: int) -> int:
    """Return how many members of the pension scheme（职工养老保险参保信息）the file at `path` holds."""
    rows = (
        (
            one.person.id_number,
            one.person.name,
            f"YL{one.person.id_number[6:]}",
            one.employer,
            one.status,
            one.months,
            one.deemed,
            one.special_years,
        )
        for one in _workers(population, seed)
    )
    return write_rows(path, PENSIONS, rows)


def write_employee_medical(path: Path, population: Population, seed: int) -> int:
    """Return how many employees the medical insurance（职工医保参保信息）at `path` holds."""
    rows: Iterator[tuple[Any, ...]] = (
        (one.person.id_number, one.person.name, one.status, max(0, one.months - 12))
        for one in _workers(population, seed)
    )
    return write_rows(path, MEDICAL, rows)


def write_housing_fund(path: Path, population: Population, seed: int) -> int:
    """Return how many accounts the housing fund（住房公积金缴存信息）at `path` holds."""
    rows = (
        (
            one.person.id_number,
            one.person.name,
            f"GJJ99{one.person.id_number[8:17]}",
            f"{one.balance}.00",
            "true" if one.has_loan else "false",
        )
        for one in _workers(population, seed)
        if one.balance is not None
    )
    return write_rows(path, FUNDS, rows)


def _workers(population: Population, seed: int) -> Iterator[Worker]:
    """Yield the employees and pensioners of the city, the same at every call; whoever has a part as one is among them."""
    rng, names = random.Random(seed + 5), plan.read("names")["enterprise"]
    working = {population.cast[id].id for id in plan.read("demo")["employees"]}
    for person in population.people:
        years = age(person.born_on, population.day)
        drawn = rng.random()
        if years < YOUNGEST or (drawn > EMPLOYED and person.id not in working):
            continue
        yield _worker(person, years, rng, names, certain=person.id in working)


def _worker(person: Person, years: int, rng: random.Random, names: dict[str, Any], *, certain: bool) -> Worker:
    months = (min(years, RETIRES[person.sex]) - YOUNGEST) * 12 - rng.randrange(0, 36)
    is_retired = years > RETIRES[person.sex] and not certain
    born_late = person.born_on > dt.date(1972, 1, 1)
    has_fund = certain or rng.random() < WITH_FUND
    return Worker(
        person=person,
        employer=f"澜江{rng.choice(names['words'])}{rng.choice(names['trades'])}有限公司",
        status="retired" if is_retired else "paying" if certain or rng.random() < 0.93 else "paused",
        months=max(months, 1),
        deemed=0 if born_late else rng.randrange(0, 60),
        special_years=rng.randrange(9, 25) if not certain and rng.random() < 0.02 else 0,
        balance=rng.randrange(1_000, 300_000) if has_fund and not is_retired else None,
        has_loan=not certain and rng.random() < WITH_LOAN,
    )
