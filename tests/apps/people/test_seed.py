"""The demonstration city hangs together, is fictional, and is the same at every run."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from zhengtong.apps.people import queries
from zhengtong.apps.people.models import Account
from zhengtong.cli.seed import SeededCity, list_writers, seed_people, write_birth_records
from zhengtong.cli.seed.households import Census
from zhengtong.declared import list_resource_declarations
from zhengtong.kit.identifiers import is_credit_code, is_resident_id

Row = dict[str, str]
PACKS = Path(__file__).parents[3] / "packs"


@pytest.fixture
def city(db: None, now: dt.datetime) -> SeededCity:
    return seed_people(now, residents=1500, legal_entities=60)


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def births(city: SeededCity, tmp_path: Path) -> list[Row]:
    assert write_birth_records(tmp_path / "births.csv", city, records=1500) == 1500
    return rows(tmp_path / "births.csv")


@pytest.fixture
def register(city: SeededCity, tmp_path: Path) -> list[Row]:
    assert list_writers(city)["population"](tmp_path / "population.csv") == 1500
    return rows(tmp_path / "population.csv")


def test_the_city_has_its_regions_organisations_and_people(city: SeededCity) -> None:
    assert len(queries.list_regions(city.region_code)) == 5
    assert sum(len(queries.list_regions(district.code)) for district in queries.list_regions(city.region_code)) == 30
    assert len(city.organisations) == len(queries.list_organisations()) == 21
    assert queries.count_residents() == city.residents == 1500
    assert queries.count_legal_entities() == city.legal_entities == 60
    assert all(is_credit_code(organisation.uscc) for organisation in city.organisations.values())
    assert queries.find_organisation(function="health", region_code="990122200201") == city.organisations["health"]


def test_every_number_holds_and_begins_with_99(register: list[Row], births: list[Row]) -> None:
    numbers = [row["id_number"] for row in register]
    parents = [row[column] for row in births for column in ("mother_id_number", "father_id_number") if row[column]]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("99") and is_resident_id(number) for number in [*numbers, *parents])


def test_an_old_number_bears_the_county_of_its_time(register: list[Row]) -> None:
    own = [row for row in register if row["id_number"].startswith("99010") and row["region_code"].startswith("990102")]
    assert all((row["id_number"][:6] == "990101") == (row["born_on"] < "1995-01-01") for row in own)
    assert queries.find_address_region("990101", dt.date(1990, 1, 1)).name_zh == "澜江县"


def test_couples_are_married_in_both_registers(city: SeededCity, register: list[Row], tmp_path: Path) -> None:
    list_writers(city)["marriages"](tmp_path / "marriages.csv")
    married = {row["wife_id_number"]: row for row in rows(tmp_path / "marriages.csv")}
    by_number = {row["id_number"]: row for row in register}
    for row in register:
        assert (row["marital_status"] == "20") == bool(row["spouse_id_number"])
        if row["spouse_id_number"] and row["sex"] == "2":
            assert married[row["id_number"]]["husband_id_number"] == row["spouse_id_number"]
            assert by_number[row["spouse_id_number"]]["spouse_id_number"] == row["id_number"]
            assert int(married[row["id_number"]]["registered_on"][:4]) - int(row["born_on"][:4]) >= 20
    assert len({row["certificate_no"] for row in married.values()}) == len(married)


def test_the_demonstrations_newborn_is_in_the_births_and_in_no_other_register(births, register, now) -> None:
    mother = next(row for row in register if row["name"] == "王若兰" and row["phone"] == "19900000001")
    own = [row for row in births if row["mother_id_number"] == mother["id_number"]]
    newborn = own[-1]
    assert newborn["child_name"] == "陈知夏"
    assert dt.datetime.fromisoformat(newborn["born_at"]).date() == now.date() - dt.timedelta(days=12)
    assert newborn["father_id_number"] == mother["spouse_id_number"]
    assert ("陈知夏", newborn["born_at"][:10]) not in {(row["name"], row["born_on"]) for row in register}
    assert [row["child_name"] for row in own] == ["陈知秋", "陈知夏"], "the newborn is the latest"


def test_each_parents_latest_birth_is_a_newborn(city: SeededCity, births: list[Row], now: dt.datetime) -> None:
    latest = {row["mother_id_number"]: row["born_at"] for row in births}
    assert len(city.parents) > 30
    for username in city.parents:
        resident_id = str(Account.objects.get(username=username).resident_id)
        born_at = dt.datetime.fromisoformat(latest[queries.resident_profile(resident_id).id_number])
        assert dt.timedelta(days=1) < now.replace(tzinfo=None) - born_at < dt.timedelta(days=32)


def test_births_come_in_the_order_of_time_and_some_lack_a_name_or_a_father(births: list[Row]) -> None:
    times = [row["born_at"] for row in births]
    assert times == sorted(times)
    assert 0 < sum(not row["child_name"] for row in births) < 150
    assert 0 < sum(not row["father_id_number"] for row in births) < 150
    assert all(900 <= int(row["weight_g"]) <= 6000 and 28 <= int(row["gestation_weeks"]) <= 42 for row in births)
    for column in ("record_no", "certificate_no"):
        assert len({row[column] for row in births}) == len(births)


def test_the_same_day_makes_the_same_people(now: dt.datetime) -> None:
    def told(seed: int) -> list[tuple[str, str, str]]:
        people = Census(now.date(), residents=300, seed=seed).take().people
        return [(person.id, person.id_number, person.address) for person in people]

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_ages_are_spread_as_in_a_city(now: dt.datetime) -> None:
    people = Census(now.date(), residents=20_000, seed=7).take().people
    decades = Counter((now.year - person.born_on.year) // 10 for person in people)
    assert all(decades[decade] > 0.03 * len(people) for decade in range(8))
    assert 0.45 < sum(person.sex == "1" for person in people) / len(people) < 0.55


def test_every_account_may_do_what_it_is_for(city: SeededCity, now: dt.datetime) -> None:
    by_kind = Counter(account.kind for account in city.accounts)
    assert by_kind["officer"] == 126
    assert by_kind["admin"] == 3
    for account in city.accounts:
        actor = queries.get_actor(Account.objects.get(username=account.username), at=now)
        assert actor.kind == account.kind
        assert account.tries_zh
        assert account.tries_en
    officer = queries.get_actor(Account.objects.get(username="health.approver"), at=now)
    assert queries.can_(officer, "share.approve", city.organisations["health"].id)


def test_the_mother_may_act_for_her_child_and_the_grandmother(city: SeededCity, now: dt.datetime) -> None:
    principals = queries.list_principals(Account.objects.get(username="mother"), at=now)
    assert {(principal.kind, principal.subject.name) for principal in principals} == {
        ("guardianship", "陈知秋"),
        ("delegation", "刘桂珍"),
    }
    [shop] = [
        principal
        for principal in queries.list_principals(Account.objects.get(username="merchant"), at=now)
        if principal.subject.name == "澜江市滨江区青禾面馆"
    ]
    assert shop.kind == "representative"


def test_a_city_is_not_seeded_twice(city: SeededCity, now: dt.datetime, refuses) -> None:
    with refuses("seed.city.already-there", 409):
        seed_people(now, residents=100)


def test_the_passwords_of_the_demonstration_pass_the_sites_own_rules(city: SeededCity) -> None:
    from django.contrib.auth.password_validation import validate_password

    account = Account.objects.get(username="mother")
    assert account.check_password(city.accounts[0].password)
    validate_password(city.accounts[0].password, account)


def test_every_declared_resource_has_its_register_and_the_columns_it_declares(city: SeededCity, tmp_path: Path) -> None:
    writers = list_writers(city)
    for declaration in list_resource_declarations(PACKS):
        path = tmp_path / f"{declaration['name']}.csv"
        assert writers[declaration["name"]](path) > 0, declaration["name"]
        with path.open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file))
        assert set(head) == {field["name"] for field in declaration["fields"]}, declaration["name"]
