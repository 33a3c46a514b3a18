"""Put the city into the database through the doors of `people`（播种）: regions, organisations, people, accounts."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.contrib.auth.hashers import make_password

from zhengtong.apps.people import actions, queries
from zhengtong.apps.people.shapes import SYSTEM, NewLegalEntity, NewRegion, NewResident, OrganisationShape
from zhengtong.cli.seed import plan
from zhengtong.cli.seed.households import ADULT_YEARS, Census, Person, Population, age
from zhengtong.kit import Refused, local_date
from zhengtong.kit.identifiers import make_credit_code

Tell = Callable[[str], object]


@dataclass(frozen=True)
class DemoAccount:
    """An account somebody can try（演示账户）, and what for."""

    username: str
    password: str
    kind: str  # resident | officer | admin
    name_zh: str
    name_en: str
    tries_zh: str
    tries_en: str


@dataclass(frozen=True)
class SeededCity:
    """The city as it was put into the database（澜江市）; `population` is what its registers are written from."""

    at: dt.datetime
    region_code: str
    organisations: dict[str, OrganisationShape]
    accounts: tuple[DemoAccount, ...]
    parents: tuple[str, ...]  # usernames of parents with an unregistered newborn, the demonstration's own first
    population: Population
    residents: int
    legal_entities: int
    seed: int


def seed_city(
    at: dt.datetime, *, residents: int, legal_entities: int, seed: int, tell: Tell = lambda _: None
) -> SeededCity:
    """Return the city after putting it into an empty database; refused（409）when there are residents already."""
    if queries.count_residents():
        raise Refused(
            "seed.city.already-there",
            "数据库里已有人员，不能再播种。请换一个空的站点目录。",
            "There are residents in this database already. Use an empty site folder.",
            status=409,
        )
    tell("区划与机构 / regions and organisations")
    define_regions(at)
    organisations = register_organisations(at)
    tell("人口 / residents")
    population = Census(local_date(at), residents=residents, seed=seed).take()
    actions.register_residents(residents=map(_to_new, population.people), by=SYSTEM, at=at)
    tell("法人 / legal entities")
    entities = register_entities(population, legal_entities, seed, at)
    tell("账户与岗位 / accounts and posts")
    parents = population.expecting(plan.read("demo")["parents"])
    accounts = open_accounts(organisations, population, parents, at)
    entrust(population, at)
    return SeededCity(
        at=at,
        region_code=plan.read("city")["city"]["code"] + "000000",
        organisations=organisations,
        accounts=tuple(accounts),
        parents=("mother", *(f"parent{number:02d}" for number in range(1, len(parents) + 1))),
        population=population,
        residents=len(population.people),
        legal_entities=entities,
        seed=seed,
    )


def define_regions(at: dt.datetime) -> None:
    """Define the city's regions down to villages; those abolished long ago are defined and abolished in their order."""
    city = plan.read("city")
    actions.define_regions(regions=[_region(city["city"], city["since"])], by=SYSTEM, at=at)
    for former in city["abolished"]:
        actions.define_regions(regions=[_region(former, former["from"])], by=SYSTEM, at=at)
        actions.abolish_region(
            code=former["code"], on=former["abolished"], replaced_by=former["replaced_by"], by=SYSTEM, at=at
        )
    actions.define_regions(regions=list(_below_city(city)), by=SYSTEM, at=at)


def register_organisations(at: dt.datetime) -> dict[str, OrganisationShape]:
    """Return the city's organisations by function."""
    city = plan.read("city")
    region = city["city"]["code"]
    made = {}
    for number, one in enumerate(city["organisations"], start=1):
        code = make_credit_code(authority="1", category="1", region_code=region, body=f"{99000000 + number}")
        made[one["function"]] = actions.register_organisation(
            uscc=code.canonical,
            name_zh=one["zh"],
            name_en=one["en"],
            short_zh=one["short"],
            short_en=one["short_en"],
            function=one["function"],
            region_code=region,
            by=SYSTEM,
            at=at,
        )
    return made


def register_entities(population: Population, count: int, seed: int, at: dt.datetime) -> int:
    """Return how many legal entities were registered, each with an adult resident as its representative."""
    return actions.register_legal_entities(entities=_entities(population, count, seed, at), by=SYSTEM, at=at)


def list_entities(city: SeededCity) -> list[NewLegalEntity]:
    """Return the city's legal entities as they were registered: the same draw again."""
    return list(_entities(city.population, city.legal_entities, city.seed, city.at))


def open_accounts(
    organisations: dict[str, OrganisationShape], population: Population, parents: list[Person], at: dt.datetime
) -> list[DemoAccount]:
    """Return every account opened. One hash serves all: the password is one, public, and for demonstrations only."""
    encoded = make_password(plan.read("demo")["password"])
    return [
        *_open_residents(population, parents, encoded, at),
        *_open_officers(organisations, encoded, at),
        *_open_admins(encoded, at),
    ]


