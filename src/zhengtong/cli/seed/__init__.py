"""The demonstration city（演示城市）: 澜江市, fictional from its region code on, the same at every run.

Dates lie relative to the `at` given, so that the newborn is always twelve days old.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from zhengtong.cli.seed import plan, registers
from zhengtong.cli.seed.seeding import DemoAccount, SeededCity, Tell, seed_city

__all__ = ["DemoAccount", "SeededCity", "seed_people", "write_birth_records", "write_marriages", "write_population"]


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


def write_population(path: Path, city: SeededCity) -> int:
    """Return how many people the population register（人口基础信息）at `path`, a CSV file, holds."""
    return registers.write_population(path, city.population)


def write_marriages(path: Path, city: SeededCity) -> int:
    """Return how many marriages the register（婚姻登记信息）at `path`, a CSV file, holds."""
    return registers.write_marriages(path, city.population)
