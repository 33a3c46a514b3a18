"""Registers of legal entities（法人数据文件）: the register of businesses, and those recognised as high-tech enterprises."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path

from zhengtong.apps.people.shapes import NewLegalEntity
from zhengtong.cli.seed.files import write_rows
from zhengtong.cli.seed.households import Population

ENTITIES = [
    "uscc",
    "name",
    "kind",
    "address",
    "region_code",
    "representative",
    "representative_id_number",
    "registered_on",
    "status",
]
HIGH_TECH = [
    "uscc",
    "name",
    "region_code",
    "certificate_no",
    "recognised_on",
    "valid_to",
    "is_first",
    "revenue",
    "research_spending",
    "dishonest",
    "account",
]
TRADES = ("科技", "电子", "机械", "环保", "医药", "信息技术")
VALID_YEARS = 3


def write_legal_entities(path: Path, population: Population, entities: Sequence[NewLegalEntity]) -> int:
    """Return how many legal entities（法人基础信息）the file at `path` holds."""
    people = {person.id: person for person in population.people}
    rows = (
        (
            one.uscc,
            one.name,
            one.kind,
            one.address,
            one.region_code,
            people[one.representative_id].name if one.representative_id else "",
            people[one.representative_id].id_number if one.representative_id else "",
            one.registered_on.isoformat(),
            "存续",
        )
        for one in entities
    )
    return write_rows(path, ENTITIES, rows)


def write_high_tech(path: Path, entities: Sequence[NewLegalEntity], day: dt.date, seed: int) -> int:
    """Return how many high-tech enterprises（高新技术企业名录）the file at `path` holds: one in four of their trades."""
    rng = random.Random(seed + 6)
    chosen = [
        one
        for one in entities
        if one.kind == "enterprise" and any(trade in one.name for trade in TRADES) and rng.random() < 0.25
    ]
    rows = []
    for number, one in enumerate(chosen, start=1):
        recognised = day - dt.timedelta(days=rng.randrange(0, VALID_YEARS * 365))
        revenue = int(10 ** rng.uniform(6.0, 8.7))
        rows.append(
            (
                one.uscc,
                one.name,
                one.region_code,
                f"GR{recognised.year}99{number:06d}",
                recognised.isoformat(),
                (recognised + dt.timedelta(days=VALID_YEARS * 365)).isoformat(),
                "true" if rng.random() < 0.4 else "false",
                f"{revenue}.00",
                f"{int(revenue * rng.uniform(0.01, 0.12))}.00",
                "true" if rng.random() < 0.03 else "false",
                f"62009900{number:010d}",
            )
        )
    return write_rows(path, HIGH_TECH, rows)
