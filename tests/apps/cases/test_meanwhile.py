"""What may happen to a case beside its ordinary course: only what its pack declares, told to those it concerns, once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.apps.cases.city import PDF, apply_for_permit, packs
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.models import Alert, CaseAction, Notice
from zhengtong.apps.cases.tasks import run_daily
from zhengtong.apps.matters import actions as matters
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.declared.handling import (
    Commitment,
    Consultation,
    Cosign,
    ExtensionRule,
    Handling,
    Payment,
    Procedure,
    Tolerance,
)
from zhengtong.declared.shapes import Text
from zhengtong.kit import Basis
from zhengtong.kit.calendar import Term, Unit

POLICE = "public-security"
BASIS = Basis("测试法", "第一条", "2020-01-01")


def days(n, unit=Unit.WORKDAY):
    return Term(n, unit, basis=BASIS)


ALLOWS = Handling(
    extension=ExtensionRule(days(10)),
    procedures=(
        Procedure("hearing", "hearing", Text("听证", "Hearing"), days(30), notice=days(7)),
        Procedure("inspection", "inspection", Text("检验", "Inspection"), days(15)),
    ),
    tolerance=Tolerance(days(5)),
    commitment=Commitment(
        ("home_proof",), Text("住处属实", "The home is real"), days(30, Unit.CALENDAR_DAY), BASIS, rectify=days(5)
    ),
    consultations=(
        Consultation("health", Text("征求卫健意见", "Health's opinion"), days(5), "health"),
        Consultation("third", Text("征求第三方意见", "A third party's opinion"), days(15), "health", pauses=True),
    ),
    delivery=("electronic", "post"),
)


@pytest.fixture
def publish(city, now):
    """`publish(on_miss={…})` makes the residence permit allow more; every test begins with what ALLOWS says."""

    def change(**more):
        permit = next(pack for pack in packs() if pack.id == "residence-permit")
        matters.publish_pack(pack=replace(permit, handling=replace(ALLOWS, **more)), by=SYSTEM, at=now)

    change()
    return change


@pytest.fixture
def officer(city):
    return city.officer(POLICE)


@pytest.fixture
def leader(city):
    return city.officer(POLICE, "leader")


def apply(city, at=None, *, promise=True, commit=False):
    """Return a permit applied for, its photo to follow, its proof of a home brought or committed to."""
    at = at or city.now
    answers = {"kind": "first", "reason": "home"}
    draft = actions.start_draft(matter_code="residence-permit", answers=answers, by=city.mother, at=at)
    entered = {"residence.address": "澜江市江东区滨河路 8 号", "residence.since": "2026-01-05"}
    draft = actions.save_page(
        draft_id=draft.id, page_id="home", values=entered, version=draft.version, by=city.mother, at=at
    )
    if commit:
        draft = actions.sign_promise(draft_id=draft.id, kind="commitment", by=city.mother, at=at)
    else:
        file = {"material_id": "home_proof", "name": "租房合同.pdf", "content": PDF}
        draft = actions.attach_material(draft_id=draft.id, **file, by=city.mother, at=at)
    if promise:
        draft = actions.sign_promise(draft_id=draft.id, kind="tolerance", by=city.mother, at=at)
    return actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=at)


@pytest.fixture
def case(publish, city, officer, now):
    """A permit accepted and in the officer's hands, nothing of it to follow."""
    publish(tolerance=None)
    no = apply(city, promise=False).no
    return actions.accept_case(case_no=no, by=officer, at=now)


def after(now, **delta):
    return now + dt.timedelta(**delta)


def kinds(no):
    return list(CaseAction.objects.filter(case__no=no).order_by("seq").values_list("kind", flat=True))


def told(no):
    return set(Notice.objects.filter(case__no=no).values_list("kind", flat=True))


# ---- more time ---------------------------------------------------------------------------------------------------


