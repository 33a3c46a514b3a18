"""The demonstration city（演示城市）: 澜江市, fictional from its region code on, the same at every run.

Dates lie relative to the `at` given, so that the newborn is always twelve days old.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from zhengtong.cli.seed import enterprises, insurance, plan, registers
from zhengtong.cli.seed.seeding import DemoAccount, SeededCity, Tell, list_entities, seed_city

__all__ = ["DemoAccount", "SeededCity", "list_writers", "seed_people", "write_birth_records"]


def seed_people(
    at: dt.datetime,
    *,
    residents: int = plan.RESIDENTS,
    legal_entities: int = plan.LEGAL_ENTITIES,
    seed: int = plan.SEED,
    tell: Tell = lambda _: None,
) -> SeededCity:
    """Return the city（澜江市）after putting it into an empty database: about ten seconds on SQLite for 100,000 people.

    `tell` hears of each step. Refused（409）when there are residents already.
    """
    return seed_city(at, residents=residents, legal_entities=legal_entities, seed=seed, tell=tell)


def write_birth_records(path: Path, city: SeededCity, *, records: int = plan.BIRTH_RECORDS) -> int:
    """Return how many births the health commission's register（出生医学信息）at `path`, a CSV file, holds."""
    parents = len(city.parents) - 1
    return registers.write_birth_records(path, city.population, records=records, parents=parents, seed=city.seed)


def list_writers(city: SeededCity) -> dict[str, Callable[[Path], int]]:
    """Return who writes the rows of each declared resource（数据资源）to a file, by the resource's short name."""
    population, seed = city.population, city.seed
    return {
        "birth-records": lambda path: write_birth_records(path, city, records=city.residents),
        "population": lambda path: registers.write_population(path, population),
        "marriages": lambda path: registers.write_marriages(path, population),
        "legal-entities": lambda path: enterprises.write_legal_entities(path, population, list_entities(city)),
        "high-tech-enterprises": lambda path: enterprises.write_high_tech(
            path, list_entities(city), population.day, seed
        ),
        "pension-accounts": lambda path: insurance.write_pension_accounts(path, population, seed),
        "employee-medical": lambda path: insurance.write_employee_medical(path, population, seed),
        "housing-fund": lambda path: insurance.write_housing_fund(path, population, seed),
    }
