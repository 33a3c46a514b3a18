"""Heads read the catalogue, compare versions, see proofs to spare and propose; others read; figures of the desk are for heads."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from django.conf import settings as site
from django.contrib.auth import get_user_model
from django.test import Client

from tests.apps.policies.conftest import officer, town  # noqa: F401
from zhengtong.apps.certificates import actions as certificates
from zhengtong.apps.indicators import tasks
from zhengtong.apps.matters import actions
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.declared import list_certificate_types, load_pack

PACKS = Path(__file__).parents[3] / "packs"
CSV = "text/csv; charset=utf-8"


@pytest.fixture
def clients(town, now, settings):  # noqa: F811
    """Browsers of a head and of an examiner of the health commission, with one of its matters in two versions."""
    settings.ZHENGTONG_REQUIRE_MFA = False
    settings.ZHENGTONG_REGION = town.health.region_code
    pack = load_pack(PACKS / "birth-medical-certificate")
    actions.publish_pack(pack=pack, by=SYSTEM, at=now)
    actions.publish_pack(pack=dataclasses.replace(pack, visits=1), by=SYSTEM, at=now)
    (site.ZHENGTONG_HOME / "list.csv").write_text(
        "department,main_item,name,item_code,region_code,department_code,task_type\n"
        "区市场监管局,未分类,公司变更登记,511A0138000000-511602000000-000-115113010833722043-1-00,511602000000,,07\n",
        "utf-8",
    )
    actions.import_items(path=site.ZHENGTONG_HOME / "list.csv", by=SYSTEM, at=now)
    for declaration in list_certificate_types(PACKS):
        certificates.define_type(declaration={**declaration, "definer_id": town.health.id}, by=SYSTEM, at=now)
    tasks.keep_up(at=now)
    found = {}
    for name, roles in (("zt-head", ["leader"]), ("zt-examiner", ["examiner"])):
        officer(town, name, roles, now)
        found[name] = Client()
        account = get_user_model().objects.get(username=name)
        found[name].force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
    return found["zt-head"], found["zt-examiner"]


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_catalogue_its_versions_and_the_proofs(clients) -> None:
    head, examiner = clients
    assert "公司变更登记" in text(examiner.get("/console/matters/"))
    assert "公司变更登记" not in text(examiner.get("/console/matters/?source=pack"))
    told = text(examiner.get("/console/matters/birth-medical-certificate/"))
    assert "承诺办结时限" in told
    assert "看改了什么" in told
    compared = examiner.get("/console/matters/birth-medical-certificate/compare?before=1&after=2", follow=True)
    assert "visits" in text(compared)
    assert "第 1 版到第 2 版" in text(compared)
    assert examiner.get("/console/matters/nothing/").status_code == 404
    assert (
        "English" not in told
        or text(examiner.get("/en/console/matters/birth-medical-certificate/")).count("Promised") > 0
    )
    page = head.get("/console/proofs/").content.decode()
    assert "营业执照" in page
    given = dict(re.findall(r'name="(matter|material|replacement|reason)" value="([^"]*)"', page))
    refused = examiner.post("/console/proofs/propose", given)
    assert refused.status_code == 403
    assert head.get("/console/proofs/?format=csv")["Content-Type"] == CSV


def test_indicators_are_for_heads_each_with_its_definition_and_a_file(clients) -> None:
    head, examiner = clients
    assert examiner.get("/desk/indicators/").status_code == 403
    told = text(head.get("/desk/indicators/"))
    assert "按时办结率" in told
    assert "您只看本单位的数" in told
    one = text(head.get("/desk/indicators/on-time/"))
    assert "按时作出决定的件数" in one
    assert head.get("/desk/indicators/on-time/cases/").status_code == 200
    assert head.get("/desk/indicators/on-time/?format=csv")["Content-Type"] == CSV
    assert head.get("/desk/indicators/nothing/").status_code == 404
    assert head.get("/en/desk/indicators/time-cut/").status_code == 200