def test_more_time_is_proposed_by_one_and_approved_by_another(case, officer, leader, city, now, refuses):
    with refuses("case.extension.too-long", 422):
        actions.propose_extension(case_no=case.no, n=11, reason="案情复杂", by=officer, at=now)
    assert "propose_extension" in case.allowed
    asked = actions.propose_extension(case_no=case.no, n=10, reason="案情复杂", by=officer, at=now)
    assert asked.pending.proposal.payload["n"] == 10
    with refuses("case.act.no-right", 403):
        actions.approve_proposal(case_no=case.no, by=officer, at=now)
    assert "decide_proposal" in queries.get_case(case.no, leader, at=now).allowed
    assert [(row.case_no, row.role) for row in queries.list_asked(leader)] == [(case.no, "approving")]
    assert queries.list_asked(officer) == []
    shown = queries.preview_notice(case_no=case.no, kind="extended", reason="案情复杂", days=10, by=leader, at=now)
    longer = actions.approve_proposal(case_no=case.no, by=leader, at=now)
    assert queries.list_notices(city.mother)[0].text == shown, "word for word"
    assert longer.promised_on == dt.date(2026, 12, 10)
    assert queries.list_asked(leader) == []
    assert longer.statutory_on > case.statutory_on
    assert "extended" in told(case.no)
    with refuses("case.case.not-in-state", 409):
        actions.approve_proposal(case_no=case.no, by=leader, at=now)
    again = queries.get_case(case.no, officer, at=now)
    assert "propose_extension" not in again.allowed, "once"
    with refuses("case.act.not-declared", 409):
        actions.propose_extension(case_no=case.no, n=1, reason="再延", by=officer, at=now)


def test_nobody_approves_what_they_proposed_themselves(case, city, now, refuses):
    both = city.officer(POLICE, "window", "examiner", "leader", account=case.assignee_id)
    actions.propose_extension(case_no=case.no, n=5, reason="案情复杂", by=both, at=now)
    with refuses("case.proposal.own", 403):
        actions.approve_proposal(case_no=case.no, by=both, at=now)
    other = city.officer(POLICE, "leader", account=977)
    actions.reject_proposal(case_no=case.no, reason="抓紧办理", by=other, at=now)
    assert queries.get_case(case.no, both, at=now).pending.proposal is None
    assert kinds(case.no)[-1] == "proposal-rejected"
    mine = queries.get_case(case.no, city.mother, at=now)
    assert "proposal-rejected" not in [event.kind for event in mine.timeline], "the office's own affair"


def test_a_second_demand_for_additions_is_put_to_the_head(case, officer, leader, city, now, refuses):
    item = [{"target": "material:home_proof"}]
    actions.ask_supplement(case_no=case.no, items=item, reason="看不清", by=officer, at=now)
    file = ("home_proof", "合同.pdf", PDF + b"\n%%EOF\n")
    actions.answer_supplement(case_no=case.no, materials=[file], by=city.mother, at=after(now, hours=1))
    with refuses("case.supplement.needs-leader", 403):
        actions.ask_supplement(case_no=case.no, items=item, reason="仍看不清", by=officer, at=after(now, hours=2))
    actions.propose_supplement(case_no=case.no, items=item, reason="仍看不清", by=officer, at=after(now, hours=2))
    asked = actions.approve_proposal(case_no=case.no, by=leader, at=after(now, hours=3))
    assert (asked.state, asked.supplement.times) == ("supplementing", 2)
    files = next(slot for slot in asked.materials if slot.id == "home_proof").files
    assert [file.version for file in files] == [1, 2]


# ---- special procedures ------------------------------------------------------------------------------------------


def test_an_inspection_stops_the_clock_and_gives_the_days_back(case, officer, city, now, refuses):
    with refuses("case.procedure.unknown", 422):
        actions.start_procedure(case_no=case.no, procedure="auction", reason="须检验", by=officer, at=now)
    with refuses("case.procedure.too-long", 422):
        far = dt.date(2027, 3, 1)
        actions.start_procedure(
            case_no=case.no, procedure="inspection", reason="须检验", until_on=far, by=officer, at=now
        )
    began = actions.start_procedure(
        case_no=case.no, procedure="inspection", reason="须检验", evidence=[("委托书.pdf", PDF)], by=officer, at=now
    )
    assert (began.state, began.clock.state) == ("procedure", "paused")
    assert began.pending.hold.reason == "须检验"
    assert "procedure-started" in told(case.no)
    with refuses("case.case.not-in-state", 409):
        actions.settle_case(
            case_no=case.no, decision="denied", reason="不符", version=began.version, by=officer, at=now
        )
    mine = queries.get_case(case.no, city.mother, at=now)
    assert "evidence" not in {slot.id for slot in mine.materials}
    assert "evidence" in {slot.id for slot in began.materials}
    week = after(now, days=7)
    ended = actions.end_procedure(case_no=case.no, result="合格", files=[("报告.pdf", PDF)], by=officer, at=week)
    assert (ended.state, ended.promised_on) == ("accepted", dt.date(2026, 12, 2)), "the four workdays of the pause"
    assert "report" in {slot.id for slot in queries.get_case(case.no, city.mother, at=week).materials}


