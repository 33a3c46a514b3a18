"""Three organisations and a published resource of births: the smallest place where data can be shared."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from tests.apps.people.town import CITY, id_number, make_organisation, make_town
from zhengtong.apps.catalog import actions as catalog
from zhengtong.apps.exchange import actions as exchange
from zhengtong.apps.exchange.shapes import GrantShape
from zhengtong.apps.people.shapes import SYSTEM, Actor, OrganisationShape

MOTHER, FATHER, STRANGER = id_number(1995, 22), id_number(1993, 11), id_number(1990, 24)
FIELDS = [
    {"name": "record_no", "type": "text", "is_key": True},
    {
        "name": "mother_id_number",
        "type": "text",
        "is_key": True,
        "personal": True,
        "sensitivity": 4,
        "mask": "resident-id",
    },
    {"name": "child_name", "type": "text", "personal": True, "sensitivity": 3, "mask": "name"},
    {"name": "born_at", "type": "datetime", "personal": True},
    {"name": "weight_g", "type": "integer", "personal": True, "share_type": 3, "basis": "《测试法》第一条"},
    {"name": "region_code", "type": "text"},
]
BIRTHS = {
    "code": "202010/000001",
    "name": "births",
    "title_zh": "出生医学信息",
    "title_en": "Births",
    "summary_zh": "活产新生儿",
    "summary_en": "Live births",
    "share_type": 2,
    "share_scope": "办理新生儿事项的部门",
    "share_purpose": "核验出生事实",
    "share_modes": ["api", "prefill"],
    "open_type": "not-open",
    "update_cycle": "daily",
    "format": "database",
    "data_class": "健康保障",
    "data_level": 3,
    "subject_kind": "resident",
    "subject_field": "mother_id_number",
    "latest_by": "born_at",
    "fields": [{"title_zh": field["name"], "title_en": field["name"], **field} for field in FIELDS],
}
ROWS = f"""record_no,mother_id_number,child_name,born_at,weight_g,region_code
B1,{MOTHER},大宝,2020-02-01T08:00:00,3100,990102000000
B2,{MOTHER},二宝,2026-11-10T08:00:00,3300,990102000000
B3,{STRANGER},三宝,2026-11-11T08:00:00,3000,990103000000
"""


@dataclass(frozen=True)
class Bureau:
    """Who is there and what they may do."""

    health: OrganisationShape
    police: OrganisationShape
    steward: Actor
    health_head: Actor
    requester: Actor
    police_head: Actor
    authority: Actor


def officer(account_id: int, organisation: OrganisationShape, *roles: str) -> Actor:
    return Actor(
        "officer", account_id, f"{organisation.short_zh}{account_id}", organisation=organisation, roles=frozenset(roles)
    )


def make_bureau(now: dt.datetime, folder: Path) -> Bureau:
    town = make_town(now)
    authority = make_organisation("data-bureau", "33333333", CITY, now)
    health = replace(town.health)
    bureau = Bureau(
        health,
        town.police,
        officer(101, health, "data-steward"),
        officer(102, health, "data-approver"),
        officer(103, town.police, "data-requester"),
        officer(104, town.police, "data-approver"),
        officer(105, authority, "data-steward", "data-approver"),
    )
    publish_births(bureau, now, folder)
    return bureau


def publish_births(bureau: Bureau, now: dt.datetime, folder: Path) -> None:
    catalog.register_resource(declaration=BIRTHS, provider=bureau.health, by=bureau.steward, at=now)
    source = folder / "births.csv"
    source.write_text(ROWS, encoding="utf-8")
    catalog.load_snapshot(code="births", source=source, by=bureau.steward, at=now)
    catalog.assess_resource(code="births", secrecy_checked=True, pia_no="PIA-1", by=bureau.steward, at=now)
    catalog.approve_resource(code="births", by=bureau.health_head, at=now)
    catalog.publish_resource(code="births", by=bureau.authority, at=now)


def ask(bureau: Bureau, now: dt.datetime, **changed):
    told = {
        "resource_code": "births",
        "fields": ["mother_id_number", "child_name", "born_at"],
        "usage_basis": "《户口登记条例》第七条",
        "usage_scenario": "办理出生登记",
        "usage_scope": "窗口核验",
        "share_modes": ["api", "prefill"],
        "valid_from": now.date(),
        "valid_until": now.date() + dt.timedelta(days=365),
    }
    return exchange.request_share(**{**told, **changed}, by=bureau.requester, at=now)


def make_grant(bureau: Bureau, now: dt.datetime, fields=("child_name", "born_at"), **more) -> GrantShape:
    request = ask(bureau, now)
    exchange.consent_internally(request_no=request.no, by=bureau.police_head, at=now)
    return exchange.approve_request(request_no=request.no, fields=list(fields), by=bureau.health_head, at=now, **more)


def read(bureau: Bureau, now: dt.datetime, **changed):
    told = {"key": {"mother_id_number": MOTHER}, "fields": None, "mode": "api", "case_no": "", "by": SYSTEM}
    return exchange.read(consumer=bureau.police, resource_code="births", at=now, **{**told, **changed})
