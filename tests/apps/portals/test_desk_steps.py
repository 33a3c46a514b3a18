"""Everything that can be done with a case beside deciding it, through its pages: what passes, what comes back, what is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.apps.cases.city import PDF
from tests.apps.portals.conftest import apply
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.people import actions as people
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.portals.desk.steps import STEPS


def send(client, case, verb, **entered):
    return client.post(reverse("desk:step", args=[case.no, verb]), {"version": case.version, **entered})


def now_of(case, actor):
    return queries.get_case(case.no, actor)


def words(answer):
    return answer.content.decode()


def test_the_page_offers_what_is_open_and_nothing_else(city, visit, case):
    html = words(visit(city.clerk).get(reverse("desk:case", args=[case.no])))
    for verb in ("propose_extension", "start_procedure", "consult", "ask_cosign"):
        assert f"?do={verb}#panel" in html
    for verb in ("end_procedure", "revoke", "reassign", "archive"):
        assert f"?do={verb}#panel" not in html


@pytest.mark.parametrize("verb", ["propose_extension", "start_procedure", "consult", "ask_cosign", "forward"])
def test_every_step_has_a_form_with_labels(city, visit, case, verb):
    html = words(visit(city.clerk).get(reverse("desk:case", args=[case.no]), {"do": verb}))
    if verb == "forward":  # the permit is not forwarded: nothing of it is offered
        assert f'/steps/{verb}"' not in html
        return
    assert f'/steps/{verb}"' in html
    assert str(STEPS[verb].effect) in html


def test_more_time_is_asked_for_and_approved_by_the_head(city, visit, case):
    clerk = visit(city.clerk)
    empty = send(clerk, case, "propose_extension", n="", reason="案情复杂")
    assert empty.status_code == 422
    assert "案情复杂" in words(empty)
    far = send(clerk, case, "propose_extension", n="11", reason="案情复杂")
    assert far.status_code == 422
    assert 'id="s-n-error"' in words(far)
    assert send(clerk, case, "propose_extension", n="10", reason="案情复杂").status_code == 303
    head = visit(city.leader)
    page = words(head.get(reverse("desk:case", args=[case.no])))
    assert "审批报批事项" in page
    assert "延长 10 个工作日" in page
    asked = now_of(case, city.leader)
    assert send(head, asked, "decide_proposal", approves="no").status_code == 422, "a refusal has its reason"
    assert send(head, asked, "decide_proposal", approves="yes").status_code == 303
    assert now_of(case, city.clerk).promised_on > case.promised_on


def test_who_was_slower_is_told_who_and_when(city, visit, case):
    clerk = visit(city.clerk)
    assert send(clerk, case, "consult", consultation="health", question="是否属实").status_code == 303
    late = send(clerk, case, "consult", consultation="health", question="再问")
    assert late.status_code == 409
    assert "再问" in words(late)
    assert city.clerk.label in words(late)


def test_a_hearing_stops_the_clock_and_ends_with_its_minutes(city, visit, case):
    clerk, soon = visit(city.clerk), timezone.localtime() + dt.timedelta(days=20)
    answer = send(
        clerk, case, "start_procedure", procedure="hearing", reason="利害关系人申请", place="市局三楼",
        hearing_at=f"{soon:%Y-%m-%dT%H:%M}",
        evidence=SimpleUploadedFile("申请书.pdf", PDF, "application/pdf"),
    )  # fmt: skip
    assert answer.status_code == 303, words(answer)
    began = now_of(case, city.clerk)
    assert (began.state, began.clock.state) == ("procedure", "paused")
    page = words(clerk.get(reverse("desk:case", args=[case.no])))
    assert "市局三楼" in page
    assert "听证笔录" in page
    without = send(clerk, began, "end_procedure", result="完毕")
    assert without.status_code == 422
    assert 'id="s-files"' in words(without)


def test_the_hearing_fields_are_left_alone_by_an_inspection(city, visit, case):
    given = {"procedure": "inspection", "reason": "须检验", "place": "误填"}
    assert send(visit(city.clerk), case, "start_procedure", **given).status_code == 303
    assert now_of(case, city.clerk).pending.hold.place == ""


def test_another_department_finds_the_question_and_answers_it(city, visit, case):
    send(visit(city.clerk), case, "consult", consultation="health", question="是否属实")
    health = visit(city.health)
    assert case.no in words(health.get(reverse("desk:asked")))
    page = words(health.get(reverse("desk:case", args=[case.no])))
    assert "是否属实" in page
    asked = now_of(case, city.health)
    consult_id = asked.pending.consults[0].id
    assert send(health, asked, "answer_consult", consult_id="none", answer="属实").status_code == 422
    assert send(health, asked, "answer_consult", consult_id=consult_id, answer="属实").status_code == 303
    assert now_of(case, city.clerk).pending.consults[0].answer == "属实"
    assert case.no not in words(health.get(reverse("desk:asked")))


def test_it_is_granted_only_once_signed(city, visit, case):
    assert send(visit(city.clerk), case, "ask_cosign").status_code == 303
    health = visit(city.health)
    assert send(health, now_of(case, city.health), "cosign", agrees="no").status_code == 422
    assert send(health, now_of(case, city.health), "cosign", agrees="yes").status_code == 303
    assert "要 1 家同意，已有 1 家" in words(visit(city.clerk).get(reverse("desk:case", args=[case.no])))


def test_the_head_hands_a_case_to_a_colleague(city, visit, case):
    account = people.open_account(username="zt-li", name="李一", by=SYSTEM, at=city.now)
    people.appoint_officer(
        account_id=account.id, organisation_id=city.orgs["public-security"].id, title_zh="科员", title_en="Officer",
        roles=["examiner", "window"], by=SYSTEM, at=city.now,
    )  # fmt: skip
    head = visit(city.leader)
    assert "李*" in words(head.get(reverse("desk:case", args=[case.no]), {"do": "reassign"}))
    answer = send(head, case, "reassign", to_account_id=str(account.id))
    assert answer.status_code == 303, words(answer)
    assert now_of(case, city.leader).assignee_id == account.id


def test_a_second_demand_goes_to_the_head_in_the_panel(city, visit, case):
    demand = {"item": ["material:home_proof"], "reason": "看不清"}
    url = reverse("desk:propose-supplement", args=[case.no])
    first = visit(city.clerk).post(reverse("desk:supplement", args=[case.no]), {"version": case.version, **demand})
    assert first.status_code == 303
    file = ("home_proof", "合同.pdf", PDF + b"\n%%EOF\n")
    actions.answer_supplement(case_no=case.no, materials=[file], by=city.mother, at=timezone.now())
    page = words(visit(city.clerk).get(reverse("desk:case", args=[case.no])))
    assert "?do=propose_supplement#panel" in page
    assert "?do=supplement#panel" not in page
    assert visit(city.clerk).post(url, {"version": now_of(case, city.clerk).version, **demand}).status_code == 303
    assert now_of(case, city.leader).pending.proposal.kind == "supplement-asked"


def test_every_day_of_the_clock_is_told(city, visit, case):
    page = words(visit(city.clerk).get(reverse("desk:case", args=[case.no]), {"tab": "clock"}))
    assert page.count("<details") >= 3
    assert "起算当日，不计" in page


def test_a_settled_case_is_archived_checked_and_downloaded(city, visit, case):
    clerk = visit(city.clerk)
    actions.ask_cosign(case_no=case.no, by=city.clerk, at=city.now)
    actions.cosign(case_no=case.no, agrees=True, by=city.health, at=city.now)
    version = now_of(case, city.clerk).version
    actions.settle_case(
        case_no=case.no, decision="denied", reason="不符合条件", version=version, by=city.clerk, at=city.now
    )
    answer = send(clerk, now_of(case, city.clerk), "archive", despite="测试材料没有扫描")
    assert answer.status_code == 303, words(answer)
    page = words(clerk.get(reverse("desk:archive", args=[case.no])))
    assert "真实性" in page
    assert "卷宗封面" in page
    bundle = clerk.get(reverse("desk:archive-bundle", args=[case.no]))
    assert bundle.content[:2] == b"PK"
    assert visit(city.health).get(reverse("desk:archive-bundle", args=[case.no])).status_code in (200, 404)


def test_a_step_that_is_not_open_changes_nothing(city, visit, case):
    answer = send(visit(city.clerk), case, "revoke", reason="误操作")
    assert answer.status_code == 409
    assert "受理" in words(answer), "what happened last is told"
    assert now_of(case, city.clerk).version == case.version


def test_a_commitment_is_verified_and_its_follow_up_stands_in_the_page(city, visit):
    no = apply(city, tolerate=True, commit=True).no
    case = actions.accept_case(case_no=no, by=city.clerk, at=city.now)
    page = words(visit(city.clerk).get(reverse("desk:case", args=[no])))
    assert "容缺材料等补交" in page
    assert "告知承诺：已作承诺" in page
    assert case.pending.follow_ups
