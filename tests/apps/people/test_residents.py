"""Residents are found without being readable on disk."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError
from django.db import connection

from tests.apps.people.town import TOWN, Town, credit_code, id_number, make_resident
from zhengtong.apps.people import actions, keys, queries
from zhengtong.apps.people.models import Resident
from zhengtong.apps.people.shapes import SYSTEM, Actor, NewLegalEntity, NewResident


def raw_rows(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return repr(cursor.fetchall())


def test_nothing_that_names_a_resident_is_clear_on_disk(town: Town) -> None:
    stored = raw_rows("people_resident") + raw_rows("people_account")
    for clear in ("王若兰", "陈建国", id_number(1995, 22), "13900000001", "1995-03-05", "单元"):
        assert clear not in stored
    assert "k1:" in stored


def test_a_resident_is_found_by_number_however_it_is_typed(town: Town) -> None:
    number = id_number(1995, 22)
    typed = number[:6] + " " + number[6:14] + "-" + number[14:].lower()
    assert queries.find_subject("resident", typed) == town.mother
    assert queries.find_subject("resident", id_number(1995, 24)) is None
    assert queries.find_subject("legal-entity", town.enterprise.id) == town.enterprise


def test_the_key_of_a_number_depends_on_the_kind_and_the_secret(settings) -> None:
    mine = keys.subject_key("resident", id_number(1995, 22))
    assert mine != keys.subject_key("legal-entity", id_number(1995, 22))
    settings.ZHENGTONG_INDEX_KEY = bytes(32)
    assert mine != keys.subject_key("resident", id_number(1995, 22))


def test_a_ciphertext_moved_to_another_column_or_changed_does_not_open() -> None:
    stored = keys.encrypt("王若兰", "people_resident.particulars")
    assert keys.decrypt(stored, "people_resident.particulars") == "王若兰"
    with pytest.raises(InvalidTag):
        keys.decrypt(stored, "people_account.phone")
    changed = stored[:-6] + ("A" if stored[-6] != "A" else "B") + stored[-5:]
    with pytest.raises(InvalidTag):
        keys.decrypt(changed, "people_resident.particulars")


def test_what_an_older_key_closed_still_opens_after_a_new_key_came(settings) -> None:
    old = keys.encrypt("旧", "x")
    ring = settings.ZHENGTONG_KEYS["keys"]
    settings.ZHENGTONG_KEYS = {"current": "k2", "keys": {**ring, "k2": bytes(range(32))}}
    assert keys.decrypt(old, "x") == "旧"
    assert keys.encrypt("新", "x").startswith("k2:")
    assert keys.decrypt_bytes(keys.encrypt_bytes(b"\x00:\xff", "file"), "file") == b"\x00:\xff"


def test_the_same_text_never_looks_the_same_on_disk() -> None:
    assert keys.encrypt("王若兰", "x") != keys.encrypt("王若兰", "x")


def test_asking_the_database_for_an_encrypted_value_is_an_error(town: Town) -> None:
    with pytest.raises(FieldError, match="blind index"):
        Resident.objects.filter(particulars={"name": "王若兰"}).first()


def test_sex_and_birth_come_from_the_number(town: Town) -> None:
    profile = queries.resident_profile(town.mother.id)
    assert (profile.name, profile.sex, profile.born_on) == ("王若兰", "2", dt.date(1995, 3, 5))
    assert profile.id_number == id_number(1995, 22)
    assert profile.phone == "13900000001"


def test_others_see_a_masked_name_and_the_person_and_officers_the_whole(town: Town) -> None:
    stranger = Actor(kind="resident", resident=town.father)
    officer = Actor(kind="officer", organisation=town.health)
    assert queries.get_resident(town.mother.id, stranger).name == "王*兰"
    assert queries.get_resident(town.mother.id, Actor(kind="resident", resident=town.mother)).name == "王若兰"
    assert queries.get_resident(town.mother.id, officer).name == "王若兰"
    assert town.mother.number_masked.startswith("990102********")


def test_a_number_is_registered_once(town: Town, now, refuses) -> None:
    with refuses("people.resident.already-registered", 409):
        make_resident("王若兰", id_number(1995, 22), "", now)


@pytest.mark.parametrize("number", ["990102199503050221", "99010219950230022X", "abc", ""])
def test_a_number_that_does_not_hold_registers_nobody(town: Town, now, number: str) -> None:
    from zhengtong.kit import Refused

    before = queries.count_residents()
    with pytest.raises(Refused):
        make_resident("赵", number, "", now)
    assert queries.count_residents() == before


def test_a_passport_needs_sex_and_birth_beside_it(town: Town, now, refuses) -> None:
    foreign = {"name": "Ann Lee", "id_number": "E12345678", "region_code": TOWN, "address": "x", "id_kind": "passport"}
    with refuses("people.resident.incomplete"):
        actions.register_resident(**foreign, by=SYSTEM, at=now)
    subject = actions.register_resident(**foreign, sex="2", born_on=dt.date(1990, 1, 2), by=SYSTEM, at=now)
    assert queries.resident_profile(subject.id).born_on == dt.date(1990, 1, 2)


def test_a_bulk_with_one_doubled_number_registers_none(town: Town, now, refuses) -> None:
    people = [
        NewResident("赵一", id_number(1980, sequence), "1", dt.date(1980, 3, 5), TOWN, "桥头街道")
        for sequence in (1, 3, 5, 1)
    ]
    before = queries.count_residents()
    with refuses("people.resident.already-registered", 409):
        actions.register_residents(residents=people, by=SYSTEM, at=now)
    assert queries.count_residents() == before
    assert actions.register_residents(residents=people[:3], by=SYSTEM, at=now) == 3


def test_a_bulk_takes_few_queries(town: Town, now, django_assert_max_num_queries) -> None:
    people = [
        NewResident(
            f"赵{sequence}", id_number(1970 + sequence // 900, sequence % 900), "", dt.date(1980, 3, 5), TOWN, "桥头"
        )
        for sequence in range(2500)
    ]
    with django_assert_max_num_queries(30):
        assert actions.register_residents(residents=iter(people), by=SYSTEM, at=now) == 2500


def test_a_person_changes_their_own_phone_but_nobody_elses(town: Town, now, refuses) -> None:
    mother = Actor(kind="resident", resident=town.mother)
    actions.change_resident(resident_id=town.mother.id, phone="13900000009", by=mother, at=now)
    assert queries.resident_profile(town.mother.id).phone == "13900000009"
    with refuses("people.act.not-permitted", 403):
        actions.change_resident(resident_id=town.father.id, phone="13900000009", by=mother, at=now)


def test_an_enterprise_is_registered_with_a_known_representative(town: Town, now, refuses) -> None:
    unknown = NewLegalEntity(
        credit_code("MA000002"),
        "无名店",
        "enterprise",
        TOWN,
        "x",
        dt.date(2021, 1, 1),
        "00000000-0000-4000-8000-000000000000",
    )
    with refuses("people.representative.unknown", 404):
        actions.register_legal_entities(entities=[unknown], by=SYSTEM, at=now)
    again = NewLegalEntity(town.enterprise.id, "重名店", "enterprise", TOWN, "x", dt.date(2021, 1, 1))
    with refuses("people.legal-entity.already-registered", 409):
        actions.register_legal_entities(entities=[again], by=SYSTEM, at=now)
