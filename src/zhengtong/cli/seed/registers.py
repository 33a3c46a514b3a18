"""The departments' registers as files（部门数据文件）: births of the health commission, population, marriages.

Columns are those of the resources in `packs/_shared/resources`. CSV in UTF-8, ISO 8601 dates, local time.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhengtong.cli.seed import plan
from zhengtong.cli.seed.files import write_rows
from zhengtong.cli.seed.households import FEMALE, MALE, SEXES, Names, Numbers, Person, Population, pick

BIRTHS = [
    "record_no",
    "mother_id_number",
    "mother_name",
    "father_id_number",
    "father_name",
    "child_name",
    "child_sex",
    "born_at",
    "weight_g",
    "gestation_weeks",
    "birth_place",
    "hospital_name",
    "certificate_no",
    "region_code",
]
POPULATION = [
    "id_number",
    "name",
    "sex",
    "born_on",
    "nation",
    "household_address",
    "region_code",
    "phone",
    "marital_status",
    "spouse_id_number",
]
MARRIAGES = ["certificate_no", "husband_id_number", "husband_name", "wife_id_number", "wife_name", "registered_on"]
YEARS_OF_BIRTHS = 12


def write_population(path: Path, population: Population) -> int:
    """Return how many people the population register（人口库）at `path` holds: every resident, no unregistered newborn."""
    rows = (
        (
            person.id_number,
            person.name,
            person.sex,
            person.born_on.isoformat(),
            person.nation,
            person.address,
            person.region_code,
            person.phone,
            person.marital_status,
            person.spouse.id_number if person.spouse else "",
        )
        for person in population.people
    )
    return write_rows(path, POPULATION, rows)


def write_marriages(path: Path, population: Population) -> int:
    """Return how many marriages in force the register at `path` holds, in the order of their dates."""
    wives = sorted(population.couples(), key=lambda wife: (wife.married_on, wife.id_number))
    rows = (
        (
            f"J{wife.region_code[:6]}-{wife.married_on.year}-{number:06d}",
            wife.spouse.id_number,
            wife.spouse.name,
            wife.id_number,
            wife.name,
            wife.married_on.isoformat(),
        )
        for number, wife in enumerate(wives, start=1)
    )
    return write_rows(path, MARRIAGES, rows)


def write_birth_records(path: Path, population: Population, *, records: int, parents: int, seed: int) -> int:
    """Return how many births the register at `path` holds, in the order of time.

    Every child of a resident mother under thirteen, the newborns of the demonstration and of `parents` couples more —
    born within the last month and in no other register — and the rest of mothers from elsewhere.
    """
    maker = _Births(population, seed)
    births = [*maker.newborns(parents), *maker.of_residents()]
    births += maker.from_elsewhere(max(records - len(births), 0))
    births.sort(key=lambda birth: birth["born_at"])
    rows = (_to_row(birth, number) for number, birth in enumerate(births, start=1))
    return write_rows(path, BIRTHS, rows)


class _Births:
    def __init__(self, population: Population, seed: int) -> None:
        self.rng = random.Random(seed + 1)
        self.names, self.numbers = Names(self.rng), Numbers(self.rng)
        self.population = population
        city = plan.read("city")
        self.elsewhere, self.hospitals = city["elsewhere"], city["hospitals"]
        self.districts = {district["code"]: city["city"]["zh"] + district["zh"] for district in city["districts"]}
        self.district_codes = list(self.districts)

    def newborns(self, parents: int) -> Iterator[dict[str, Any]]:
        """Yield the newborns in no register yet: that of the demonstration, and those of the demonstration's parents."""
        own = plan.read("demo")["newborn"]
        mother = self.population.cast[own["mother"]]
        known = {name: own[name] for name in ("weight_g", "gestation_weeks")}
        days_old = dt.timedelta(days=own["days_old"])
        yield self.birth(mother, mother.spouse, own["name"], own["sex"], self.population.day - days_old) | known
        for mother in self.population.expecting(parents):
            born_on = self.population.day - dt.timedelta(days=self.rng.randint(2, 30))
            sex = pick(self.rng, SEXES)
            yield self.birth(
                mother, mother.spouse, self.names.full(sex, self.names.surname_of(mother.spouse.name)), sex, born_on
            )

    def of_residents(self) -> Iterator[dict[str, Any]]:
        """Yield the births of residents' children of the register's years."""
        first = self.population.day - dt.timedelta(days=YEARS_OF_BIRTHS * 365)
        for child in self.population.people:
            if child.mother and child.born_on >= first:
                yield self.birth(child.mother, child.father, child.name, child.sex, child.born_on)

    def from_elsewhere(self, count: int) -> Iterator[dict[str, Any]]:
        """Yield births of mothers registered elsewhere, two of some; some babies have no name, some no father named."""
        rng, day = self.rng, self.population.day
        latest = day - dt.timedelta(days=31)
        while count > 0:
            born_on = day - dt.timedelta(days=rng.randint(31, YEARS_OF_BIRTHS * 365))
            mother = self.stranger(FEMALE, born_on)
            father = self.stranger(MALE, born_on) if rng.random() > 0.03 else None
            surname = self.names.surname_of((father or mother).name)
            days = [born_on, born_on + dt.timedelta(days=rng.randint(500, 1800))][: 1 + (rng.random() < 0.5)]
            for birthday in [one for one in days if one <= latest][:count]:
                sex = pick(rng, SEXES)
                name = self.names.full(sex, surname) if rng.random() > 0.05 else ""
                yield self.birth(mother, father, name, sex, birthday)
                count -= 1

    def stranger(self, sex: str, born_on: dt.date) -> Person:
        """Return a parent who is in no register of the city."""
        own_day = born_on - dt.timedelta(days=self.rng.randint(21 * 365, 40 * 365))
        region = pick(self.rng, self.elsewhere)[:4] + "81"
        return Person("", self.names.full(sex), sex, own_day, self.numbers.next(region, own_day, sex), "", "")

    def birth(self, mother: Person, father: Person | None, name: str, sex: str, born_on: dt.date) -> dict[str, Any]:
        """Return one birth with its hour, weight and place."""
        rng = self.rng
        weeks = min(42, max(28, round(rng.gauss(39, 1.6))))
        district = (
            mother.region_code[:6] if mother.region_code[:6] in self.districts else pick(rng, self.district_codes)
        )
        return {
            "mother": mother,
            "father": father,
            "name": name,
            "sex": sex,
            "born_at": dt.datetime.combine(born_on, dt.time(rng.randint(0, 23), rng.randint(0, 59))),  # noqa: DTZ001  local
            "weight_g": max(900, round(rng.gauss(3250 - (39 - weeks) * 160, 380) / 10) * 10),
            "gestation_weeks": weeks,
            "birth_place": self.districts[district],
            "hospital_name": pick(rng, self.hospitals),
            "region_code": f"{district}000000",
        }


def _to_row(birth: dict[str, Any], number: int) -> tuple[Any, ...]:
    mother, father, born_at = birth["mother"], birth["father"], birth["born_at"]
    return (
        f"BR{born_at:%Y%m%d}{number:06d}",
        mother.id_number,
        mother.name,
        father.id_number if father else "",
        father.name if father else "",
        birth["name"],
        birth["sex"],
        born_at.isoformat(timespec="minutes"),
        birth["weight_g"],
        birth["gestation_weeks"],
        birth["birth_place"],
        birth["hospital_name"],
        f"Y99{number:07d}",
        birth["region_code"],
    )
