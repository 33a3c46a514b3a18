"""A population that hangs together（模拟人口）: households with couples, children and elders, the same at every run.

Ages, sizes and sexes follow plausible shares, not a census; every number passes its check digit and begins with 99.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeVar

from zhengtong.cli.seed import plan
from zhengtong.kit.identifiers.resident_id import check_digit

T = TypeVar("T")
MALE, FEMALE = "1", "2"  # GB/T 2261.1
SEXES = (MALE, FEMALE)
SINGLE, MARRIED, WIDOWED, DIVORCED = "10", "20", "30", "40"  # GB/T 2261.2
HAN = "01"  # GB/T 3304
ADULT_YEARS = 18
# kind of household, its share, the range of the mother's or single person's age
HOUSEHOLDS = [
    ("family", 42, 24, 50),
    ("couple", 8, 22, 36),
    ("couple", 18, 46, 68),  # their children have left home
    ("single", 13, 18, 45),
    ("parent", 5, 26, 48),
    ("elders", 14, 62, 90),
]
CHILDREN = [1] * 58 + [2] * 35 + [3] * 7


@dataclass(slots=True)
class Person:
    """One resident as the city's registers know them; `spouse`, `mother`, `father` are other Persons."""

    id: str
    name: str
    sex: str
    born_on: dt.date
    id_number: str
    region_code: str
    address: str
    phone: str = ""
    nation: str = HAN
    marital_status: str = SINGLE
    spouse: Person | None = None
    mother: Person | None = None
    father: Person | None = None
    married_on: dt.date | None = None


@dataclass
class Population:
    """The residents, those with a part in the demonstration by their id, and couples young enough for a newborn."""

    day: dt.date
    people: list[Person] = field(default_factory=list)
    cast: dict[str, Person] = field(default_factory=dict)

    def couples(self) -> Iterator[Person]:
        """Yield the wife of every couple."""
        return (person for person in self.people if person.sex == FEMALE and person.spouse)

    def expecting(self, count: int) -> list[Person]:
        """Return so many mothers of 23 to 36 years, none of the cast, whose newborn is not registered yet."""
        taken = {id(person) for person in self.cast.values()}
        young = (wife for wife in self.couples() if 23 <= age(wife.born_on, self.day) <= 36 and id(wife) not in taken)
        return [wife for wife, _ in zip(young, range(count), strict=False)]


def age(born_on: dt.date, day: dt.date) -> int:
    """Return the full years lived on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def pick(rng: random.Random, among: Sequence[T]) -> T:
    """Return one of a sequence: a third of the time `rng.choice` takes, and it is asked a million times."""
    return among[int(rng.random() * len(among))]


class Names:
    """Draws names by their weights."""

    def __init__(self, rng: random.Random) -> None:
        names = plan.read("names")
        self.rng = rng
        self.surnames = [surname for surname, weight in names["surnames"].items() for _ in range(weight)]
        self.double_surnames = {surname for surname in names["surnames"] if len(surname) > 1}
        self.given = {
            sex: [*kinds["single"] * 8, *(first + second for first in kinds["first"] for second in kinds["second"])]
            for sex, kinds in names["given"].items()
        }

    def surname(self) -> str:
        """Return a surname."""
        return pick(self.rng, self.surnames)

    def surname_of(self, name: str) -> str:
        """Return the surname of a full name, of two characters where it is one of those."""
        return name[:2] if name[:2] in self.double_surnames else name[0]

    def full(self, sex: str, surname: str = "") -> str:
        """Return a full name, with the surname given if there is one."""
        return (surname or self.surname()) + pick(self.rng, self.given[sex])


class Numbers:
    """Gives identity numbers that never repeat: the three-digit order counts up for each place, day and sex."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.last: dict[tuple[str, dt.date, str], int] = {}

    def next(self, region: str, born_on: dt.date, sex: str) -> str:
        """Return the next number of a place and day; odd orders are men, even ones women."""
        key = (region, born_on, sex)
        order = self.last.get(key, -1) + 1
        if order > 499:
            raise ValueError(f"more than 500 births of one sex in {region} on {born_on}")
        self.last[key] = order
        first_17 = f"{region}{born_on:%Y%m%d}{2 * order + (sex == MALE):03d}"
        return first_17 + check_digit(first_17)


