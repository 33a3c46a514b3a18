"""An official reads a rule, changes a parameter, waits for the result, and sees it in charts and tables, in two languages."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from zhengtong.apps.policies import tasks

RULES = ["income-tax", "minimum-living-allowance", "enterprise-subsidy"]


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.ZHENGTONG_REQUIRE_MFA = False


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_rules_are_listed(visit):
    told = text(visit("window").get("/console/rules/"))
    assert "最低生活保障" in told
    assert "模拟改动" not in told
    assert "模拟改动" in text(visit("analyst").get("/console/rules/"))


@pytest.mark.parametrize("code", RULES)
@pytest.mark.parametrize("language", ["", "/en"])
def test_a_rule_is_a_table_with_bases_parameters_cases_gaps_and_history(visit, code, language):
    response = visit("window").get(f"{language}/console/rules/{code}/")
    assert response.status_code == 200
    told = text(response)
    for words in ("Parameters", "Golden cases", "Gaps") if language else ("参数", "范例", "查漏查重", "版本沿革"):
        assert words in told
    assert "不一致" not in told
    assert "Does not match" not in told


def test_names_and_values_are_said_in_words(visit):
    told = text(visit("window").get("/console/rules/income-tax/?on=2026-11-02"))
    assert "第1级上限（36,000）" in told
    assert "level 1 limit" not in told
    assert "remaining income" not in told


def test_a_table_says_what_holds_where_no_row_does(visit):
    code = "enterprise-subsidy"
    assert "以上各条都不符合" in text(visit("window").get(f"/console/rules/{code}/?on=2026-11-02"))
    assert "none of the above" in text(visit("window").get(f"/en/console/rules/{code}/?on=2026-11-02"))


def test_the_rule_of_another_day_has_its_values(visit):
    client = visit("window")
    before = text(client.get("/console/rules/minimum-living-allowance/?on=2026-06-30"))
    pilot = text(client.get("/console/rules/minimum-living-allowance/?on=2026-11-02&region=990104000000"))
    assert "城市低保标准（每人每月）（790）" in before
    assert "参数" in pilot
    early = text(client.get("/console/rules/enterprise-subsidy/?on=2025-01-01"))
    assert "没有生效的版本" in early


def test_from_a_change_to_charts_with_their_tables(visit):
    client = visit("analyst")
    form = client.get("/console/simulations/new/minimum-living-allowance/?on=2026-11-02")
    assert 'name="p-urban standard"' in form.content.decode()
    sent = client.post(
        "/console/simulations/new/minimum-living-allowance/",
        {"on": "2026-11-02", "region": "", "p-urban standard": "900", "note": "提标方案一"},
    )
    assert sent.status_code == 303
    job = sent["Location"]
    waiting = client.get(job)
    assert "排队" in text(waiting)
    assert '<noscript><meta http-equiv="refresh"' in waiting.content.decode()
    piece = client.get(job, headers={"HX-Request": "true"})
    assert "<html" not in piece.content.decode()
    tasks.run_waiting(at=timezone.now())
    assert client.get(job, headers={"HX-Request": "true"})["HX-Redirect"] == job.replace("/jobs/", "/simulations/")
    done = client.get(job)
    assert done.status_code == 303
    page = client.get(done["Location"])
    html = page.content.decode()
    assert html.count('class="sec chart"') == 3
    assert html.count("<table") == 3
    assert "style=" not in html
    told = text(page)
    for words in ("财政支出变化", "第 10 组", "提标方案一", "sha256:"):
        assert words in told
    english = text(client.get("/en" + done["Location"]))
    assert "Change of public spending" in english
    assert "改动前" not in english


def test_running_again_says_that_it_is_the_same(visit):
    client = visit("analyst")
    sent = client.post(
        "/console/simulations/new/income-tax/", {"on": "2026-11-02", "region": "", "p-basic deduction": "6000"}
    )
    tasks.run_waiting(at=timezone.now())
    result = client.get(sent["Location"])["Location"]
    again = client.post(f"{result}repeat")
    tasks.run_waiting(at=timezone.now())
    assert "与第一次完全相同" in text(client.get(client.get(again["Location"])["Location"]))
    assert "每月减除费用" in text(client.get("/console/simulations/"))


def test_a_wrong_number_is_shown_where_it_was_typed(visit):
    response = visit("analyst").post(
        "/console/simulations/new/income-tax/", {"on": "2026-11-02", "region": "", "p-basic deduction": "很多"}
    )
    assert response.status_code == 422
    html = response.content.decode()
    assert "要填数字" in html
    assert 'aria-invalid="true"' in html
    assert 'value="很多"' in html


def test_nothing_changed_is_said(visit):
    response = visit("analyst").post("/console/simulations/new/income-tax/", {"on": "2026-11-02", "region": ""})
    assert response.status_code == 422
    assert "没有改动任何参数" in response.content.decode()


def test_a_day_without_a_rule_is_refused(visit):
    response = visit("analyst").get("/console/simulations/new/enterprise-subsidy/?on=2020-01-01")
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("", "/console/rules/", 302),
        ("mother", "/console/rules/", 403),
        ("window", "/console/simulations/", 403),
        ("window", "/console/simulations/new/income-tax/", 403),
        ("analyst", "/console/rules/nothing/", 404),
        ("analyst", "/console/simulations/00000000-0000-0000-0000-000000000000/", 404),
        ("analyst", "/console/jobs/00000000-0000-0000-0000-000000000000/", 404),
    ],
)
def test_who_may_see_what(visit, who, path, status):
    assert visit(who).get(path).status_code == status