def test_a_hearing_is_told_in_time_and_leaves_minutes(case, officer, now, refuses):
    soon = after(now, days=7)
    start = {"case_no": case.no, "procedure": "hearing", "reason": "利害关系人申请", "by": officer, "at": now}
    with refuses("case.hearing.incomplete", 422):
        actions.start_procedure(**start)
    with refuses("case.hearing.too-soon", 422) as caught:
        actions.start_procedure(**start, hearing_at=soon, place="市局三楼")
    assert caught.value.basis == BASIS
    day = after(now, days=12)
    actions.start_procedure(**start, hearing_at=day, place="市局三楼")
    notice = Notice.objects.get(case__no=case.no, kind="procedure-started").text
    assert "市局三楼" in notice["body_zh"]
    with refuses("case.hearing.not-held", 409):
        actions.end_procedure(case_no=case.no, result="完毕", files=[("笔录.pdf", PDF)], by=officer, at=soon)
    with refuses("case.hearing.no-minutes", 422):
        actions.end_procedure(case_no=case.no, result="完毕", by=officer, at=day)
    ended = actions.end_procedure(case_no=case.no, result="完毕", files=[("笔录.pdf", PDF)], by=officer, at=day)
    assert ended.state == "accepted"


def test_a_procedure_past_its_longest_time_sets_the_clock_going_once(case, officer, now):
    actions.start_procedure(case_no=case.no, procedure="inspection", reason="须检验", by=officer, at=now)
    late = after(now, days=30)
    assert run_daily(at=late)["resumed"] == 1
    assert run_daily(at=late)["resumed"] == 0
    assert kinds(case.no).count("procedure-expired") == 1
    assert queries.get_case(case.no, officer, at=late).clock.state == "running"


# ---- other departments -------------------------------------------------------------------------------------------


def test_another_department_is_asked_sees_the_case_and_answers(case, officer, city, now, refuses):
    health, stranger = city.officer("health"), city.officer("human-resources")
    with refuses("case.case.not-found", 404):
        queries.get_case(case.no, health, at=now)
    asked = actions.consult(case_no=case.no, consultation="health", question="是否属实", by=officer, at=now)
    assert asked.clock.state == "running"
    (row,) = queries.list_asked(health)
    assert (row.case_no, row.role, row.due_on) == (case.no, "consulted", dt.date(2026, 11, 26))
    consult_id = asked.pending.consults[0].id
    seen = queries.get_case(case.no, health, at=now)
    assert "answer_consult" in seen.allowed
    assert "settle" not in seen.allowed
    with refuses("case.case.not-found", 404):
        actions.answer_consult(case_no=case.no, consult_id=consult_id, answer="属实", by=stranger, at=now)
    with refuses("case.consult.not-asked", 404):
        actions.answer_consult(case_no=case.no, consult_id="another", answer="属实", by=health, at=now)
    answered = actions.answer_consult(case_no=case.no, consult_id=consult_id, answer="属实", by=health, at=now)
    assert answered.pending.consults[0].answer == "属实"
    assert queries.list_asked(health) == []
    assert queries.get_case(case.no, city.mother, at=now).pending.consults == ()


def test_an_opinion_that_stops_the_clock_lapses_and_lets_it_go_on(case, officer, now, refuses):
    asked = actions.consult(case_no=case.no, consultation="third", question="是否同意公开", by=officer, at=now)
    assert asked.clock.state == "paused"
    with refuses("case.settle.consult-open", 409):
        actions.settle_case(
            case_no=case.no, decision="granted", outcome={"permit_no": "J1"}, version=asked.version, by=officer, at=now
        )
    late = after(now, days=28)
    assert run_daily(at=late)["lapsed"] == 1
    assert queries.get_case(case.no, officer, at=late).clock.state == "running"