class Census:
    """Makes the households one after another until the city is full."""

    def __init__(self, day: dt.date, *, residents: int, seed: int) -> None:
        self.rng = random.Random(seed)
        self.names, self.numbers = Names(self.rng), Numbers(self.rng)
        self.size = residents
        self.population = Population(day)
        city = plan.read("city")
        self.districts = [district["code"] for district in city["districts"]]
        self.district_weights = list(accumulate(district["weight"] for district in city["districts"]))
        self.kind_weights = list(accumulate(share for _, share, _, _ in HOUSEHOLDS))
        self.elsewhere, self.roads = city["elsewhere"], city["roads"]
        self.next_phone = 19900001000

    def take(self) -> Population:
        """Return the whole population, the cast first."""
        self.place_cast()
        while self.size - len(self.population.people) > 6:
            self.add_household(*self.rng.choices(HOUSEHOLDS, cum_weights=self.kind_weights)[0])
        while len(self.population.people) < self.size:
            self.add_household("single", 0, 18, 45)
        return self.population

    def add_household(self, kind: str, _share: int, youngest: int, oldest: int) -> None:
        """Add one household of a kind in a random place."""
        place, years = self.any_place(), self.rng.randint(youngest, oldest)
        home = self.any_address(place)
        if kind == "single":
            self.person(pick(self.rng, SEXES), years, place, home)
        elif kind == "parent":
            parent = self.person(FEMALE if self.rng.random() < 0.8 else MALE, years, place, home)
            parent.marital_status = DIVORCED
            self.children(
                parent if parent.sex == FEMALE else None, None if parent.sex == FEMALE else parent, place, home
            )
        elif kind == "elders" and self.rng.random() < 0.35:
            self.person(FEMALE if self.rng.random() < 0.7 else MALE, years, place, home).marital_status = WIDOWED
        else:
            wife, husband = self.couple(years, place, home)
            if kind == "family":
                self.children(wife, husband, place, home)

    def couple(self, years: int, place: plan.Place, home: str) -> tuple[Person, Person]:
        """Add a wife of about `years` and her husband."""
        wife = self.person(FEMALE, years, place, home)
        husband = self.person(MALE, max(22, years + round(self.rng.gauss(2, 2.5))), place, home)
        self.marry(wife, husband)
        return wife, husband

    def marry(self, wife: Person, husband: Person) -> None:
        """Tie two people, some years after the younger turned twenty-two."""
        wife.spouse, husband.spouse = husband, wife
        wife.marital_status = husband.marital_status = MARRIED
        earliest = max(wife.born_on, husband.born_on) + dt.timedelta(days=22 * 366)
        latest = self.population.day - dt.timedelta(days=300)
        after = min(self.rng.randint(0, 6 * 365), max((latest - earliest).days, 0))
        wife.married_on = husband.married_on = min(earliest + dt.timedelta(days=after), latest)

    def children(self, mother: Person | None, father: Person | None, place: plan.Place, home: str) -> None:
        """Add the children still at home: the first when the parent was 22 to 32, the others some years later."""
        parent = mother or father
        years = age(parent.born_on, self.population.day) - self.rng.randint(22, 32)
        for _ in range(self.rng.choice(CHILDREN)):
            if 1 <= years <= 24:
                surname = self.names.surname_of((father or parent).name)
                child = self.person(pick(self.rng, SEXES), years, place, home, surname)
                child.mother, child.father = mother, father
            years -= self.rng.randint(2, 6)

    def person(
        self,
        sex: str,
        years: int,
        place: plan.Place,
        home: str,
        surname: str = "",
        name: str = "",
        registered: str = "",
    ) -> Person:
        """Add one person of about `years`, and return them."""
        day = self.population.day
        born_on = day.replace(year=day.year - years, day=min(day.day, 28)) - dt.timedelta(days=self.rng.randint(1, 364))
        if years < ADULT_YEARS - 4:
            phone = ""
        else:
            phone, self.next_phone = str(self.next_phone), self.next_phone + 1
        region = registered or self.first_registered(place.district, born_on)
        person = Person(
            id=str(uuid.UUID(int=self.rng.getrandbits(128), version=4)),
            name=name or self.names.full(sex, surname),
            sex=sex,
            born_on=born_on,
            id_number=self.numbers.next(region, born_on, sex),
            region_code=place.code,
            address=home,
            phone=phone,
            nation=HAN if self.rng.random() < 0.93 else f"{self.rng.randint(2, 56):02d}",
        )
        self.population.people.append(person)
        return person

    def first_registered(self, district: str, born_on: dt.date) -> str:
        """Return the six digits a number begins with: of the county of its time, or of a place elsewhere."""
        if self.rng.random() < 0.12:
            return self.rng.choice(self.elsewhere)
        for former in plan.read("city")["abolished"]:
            if district == former["replaced_by"] and born_on < former["abolished"]:
                return former["code"]
        return district

    def any_place(self) -> plan.Place:
        """Return a community or village, the more populous districts more often."""
        district = self.rng.choices(self.districts, cum_weights=self.district_weights)[0]
        return self.rng.choice(plan.places()[district])

    def any_address(self, place: plan.Place) -> str:
        """Return an address in the place."""
        rng = self.rng
        if place.is_rural:
            return f"{place.address}{rng.randint(1, 12)}组{rng.randint(1, 80)}号"
        road, number = rng.choice(self.roads), rng.randint(1, 299)
        return f"{place.address}{road}{number}号{rng.randint(1, 6)}单元{rng.randint(1, 18)}0{rng.randint(1, 4)}室"

    def place_cast(self) -> None:
        """Add those with a part to play, as demo.yaml has them."""
        by_code = {place.code: place for district in plan.places().values() for place in district}
        homes: dict[str, str] = {}
        cast = self.population.cast
        for part in plan.read("demo")["residents"]:
            place = by_code[part["village"]]
            household = part.get("spouse") or part.get("mother") or part["id"]
            home = homes.get(household) or self.any_address(place)
            homes[part["id"]] = home
            member = self.person(
                part["sex"], part["years"], place, home, name=part["name"], registered=part.get("registered", "")
            )
            member.nation, member.phone = HAN, part.get("phone", "")
            cast[part["id"]] = member
        for part in plan.read("demo")["residents"]:
            member = cast[part["id"]]
            member.mother, member.father = cast.get(part.get("mother", "")), cast.get(part.get("father", ""))
            if part.get("spouse") and member.sex == FEMALE:
                self.marry(member, cast[part["spouse"]])
