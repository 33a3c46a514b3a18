"""Cases that concern more than one office, and officers' own arrangements: forwarded, taken in elsewhere, stood in for."""

from __future__ import annotations

import datetime as dt
import socket
import struct
import threading
from dataclasses import replace

import pytest

from tests.apps.cases.city import PDF, apply_for_permit, packs
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.models import Alert, Material
from zhengtong.apps.cases.tasks import run_daily
from zhengtong.apps.matters import actions as matters
from zhengtong.apps.people import actions as people
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.declared.handling import ExtensionRule, Handling
from zhengtong.kit import Basis
from zhengtong.kit.calendar import Term, Unit
from zhengtong.kit.identifiers.credit_code import check_digit

POLICE = "public-security"


@pytest.fixture
def officer(city):
    return city.officer(POLICE)


@pytest.fixture
def leader(city):
    return city.officer(POLICE, "leader")


def organisation(function, region, serial, now):
    first_17 = f"11990100{serial:09d}"
    names = {"name_zh": f"{region}机关{serial}", "name_en": f"Office {serial}", "short_zh": f"机关{serial}"}
    uscc = first_17 + check_digit(first_17)
    return people.register_organisation(uscc=uscc, region_code=region, function=function, by=SYSTEM, at=now, **names)


def officer_of(office, account, *roles):
    roles = frozenset(roles or ("window", "examiner"))
    return Actor(kind="officer", account_id=account, label=f"{office.short_zh} 员", organisation=office, roles=roles)


def publish(now, **handling):
    permit = next(pack for pack in packs() if pack.id == "residence-permit")
    matters.publish_pack(pack=replace(permit, handling=Handling(**handling)), by=SYSTEM, at=now)


# ---- between organisations ---------------------------------------------------------------------------------------


def test_a_case_forwarded_goes_on_with_the_superior_and_both_see_it(city, officer, now, refuses):
    publish(now, forward=True)
    case = actions.accept_case(case_no=apply_for_permit(city).no, by=officer, at=now)
    with refuses("case.forward.no-superior", 409):
        actions.forward_case(case_no=case.no, reason="依法由上级决定", by=officer, at=now)
    province = organisation(POLICE, "990000000000", 91, now)
    passed = actions.forward_case(case_no=case.no, reason="依法由上级决定", by=officer, at=now)
    assert passed.organisation == province
    assert passed.allowed == ()
    above = officer_of(province, 9100)
    assert queries.list_pool(above, at=now).total == 1
    assert queries.list_queue(officer, at=now).total == 0
    actions.claim_task(case_no=case.no, by=above, at=now)
    taken = queries.get_case(case.no, above, at=now)
    assert "settle" in taken.allowed
    assert actions.rebuild_projection(case_no=case.no) is False
    with refuses("case.case.not-found", 404):
        actions.settle_case(
            case_no=case.no, decision="denied", reason="不符", version=taken.version, by=officer, at=now
        )
    mine = queries.get_case(case.no, city.mother, at=now)
    assert "forwarded" in [event.kind for event in mine.timeline]


def test_more_time_that_the_superior_grants_is_found_and_granted_by_its_head(city, officer, leader, now, refuses):
    ten_days = ExtensionRule(Term(10, Unit.WORKDAY, basis=Basis("测试法", "第一条", "2020-01-01")), approver="superior")
    publish(now, extension=ten_days)
    case = actions.accept_case(case_no=apply_for_permit(city).no, by=officer, at=now)
    asking = {"case_no": case.no, "n": 5, "reason": "案情复杂", "by": officer, "at": now}
    with refuses("case.proposal.no-superior", 409):
        actions.propose_extension(**asking)
    province = organisation(POLICE, "990000000000", 91, now)
    actions.propose_extension(**asking)
    head, clerk = officer_of(province, 9100, "leader"), officer_of(province, 9101)
    assert [(row.case_no, row.role) for row in queries.list_asked(head)] == [(case.no, "approving")]
    assert queries.list_asked(clerk) == queries.list_asked(leader) == []
    assert "decide_proposal" in queries.get_case(case.no, head, at=now).allowed
    assert "decide_proposal" not in queries.get_case(case.no, leader, at=now).allowed
    with refuses("case.proposal.not-yours", 403):
        actions.approve_proposal(case_no=case.no, by=leader, at=now)
    longer = actions.approve_proposal(case_no=case.no, by=head, at=now)
    assert longer.promised_on > case.promised_on
    assert queries.list_asked(head) == []


def test_a_proposal_is_nobodys_to_decide_once_the_case_went_on_without_it(city, officer, leader, now):
    ten_days = ExtensionRule(Term(10, Unit.WORKDAY, basis=Basis("测试法", "第一条", "2020-01-01")))
    publish(now, extension=ten_days, forward=True)
    organisation(POLICE, "990000000000", 91, now)
    case = actions.accept_case(case_no=apply_for_permit(city).no, by=officer, at=now)
    actions.propose_extension(case_no=case.no, n=5, reason="案情复杂", by=officer, at=now)
    assert [row.case_no for row in queries.list_asked(leader)] == [case.no]
    actions.forward_case(case_no=case.no, reason="依法由上级决定", by=officer, at=now)
    assert queries.list_asked(leader) == []


