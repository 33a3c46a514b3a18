"""Filling in: what is read, what stays open, what is refused by name, and what happens when it is sent twice."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace

import pytest

from tests.apps.cases.city import ANSWERS, JPG, MOTHER, PDF, PNG, apply_for_birth, apply_for_permit
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.models import Case, CaseAction, Draft, Material
from zhengtong.apps.cases.sniffing import sniff
from zhengtong.apps.cases.tasks import run_daily
from zhengtong.apps.people.shapes import ANONYMOUS
from zhengtong.kit import Refused

HOME = {"residence.address": "澜江市江东区滨河路 8 号", "residence.since": "2026-01-05"}


@pytest.fixture
def draft(city, now):
    """A residence permit just begun."""
    answers = {"kind": "first", "reason": "home"}
    return actions.start_draft(matter_code="residence-permit", answers=answers, by=city.mother, at=now)


def save(draft, city, now, values, **more):
    version = more.pop("version", draft.version)
    return actions.save_page(
        draft_id=draft.id,
        page_id=more.pop("page_id", "home"),
        values=values,
        version=version,
        by=city.mother,
        at=now,
        **more,
    )


def attach(draft, city, now, content, material_id="home_proof", name="租房合同.pdf"):
    return actions.attach_material(
        draft_id=draft.id, material_id=material_id, name=name, content=content, by=city.mother, at=now
    )


def test_situation_answers_narrow_pages_and_materials(draft, city, now):
    assert [page.id for page in draft.pages] == ["person", "home"]
    assert [slot.id for slot in draft.materials] == ["identity", "home_proof", "photo"]
    work = actions.start_draft(
        matter_code="residence-permit", answers={"kind": "endorse", "reason": "work"}, by=city.mother, at=now
    )
    assert [page.id for page in work.pages] == ["person", "endorsement"]
    assert "photo" not in [slot.id for slot in work.materials]


def test_a_question_unanswered_or_answered_otherwise_is_refused(city, now, refuses):
    for answers in ({}, {"kind": "first"}, {"kind": "first", "reason": "holiday"}):
        with refuses("case.start.unanswered", 422):
            actions.start_draft(matter_code="residence-permit", answers=answers, by=city.mother, at=now)
    assert not Draft.objects.exists()


def test_only_a_person_or_enterprise_applies(city, now, refuses):
    with refuses("case.start.no-applicant", 403):
        actions.start_draft(matter_code="birth", answers=ANSWERS, by=ANONYMOUS, at=now)


def test_a_mandate_covers_what_it_names(city, now, refuses):
    agent = replace(city.father, acting_for=city.mother.resident, matter_scope=frozenset({"birth"}))
    with refuses("case.start.outside-mandate", 403):
        actions.start_draft(
            matter_code="residence-permit", answers={"kind": "first", "reason": "home"}, by=agent, at=now
        )
    draft = actions.start_draft(matter_code="birth", answers=ANSWERS, by=agent, at=now)
    assert draft.applicant.key == city.mother.resident.key


def test_a_matter_for_residents_is_not_for_enterprises(city, now, refuses):
    company = replace(city.mother.resident, kind="legal-entity", id="91990100MA0000000X", key="c")
    agent = replace(city.mother, acting_for=company)
    with refuses("case.start.audience", 403):
        actions.start_draft(
            matter_code="residence-permit", answers={"kind": "first", "reason": "home"}, by=agent, at=now
        )


def test_an_unknown_matter_is_refused(city, now, refuses):
    with pytest.raises(Refused) as caught:
        actions.start_draft(matter_code="no-such", answers={}, by=city.mother, at=now)
    assert caught.value.status == 404


def test_a_source_that_refuses_leaves_its_fields_open_and_says_which(city, now):
    city.reader.refused["202010/000001"] = "revoked"
    draft = actions.start_draft(matter_code="birth", answers=ANSWERS, by=city.mother, at=now)
    source = next(source for source in draft.sources if source.use_id == "birth")
    assert source.state == "failed"
    assert "授权已被撤销" in source.reason_zh
    assert "child.name" not in draft.values
    assert "material:birth_record" in {fault.path for fault in draft.missing}
    assert draft.values["mother.name"].verified, "the other sources go on"


def test_a_source_without_a_record_leaves_its_fields_open(city, now):
    city.reader.rows["101003/000001"] = []
    draft = actions.start_draft(matter_code="birth", answers=ANSWERS, by=city.mother, at=now)
    source = next(source for source in draft.sources if source.use_id == "marriage")
    assert source.state == "not-found"
    assert source.receipt_no, "that somebody looked is on record too"
    assert "material:marriage_certificate" in {fault.path for fault in draft.missing}


def test_a_use_waits_for_its_key_and_is_read_once_it_is_there(city, now):
    city.reader.refused["202010/000001"] = "revoked"
    draft = actions.start_draft(matter_code="birth", answers=ANSWERS, by=city.father, at=now)
    states = {source.use_id: source.state for source in draft.sources}
    assert (states["mother"], states["marriage"]) == ("waiting", "waiting")
    filled = {
        "mother.name": "林清嘉",
        "mother.id_number": MOTHER,
        "mother.nation": "01",
        "mother.address": "澜江市江东区",
        "mother.region_code": "990101000000",
    }
    draft = actions.save_page(
        draft_id=draft.id,
        page_id="couple",
        values=filled,
        version=draft.version,
        by=city.father,
        at=now,
        complete=False,
    )
    states = {source.use_id: source.state for source in draft.sources}
    assert (states["mother"], states["marriage"]) == ("read", "read")
    assert draft.values["mother.address"].verified


@pytest.mark.parametrize(
    ("values", "code", "path"),
    [
        ({"residence.since": "2026-01-05"}, "required", "residence.address"),
        ({**HOME, "residence.since": "2026-02-30"}, "format", "residence.since"),
        ({**HOME, "residence.since": "去年"}, "format", "residence.since"),
        ({**HOME, "residence.address": "字" * 5000}, "maxLength", "residence.address"),
        ({**HOME, "residence.address": "滨河路\x00 8 号"}, "control", "residence.address"),
        ({**HOME, "residence.address": "滨河路\ud800"}, "control", "residence.address"),
    ],
)
def test_what_is_wrong_is_named_in_both_languages_and_nothing_is_saved(draft, city, now, refuses, values, code, path):
    with refuses("case.form.invalid", 422) as caught:
        save(draft, city, now, values)
    (fault,) = caught.value.facts["faults"]
    assert (fault["code"], fault["path"]) == (code, path)
    assert fault["zh"] != fault["en"]
    after = queries.get_draft(draft.id, city.mother)
    assert (after.version, after.values) == (draft.version, draft.values)


def test_every_fault_of_a_page_is_told_at_once(draft, city, now, refuses):
    with refuses("case.form.invalid") as caught:
        save(draft, city, now, {})
    assert [fault["path"] for fault in caught.value.facts["faults"]] == ["residence.address", "residence.since"]
    assert "现在住在哪里" in caught.value.zh
    assert "Where you live now" in caught.value.en


def test_a_page_with_gaps_is_kept_for_later_when_asked(draft, city, now):
    after = save(draft, city, now, {"residence.address": "滨河路 8 号"}, complete=False)
    assert after.values["residence.address"].value == "滨河路 8 号"
    assert {page.id: page.status for page in after.pages} == {"person": "done", "home": "todo"}


def test_full_width_digits_are_read_as_digits(draft, city, now):
    after = save(draft, city, now, {**HOME, "residence.since": "２０２６-０１-０５"})
    assert after.values["residence.since"].value == "2026-01-05"


def test_unknown_pages_and_fields_are_refused(draft, city, now, refuses):
    with refuses("case.form.unknown-field", 422):
        save(draft, city, now, {**HOME, "residence.owner": "x"})
    with refuses("case.form.unknown-field", 422):
        save(draft, city, now, {**HOME, "__proto__.x": "1"})
    with refuses("case.form.unknown-page", 404):
        save(draft, city, now, {}, page_id="work")


def test_a_verified_value_is_locked_but_may_be_sent_back_as_it_is(draft, city, now, refuses):
    same = {"person.name": "林清嘉", "person.id_number": MOTHER, "person.phone": "13800001234"}
    draft = save(draft, city, now, same, page_id="person")
    with refuses("case.form.locked", 422) as caught:
        save(draft, city, now, {**same, "person.name": "林清佳"}, page_id="person")
    assert caught.value.field == "person.name"
    after = save(draft, city, now, {**same, "person.phone": "13900001234"}, page_id="person")
    assert after.values["person.phone"].source == "applicant"


def test_a_draft_changed_in_another_window_is_not_overwritten(draft, city, now, refuses):
    save(draft, city, now, HOME)
    with refuses("case.draft.moved", 409):
        save(draft, city, now, {**HOME, "residence.address": "别处"}, version=draft.version)


def test_a_draft_is_its_applicants_alone(draft, city, now, refuses):
    for other in (city.father, ANONYMOUS, city.officer("public-security")):
        with refuses("case.draft.not-found", 404):
            queries.get_draft(draft.id, other)
    with refuses("case.draft.not-found", 404):
        queries.get_draft("not-a-uuid", city.mother)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "case.material.empty"),
        (b"MZ\x90\x00 this is a program", "case.material.type"),
        (b"<html>%PDF-1.4</html>", "case.material.type"),
        (b"%PDF-1.4 cut off in the middle", "case.material.type"),
        (b"GIF89a" + b"\x00" * 20, "case.material.type"),
        (b"%PDF-1.4" + b"\x00" * (10 * 1024 * 1024) + b"%%EOF", "case.material.too-large"),
    ],
)
def test_a_file_is_judged_by_its_bytes(draft, city, now, refuses, content, code):
    with refuses(code, 422):
        attach(draft, city, now, content)
    assert not Material.objects.exists()


def test_what_the_situation_does_not_ask_for_is_not_taken(draft, city, now, refuses):
    for material_id in ("work_proof", "no-such", "../../etc/passwd"):
        with refuses("case.material.not-wanted", 422):
            attach(draft, city, now, PDF, material_id=material_id)


def test_types_are_told_apart():
    ofd, other = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(ofd, "w") as package:
        package.writestr("OFD.xml", "<ofd/>")
    with zipfile.ZipFile(other, "w") as package:
        package.writestr("a.txt", "x")
    assert [sniff(content) for content in (PDF, PNG, JPG, ofd.getvalue(), other.getvalue(), b"PK\x03\x04broken")] == [
        "pdf",
        "png",
        "jpg",
        "ofd",
        None,
        None,
    ]


def test_a_file_name_is_made_harmless_and_gets_its_true_ending(draft, city, now):
    after = attach(draft, city, now, PNG, name="..\\..\\/tmp/合同\u202egpj.exe\x00")
    (file,) = next(slot for slot in after.materials if slot.id == "home_proof").files
    assert file.name == "合同gpj.png"


def test_the_same_file_twice_is_kept_once_and_can_be_dropped(draft, city, now, django_capture_on_commit_callbacks):
    attach(draft, city, now, PDF)
    after = attach(draft, city, now, PDF)
    (file,) = next(slot for slot in after.materials if slot.id == "home_proof").files
    with django_capture_on_commit_callbacks(execute=True):
        after = actions.drop_material(draft_id=draft.id, file_id=file.id, by=city.mother, at=now)
    assert next(slot for slot in after.materials if slot.id == "home_proof").state == "wanted"


def test_a_file_of_an_earlier_application_is_used_again(city, now, refuses):
    apply_for_permit(city)
    answers = {"kind": "first", "reason": "home"}
    again = actions.start_draft(matter_code="residence-permit", answers=answers, by=city.mother, at=now)
    (old,) = queries.list_reusable_materials(again.id, city.mother)
    after = actions.reuse_material(draft_id=again.id, material_id="home_proof", file_id=old.id, by=city.mother, at=now)
    assert next(slot for slot in after.materials if slot.id == "home_proof").files[0].sha256 == old.sha256
    theirs = actions.start_draft(matter_code="residence-permit", answers=answers, by=city.father, at=now)
    with refuses("case.material.not-found", 404):
        actions.reuse_material(draft_id=theirs.id, material_id="home_proof", file_id=old.id, by=city.father, at=now)


def test_submitting_with_something_missing_names_it_and_opens_nothing(draft, city, now, refuses):
    with refuses("case.submit.incomplete", 422) as caught:
        actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=now)
    paths = {fault["path"] for fault in caught.value.facts["faults"]}
    assert paths == {"residence.address", "residence.since", "material:home_proof"}
    draft = save(draft, city, now, HOME)
    with refuses("case.submit.missing-material", 422):
        actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=now)
    assert not Case.objects.exists()


def test_submitting_twice_gives_the_same_case_once(draft, city, now, refuses):
    draft = save(draft, city, now, HOME)
    draft = attach(draft, city, now, PDF)
    first = actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=now)
    again = actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=now)
    assert first.no == again.no
    assert Case.objects.count() == 1
    assert CaseAction.objects.count() == 1
    with refuses("case.draft.submitted", 409):
        save(draft, city, now, HOME)
    with refuses("case.draft.submitted", 409):
        attach(draft, city, now, PNG)
    assert queries.list_drafts(city.mother) == []
    assert queries.get_draft(draft.id, city.mother).case_no == first.no


def test_a_tolerated_material_may_follow_and_the_case_says_so(draft, city, now):
    draft = save(draft, city, now, HOME)
    draft = attach(draft, city, now, PDF)
    case = actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=now)
    assert case.flags == ("tolerant",)


def test_data_read_long_ago_is_read_again_and_shown_before_it_is_submitted(city, now, refuses):
    draft = actions.start_draft(matter_code="birth", answers=ANSWERS, by=city.mother, at=now)
    later = now + dt.timedelta(days=3)
    city.reader.rows["101001/000001"][0]["household_address"] = "澜江市江东区新桥路 1 号"
    with refuses("case.submit.data-changed", 409):
        actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=later)
    draft = queries.get_draft(draft.id, city.mother)
    assert draft.values["mother.address"].value == "澜江市江东区新桥路 1 号"
    case = actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=later)
    assert case.state == "submitted"


def test_data_read_long_ago_and_unchanged_stops_nobody(city, now):
    draft = actions.start_draft(matter_code="birth", answers=ANSWERS, by=city.mother, at=now)
    later = now + dt.timedelta(days=3)
    assert actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=later).submitted_at == later


def test_a_grant_revoked_meanwhile_opens_its_fields_again(city, now, refuses):
    draft = actions.start_draft(matter_code="birth", answers=ANSWERS, by=city.mother, at=now)
    city.reader.refused["202010/000001"] = "revoked"
    later = now + dt.timedelta(days=3)
    with refuses("case.submit.data-changed", 409):
        actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=later)
    draft = queries.get_draft(draft.id, city.mother)
    assert "material:birth_record" in {fault.path for fault in draft.missing}


def test_a_value_tampered_with_in_the_database_is_not_submitted(city, now, refuses):
    draft = actions.start_draft(matter_code="birth", answers=ANSWERS, by=city.mother, at=now)
    record = Draft.objects.get(pk=draft.id)
    record.values["mother.name"]["v"] = "别人"
    record.save()
    with refuses("case.submit.altered", 422):
        actions.submit_case(draft_id=draft.id, version=draft.version, by=city.mother, at=now)
    assert not Case.objects.exists()


def test_numbers_carry_region_and_day_and_never_repeat(city, now):
    first, second = apply_for_permit(city), apply_for_birth(city)
    numbers = [first.no, second.no, *(part.no for part in second.parts)]
    assert len(set(numbers)) == 7
    assert all(no.startswith("99010120261119") and len(no) == 20 for no in numbers)


def test_a_draft_and_its_files_go_when_their_time_is_over(draft, city, now, django_capture_on_commit_callbacks):
    attach(draft, city, now, PDF)
    with django_capture_on_commit_callbacks(execute=True):
        assert run_daily(at=now + dt.timedelta(days=29))["drafts_dropped"] == 0
        assert run_daily(at=now + dt.timedelta(days=32))["drafts_dropped"] == 1
    assert not Material.objects.exists()


def test_a_dropped_draft_is_gone(draft, city, now, refuses):
    actions.drop_draft(draft_id=draft.id, by=city.mother, at=now)
    with refuses("case.draft.not-found", 404):
        queries.get_draft(draft.id, city.mother)