def entrust(population: Population, at: dt.datetime) -> None:
    """Register who of the cast may act for whom."""
    demo, cast = plan.read("demo"), population.cast
    for one in demo["guardians"]:
        ward, guardian = cast[one["ward"]].id, cast[one["guardian"]].id
        actions.register_guardian(ward_id=ward, guardian_id=guardian, relation=one["relation"], by=SYSTEM, at=at)
    for one in demo["delegations"]:
        principal, agent = cast[one["principal"]].id, cast[one["agent"]].id
        proof = {"kind": "demonstration", "note": "演示数据"}
        actions.delegate(
            principal_id=principal, agent_id=agent, relation=one["relation"], proof=proof, by=SYSTEM, at=at
        )


def _below_city(city: dict[str, Any]) -> Iterator[NewRegion]:
    for district in city["districts"]:
        since = district.get("since", city["since"])
        yield _region(district, since)
        for town in district["towns"]:
            code = district["code"] + town["code"]
            yield _region({**town, "code": code}, since)
            for lowest, one in plan.list_lowest(town):
                yield _region({**one, "code": code + lowest}, since)


def _region(entry: dict[str, Any], since: dt.date) -> NewRegion:
    return NewRegion(entry["code"], entry["zh"], entry["en"], since)


def _to_new(person: Person) -> NewResident:
    return NewResident(
        name=person.name,
        id_number=person.id_number,
        sex=person.sex,
        born_on=person.born_on,
        region_code=person.region_code,
        address=person.address,
        phone=person.phone,
        id=person.id,
    )


def _entities(population: Population, count: int, seed: int, at: dt.datetime) -> Iterator[NewLegalEntity]:
    rng, names, day = random.Random(seed + 2), plan.read("names")["enterprise"], local_date(at)
    adults = [person for person in population.people if age(person.born_on, day) >= ADULT_YEARS]
    own = plan.read("demo")["enterprise"]
    yield _entity(population.cast[own["representative"]], own["name"], own["kind"], own["category"], 0, day, rng)
    weights = list(accumulate(kind["weight"] for kind in names["kinds"]))
    for number in range(1, count):
        kind = rng.choices(names["kinds"], cum_weights=weights)[0]
        name = f"澜江{rng.choice(names['words'])}{rng.choice(names['trades'])}{kind['suffix']}"
        yield _entity(rng.choice(adults), name, kind["kind"], kind["category"], number, day, rng)


def _entity(
    owner: Person, name: str, kind: str, category: str, number: int, day: dt.date, rng: random.Random
) -> NewLegalEntity:
    body = f"MA99{number:04d}" if number < 10_000 else f"MB{number:06d}"
    region = owner.region_code[:6]
    return NewLegalEntity(
        uscc=make_credit_code(authority="9", category=category, region_code=region, body=body).canonical,
        name=name,
        kind=kind,
        region_code=owner.region_code,
        address=owner.address,
        registered_on=day - dt.timedelta(days=rng.randint(30, 15 * 365)),
        representative_id=owner.id,
    )


def _open_residents(
    population: Population, parents: list[Person], encoded: str, at: dt.datetime
) -> Iterator[DemoAccount]:
    password = plan.read("demo")["password"]
    for part in plan.read("demo")["residents"]:
        if "username" in part:
            _open(part["username"], population.cast[part["id"]], encoded, at)
            tries = part["tries"]
            yield DemoAccount(
                part["username"], password, "resident", part["name"], part["id"], tries["zh"], tries["en"]
            )
    for number, mother in enumerate(parents, start=1):
        username = f"parent{number:02d}"
        _open(username, mother, encoded, at)
        yield DemoAccount(
            username,
            password,
            "resident",
            mother.name,
            f"parent {number}",
            "新生儿“出生一件事”",
            "the newborn's one-thing",
        )


def _open(username: str, person: Person, encoded: str, at: dt.datetime) -> None:
    actions.open_account(
        username=username, encoded_password=encoded, resident_id=person.id, phone=person.phone, by=SYSTEM, at=at
    )


def _open_officers(organisations: dict[str, OrganisationShape], encoded: str, at: dt.datetime) -> Iterator[DemoAccount]:
    demo, surnames = plan.read("demo"), list(plan.read("names")["surnames"])
    places = [
        (function, organisation, post) for function, organisation in organisations.items() for post in demo["officers"]
    ]
    for number, (function, organisation, post) in enumerate(places):
        username = f"{function}.{post['suffix']}"
        label = surnames[number % len(surnames)] + "*"
        account = actions.open_account(username=username, encoded_password=encoded, label=label, by=SYSTEM, at=at)
        actions.appoint_officer(
            account_id=account.id,
            organisation_id=organisation.id,
            title_zh=post["title"]["zh"],
            title_en=post["title"]["en"],
            roles=post["roles"],
            by=SYSTEM,
            at=at,
        )
        zh, en = f"{organisation.short_zh}{post['title']['zh']}", f"{organisation.short_en}: {post['title']['en']}"
        yield DemoAccount(username, demo["password"], "officer", zh, en, post["tries"]["zh"], post["tries"]["en"])


def _open_admins(encoded: str, at: dt.datetime) -> Iterator[DemoAccount]:
    demo = plan.read("demo")
    for one in demo["admins"]:
        account = actions.open_account(
            username=one["username"], encoded_password=encoded, label=one["zh"], by=SYSTEM, at=at
        )
        actions.assign_admin_duty(account_id=account.id, duty=one["duty"], by=SYSTEM, at=at)
        yield DemoAccount(
            one["username"], demo["password"], "admin", one["zh"], one["en"], "三员分立", "separated duties"
        )