def test_a_window_elsewhere_takes_in_for_the_organisation_in_charge(city, officer, now, refuses):
    window_office = organisation(POLICE, "990200000000", 92, now)
    window = officer_of(window_office, 9200, "window")
    given = {
        "matter_code": "residence-permit",
        "applicant": city.mother.resident,
        "region_code": "990101000000",
        "answers": {"kind": "first", "reason": "home"},
        "at": now,
    }
    with refuses("case.take-in.outside-scope", 409):
        actions.take_in(**given, by=window)
    publish(now, cross_region="province")
    with refuses("case.act.no-right", 403):
        actions.take_in(**given, by=city.mother)
    draft = actions.take_in(**given, by=window)
    acting = actions.window_actor(window, city.mother.resident)
    entered = {"residence.address": "澜江市江东区滨河路 8 号", "residence.since": "2026-01-05"}
    draft = actions.save_page(
        draft_id=draft.id, page_id="home", values=entered, version=draft.version, by=acting, at=now
    )
    file = {"material_id": "home_proof", "name": "合同.pdf", "content": PDF}
    draft = actions.attach_material(draft_id=draft.id, **file, by=acting, at=now)
    case = actions.submit_case(draft_id=draft.id, version=draft.version, by=acting, at=now)
    assert case.organisation.id == officer.organisation.id
    assert "cross-region" in case.flags
    seen = queries.get_case(case.no, window, at=now)
    assert seen.pending.taken_in_by == window_office.name_zh
    assert seen.allowed == ()
    assert "accept" in queries.get_case(case.no, officer, at=now).allowed
    assert queries.get_case(case.no, city.mother, at=now).no == case.no


# ---- a bad review ------------------------------------------------------------------------------------------------


@pytest.fixture
def reviewed(city, officer, now):
    """A permit denied, and reviewed badly."""
    case = actions.accept_case(case_no=apply_for_permit(city).no, by=officer, at=now)
    actions.settle_case(case_no=case.no, decision="denied", reason="不符", version=case.version, by=officer, at=now)
    actions.review_case(case_no=case.no, satisfaction=5, comment="态度差", by=city.mother, at=now)
    return queries.get_case(case.no, officer, at=now)


def test_a_bad_review_is_looked_into_put_right_and_called_back_in_time(reviewed, city, officer, leader, now, refuses):
    task = reviewed.pending.rectification
    assert (task.state, task.contact_due_on, task.rectify_due_on) == (
        "new",
        dt.date(2026, 11, 20),
        dt.date(2026, 11, 26),
    )
    assert {"contact_reviewer", "rectify", "appeal_review"} <= set(reviewed.allowed)
    run_daily(at=now + dt.timedelta(days=3))
    run_daily(at=now + dt.timedelta(days=3))
    assert list(Alert.objects.filter(case__no=reviewed.no).values_list("kind", flat=True)) == ["contact"]
    actions.contact_reviewer(case_no=reviewed.no, note="电话核实属实", by=officer, at=now)
    answered = actions.rectify_review(case_no=reviewed.no, reply="已批评教育并道歉", by=officer, at=now)
    assert answered.pending.rectification.state == "replied"
    with refuses("case.review.own-callback", 403):
        actions.call_back_reviewer(case_no=reviewed.no, satisfaction=2, note="满意", by=officer, at=now)
    with refuses("case.review.callback-level", 422):
        actions.call_back_reviewer(case_no=reviewed.no, satisfaction=9, note="满意", by=leader, at=now)
    closed = actions.call_back_reviewer(case_no=reviewed.no, satisfaction=2, note="满意", by=leader, at=now)
    assert (closed.pending.rectification.state, closed.pending.rectification.callback_satisfaction) == ("closed", 2)
    mine = queries.get_case(reviewed.no, city.mother, at=now)
    assert mine.pending.rectification.reply == "已批评教育并道歉"
    assert queries.public_figures(at=now).satisfied_percent == 0.0
    run_daily(at=now + dt.timedelta(days=20))
    assert not Alert.objects.filter(case__no=reviewed.no, kind="rectify").exists()


def test_a_review_appealed_against_with_success_is_left_out_of_account(reviewed, city, officer, leader, now, refuses):
    actions.appeal_review(case_no=reviewed.no, reason="评价对象有误", by=leader, at=now)
    with refuses("case.case.not-in-state", 409):
        actions.rectify_review(case_no=reviewed.no, reply="已整改", by=officer, at=now)
    with refuses("case.act.no-right", 403):
        actions.decide_appeal(case_no=reviewed.no, upheld=True, reason="属实", by=officer, at=now)
    with refuses("case.review.own-appeal", 403):
        actions.decide_appeal(case_no=reviewed.no, upheld=True, reason="属实", by=leader, at=now)
    other = city.officer(POLICE, "leader", account=978)
    decided = actions.decide_appeal(case_no=reviewed.no, upheld=True, reason="核实为误评", by=other, at=now)
    assert (decided.pending.rectification.state, decided.pending.rectification.appeal) == ("closed", "upheld")
    figures = queries.public_figures(at=now)
    assert (figures.reviews, figures.satisfied_percent) == (0, None)


