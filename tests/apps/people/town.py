"""The smallest place in which everything of this room can happen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhengtong.apps.people import actions
from zhengtong.apps.people.shapes import SYSTEM, AccountShape, OrganisationShape, Subject
from zhengtong.kit.identifiers import make_credit_code, make_resident_id

CITY, DISTRICT, TOWN = "990100000000", "990102000000", "990102001000"
PASSWORD = "Lanjiang-River-7"


@dataclass(frozen=True)
class Town:
    """What was made."""

    health: OrganisationShape
    police: OrganisationShape
    mother: Subject
    father: Subject
    enterprise: Subject
    mother_account: AccountShape
    father_account: AccountShape


def id_number(year: int, sequence: int) -> str:
    return make_resident_id(region_code="990102", born_on=dt.date(year, 3, 5), sequence=sequence).canonical


def credit_code(body: str, authority: str = "9", category: str = "1") -> str:
    return make_credit_code(authority=authority, category=category, region_code="990102", body=body).canonical


def make_town(now: dt.datetime) -> Town:
    start = dt.date(2000, 1, 1)
    for code, zh, en in (
        (CITY, "澜江市", "Lanjiang"),
        (DISTRICT, "江东区", "Jiangdong"),
        (TOWN, "桥头街道", "Qiaotou Subdistrict"),
    ):
        actions.define_region(code=code, name_zh=zh, name_en=en, valid_from=start, by=SYSTEM, at=now)
    health = make_organisation("health", "11111111", CITY, now)
    police = make_organisation("public-security", "22222222", DISTRICT, now)
    mother = make_resident("王若兰", id_number(1995, 22), "13900000001", now)
    father = make_resident("陈建国", id_number(1993, 11), "13900000002", now)
    enterprise = actions.register_legal_entity(
        uscc=credit_code("MA000001"),
        name="澜江桥头面馆",
        kind="enterprise",
        region_code=DISTRICT,
        address="澜江市江东区桥头街道 1 号",
        registered_on=dt.date(2020, 5, 1),
        representative_id=mother.id,
        by=SYSTEM,
        at=now,
    )
    accounts = [
        actions.open_account(username=name, password=PASSWORD, resident_id=resident.id, phone=phone, by=SYSTEM, at=now)
        for name, resident, phone in (("mother", mother, "13900000001"), ("father", father, "13900000002"))
    ]
    return Town(health, police, mother, father, enterprise, *accounts)


def make_organisation(function: str, body: str, region_code: str, now: dt.datetime) -> OrganisationShape:
    return actions.register_organisation(
        uscc=credit_code(body, "1", "1"),
        name_zh=f"澜江{function}机关",
        name_en=f"Lanjiang {function} bureau",
        short_zh=function,
        function=function,
        region_code=region_code,
        by=SYSTEM,
        at=now,
    )


def make_resident(name: str, number: str, phone: str, now: dt.datetime) -> Subject:
    return actions.register_resident(
        name=name,
        id_number=number,
        region_code=TOWN,
        address="澜江市江东区桥头街道 9 号 3 单元",
        phone=phone,
        by=SYSTEM,
        at=now,
    )
