"""`zhengtong data` does what the portal does, as the officers who may."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.utils import timezone

from tests.apps.exchange.bureau import BIRTHS, ROWS, ask, make_bureau
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.exchange import actions, queries
from zhengtong.apps.people import actions as people
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.cli import commands
from zhengtong.client import Key
from zhengtong.kit import Refused

PASSWORD = "Lanjiang-2026"


@pytest.fixture
def bureau(db, tmp_path, settings):
    settings.ZHENGTONG_HOME = tmp_path
    catalog.opened.cache_clear()
    bureau = make_bureau(timezone.now(), tmp_path)
    for username, organisation, role in (
        ("health.steward", bureau.health, "data-steward"),
        ("health.head", bureau.health, "data-approver"),
    ):
        account = people.open_account(username=username, name="林", password=PASSWORD, by=SYSTEM, at=timezone.now())
        told = {"account_id": account.id, "organisation_id": organisation.id, "title_zh": "员", "title_en": "Officer"}
        people.appoint_officer(**told, roles=[role], by=SYSTEM, at=timezone.now())
    return bureau


def run(*words):
    """Return what the command printed; a refusal rises as it does above `main`."""
    done = CliRunner().invoke(commands, ["data", *map(str, words)], catch_exceptions=False, standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.output


def test_a_resource_is_registered_and_loaded(bureau, tmp_path):
    declaration = {**BIRTHS, "name": "deaths", "code": "202010/000002", "provider": bureau.health.function}
    (tmp_path / "deaths.json").write_text(json.dumps(declaration, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "deaths.csv").write_text(ROWS, encoding="utf-8")
    assert "deaths" in run("register", tmp_path / "deaths.json", "--as", "health.steward")
    assert "3 行" in run("load", "deaths", tmp_path / "deaths.csv", "--as", "health.steward")


def test_the_quality_of_each_version_is_told(bureau, tmp_path):
    rules = [{"id": "weight", "feel": "weight_g >= 500", "zh": "体重不低于 500 克", "en": "at least 500 g"}]
    declaration = {**BIRTHS, "name": "other", "code": "202010/000003", "provider": bureau.health.function}
    declaration = {**declaration, "quality": rules}
    (tmp_path / "other.json").write_text(json.dumps(declaration, ensure_ascii=False), encoding="utf-8")
    run("register", tmp_path / "other.json", "--as", "health.steward")
    assert "还没有装载" in run("quality", "other", "--as", "health.steward")
    (tmp_path / "other.csv").write_text(ROWS.replace("3000", "30"), encoding="utf-8")
    run("load", "other", tmp_path / "other.csv", "--as", "health.steward")
    said = run("quality", "other", "--as", "health.steward")
    assert "1 ÷ 3" in said
    assert "体重不低于 500 克" in said
    told = json.loads(run("quality", "other", "--json", "--as", "health.steward"))
    assert [(one["rows"], one["results"][0]["failing"]) for one in told["versions"]] == [(3, 1)]


def test_a_request_is_granted_in_part_and_the_grant_revoked(bureau):
    now = timezone.now()
    asked = ask(bureau, now)
    actions.consent_internally(request_no=asked.no, by=bureau.police_head, at=now)
    told = run(
        *(
            "grant",
            asked.no,
            "--field",
            "child_name",
            "--mask",
            "child_name=name",
            "--rows",
            "region_code=990102000000",
        ),
        *("--quota", 5, "--as", "health.head"),
    )
    made = queries.list_grants(bureau.health_head)[0]
    assert made.no in told
    assert (made.fields, made.masks, made.quota_per_day) == (("child_name",), {"child_name": "name"}, 5)
    run("revoke", made.no, "--reason", "用途已结束", "--as", "health.head")
    assert queries.get_grant(made.no, bureau.health_head).status == "revoked"


def test_who_may_not_is_refused_here_too(bureau):
    now = timezone.now()
    asked = ask(bureau, now)
    actions.consent_internally(request_no=asked.no, by=bureau.police_head, at=now)
    with pytest.raises(Refused) as caught:
        run("grant", asked.no, "--as", "health.steward")
    assert caught.value.status == 403
    with pytest.raises(Refused) as caught:
        run("grant", asked.no, "--as", "nobody")
    assert caught.value.code == "people.act.unknown-officer"


def test_a_key_pair_is_made_and_never_written_over(tmp_path):
    public = run("key", tmp_path / "system.key").strip()
    assert Key.load(tmp_path / "system.key").public == public
    with pytest.raises(Exception, match="已存在"):
        run("key", tmp_path / "system.key")


def test_a_feed_is_declared_pulled_told_and_stopped(bureau, tmp_path):
    (tmp_path / "feed.yaml").write_text(
        "source: {kind: file, file: births.csv}\nschedule: {daily_at: '02:30'}\n", encoding="utf-8"
    )
    assert "births ← file" in run("feed", "births", tmp_path / "feed.yaml", "--as", "health.steward")
    assert "failed" in run("pull", "births", "--as", "health.steward")
    (tmp_path / "incoming" / "births" / "births.csv").write_text(ROWS, encoding="utf-8")
    assert "3 行" in run("pull", "births", "--as", "health.steward")
    told = json.loads(run("runs", "births", "--json", "--as", "health.steward"))
    assert [one["outcome"] for one in told] == ["loaded", "failed"]
    assert "已停用" in run("unfeed", "births", "--as", "health.steward")