# ---- officers' own -----------------------------------------------------------------------------------------------


def test_a_substitute_does_the_work_of_whoever_is_away_under_their_own_name(city, officer, now, refuses):
    case = actions.accept_case(case_no=apply_for_permit(city).no, by=officer, at=now)
    colleague = city.officer(POLICE, account=990)
    settle = {"case_no": case.no, "decision": "denied", "reason": "不符", "version": case.version, "at": now}
    with refuses("case.task.taken", 409):
        actions.settle_case(**settle, by=colleague)
    account = people.open_account(username="deputy", password="Lanjiang-2026", label="陈某", by=SYSTEM, at=now).id
    post = {"title_zh": "审查员", "title_en": "Examiner", "roles": ["examiner"], "by": SYSTEM, "at": now}
    people.appoint_officer(account_id=account, organisation_id=officer.organisation.id, **post)
    days = {"from_on": now.date(), "to_on": now.date() + dt.timedelta(days=3)}
    with refuses("case.substitute.days", 422):
        yesterday = now.date() - dt.timedelta(days=1)
        actions.name_substitute(
            to_account_id=account, from_on=yesterday, to_on=yesterday, reason="休假", by=officer, at=now
        )
    with refuses("case.substitute.no-colleague", 404):
        actions.name_substitute(to_account_id=officer.account_id, **days, reason="休假", by=officer, at=now)
    named = actions.name_substitute(to_account_id=account, **days, reason="休假", by=officer, at=now)
    colleague = replace(colleague, account_id=account)
    assert [one.id for one in queries.list_substitutions(colleague, at=now)] == [named.id]
    assert "settle" in queries.get_case(case.no, colleague, at=now).allowed
    assert queries.list_queue(colleague, at=now).total == 1
    done = actions.settle_case(**settle, by=colleague)
    assert done.timeline[-1].by_label == colleague.label
    actions.end_substitution(substitution_id=named.id, by=officer, at=now)
    with refuses("case.substitute.not-found", 404):
        actions.end_substitution(substitution_id=named.id, by=officer, at=now)


def test_phrases_are_the_packs_and_ones_own(city, officer, now, refuses):
    case = apply_for_permit(city)
    kept = actions.keep_phrase(text=" 请补签后重新上传 ", by=officer, at=now)
    assert actions.keep_phrase(text="请补签后重新上传", by=officer, at=now).id == kept.id
    with refuses("case.phrase.text", 422):
        actions.keep_phrase(text=" ", by=officer, at=now)
    phrases = queries.list_phrases(officer, case.no)
    assert phrases[0].text == "请补签后重新上传"
    assert {phrase.source for phrase in phrases} == {"own", "pack"}
    assert queries.list_phrases(city.officer("health")) == []
    actions.drop_phrase(phrase_id=kept.id, by=city.officer("health"), at=now)
    assert queries.list_phrases(officer)
    actions.drop_phrase(phrase_id=kept.id, by=officer, at=now)
    assert queries.list_phrases(officer) == []


# ---- files -------------------------------------------------------------------------------------------------------


class Scanner(threading.Thread):
    """Stands where clamd stands: reads one INSTREAM and answers."""

    def __init__(self, path, answer: bytes) -> None:
        super().__init__(daemon=True)
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.line.bind(str(path))
        self.line.listen(1)
        self.answer, self.heard = answer, b""

    def run(self) -> None:
        call, _ = self.line.accept()
        with self.line, call, call.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while length := struct.unpack("!I", stream.read(4))[0]:
                self.heard += stream.read(length)
            call.sendall(self.answer)


def test_what_the_scanner_finds_is_not_taken(city, officer, now, settings, tmp_path, refuses):
    case = apply_for_permit(city)
    settings.ZHENGTONG_CLAMAV_SOCKET = str(tmp_path / "clamd")
    ask = {"case_no": case.no, "items": [{"target": "material:home_proof"}], "reason": "看不清"}
    actions.ask_supplement(**ask, by=officer, at=now)
    answer = {"case_no": case.no, "materials": [("home_proof", "a.pdf", PDF)], "by": city.mother, "at": now}
    settings.ZHENGTONG_SCAN_REQUIRED = True
    with refuses("case.material.not-scanned", 503):
        actions.answer_supplement(**answer)
    scanner = Scanner(tmp_path / "clamd", b"stream: Eicar-Test-Signature FOUND\0")
    scanner.start()
    with refuses("case.material.infected", 422) as caught:
        actions.answer_supplement(**answer)
    scanner.join()
    assert (scanner.heard, caught.value.facts["found"]) == (PDF, "Eicar-Test-Signature")
    (tmp_path / "clamd").unlink()
    clean = Scanner(tmp_path / "clamd", b"stream: OK\0")
    clean.start()
    actions.answer_supplement(**answer)
    assert Material.objects.filter(case__no=case.no).order_by("-version").first().scan == "clean"
