"""An allowance granted without applying: a rule over a registered resource with everybody in it, and a grant to compute."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from bench.casework import city

MATTER = "bench-allowance"
RESOURCE = "bench-residents"
COLUMNS = {"id_number": "text", "name": "text", "address": "text", "region_code": "text", "age": "integer"}
PERIOD = "2026"
FILES = {
    "rule-set.yaml": """
id: bench-rule
title: {zh: 测试津贴, en: Allowance of a bench}
summary: {zh: 人人可领, en: Everybody receives it}
owner: public-security
unit: {zh: 人, en: people}
population:
  resource: bench-residents
  key: id_number
  columns: {age: age}
  eligible: eligible
  amount: amount
  paid_by: government
""",
    "rules/2026.yaml": """
id: bench-rule
title: {zh: 津贴, en: Allowance}
since: 2026-01-01
basis: {law: 测试办法, article: 第一条, since: 2026-01-01}
inputs:
  age: {type: number, label: {zh: 年龄, en: age}}
table:
  hit policy: first
  inputs:
    - {expression: age, label: {zh: 年龄, en: age}}
  outputs:
    - {name: eligible, type: boolean, label: {zh: 符合条件, en: eligible}, default: "false"}
    - {name: amount, type: number, label: {zh: 金额, en: amount}, default: "0"}
  rules:
    - {when: [">= 80"], then: ["true", "round half up(300, 2)"], basis: {law: 测试办法, article: 第二条, since: 2026-01-01}, text: {zh: 高龄, en: very old}}
    - {when: [">= 0"], then: ["true", "round half up(100, 2)"], basis: {law: 测试办法, article: 第二条, since: 2026-01-01}, text: {zh: 其他, en: others}}
""",
    "parameters/none.yaml": "{}",
    "cases/all.yaml": "[]",
}


def furnish(home: Path, people: int) -> str:
    """Return the id of a round put under way: residents registered, their data shared, the grant to compute given."""
    from django.utils import timezone

    from zhengtong.apps.catalog import actions as catalog
    from zhengtong.apps.exchange import actions as exchange
    from zhengtong.apps.matters import actions as matters
    from zhengtong.apps.people import actions as people_actions
    from zhengtong.apps.people import queries
    from zhengtong.apps.people.shapes import SYSTEM, Actor
    from zhengtong.apps.policies import actions as policies
    from zhengtong.apps.proactive import actions
    from zhengtong.declared.rule_sets import rule_set_from_files

    at = timezone.now()
    first = city.RESIDENTS  # the others are the city's already
    people_actions.register_residents(residents=map(city.resident, range(first, people)), by=SYSTEM, at=at)
    owner = queries.find_organisation(function=city.OWNER, region_code=city.REGION)
    provider = queries.find_organisation(function="bench-1", region_code=city.REGION)
    catalog.register_resource(declaration=declaration(), provider=provider, by=SYSTEM, at=at)
    catalog.load_snapshot(code=RESOURCE, source=write_rows(home / "residents.csv", people), by=SYSTEM, at=at)
    catalog.assess_resource(code=RESOURCE, secrecy_checked=True, pia_no="PIA-0", by=SYSTEM, at=at)
    catalog.approve_resource(code=RESOURCE, by=SYSTEM, at=at)
    catalog.publish_resource(code=RESOURCE, by=SYSTEM, at=at)
    consumer = Actor(kind="system", label="bench", organisation=owner)
    asked = exchange.request_share(
        resource_code=RESOURCE, fields=list(COLUMNS), usage_basis="测试", usage_scenario="测试", usage_scope="测试",
        share_modes=["compute"], valid_from=at.date(), valid_until=at.date() + dt.timedelta(days=9), by=consumer, at=at,
    )  # fmt: skip
    exchange.consent_internally(request_no=asked.no, by=consumer, at=at)
    exchange.approve_request(
        request_no=asked.no, fields=list(COLUMNS), masks={}, quota_per_day=1000, needs_case=False, by=SYSTEM, at=at
    )
    policies.publish_rule_set(rule_set=rule_set_from_files(FILES), by=SYSTEM, at=at)
    matters.publish_pack(pack=the_matter(), by=SYSTEM, at=at)
    return str(actions.start_round(matter_code=MATTER, period=PERIOD, by=SYSTEM, at=at).id)


def the_matter() -> Any:
    """Return a matter granted at once to whom the rule finds, with an amount in its outcome."""
    from zhengtong.declared import Proactive, load_pack

    award = load_pack(city.ROOT / "packs" / "high-tech-subsidy")
    fills = {"person.name": "name", "person.id_number": "id_number", "residence.address": "address"}
    declared = Proactive(
        rule_set="bench-rule", subject="id_number", basis=award.proactive.basis,
        fills=fills, outcome={"amount": "amount"}, confirm=False,
    )  # fmt: skip
    return dataclasses.replace(city.the_matter(), id=MATTER, proactive=declared, outcome=award.outcome)


def write_rows(path: Path, people: int) -> Path:
    """Write everybody as the resource has them."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(COLUMNS) + "\n")
        for number in range(people):
            one = city.resident(number)
            file.write(f"{one.id_number},{one.name},{one.address},{city.REGION},{number % 100}\n")
    return path


def declaration() -> dict[str, Any]:
    """Return the catalogue entry of the rows."""
    fields = [
        {"name": name, "title_zh": name, "title_en": name, "type": kind, "personal": name in ("id_number", "name"), "is_key": name == "id_number"}
        for name, kind in COLUMNS.items()
    ]  # fmt: skip
    return {
        "code": "101001/000098", "name": RESOURCE, "title_zh": "测试居民", "title_en": "Residents of a bench",
        "summary_zh": "性能测试用的虚构数据", "summary_en": "Invented rows", "format": "database", "update_cycle": "daily",
        "share_type": 1, "share_modes": ["compute", "api"], "open_type": "not-open", "data_class": "测试", "data_level": 1,
        "subject_kind": "resident", "subject_field": "id_number", "fields": fields,
    }  # fmt: skip
