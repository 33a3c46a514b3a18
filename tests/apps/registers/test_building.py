"""Base registers: built from granted sources, kept up, catalogued with lineage; conflicts go to those who say otherwise."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.apps.exchange.bureau import Bureau, make_bureau
from tests.apps.people.town import id_number
from zhengtong.apps.catalog import actions as catalog_actions
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.corrections import queries as corrections
from zhengtong.apps.exchange import actions as exchange
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.apps.registers import actions, queries

ANN, BEN = id_number(1995, 22), id_number(1993, 11)
PEOPLE = f"number,name,phone\n{ANN},王若兰,13900000001\n{BEN},陈建国,13900000002\n"
MEMBERS = f"member,number,name\nM1,{ANN},王若蓝\nM2,,陈建国\nM3,,李四光\n"


def resource(name: str, code: str, fields: str) -> dict:
    items = [
        {
            "name": field,
            "title_zh": field,
            "title_en": field,
            "type": "text",
            "is_key": place == 0,
            "basis": "《测试法》第一条",
        }
        | ({"personal": True, "sensitivity": 4, "mask": "resident-id"} if field == "number" else {})
        for place, field in enumerate(fields.split())
    ]
    return {
        "code": code,
        "name": name,
        "title_zh": name,
        "title_en": name,
        "summary_zh": name,
        "summary_en": name,
        "share_type": 2,
        "share_scope": "各部门",
        "share_purpose": "建库",
        "share_modes": ["api", "batch"],
        "open_type": "not-open",
        "update_cycle": "daily",
        "format": "database",
        "data_class": "人口",
        "data_level": 3,
        "subject_kind": "resident",
        "subject_field": "number",
        "fields": items,
    }


REGISTER = {
    "name": "everybody",
    "kind": "resident",
    "owner": "data-bureau",
    "resource": {
        key: value for key, value in resource("everybody", "101001/000100", "").items() if key not in ("name", "fields")
    },
    "sources": [
        {
            "name": "police",
            "resource": "people",
            "key": "number",
            "distinct": True,
            "fields": {"number": "number", "name": "name", "phone": "phone"},
        },
        {
            "name": "health",
            "resource": "members",
            "key": "member",
            "distinct": True,
            "fields": {"number": "number", "name": "name"},
        },
    ],
    "fields": [
        {
            "name": "number",
            "title_zh": "号码",
            "title_en": "Number",
            "type": "text",
            "is_key": True,
            "basis": "《测试法》第一条",
            "take": [["police", "number"], ["health", "number"]],
        },
        {
            "name": "name",
            "title_zh": "姓名",
            "title_en": "Name",
            "type": "text",
            "basis": "《测试法》第一条",
            "take": [["police", "name"], ["health", "name"]],
            "agrees": True,
        },
        {
            "name": "phone",
            "title_zh": "电话",
            "title_en": "Phone",
            "type": "text",
            "basis": "《测试法》第一条",
            "take": [["police", "phone"]],
        },
    ],
}


@dataclass(frozen=True)
class Place:
    bureau: Bureau
    steward: Actor
    folder: Path


@pytest.fixture
def place(db, now, tmp_path, settings) -> Place:
    settings.ZHENGTONG_HOME, settings.ZHENGTONG_PACKS = tmp_path, [tmp_path / "packs"]
    catalog.opened.cache_clear()
    (tmp_path / "packs" / "_shared" / "registers").mkdir(parents=True)
    (tmp_path / "packs" / "_shared" / "registers" / "r.yaml").write_text(yaml.safe_dump(REGISTER), "utf-8")
    bureau = make_bureau(now, tmp_path)
    for provider, declared, text in (
        (bureau.police, resource("people", "101001/000001", "number name phone"), PEOPLE),
        (bureau.health, resource("members", "201036/000001", "member number name"), MEMBERS),
    ):
        catalog_actions.register_resource(declaration=declared, provider=provider, by=SYSTEM, at=now)
        fill(tmp_path, declared["name"], text, now)
        catalog_actions.assess_resource(code=declared["name"], secrecy_checked=True, pia_no="P", by=SYSTEM, at=now)
        catalog_actions.approve_resource(code=declared["name"], by=SYSTEM, at=now)
        catalog_actions.publish_resource(code=declared["name"], by=SYSTEM, at=now)
    return Place(bureau, bureau.authority, tmp_path)


def fill(folder: Path, name: str, text: str, now: dt.datetime) -> None:
    source = folder / f"{name}.csv"
    source.write_text(text, "utf-8")
    catalog_actions.load_snapshot(code=name, source=source, by=SYSTEM, at=now)


def grant(place: Place, name: str, fields: list[str], now: dt.datetime, masks: dict | None = None) -> str:
    consumer = Actor(kind="system", label="系统", organisation=place.steward.organisation)
    request = exchange.request_share(
        resource_code=name,
        fields=fields,
        usage_basis="《政务数据共享条例》第十九条",
        usage_scenario="建立基础库",
        usage_scope="批量",
        share_modes=["batch"],
        valid_from=now.date(),
        valid_until=now.date() + dt.timedelta(days=365),
        by=consumer,
        at=now,
    )
    exchange.consent_internally(request_no=request.no, by=SYSTEM, at=now)
    return exchange.approve_request(request_no=request.no, fields=fields, masks=masks or {}, by=SYSTEM, at=now).no


def build(place: Place, now: dt.datetime):
    return actions.build_register(name="everybody", by=place.steward, at=now)


def rows() -> list[dict]:
    found = catalog.find_resource("everybody")
    return list(catalog.store().open("everybody", found.snapshot.version).rows())


def test_without_a_grant_on_every_field_nothing_is_read(place, now, refuses):
    with refuses("registers.build.no-grant", 403):
        build(place, now)
    grant(place, "people", ["number", "name", "phone"], now)
    grant(place, "members", ["member", "name"], now)
    with refuses("registers.build.no-grant", 403):
        build(place, now)
    with refuses("catalog.right.missing", 403):
        actions.build_register(name="everybody", by=place.bureau.requester, at=now)


def test_a_register_is_built_catalogued_kept_up_and_its_conflicts_are_sent_out(place, now, refuses):
    grant(place, "people", ["number", "name", "phone"], now)
    grant(place, "members", ["member", "number", "name"], now)
    built = build(place, now)
    assert (built.rows, built.conflicts, built.conflicts_sent) == (4, 1, 1)
    ann = next(row for row in rows() if row["number"] == ANN)
    assert (ann["name"], ann["origins"], ann["sources"]) == ("王若兰", "number=police name=police phone=police", 2)

    [raised] = corrections.list_corrections(by=place.bureau.steward)
    assert (raised.kind, raised.resource.name, raised.row_key) == ("conflict", "members", "M1")
    assert (raised.found_value, raised.claimed_value) == ("王若蓝", "王若兰")

    assert {(e.from_resource, e.from_field, e.to_field) for e in catalog.lineage_of("everybody", by=SYSTEM)} == {
        ("people", "number", "number"),
        ("members", "number", "number"),
        ("people", "name", "name"),
        ("members", "name", "name"),
        ("people", "phone", "phone"),
    }
    number = catalog.find_resource("everybody").find_field("number")
    assert (number.sensitivity, number.personal, number.mask) == (4, True, "resident-id"), "its class came along"

    fill(place.folder, "members", MEMBERS.replace("若蓝", "若兰") + f"M4,{BEN},陈建国\n", now)
    again = build(place, now)
    assert (again.rows, again.conflicts, again.conflicts_sent) == (4, 0, 0)
    assert next(row for row in rows() if row["number"] == ANN)["entity"] == ann["entity"]
    assert queries.get_register("everybody").built == again

    told = {"name": "everybody", "source": "police", "record": BEN, "other_source": "health", "other_record": "M2"}
    with refuses("registers.judge.incomplete"):
        actions.judge_pair(**told, is_same=True, reason=" ", by=place.steward, at=now)
    actions.judge_pair(
        **{**told, "other_record": "M4"}, is_same=False, reason="两人同名，号码系误填", by=place.steward, at=now
    )
    actions.judge_pair(**told, is_same=True, reason="当面核实", by=place.steward, at=now)
    judged = build(place, now)
    assert judged.rows == 4
    ben = next(row for row in rows() if row["phone"] == "13900000002")
    assert ben["sources"] == 2
    assert queries.list_pairs("everybody", by=place.steward) == []
    with refuses("catalog.right.missing", 403):
        queries.list_pairs("everybody", by=place.bureau.steward)


def test_a_register_that_is_not_declared_is_refused(place, now, refuses):
    with refuses("registers.get.unknown", 404):
        actions.build_register(name="nobody", by=SYSTEM, at=now)


def test_the_declared_registers_of_the_packs_can_be_catalogued():
    from django.conf import settings

    from zhengtong.apps.registers.declared import list_specs

    specs = list_specs(settings.ZHENGTONG_PACKS)
    assert {spec.name for spec in specs} >= {"base-population", "base-legal-entities"}
    for spec in specs:
        assert catalog.list_problems(spec.declaration()) == []
