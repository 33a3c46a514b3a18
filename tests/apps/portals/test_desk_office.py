"""The desk's lists and officers' own arrangements: batch, standing in, phrases, warnings, bad reviews."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.apps.portals.conftest import apply
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.models import Alert, Case
from zhengtong.apps.people import actions as people
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.portals.ui.templatetags import ui


def words(answer):
    return answer.content.decode()


def test_ticked_cases_are_looked_over_and_settled_each_on_its_own(city, visit, case):
    clerk = visit(city.clerk)
    other = actions.accept_case(case_no=apply(city).no, by=city.clerk, at=city.now)
    queue = words(clerk.get(reverse("desk:tasks")))
    ticked = [f"{one.no}:{one.version}" for one in (case, other)]
    assert all(f'value="{one}"' in queue for one in ticked)
    page = words(clerk.get(reverse("desk:batch"), {"case": ticked}))
    assert all(one in page for one in ticked)
    assert clerk.post(reverse("desk:batch"), {"case": ticked, "decision": "denied"}).status_code == 422
    actions.consult(case_no=other.no, consultation="health", question="是否属实", by=city.clerk, at=timezone.now())
    answer = clerk.post(reverse("desk:batch"), {"case": ticked, "decision": "denied", "reason": "不符合条件"})
    assert answer.status_code == 303
    result = words(clerk.get(answer.url))
    assert "已不予许可" in result
    assert "没有办成" in result, "the one that moved meanwhile says so and holds up no other"
    assert queries.get_case(case.no, city.clerk).state == "denied"
    assert queries.get_case(other.no, city.clerk).state == "accepted"


def test_the_pool_has_pages_and_says_where_counting_stopped(city, visit, monkeypatch):
    numbers = {apply(city).no for _ in range(2)}
    monkeypatch.setattr(queries, "list_pool", partial(queries.list_pool, rows=1))
    clerk = visit(city.clerk)
    first = words(clerk.get(reverse("desk:pool")))
    assert "共 2 件" in first
    assert 'href="/desk/pool/?page=2"' in first
    second = words(clerk.get(reverse("desk:pool"), {"page": 2}))
    assert {no for no in numbers if no in first} | {no for no in numbers if no in second} == numbers
    monkeypatch.setattr(ui, "COUNTED_TO", 2)
    assert "共 2+ 件" in words(clerk.get(reverse("desk:pool")))


def test_what_is_put_to_the_head_is_on_the_heads_list(city, visit, case):
    actions.propose_extension(case_no=case.no, n=5, reason="案情复杂", by=city.clerk, at=city.now)
    listed = words(visit(city.leader).get(reverse("desk:asked")))
    assert "报批待批" in listed
    assert case.no in listed
    assert case.no not in words(visit(city.clerk).get(reverse("desk:asked")))


def test_a_batch_shows_nobody_elses_cases(city, visit, case):
    page = words(visit(city.health).get(reverse("desk:batch"), {"case": f"{case.no}:1"}))
    assert reverse("desk:case", args=[case.no]) not in page


def test_a_colleague_stands_in_and_comes_back_early(city, visit):
    account = people.open_account(username="zt-li", name="李一", by=SYSTEM, at=city.now)
    people.appoint_officer(
        account_id=account.id, organisation_id=city.orgs["public-security"].id, title_zh="科员", title_en="Officer",
        roles=["examiner"], by=SYSTEM, at=city.now,
    )  # fmt: skip
    clerk, url = visit(city.clerk), reverse("desk:substitutions")
    today = timezone.localdate()
    given = {
        "to_account_id": account.id,
        "from_on": f"{today}",
        "to_on": f"{today - dt.timedelta(1)}",
        "reason": "年休",
    }
    wrong = clerk.post(url, given)
    assert wrong.status_code == 422
    assert 'value="年休"' in words(wrong)
    assert clerk.post(url, {**given, "to_on": f"{today + dt.timedelta(3)}"}).status_code == 303
    (running,) = queries.list_substitutions(city.clerk)
    assert running.substitute_label in words(clerk.get(url))
    assert clerk.post(reverse("desk:end-substitution", args=[running.id])).status_code == 303
    assert queries.list_substitutions(city.clerk) == []


def test_my_phrases_stand_in_the_panel_and_nobody_elses(city, visit, case):
    clerk, url = visit(city.clerk), reverse("desk:phrases")
    assert clerk.post(url, {"text": " "}).status_code == 422
    assert clerk.post(url, {"text": "请补交租房合同原件照片"}).status_code == 303
    panel = reverse("desk:case", args=[case.no])
    assert "请补交租房合同原件照片" in words(clerk.get(panel, {"do": "supplement"}))
    assert "请补交租房合同原件照片" not in words(visit(city.leader).get(panel, {"do": "supplement"}))
    (kept,) = queries.list_phrases(city.clerk)
    assert clerk.post(reverse("desk:drop-phrase", args=[kept.id])).status_code == 303
    assert queries.list_phrases(city.clerk) == []


@pytest.mark.parametrize(("days", "word"), [(0, "红牌"), (1, "黄牌")])
def test_the_colours_of_the_clock_are_words(city, visit, case, days, word):
    Case.objects.filter(no=case.no).update(due_on=timezone.localdate() + dt.timedelta(days=days))
    row = queries.list_queue(city.clerk).rows[0]
    if word == "黄牌" and row.remaining_days == 0:
        pytest.skip("tomorrow is no workday: today is the last")
    assert word in words(visit(city.clerk).get(reverse("desk:tasks")))


def test_a_warning_is_seen_by_the_head_alone(city, visit, case):
    Alert.objects.create(
        case=Case.objects.get(no=case.no), organisation_id=city.leader.organisation.id, kind="red",
        due_on=timezone.localdate(), at=city.now, receipt_no="R1",
    )  # fmt: skip
    head = visit(city.leader)
    assert "红牌：今日到期" in words(head.get(reverse("desk:alerts")))
    (alert,) = queries.list_alerts(city.leader)
    assert visit(city.clerk).post(reverse("desk:see-alert", args=[alert.id])).status_code == 404
    assert head.post(reverse("desk:see-alert", args=[alert.id])).status_code == 303
    assert case.no not in words(head.get(reverse("desk:alerts")))
    assert case.no in words(head.get(reverse("desk:alerts"), {"all": "1"}))


def test_a_bad_review_is_looked_into_put_right_and_called_back(city, visit, case):
    actions.settle_case(
        case_no=case.no, decision="denied", reason="不符合条件", version=case.version, by=city.clerk, at=city.now
    )
    actions.review_case(case_no=case.no, satisfaction=5, tags=(), comment="等了太久", by=city.mother, at=timezone.now())
    clerk, head = visit(city.clerk), visit(city.leader)
    listed = words(clerk.get(reverse("desk:reviews")))
    assert "等了太久" in listed
    assert "待联系核实" in listed

    def step(client, verb, **given):
        version = queries.get_case(case.no, city.clerk).version
        return client.post(reverse("desk:step", args=[case.no, verb]), {"version": version, **given}).status_code

    assert step(clerk, "contact_reviewer", note="已致电") == 303
    assert step(clerk, "rectify", reply="已改进叫号") == 303
    assert step(clerk, "call_back", satisfaction="2", note="满意") == 403, "not by who answered"
    assert step(head, "call_back", satisfaction="2", note="满意") == 303
    assert case.no not in words(clerk.get(reverse("desk:reviews")))