def test_nothing_is_granted_before_enough_departments_have_signed(publish, city, officer, now, refuses):
    publish(cosign=Cosign(("health", "human-resources", "disease-control"), BASIS, needed=2))
    no = apply(city).no
    case = actions.accept_case(case_no=no, by=officer, at=now)
    grant = {"case_no": no, "decision": "granted", "outcome": {"permit_no": "J1"}, "by": officer, "at": now}
    with refuses("case.settle.cosign-missing", 409):
        actions.settle_case(**grant, version=case.version)
    actions.ask_cosign(case_no=no, by=officer, at=now)
    actions.cosign(case_no=no, agrees=True, by=city.officer("health"), at=now)
    with refuses("case.reason.missing", 422):
        actions.cosign(case_no=no, agrees=False, by=city.officer("human-resources"), at=now)
    actions.cosign(case_no=no, agrees=False, opinion="材料不足", by=city.officer("human-resources"), at=now)
    with refuses("case.settle.cosign-missing", 409):
        actions.settle_case(**grant, version=queries.get_case(no, officer, at=now).version)
    with refuses("case.cosign.not-asked", 404):
        actions.cosign(case_no=no, agrees=True, by=city.officer("health"), at=now)
    actions.cosign(case_no=no, agrees=True, by=city.officer("disease-control"), at=now)
    done = actions.settle_case(**grant, version=queries.get_case(no, officer, at=now).version)
    assert done.state == "granted"


# ---- what the law makes of a term missed -------------------------------------------------------------------------


