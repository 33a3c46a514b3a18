"""Officers at work: who may, in which order, what the applicant is told, and the second of two who decide at once."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from tests.apps.cases.city import PDF, apply_for_birth, apply_for_permit
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.models import Case, CaseAction, Notice
from zhengtong.apps.cases.tasks import run_daily
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.people import actions as people
from zhengtong.apps.people.shapes import SYSTEM

POLICE = "public-security"
PDF_HASH = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def permit(city):
    """A residence permit just submitted."""
    return apply_for_permit(city)


@pytest.fixture
def officer(city):
    return city.officer(POLICE)


def accepted(permit, officer, now):
    return actions.accept_case(case_no=permit.no, by=officer, at=now, version=permit.version)


def granted(permit, officer, now):
    case = accepted(permit, officer, now)
    return actions.settle_case(
        case_no=permit.no, decision="granted", outcome={"permit_no": "J1"}, version=case.version, by=officer, at=now
    )


def test_a_permit_from_submission_to_certificate(permit, officer, city, now):
    assert permit.state == "submitted"
    assert permit.receipt_no
    assert permit.track_code
    case = accepted(permit, officer, now)
    assert (case.state, case.promised_on) == ("accepted", dt.date(2026, 11, 26))
    assert case.statutory_on == dt.date(2026, 12, 4)
    assert set(case.allowed) == {"release", "supplement", "settle"}
    assert case.outcome_suggested == {"permit_no": "J990101199203040021"}
    case = actions.settle_case(
        case_no=permit.no, decision="granted", outcome={"permit_no": "J1"}, version=case.version, by=officer, at=now
    )
    assert case.state == "granted"
    mine = queries.get_case(permit.no, city.mother, at=now)
    assert len(mine.certificates) == 1
    assert set(mine.allowed) == {"object", "review"}
    assert [event.kind for event in mine.timeline] == ["submitted", "accepted", "granted"]


def test_every_action_has_its_own_receipt_in_the_case(permit, officer, now):
    granted(permit, officer, now)
    log = list(CaseAction.objects.filter(case__no=permit.no).order_by("seq").values_list("receipt_no", flat=True))
    receipts = {receipt.no: receipt.kind for receipt in evidence.list_receipts(permit.no)}
    assert len(set(log)) == 3
    assert [receipts[no] for no in log] == ["case.submitted", "case.accepted", "case.granted"]


def test_what_happened_is_neither_edited_nor_removed(permit):
    entry = CaseAction.objects.get(case__no=permit.no, seq=1)
    entry.kind = "granted"
    with pytest.raises(TypeError, match="written once"):
        entry.save()
    with pytest.raises(TypeError, match="not removed"):
        entry.delete()


def test_form_values_and_materials_cannot_be_read_from_the_disk(permit, city):
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM cases_caseaction UNION ALL SELECT applicant FROM cases_case")
        told = " ".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT text FROM cases_notice")
        told += " ".join(row[0] for row in cursor.fetchall())
    assert "滨河路" not in told
    assert "林清嘉" not in told
    files = [path for path in (settings.ZHENGTONG_HOME / "files" / "materials").rglob("*") if path.is_file()]
    assert files
    assert all(b"%PDF" not in path.read_bytes() for path in files)


def test_the_second_of_two_who_decide_at_once_is_told_who_and_when(permit, officer, city, now, refuses):
    seen = accepted(permit, officer, now)
    actions.settle_case(
        case_no=permit.no, decision="granted", outcome={"permit_no": "J1"}, version=seen.version, by=officer, at=now
    )
    with refuses("case.case.moved", 409) as caught:
        actions.settle_case(
            case_no=permit.no, decision="denied", reason="不符合", version=seen.version, by=officer, at=now
        )
    assert officer.label in caught.value.zh
    assert "2026-11-19 09:30" in caught.value.zh
    assert queries.get_case(permit.no, officer, at=now).state == "granted"


def test_an_applicant_who_withdraws_meanwhile_wins_if_first(permit, officer, city, now, refuses):
    seen = accepted(permit, officer, now)
    actions.withdraw_case(case_no=permit.no, by=city.mother, at=now)
    with refuses("case.case.moved", 409):
        actions.settle_case(
            case_no=permit.no, decision="granted", outcome={"permit_no": "J1"}, version=seen.version, by=officer, at=now
        )
    assert CaseAction.objects.filter(case__no=permit.no).count() == 3


def test_who_takes_a_case_first_has_it(permit, city, now, refuses):
    first, second = city.officer(POLICE, account=501), city.officer(POLICE, account=502)
    actions.claim_task(case_no=permit.no, by=first, at=now)
    with refuses("case.task.taken", 409) as caught:
        actions.claim_task(case_no=permit.no, by=second, at=now)
    assert first.label in caught.value.zh
    with refuses("case.task.taken", 409):
        actions.accept_case(case_no=permit.no, by=second, at=now)
    actions.release_task(case_no=permit.no, by=first, at=now)
    assert actions.accept_case(case_no=permit.no, by=second, at=now).assignee_id == 502


def test_a_head_gives_a_case_to_a_colleague_with_a_post_there(permit, officer, city, now, refuses):
    leader = city.officer(POLICE, "leader")
    with refuses("case.act.no-right", 403):
        actions.reassign_task(case_no=permit.no, to_account_id=1, by=officer, at=now)
    with refuses("case.task.no-colleague", 404):
        actions.reassign_task(case_no=permit.no, to_account_id=999999, by=leader, at=now)
    colleague = people.open_account(username="colleague", password="Lanjiang-2026", label="陈某", by=SYSTEM, at=now)
    with refuses("people.act.no-post", 403):
        actions.reassign_task(case_no=permit.no, to_account_id=colleague.id, by=leader, at=now)
    people.appoint_officer(
        account_id=colleague.id,
        organisation_id=city.orgs[POLICE].id,
        title_zh="审查员",
        title_en="Examiner",
        roles=["examiner"],
        by=SYSTEM,
        at=now,
    )
    case = actions.reassign_task(case_no=permit.no, to_account_id=colleague.id, by=leader, at=now)
    assert case.assignee_id == colleague.id
    assert "陈某" in case.assignee_label


def test_another_department_does_not_even_learn_that_the_case_exists(permit, city, now, refuses):
    outsider = city.officer("health")
    with refuses("case.case.not-found", 404):
        queries.get_case(permit.no, outsider, at=now)
    with refuses("case.case.not-found", 404):
        actions.accept_case(case_no=permit.no, by=outsider, at=now)
    with refuses("case.case.not-found", 404):
        queries.get_case(permit.no, city.father, at=now)


def test_a_window_officer_accepts_but_does_not_decide(permit, city, now, refuses):
    window = city.officer(POLICE, "window")
    case = actions.accept_case(case_no=permit.no, by=window, at=now)
    assert case.assignee_id is None, "whoever may not examine it hands it to the pool"
    assert "settle" not in case.allowed
    with refuses("case.act.no-right", 403):
        actions.settle_case(case_no=permit.no, decision="granted", outcome={}, version=case.version, by=window, at=now)


def test_a_denial_needs_a_reason_and_tells_the_remedies(permit, officer, city, now, refuses):
    seen = accepted(permit, officer, now)
    with refuses("case.reason.missing", 422):
        actions.settle_case(case_no=permit.no, decision="denied", reason=" ", version=seen.version, by=officer, at=now)
    actions.settle_case(
        case_no=permit.no, decision="denied", reason="在本市居住未满半年。", version=seen.version, by=officer, at=now
    )
    notice = queries.list_notices(city.mother)[0]
    assert "在本市居住未满半年" in notice.text.body_zh
    assert "行政复议" in notice.text.body_zh
    assert "reconsideration" in notice.text.body_en


@pytest.mark.parametrize(
    "outcome", [{}, {"permit_no": ""}, {"permit_no": "J" * 500}, {"permit_no": "J\x00"}, {"permit_no": "J1", "x": "1"}]
)
def test_an_outcome_missing_wrong_or_unknown_is_named_and_nothing_is_decided(permit, officer, now, refuses, outcome):
    seen = accepted(permit, officer, now)
    with refuses("case.settle.outcome", 422) as caught:
        actions.settle_case(
            case_no=permit.no, decision="granted", outcome=outcome, version=seen.version, by=officer, at=now
        )
    assert caught.value.facts["faults"][0]["path"].startswith("outcome:")
    assert queries.get_case(permit.no, officer, at=now).version == seen.version


def test_the_applicant_reads_word_for_word_what_the_officer_previewed(permit, officer, city, now):
    items = [{"target": "material:home_proof", "title_zh": "租房合同", "title_en": "Lease"}]
    preview = queries.preview_notice(
        case_no=permit.no, kind="supplement-asked", by=officer, at=now, reason="最后一页缺签名", items=items
    )
    actions.ask_supplement(
        case_no=permit.no, items=items, reason="最后一页缺签名", by=officer, at=now, version=permit.version
    )
    assert queries.list_notices(city.mother)[0].text == preview
    assert preview.action == "supplement"


def test_a_supplement_is_one_complete_list_and_the_answer_is_complete_too(permit, officer, city, now, refuses):
    with refuses("case.supplement.no-items", 422):
        actions.ask_supplement(case_no=permit.no, items=[], reason="缺", by=officer, at=now)
    items = [
        {"target": "material:home_proof"},
        {"target": "residence.since", "title_zh": "居住起始日期", "title_en": "Since"},
    ]
    actions.ask_supplement(case_no=permit.no, items=items, reason="请补齐", by=officer, at=now)
    with refuses("case.supplement.incomplete", 422) as caught:
        actions.answer_supplement(
            case_no=permit.no, materials=[("home_proof", "新合同.pdf", PDF + b" ")], by=city.mother, at=now
        )
    assert [fault["path"] for fault in caught.value.facts["faults"]] == ["residence.since"]
    later = now + dt.timedelta(days=5)
    case = actions.answer_supplement(
        case_no=permit.no,
        materials=[("home_proof", "新合同.pdf", PDF + b" ")],
        values={"residence.since": "2025-12-01"},
        by=city.mother,
        at=later,
    )
    assert case.state == "submitted"
    assert case.values["residence.since"].value == "2025-12-01"
    proof = next(slot for slot in case.materials if slot.id == "home_proof")
    assert len(proof.files) == 2


def test_an_item_is_named_from_the_pack_and_one_of_nobody_is_dropped(permit, officer, now, refuses):
    items = [{"target": "material:home_proof"}, {"target": "residence.since"}, {"target": "residence.no-such"}]
    case = actions.ask_supplement(case_no=permit.no, items=items, reason="请补", by=officer, at=now)
    assert [item.title_en for item in case.supplement.items][1] == "In this city since"
    assert len(case.supplement.items) == 2


def test_a_part_may_ask_for_a_material_of_the_one_set(city, now):
    case = apply_for_birth(city)
    no = next(part.no for part in case.parts if part.part_id == "birth_certificate")
    officer = city.officer("health")
    items = [{"target": "material:marriage_certificate"}]
    asked = actions.ask_supplement(case_no=no, items=items, reason="核验不一致", by=officer, at=now)
    assert asked.supplement.items[0].title_zh == "结婚证"
    answered = actions.answer_supplement(
        case_no=no, materials=[("marriage_certificate", "结婚证.pdf", PDF)], by=city.mother, at=now
    )
    assert answered.state == "submitted"
    assert PDF_HASH in {file.sha256 for slot in answered.materials for file in slot.files}


def test_a_second_supplement_is_for_the_head_alone(permit, officer, city, now, refuses):
    items = [{"target": "material:home_proof"}]
    actions.ask_supplement(case_no=permit.no, items=items, reason="看不清", by=officer, at=now)
    actions.answer_supplement(case_no=permit.no, materials=[("home_proof", "a.pdf", PDF)], by=city.mother, at=now)
    with refuses("case.supplement.needs-leader", 403) as caught:
        actions.ask_supplement(case_no=permit.no, items=items, reason="还是看不清", by=officer, at=now)
    assert caught.value.basis.law == "行政许可法"
    leader = city.officer(POLICE, "leader")
    case = actions.ask_supplement(case_no=permit.no, items=items, reason="还是看不清", by=leader, at=now)
    assert case.supplement.times == 2


def test_a_supplement_with_a_file_of_the_wrong_kind_is_refused_whole(permit, officer, city, now, refuses):
    actions.ask_supplement(
        case_no=permit.no, items=[{"target": "material:home_proof"}], reason="看不清", by=officer, at=now
    )
    with refuses("case.material.type", 422):
        actions.answer_supplement(
            case_no=permit.no, materials=[("home_proof", "a.pdf", b"MZ\x90")], by=city.mother, at=now
        )
    assert queries.get_case(permit.no, city.mother, at=now).state == "supplementing"


def test_the_passing_of_time_ends_reminds_and_deems_once(permit, officer, city, now):
    deemed = apply_for_permit(city, by=city.father)
    actions.ask_supplement(
        case_no=permit.no, items=[{"target": "material:home_proof"}], reason="看不清", by=officer, at=now
    )
    due = queries.get_case(permit.no, city.mother, at=now).supplement.due_on
    three_before = dt.datetime.combine(due, now.timetz()) - dt.timedelta(days=3)
    assert run_daily(at=three_before)["reminded"] == 1
    assert run_daily(at=three_before)["reminded"] == 0
    after = dt.datetime.combine(due, now.timetz()) + dt.timedelta(days=1)
    first, second = run_daily(at=after), run_daily(at=after)
    assert first["supplements_expired"] == 1
    assert second["supplements_expired"] == 0
    assert queries.get_case(permit.no, city.mother, at=after).state == "supplement_expired"
    case = queries.get_case(deemed.no, city.father, at=after)
    assert case.state == "accepted"
    assert case.flags == ("deemed", "tolerant")
    assert case.accepted_at == now
    assert Notice.objects.filter(kind="supplement-reminder").count() == 1


def test_not_accepting_tells_the_reason(permit, officer, city, now):
    actions.refuse_acceptance(case_no=permit.no, reason="不属于本局职权", by=officer, at=now)
    case = queries.get_case(permit.no, city.mother, at=now)
    assert (case.state, case.decision_reason) == ("not_accepted", "不属于本局职权")
    assert case.remedies


def test_a_review_is_given_once_after_the_decision(permit, officer, city, now, refuses):
    with refuses("case.case.not-in-state", 409):
        actions.review_case(case_no=permit.no, satisfaction=1, by=city.mother, at=now)
    granted(permit, officer, now)
    with refuses("case.review.invalid", 422):
        actions.review_case(case_no=permit.no, satisfaction=6, by=city.mother, at=now)
    with refuses("case.case.not-found", 404):
        actions.review_case(case_no=permit.no, satisfaction=1, by=city.father, at=now)
    actions.review_case(case_no=permit.no, satisfaction=1, tags=["办事效率高"], comment="很快", by=city.mother, at=now)
    with refuses("case.review.again", 409):
        actions.review_case(case_no=permit.no, satisfaction=5, by=city.mother, at=now)
    case = queries.get_case(permit.no, city.mother, at=now)
    assert (case.review.satisfaction, case.review.comment) == (1, "很快")
    figures = queries.public_figures(at=now)
    assert (figures.reviews, figures.satisfied_percent, figures.on_time_percent) == (1, 100.0, 100.0)
    assert (figures.submitted_this_week, figures.settled_this_week) == (1, 1)


def test_data_checks_put_the_mismatch_first(city, now):
    city.reader.rows["202010/000001"][0]["mother_name"] = "林清加"
    case = apply_for_birth(city)
    no = next(part.no for part in case.parts if part.part_id == "birth_certificate")
    officer = city.officer("health")
    assert {row.result for row in queries.data_checks(no, officer, at=now)} == {"failed"}
    actions.accept_case(case_no=no, by=officer, at=now)
    rows = queries.data_checks(no, officer, at=now)
    assert [row.result for row in rows][0] in ("mismatch", "match")
    assert all(row.receipt_no for row in rows)
    assert queries.data_checks(no, city.mother, at=now) == ()


def test_a_source_that_refuses_shows_in_the_checks_and_stops_nobody(city, now):
    case = apply_for_birth(city)
    no = next(part.no for part in case.parts if part.part_id == "birth_certificate")
    city.reader.refused["202010/000001"] = "revoked"
    officer = city.officer("health")
    actions.accept_case(case_no=no, by=officer, at=now)
    rows = {row.id: row for row in queries.data_checks(no, officer, at=now)}
    assert rows["sex"].result == "failed"
    assert "授权已被撤销" in rows["sex"].reason_zh
    assert rows["mother_name"].result == "match"


def test_the_queue_shows_the_least_time_first_and_counts_its_buckets(city, now, django_assert_num_queries):
    officer = city.officer(POLICE)
    numbers = []
    for day, by in ((9, city.mother), (2, city.father), (0, city.mother)):
        at = now - dt.timedelta(days=day)
        case = apply_for_permit(city, at=at, by=by)
        actions.accept_case(case_no=case.no, by=officer, at=at)
        numbers.append(case.no)
    apply_for_permit(city, by=city.father)
    with django_assert_num_queries(3):
        page = queries.list_queue(officer, at=now)
    assert [row.no for row in page.rows] == numbers
    assert [row.bucket for row in page.rows] == ["overdue", "soon", "ok"]
    with django_assert_num_queries(3):
        counts = queries.count_buckets(officer, at=now)
    assert (counts.overdue, counts.today, counts.soon, counts.ok, counts.hold) == (1, 0, 1, 1, 0)
    assert (counts.pool, counts.mine) == (1, 3)
    with django_assert_num_queries(2):
        assert queries.list_pool(officer, at=now).total == 1
    assert queries.list_queue(officer, "overdue", at=now).total == 1
    assert queries.list_queue(officer, q=numbers[1], at=now).rows[0].no == numbers[1]
    assert queries.list_queue(officer, q="990101199203040021", at=now).total == 2
    assert queries.list_queue(city.officer("health"), at=now).total == 0
    assert queries.list_queue(city.mother, at=now).total == 0
    with django_assert_num_queries(2):
        assert queries.search_cases(officer, at=now).total == 4
    assert queries.search_cases(officer, "居住证", at=now).total == 4
    assert queries.search_cases(city.officer("health"), at=now).total == 0
    with django_assert_num_queries(2):
        ((label, load),) = queries.list_load(officer, at=now)
    assert (label, load.mine, load.overdue) == (officer.label, 3, 1)


def test_progress_without_signing_in_needs_number_phone_and_code(permit, officer, now, refuses):
    track = queries.track(permit.no, "1234", permit.track_code.lower(), at=now)
    assert (track.state, track.applicant_masked) == ("submitted", "林*嘉")
    assert "林清嘉" not in str(track)
    for no, phone, code in (
        (permit.no, "0000", permit.track_code),
        (permit.no, "1234", "XXXXXX"),
        ("99010120261119999999", "1234", permit.track_code),
    ):
        with refuses("case.track.no-match", 404):
            queries.track(no, phone, code, at=now)


def test_a_projection_rebuilt_from_the_log_is_the_one_stored(permit, officer, city, now):
    whole = apply_for_birth(city)
    granted(permit, officer, now)
    assert actions.rebuild_projection(case_no=permit.no) is False
    assert actions.rebuild_projection(case_no=whole.no) is False
    Case.objects.filter(no=permit.no).update(state="submitted", is_settled=False, due_on=None)
    assert actions.rebuild_projection(case_no=permit.no) is True
    assert queries.get_case(permit.no, city.mother, at=now).state == "granted"


def test_a_notice_is_read_by_its_owner_only(permit, city, now, refuses):
    (notice,) = queries.list_notices(city.mother)
    assert queries.count_unread(city.mother) == 1
    with refuses("case.notice.not-found", 404):
        actions.mark_read(notice_id=notice.id, by=city.father, at=now)
    actions.mark_read(notice_id=notice.id, by=city.mother, at=now)
    actions.mark_read(notice_id=notice.id, by=city.mother, at=now)
    assert queries.count_unread(city.mother) == 0


def test_a_material_is_opened_by_the_applicant_and_the_department_only(permit, officer, city, now, refuses):
    file = next(slot for slot in permit.materials if slot.id == "home_proof").files[0]
    assert queries.get_material(file.id, city.mother)[1] == PDF
    assert queries.get_material(file.id, officer)[1] == PDF
    for stranger in (city.father, city.officer("health")):
        with refuses("case.material.not-found", 404):
            queries.get_material(file.id, stranger)
