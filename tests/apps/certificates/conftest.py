"""Two issuing organisations, a mother and her newborn, through the doors."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from zhengtong.apps.certificates import actions, queries
from zhengtong.apps.people import actions as people
from zhengtong.apps.people.keys import subject_key
from zhengtong.apps.people.shapes import SYSTEM, Actor, Subject

REGION = "990100000000"
FACE = {
    "name": ("新生儿姓名", "Name of the newborn", "林小满"),
    "mother": ("母亲姓名", "Mother", "林清嘉"),
    "mother_id": ("母亲公民身份号码", "Mother's identity number", "990101199203040023"),
}


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """The folder of the signing keys: of these tests alone, so that none was made on a later day than theirs."""
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture
def city(db, now, home, settings):
    """澜江市 with two organisations, their officers, a mother and a newborn without a number."""
    settings.ZHENGTONG_HOME = home
    people.define_region(code="990000000000", name_zh="澜省", name_en="Lan", valid_from=now.date(), by=SYSTEM, at=now)
    people.define_region(code=REGION, name_zh="澜江市", name_en="Lanjiang", valid_from=now.date(), by=SYSTEM, at=now)
    health = _organisation("11990100000000001", "澜江市卫生健康委员会", "Lanjiang Health Commission", "health", now)
    police = _organisation("11990100000000002", "澜江市公安局", "Lanjiang Public Security", "public-security", now)
    mother = Subject(
        "resident", "m", "林清嘉", "林*嘉", subject_key("resident", "990101199203040023"), "990***********0023"
    )
    child = Subject("resident", "", "林小满", "林*满", "", "")
    actions.define_type(
        declaration={"code": "birth", "title_zh": "出生医学证明", "title_en": "Birth certificate", "definer": "health"},
        by=SYSTEM,
        at=now,
    )
    return SimpleNamespace(
        health=health,
        police=police,
        mother=mother,
        child=child,
        examiner=_officer(health, "examiner"),
        stranger=_officer(police, "examiner"),
        parent=Actor(kind="resident", account_id=1, label="林*嘉", resident=mother),
    )


@pytest.fixture
def issued(city, now):
    """A birth certificate the mother keeps for her newborn."""
    return actions.issue(
        type_code="birth",
        holder=city.child,
        keeper=city.mother,
        face=FACE,
        issuer=city.health,
        case_no="99010020261119000001",
        by=city.examiner,
        at=now,
    )


@pytest.fixture
def document(issued, city):
    """The signed PDF of the birth certificate."""
    return queries.pdf(issued.identifier, city.parent)


def _organisation(first_17, zh, en, function, now):
    from zhengtong.kit.identifiers.credit_code import check_digit

    return people.register_organisation(
        uscc=first_17 + check_digit(first_17),
        name_zh=zh,
        name_en=en,
        short_zh=zh[3:],
        region_code=REGION,
        function=function,
        by=SYSTEM,
        at=now,
    )


def _officer(organisation, *roles):
    return Actor(
        kind="officer",
        account_id=2,
        label="测试人员",
        organisation=organisation,
        roles=frozenset(roles),
    )
