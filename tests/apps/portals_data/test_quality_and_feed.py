"""A resource's page tells how good its rows are, and its stewards where they come from."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.apps.exchange.bureau import BIRTHS, ROWS
from zhengtong.apps.catalog import actions as catalog
from zhengtong.apps.feeds import queries as feeds
from zhengtong.apps.feeds import tasks
from zhengtong.portals.data.assessed import per_cent

RULE = {
    "id": "weight",
    "feel": "weight_g >= 3050",
    "zh": "体重不低于 3050 克",
    "en": "At least 3050 g",
    "severity": "error",
}


def text_of(response) -> str:
    return response.content.decode()


def declaration(text: str) -> dict[str, SimpleUploadedFile]:
    return {"declaration": SimpleUploadedFile("feed.yaml", text.encode(), content_type="application/yaml")}


@pytest.fixture
def assessed(bureau, tmp_path, live_now):
    declared = {**BIRTHS, "name": "other", "code": "202010/000002", "quality": [RULE]}
    catalog.register_resource(declaration=declared, provider=bureau.health, by=bureau.steward, at=live_now)
    (tmp_path / "other.csv").write_text(ROWS, encoding="utf-8")
    catalog.load_snapshot(code="other", source=tmp_path / "other.csv", by=bureau.steward, at=live_now)


def test_quality_is_told_rule_by_rule_in_both_languages(assessed, visit):
    steward = visit("steward")
    page = text_of(steward.get("/data/sets/other/?tab=quality"))
    assert "体重不低于 3050 克" in page
    assert "66.66%" in page
    assert "业务规则" not in page
    english = text_of(steward.get("/en/data/sets/other/?tab=quality"))
    assert "At least 3050 g" in english


def test_a_resource_without_rules_says_so(visit):
    assert "没有声明质量规则" in text_of(visit("requester").get("/data/sets/births/?tab=quality"))


def test_a_steward_declares_a_feed_and_sees_its_runs(visit):
    steward = visit("steward")
    source = "source: {kind: file, file: births.csv}\nschedule: {every_minutes: 30}\n"
    done = steward.post("/data/sets/births/feed", declaration(source), follow=True)
    assert done.redirect_chain[-1][0].endswith("?tab=feed")
    assert "每 30 分钟" in text_of(done)
    (feeds.drop_folder("births") / "births.csv").write_text(ROWS, encoding="utf-8")
    assert tasks.run_due(at=timezone.now()) == 1
    page = text_of(steward.get("/data/sets/births/?tab=feed"))
    assert "已装载" in page
    stopped = steward.post("/data/sets/births/feed/stop", follow=True)
    assert "已停用" in text_of(stopped)


def test_a_wrong_declaration_is_refused_on_the_page(visit):
    steward = visit("steward")
    done = steward.post("/data/sets/births/feed", declaration("source: {kind: ftp}\n"))
    assert done.status_code == 422
    assert "来源类型应为" in text_of(done)
    nothing = steward.post("/data/sets/births/feed")
    assert nothing.status_code == 422


def test_where_rows_come_from_is_shown_to_their_stewards_alone(visit):
    for other in ("requester", "window", "bureau"):
        page = text_of(visit(other).get("/data/sets/births/?tab=feed"))
        assert "归集" not in page


@pytest.mark.parametrize(("x", "said"), [("1", "100"), ("0.99999", "99.99"), ("0", "0"), ("0.5", "50"), (None, "")])
def test_a_share_is_never_rounded_up(x, said):
    assert per_cent(x) == said
