"""What the demonstration city is made of（城市方案）, read from the YAML beside this file."""

from __future__ import annotations

import functools
import importlib.resources
from dataclasses import dataclass
from typing import Any

import yaml

RESIDENTS = 100_000
LEGAL_ENTITIES = 10_000
BIRTH_RECORDS = 100_000
SEED = 20260101
COMMUNITY, VILLAGE = 1, 200  # first village-level codes: 001–199 communities, 200–399 villages (standards §4.4)


@dataclass(frozen=True, slots=True)
class Place:
    """A community or village with all it lies in."""

    code: str
    district: str
    address: str
    is_rural: bool


@functools.cache
def read(name: str) -> Any:
    """Return one of the YAML files: city, names or demo."""
    return yaml.safe_load(importlib.resources.files("zhengtong.cli.seed").joinpath(f"{name}.yaml").read_text("utf-8"))


def list_lowest(town: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Return a town's communities and villages with their three-digit codes."""
    city = read("city")
    is_urban = town["code"] < "100"
    communities = city["communities"] if is_urban else city["communities"][:1]
    villages = [] if is_urban else city["villages"]
    return [
        *((f"{COMMUNITY + place:03d}", one) for place, one in enumerate(communities)),
        *((f"{VILLAGE + place:03d}", one) for place, one in enumerate(villages)),
    ]


@functools.cache
def places() -> dict[str, list[Place]]:
    """Return the communities and villages of each district, by its six digits."""
    city = read("city")
    return {
        district["code"]: [
            Place(
                code=district["code"] + town["code"] + code,
                district=district["code"],
                address=city["city"]["zh"] + district["zh"] + town["zh"] + lowest["zh"],
                is_rural=int(code) >= VILLAGE,
            )
            for town in district["towns"]
            for code, lowest in list_lowest(town)
        ]
        for district in city["districts"]
    }
