"""A matter granted without applying, its rule, and a fictional population in which the mother and the father stand."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest
from bench.casework.allowance import FILES

from tests.apps.cases.city import FATHER, MOTHER, found_city, packs
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.matters import actions as matters
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.apps.policies import actions as policies
from zhengtong.declared import Proactive
from zhengtong.declared.rule_sets import rule_set_from_files
from zhengtong.declared.shapes import OutcomeField, Text
from zhengtong.kit import Basis
from zhengtong.tables import load

FILLS = {"person.name": "name", "person.id_number": "id_number", "residence.address": "address"}
STRANGER = "990101198001010027"
ROWS = f"""id_number,name,address,region_code,age
{MOTHER},林清嘉,滨河路 8 号,990100000000,34
{FATHER},周远航,滨河路 8 号,990100000000,86
{STRANGER},不在册,外地,990100000000,46
"""


@pytest.fixture
def town(db, now, settings, tmp_path):
    """The city with an allowance's rule and population; `publish(confirm=…)` puts the matter in force."""
    settings.ZHENGTONG_HOME = tmp_path
    city = found_city(now)
    policies.publish_rule_set(rule_set=rule_set_from_files(FILES), by=SYSTEM, at=now)
    people = tmp_path / "people.csv"
    people.write_text(ROWS, "utf-8")
    load(people, catalog.store().shelf("bench-residents"))
    return SimpleNamespace(city=city, publish=lambda **given: publish(now, **given))


def publish(now, *, confirm=False, **given):
    """Put an allowance in force that needs nothing but being entitled."""
    permit = next(pack for pack in packs() if pack.id == "residence-permit")
    declared = Proactive(
        rule_set="bench-rule", subject="id_number", basis=Basis("测试办法"), fills=FILLS,
        outcome={"amount": "amount"}, confirm=confirm, account="residence.address",
    )  # fmt: skip
    amount = OutcomeField(id="amount", label=Text("金额", "Amount"), required=True)
    bare = {"materials": (), "certificates": (), "data_uses": (), "checks": (), "golden": (), "catalog_code": ""}
    pack = dataclasses.replace(permit, id="allowance", proactive=declared, outcome=(amount,), **{**bare, **given})
    matters.publish_pack(pack=pack, by=SYSTEM, at=now)
    return pack
