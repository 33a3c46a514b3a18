"""澜江市 for the tests of cases: organisations, a family, published packs and a reader with rows of its own.

The reader stands in for exchange's gateway: it answers from rows given here, leaves the same record of each read in
evidence, and refuses what it is told to refuse. Everything else is the real thing, through the doors.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from zhengtong.apps.cases import actions
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange.shapes import ReadAnswer
from zhengtong.apps.matters import actions as matters
from zhengtong.apps.people import actions as people
from zhengtong.apps.people.keys import subject_key
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.declared import load_pack
from zhengtong.kit import Refused
from zhengtong.kit.identifiers.credit_code import check_digit

REGION = "990100000000"
PACKS = Path(__file__).parents[3] / "packs"
FUNCTIONS = {
    "health": ("澜江市卫生健康委员会", "Lanjiang Health Commission"),
    "public-security": ("澜江市公安局", "Lanjiang Public Security Bureau"),
    "human-resources": ("澜江市人力资源和社会保障局", "Lanjiang Human Resources Bureau"),
    "medical-insurance": ("澜江市医疗保障局", "Lanjiang Healthcare Security Bureau"),
    "disease-control": ("澜江市疾病预防控制局", "Lanjiang Disease Control Bureau"),
}
MOTHER = "990101199203040021"
FATHER = "990101199001150038"
PARTS = (
    "birth-medical-certificate",
    "household-registration",
    "vaccination-record",
    "social-security-card",
    "medical-insurance",
)
ANSWERS = {"married": "yes", "named": "recorded", "settle": "mother"}
BIRTHS, POPULATION, MARRIAGES = "202010/000001", "101001/000001", "101003/000001"


@dataclass
class Reader:
    """Rows by resource; `refused` resources answer no, `calls` counts what was read."""

    rows: dict[str, list[dict[str, Any]]]
    refused: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def read(self, *, consumer, resource_code, key, fields, mode, by, at, case_no, purpose_zh, purpose_en):
        if resource_code in self.refused:
            code = f"exchange.read.{self.refused[resource_code]}"
            raise Refused(
                code, "授权已被撤销，请自行填写。", "The grant was revoked; fill the fields in yourself.", status=403
            )
        self.calls.append(resource_code)
        rows = self.rows.get(resource_code, [])
        row = next((row for row in rows if all(row.get(name) == value for name, value in key.items())), None)
        receipt = evidence.record_read(
            resource_code=resource_code,
            resource_title_zh="测试资源",
            resource_title_en="Test resource",
            grant_no="G1",
            provider_org="提供单位",
            consumer_org=consumer.name_zh,
            by=by,
            subject_key=subject_key("resident", next(iter(key.values()))),
            fields=list(fields),
            field_titles=[(name, name) for name in fields],
            purpose_zh=purpose_zh,
            purpose_en=purpose_en,
            basis="测试依据",
            case_no=case_no,
            channel=mode,
            found=row is not None,
            at=at,
        )
        values = {name: row.get(name) for name in fields} if row else {}
        return ReadAnswer(
            row is not None, values, "测试资源", "Test resource", "提供单位", "Provider", at, receipt.no, "G1"
        )


def found_city(now: dt.datetime) -> SimpleNamespace:
    """Return the city: `orgs` by function, `officer(function, *roles)`, the mother, the father and the reader."""
    start = now.date()
    people.define_region(code="990000000000", name_zh="澜省", name_en="Lan", valid_from=start, by=SYSTEM, at=now)
    people.define_region(code=REGION, name_zh="澜江市", name_en="Lanjiang", valid_from=start, by=SYSTEM, at=now)
    people.define_region(code="990101000000", name_zh="江东区", name_en="East", valid_from=start, by=SYSTEM, at=now)
    orgs = {
        function: _organisation(serial, function, zh, en, now)
        for serial, (function, (zh, en)) in enumerate(FUNCTIONS.items(), start=1)
    }
    mother = _resident("林清嘉", MOTHER, "13800001234", now)
    father = _resident("周远航", FATHER, "13800005678", now)
    for pack in packs():
        matters.publish_pack(pack=pack, by=SYSTEM, at=now)
    return SimpleNamespace(
        orgs=orgs,
        mother=Actor(kind="resident", account_id=101, label="林*嘉", resident=mother),
        father=Actor(kind="resident", account_id=102, label="周*航", resident=father),
        officer=lambda function, *roles, account=None: _officer(orgs[function], roles, account),
        reader=Reader(_rows()),
        now=now,
    )


def apply_for_birth(city, at=None, **answers):
    """Return the submitted one-thing."""
    at = at or city.now
    draft = actions.start_draft(matter_code="birth", answers={**ANSWERS, **answers}, by=city.mother, at=at)
    return actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=at)


def apply_for_permit(city, at=None, by=None):
    """Return a submitted residence permit case."""
    at, by = at or city.now, by or city.mother
    draft = actions.start_draft(
        matter_code="residence-permit", answers={"kind": "first", "reason": "home"}, by=by, at=at
    )
    draft = actions.save_page(
        draft_id=draft.id,
        page_id="home",
        values={"residence.address": "澜江市江东区滨河路 8 号", "residence.since": "2026-01-05"},
        version=draft.version,
        by=by,
        at=at,
    )
    draft = actions.attach_material(
        draft_id=draft.id, material_id="home_proof", name="租房合同.pdf", content=PDF, by=by, at=at
    )
    return actions.submit_case(draft_id=draft.id, version=draft.version, by=by, at=at)


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40 + b"IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0" + b"\x00" * 40 + b"\xff\xd9"


@cache
def packs():
    """Return the packs under test, parts before their whole."""
    return [load_pack(PACKS / name) for name in (*PARTS, "birth", "residence-permit")]


def _rows() -> dict[str, list[dict[str, Any]]]:
    birth = {
        "child_name": "周小满",
        "child_sex": "2",
        "born_at": "2026-11-01T08:12",
        "weight_g": 3250,
        "gestation_weeks": 39,
        "birth_place": "澜江市妇幼保健院",
        "hospital_name": "澜江市妇幼保健院",
        "record_no": "B20261101001",
        "certificate_no": "Z990000001",
        "mother_name": "林清嘉",
        "mother_id_number": MOTHER,
        "father_name": "周远航",
        "father_id_number": FATHER,
    }
    people_rows = [
        {
            "id_number": number,
            "name": name,
            "sex": sex,
            "nation": "01",
            "household_address": "澜江市江东区滨河路 8 号",
            "region_code": "990101000000",
            "phone": phone,
            "spouse_id_number": spouse,
        }
        for number, name, sex, phone, spouse in (
            (MOTHER, "林清嘉", "2", "13800001234", FATHER),
            (FATHER, "周远航", "1", "13800005678", MOTHER),
        )
    ]
    marriage = {
        "wife_id_number": MOTHER,
        "husband_id_number": FATHER,
        "certificate_no": "J990101-2020-000001",
        "registered_on": "2020-05-20",
    }
    return {BIRTHS: [birth], POPULATION: people_rows, MARRIAGES: [marriage]}


def _organisation(serial, function, zh, en, now):
    first_17 = f"11990100{serial:09d}"
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


def _resident(name, number, phone, now):
    return people.register_resident(
        name=name,
        id_number=number,
        region_code="990101000000",
        address="澜江市江东区滨河路 8 号",
        phone=phone,
        by=SYSTEM,
        at=now,
    )


def _officer(organisation, roles, account):
    roles = roles or ("window", "examiner")
    number = account or 200 + organisation.id * 10 + (5 if "leader" in roles else 0)
    return Actor(
        kind="officer",
        account_id=number,
        label=f"{organisation.short_zh} 测试员{number}",
        organisation=organisation,
        roles=frozenset(roles),
    )
