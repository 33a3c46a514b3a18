"""The catalogue governed: elements known or said to be unknown, two persons for a version, what changed, proofs to spare."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.apps.matters.test_publishing import head, police  # noqa: F401
from tests.apps.people.town import CITY, make_organisation
from zhengtong.apps.certificates import actions as certificates
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.matters import actions, queries
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.declared import list_certificate_types
from zhengtong.kit import Refused

PACKS = Path(__file__).parents[3] / "packs"
USES = {("residence-permit", "work_proof"): 7}


@pytest.fixture(autouse=True)
def here(settings) -> None:
    settings.ZHENGTONG_REGION = CITY


@pytest.fixture
def permit(packs):
    return packs["residence-permit"]


def values(found) -> dict[str, str | None]:
    return {line.code: line.value_zh for group in found.groups for line in group.lines}


def test_the_elements_of_a_pack_and_of_an_imported_item(police, permit, real_list, now) -> None:  # noqa: F811
    actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    known = values(queries.get_governed("residence-permit", SYSTEM))
    assert known["task_name"] == "居住证申领和签注"
    assert known["promise_day"].startswith("5 个工作日（《澜江市居住证服务管理规程》")
    assert known["project_type"] == "承诺件"
    assert known["result_type"] == "出证办结"
    actions.import_items(path=real_list, by=SYSTEM, at=now)
    item = queries.list_matters(filters={"source": "import"}, size=1).matters[0]
    unknown = values(queries.get_governed(item.code, SYSTEM))
    assert set(unknown) == set(known)
    assert unknown["task_name"] == item.title_zh
    assert unknown["accept_condition"] is None


def test_a_material_leads_to_its_data_and_says_whether_the_site_has_them(police, permit, now) -> None:  # noqa: F811
    actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    found = {one.id: one for one in queries.get_governed("residence-permit", SYSTEM).materials}
    assert (found["identity"].kind, found["identity"].code) == ("data", "101001/000001")
    assert "household_address" in found["identity"].fields
    assert not found["identity"].is_published
    assert found["home_proof"].kind == ""


def test_from_draft_by_one_to_public_by_another_with_what_changed(police, permit, now) -> None:  # noqa: F811
    first, second = head(police, 11), head(police, 12)
    window = head(police, 13, frozenset({"window"}))
    actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    changed = dataclasses.replace(permit, visits=1, keywords=(*permit.keywords, "居住登记"))
    drafted = actions.draft_pack(pack=changed, by=first, at=now)
    assert [step.version.number for step in queries.list_pending(second)] == [2]
    assert queries.list_pending(window) == ()
    assert len(queries.get_governed("residence-permit", window).versions) == 1
    steps = {who.account_id: queries.get_governed("residence-permit", who).versions[0].step for who in (first, second)}
    assert steps == {11: "", 12: "review"}
    with pytest.raises(Refused) as refused:
        actions.publish_version(code="residence-permit", digest=drafted.digest, by=second, at=now)
    assert refused.value.status == 409
    actions.review_pack(code="residence-permit", digest=drafted.digest, by=second, at=now)
    matter = actions.publish_version(code="residence-permit", digest=drafted.digest, by=second, at=now)
    assert (matter.version, matter.visits) == (2, 1)
    found = queries.compare_versions("residence-permit", 1, 2, second)
    assert {(one.section, one.where, one.kind) for one in found.changes} == {
        ("visits", "", "changed"), ("keywords", "居住登记", "added"),
    }  # fmt: skip
    with pytest.raises(Refused):
        queries.compare_versions("residence-permit", 1, 9, second)


def test_imported_items_are_asked_what_could_be_spared_and_why(police, packs, real_list, now, tmp_path) -> None:  # noqa: F811
    actions.import_items(path=real_list, by=SYSTEM, at=now)
    assert queries.list_replaceable(uses={}) == ()
    for declaration in list_certificate_types(PACKS):
        certificates.define_type(declaration={**declaration, "definer_id": police.id}, by=SYSTEM, at=now)
    demands = [one for group in queries.list_replaceable(uses={}) for one in group.demands]
    assert {one.kind for one in demands} == {"implied"}
    food = [one for one in demands if one.replacement == "certificate:business-licence"]
    assert food
    assert all("推断" in one.why_zh and one.uses is None for one in demands)
    code = next(one.matter_code for one in food)
    listed = tmp_path / "materials.csv"
    listed.write_text(
        f"item_code,material_name,source\n{code},营业执照副本复印件,20\n{code},平面图,10\nX-1,身份证,20\n", "utf-8"
    )
    report = actions.import_materials(path=listed, by=SYSTEM, at=now)
    assert (report.taken, len(report.refused)) == (2, 1)
    assert actions.import_materials(path=listed, by=SYSTEM, at=now).taken == 0
    after = [one for group in queries.list_replaceable(uses={}) for one in group.demands if one.matter_code == code]
    assert [(one.kind, one.material_zh) for one in after] == [("listed", "营业执照副本复印件")]


def test_what_cases_really_brought_is_what_would_be_saved(police, permit, now, monkeypatch) -> None:  # noqa: F811
    resource = SimpleNamespace(title_zh="职工养老保险参保信息", title_en="Pension insurance accounts")
    monkeypatch.setattr(
        "zhengtong.apps.matters.cleanup.published_resource", lambda code: resource if code == "201014/000001" else None
    )
    actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    (group,) = queries.list_replaceable(uses=USES)
    (demand,) = group.demands
    assert (demand.kind, demand.material_id, demand.replacement) == ("declared", "work_proof", "data:201014/000001")
    assert (demand.uses, group.saved_minutes, group.saved_visits) == (7, 280, 7)
    assert "工作证明" in demand.why_zh


def test_a_proposal_is_recorded_once_by_those_who_govern(police, permit, now) -> None:  # noqa: F811
    bureau = make_organisation("data-bureau", "33333333", CITY, now)
    health = make_organisation("health", "44444444", CITY, now)
    actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    given = {
        "matter_code": "residence-permit",
        "material": "work_proof",
        "replacement": "data:x",
        "reason": "数据已共享",
        "at": now,
    }
    with pytest.raises(Refused) as refused:
        actions.propose_replacement(**given, by=head(health, 21))
    assert refused.value.status == 403
    made = actions.propose_replacement(**given, by=head(bureau, 22))
    assert evidence.get_receipt(made.receipt_no).kind == "matter.replacement-proposed"
    with pytest.raises(Refused) as again:
        actions.propose_replacement(**given, by=head(police, 23))
    assert again.value.status == 409


def test_the_figures_of_matters_add_up(packs, published, now: dt.datetime) -> None:
    figures = queries.service_figures(now.date())
    assert figures.matters == figures.known == len(packs)
    assert figures.never == sum(pack.visits == 0 for pack in packs.values())
    assert figures.materials == sum(len(pack.materials) for pack in packs.values())
    assert figures.materials_spared == sum(bool(need.replaced_by) for pack in packs.values() for need in pack.materials)
    assert 0 < figures.promised < figures.statutory