def test_a_decision_not_made_in_time_is_made_by_law_with_its_certificate_once(publish, city, officer, now):
    publish(on_miss={"statutory": "deemed-granted"})
    case = actions.accept_case(case_no=apply(city, promise=True).no, by=officer, at=now)
    photo = ("photo", "照片.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40 + b"IEND\xaeB`\x82")
    actions.send_follow_up(case_no=case.no, materials=[photo], by=city.mother, at=now)
    on_the_day = dt.datetime.combine(case.statutory_on, now.timetz())
    assert run_daily(at=on_the_day)["deemed_decided"] == 0
    next_day = after(on_the_day, days=1)
    assert run_daily(at=next_day)["deemed_decided"] == 1
    assert run_daily(at=next_day)["deemed_decided"] == 0
    mine = queries.get_case(case.no, city.mother, at=next_day)
    assert (mine.state, len(mine.certificates)) == ("granted", 1)
    assert "deemed-granted" in mine.flags
    assert mine.outcome == {"permit_no": "J990101199203040021"}
    assert "deemed-granted" in told(case.no)


def test_a_supervisor_is_warned_of_yellow_red_and_overdue_once_each(case, officer, leader, now, refuses):
    assert case.promised_on == dt.date(2026, 11, 26)
    days_told = {}
    for day in range(12):
        at = after(now, days=day)
        run_daily(at=at)
        run_daily(at=at)
        for alert in Alert.objects.filter(case__no=case.no):
            days_told.setdefault(alert.kind, at.date())
    assert days_told == {
        "yellow": dt.date(2026, 11, 23),
        "red": dt.date(2026, 11, 26),
        "overdue": dt.date(2026, 11, 27),
    }
    assert queries.get_case(case.no, officer, at=after(now, days=12)).state == "accepted", "no rule decides it"
    told_of = queries.list_alerts(leader)
    assert [alert.kind for alert in told_of] == ["overdue", "red", "yellow"]
    assert queries.list_alerts(officer) == []
    with refuses("case.alert.not-found", 404):
        actions.see_alert(alert_id=told_of[0].id, by=officer, at=now)
    actions.see_alert(alert_id=told_of[0].id, by=leader, at=now)
    assert queries.count_alerts(leader) == 2


def test_a_warning_is_not_lost_when_somebody_acts_before_time_does(case, officer, now):
    late = after(now, days=10)  # the platform was down, and an officer was faster than its chores
    actions.check_data(case_no=case.no, by=officer, at=late)
    run_daily(at=late)
    assert set(Alert.objects.filter(case__no=case.no).values_list("kind", flat=True)) == {"yellow", "red", "overdue"}


# ---- promises in place of materials ------------------------------------------------------------------------------


def test_a_tolerated_material_needs_a_signature_and_follows_in_time(publish, city, officer, now, refuses):
    with refuses("case.submit.incomplete", 422):
        apply(city, promise=False)
    case = actions.accept_case(case_no=apply(city).no, by=officer, at=now)
    (gap,) = case.pending.follow_ups
    assert (gap.material_id, gap.due_on) == ("photo", dt.date(2026, 11, 26))
    with refuses("case.follow-up.not-awaited", 422):
        actions.send_follow_up(case_no=case.no, materials=[("home_proof", "a.pdf", PDF)], by=city.mother, at=now)
    photo = ("photo", "照片.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40 + b"IEND\xaeB`\x82")
    whole = actions.send_follow_up(case_no=case.no, materials=[photo], by=city.mother, at=now)
    assert whole.pending.follow_ups == ()
    assert "tolerant" not in whole.flags


def test_a_tolerated_material_that_does_not_come_ends_the_case_as_declared(publish, city, officer, now):
    gone = actions.accept_case(case_no=apply(city).no, by=officer, at=now)
    publish(tolerance=Tolerance(days(5), on_miss="reminded"))
    kept = actions.accept_case(case_no=apply(city).no, by=officer, at=now)
    late = after(now, days=8)
    happened = run_daily(at=late)
    assert (happened["deemed_withdrawn"], happened["lapsed"]) == (1, 1)
    assert queries.get_case(gone.no, city.mother, at=late).state == "withdrawn"
    still = queries.get_case(kept.no, city.mother, at=late)
    assert still.state == "accepted"
    assert "follow-up-missed" in still.flags
    assert run_daily(at=late)["deemed_withdrawn"] == 0


def test_a_commitment_spares_materials_and_a_false_one_costs_the_decision(publish, city, officer, leader, now, refuses):
    case = actions.accept_case(case_no=apply(city, commit=True).no, by=officer, at=now)
    assert next(slot for slot in case.materials if slot.id == "home_proof").state == "replaced"
    granted = actions.settle_case(
        case_no=case.no, decision="granted", outcome={"permit_no": "J1"}, version=case.version, by=officer, at=now
    )
    assert granted.pending.commitment.verify_on == dt.date(2026, 12, 19)
    assert run_daily(at=after(now, days=31))["alerts"] == 1
    broken = actions.verify_commitment(
        case_no=case.no, kept=False, note="并未居住", files=[("核查.pdf", PDF)], by=officer, at=now
    )
    assert broken.pending.commitment.rectify_on == dt.date(2026, 11, 26)
    with refuses("case.act.no-right", 403):
        actions.revoke_decision(case_no=case.no, reason="承诺不实", by=officer, at=now)
    identifier = granted.certificates[0] if granted.certificates else None
    revoked = actions.revoke_decision(case_no=case.no, reason="承诺不实", by=leader, at=now)
    assert revoked.state == "revoked"
    assert {remedy.kind for remedy in revoked.remedies} == {"reconsideration", "litigation"}
    assert identifier
    with refuses("case.commitment.not-trusted", 403):
        apply(city, commit=True)


def test_a_commitment_withdrawn_before_the_decision_needs_the_materials_again(publish, city, officer, now):
    case = actions.accept_case(case_no=apply(city, commit=True).no, by=officer, at=now)
    mine = actions.withdraw_commitment(case_no=case.no, by=city.mother, at=now)
    assert next(slot for slot in mine.materials if slot.id == "home_proof").state == "wanted"
    assert "withdraw_commitment" not in mine.allowed


# ---- the rest ----------------------------------------------------------------------------------------------------


def test_what_the_pack_does_not_declare_is_not_allowed(city, officer, now, refuses):
    case = actions.accept_case(case_no=apply_for_permit(city).no, by=officer, at=now)
    assert set(case.allowed) == {"release", "supplement", "settle"}
    for attempt in (
        lambda: actions.propose_extension(case_no=case.no, n=1, reason="延", by=officer, at=now),
        lambda: actions.start_procedure(case_no=case.no, procedure="hearing", reason="听", by=officer, at=now),
        lambda: actions.forward_case(case_no=case.no, reason="转", by=officer, at=now),
        lambda: actions.ask_cosign(case_no=case.no, by=officer, at=now),
    ):
        with refuses("case.act.not-declared", 409):
            attempt()


def test_a_fee_is_paid_before_the_decision_and_given_back_once(publish, city, officer, now, refuses):
    publish(payment=Payment('if answers.kind = "first" then 20 else 0', Text("工本费", "Cost of the card"), BASIS))
    case = actions.accept_case(case_no=apply(city).no, by=officer, at=now)
    assert (case.pending.fee.yuan, case.pending.fee.state) == ("20.00", "due")
    grant = {"case_no": case.no, "decision": "granted", "outcome": {"permit_no": "J1"}, "by": officer, "at": now}
    with refuses("case.settle.unpaid", 409):
        actions.settle_case(**grant, version=case.version)
    for _ in range(2):
        actions.record_payment(case_no=case.no, yuan="20.00", reference="P1", at=now)
    assert kinds(case.no).count("paid") == 1
    actions.settle_case(**grant, version=queries.get_case(case.no, officer, at=now).version)
    for _ in range(2):
        actions.record_refund(case_no=case.no, yuan="20.00", reference="R1", at=now)
    assert kinds(case.no).count("refunded") == 1


def test_an_objection_is_answered_by_the_head_and_remedies_have_their_days(case, officer, leader, city, now, refuses):
    denied = actions.settle_case(
        case_no=case.no, decision="denied", reason="不符合条件", version=case.version, by=officer, at=now
    )
    until = {remedy.kind: remedy.until_on for remedy in denied.remedies}
    assert until == {"reconsideration": dt.date(2027, 1, 18), "litigation": dt.date(2027, 5, 19)}
    mine = actions.raise_objection(case_no=case.no, text="材料齐全", by=city.mother, at=now)
    assert mine.pending.objection.due_on == dt.date(2026, 12, 10)
    with refuses("case.act.no-right", 403):
        actions.answer_objection(case_no=case.no, upheld=False, answer="维持", by=officer, at=now)
    answered = actions.answer_objection(case_no=case.no, upheld=False, answer="维持原决定", by=leader, at=now)
    assert answered.pending.objection.upheld is False
    assert "objection-answered" in told(case.no)


def test_a_batch_settles_what_can_be_and_says_why_of_the_rest(publish, city, officer, now, refuses):
    publish(tolerance=None, commitment=None)
    cases = [
        actions.accept_case(case_no=apply(city, promise=False).no, by=officer, at=now, version=None) for _ in range(3)
    ]
    actions.withdraw_case(case_no=cases[1].no, by=city.mother, at=now)
    decisions = [actions.Decision(case.no, case.version, {"permit_no": f"J{n}"}) for n, case in enumerate(cases)]
    results = actions.settle_batch(decisions=decisions, decision="granted", by=officer, at=now)
    assert [result.ok for result in results] == [True, False, True]
    assert results[1].code == "case.case.moved"
    assert results[1].zh
    with refuses("case.batch.size", 422):
        actions.settle_batch(decisions=[], decision="granted", by=officer, at=now)


def test_a_projection_rebuilt_after_everything_is_the_one_stored(case, officer, leader, city, now):
    actions.propose_extension(case_no=case.no, n=3, reason="案情复杂", by=officer, at=now)
    actions.approve_proposal(case_no=case.no, by=leader, at=now)
    actions.consult(case_no=case.no, consultation="third", question="是否同意", by=officer, at=now)
    assert actions.rebuild_projection(case_no=case.no) is False


def test_a_notice_sets_out_by_the_channels_of_the_site_once(city, officer, now, settings, tmp_path):
    from zhengtong.apps.channels import queries as channels

    path = tmp_path / "channels.yaml"
    path.write_text("sms: {url: 'http://127.0.0.1:9/', secret: s}\n", encoding="utf-8")
    settings.ZHENGTONG_CHANNELS = str(path)
    case = apply_for_permit(city)
    actions.accept_case(case_no=case.no, by=officer, at=now)
    sent = channels.list_messages(city.mother)
    assert sorted(message.kind for message in sent) == ["accepted", "submitted"]
    assert {(message.channel, message.state, message.address_masked) for message in sent} == {
        ("sms", "queued", "138****1234")
    }
