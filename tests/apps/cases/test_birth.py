"""The newborn's one-thing: one form, five departments, one outcome feeding the next."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.apps.cases.city import apply_for_birth
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.certificates import queries as certificates

CHILD_ID = "990101202611010029"
OUTCOMES = {
    "birth_certificate": {"certificate_no": "Z990000001"},
    "registration": {"id_number": CHILD_ID, "household_no": "H1"},
    "vaccination": {"record_no": "VZ990000001"},
    "card": {"card_no": "L202611010029"},
    "insurance": {"insured_no": "YB202611010029", "effective_on": "2026-11-01"},
}
FUNCTION = {
    "birth_certificate": "health",
    "registration": "public-security",
    "vaccination": "disease-control",
    "card": "human-resources",
    "insurance": "medical-insurance",
}


def part(case, part_id):
    return next(part for part in case.parts if part.part_id == part_id)


def handle(city, no, part_id, at, decision="granted", **more):
    """Accept and settle a part as its department's officer."""
    officer = city.officer(FUNCTION[part_id])
    case = actions.accept_case(case_no=no, by=officer, at=at, version=queries.get_case(no, officer, at=at).version)
    outcome = OUTCOMES[part_id] if decision == "granted" else None
    return actions.settle_case(
        case_no=no, decision=decision, outcome=outcome, version=case.version, by=officer, at=at, **more
    )


def test_everything_is_read_and_nothing_is_left_to_fill_in(city, now):
    draft = actions.start_draft(
        matter_code="birth",
        answers={"married": "yes", "named": "recorded", "settle": "mother"},
        by=city.mother,
        at=now,
    )
    assert draft.missing == ()
    assert {page.status for page in draft.pages} == {"done"}
    name = draft.values["child.name"]
    assert (name.value, name.verified, name.locked) == ("周小满", True, True)
    assert name.source_title_zh == "提供单位 · 测试资源"
    assert name.receipt_no
    assert {slot.state for slot in draft.materials} == {"replaced"}
    assert draft.values["contact.phone"].locked is False


def test_five_departments_in_parallel_where_they_can_be_and_in_order_where_not(city, now):
    case = apply_for_birth(city)
    assert case.state == "submitted"
    states = {part.part_id: part.state for part in case.parts}
    assert states == {
        "birth_certificate": "submitted",
        "registration": "waiting",
        "vaccination": "waiting",
        "card": "waiting",
        "insurance": "waiting",
    }
    handle(city, part(case, "birth_certificate").no, "birth_certificate", now)
    case = queries.get_case(case.no, city.mother, at=now)
    states = {part.part_id: part.state for part in case.parts}
    assert states["registration"] == states["vaccination"] == "submitted"
    assert states["card"] == states["insurance"] == "waiting"


def test_the_outcome_of_one_is_the_verified_input_of_the_next(city, now):
    case = apply_for_birth(city)
    handle(city, part(case, "birth_certificate").no, "birth_certificate", now)
    handle(city, part(case, "registration").no, "registration", now)
    officer = city.officer("human-resources")
    card = queries.get_case(part(case, "card").no, officer, at=now)
    assert card.values["child.id_number"].value == CHILD_ID
    assert card.values["child.id_number"].source == "part:registration"
    assert card.values["child.id_number"].source_title_zh == "出生户口登记"
    assert card.values["child.id_number"].verified
    assert card.values["child.name"].source == "one-thing"
    assert card.values["guardian.phone"].value == "13800001234"
    assert card.outcome_suggested == {"card_no": "L202611010029"}


def test_the_whole_is_granted_when_every_part_is_and_gives_five_certificates(city, now):
    case = apply_for_birth(city)
    for part_id in OUTCOMES:
        handle(city, part(case, part_id).no, part_id, now)
    case = queries.get_case(case.no, city.mother, at=now)
    assert case.state == "granted"
    assert case.clock.state == "done"
    assert len(case.certificates) == 5
    held = certificates.list_certificates(city.mother.resident, city.mother)
    assert {shape.type_code for shape in held} == {
        "birth-medical-certificate",
        "household-register-page",
        "vaccination-record",
        "social-security-card",
        "medical-insurance-proof",
    }
    card = next(shape for shape in held if shape.type_code == "social-security-card")
    assert card.holder.name == "周小满"
    assert card.number == "L202611010029"
    assert certificates.verify_pdf(certificates.pdf(card.identifier, city.mother), at=now).holds
    kinds = [notice.kind for notice in queries.list_notices(city.mother)]
    assert kinds.count("granted") == 5
    assert kinds.count("closed") == 1
    assert "review" in case.allowed


def test_the_promised_day_of_the_whole_is_the_longest_path(city, now):
    case = apply_for_birth(city)
    # birth certificate 1 → registration 3 → social security card 4 workdays, from Thursday 19 November 2026
    assert case.promised_on == dt.date(2026, 12, 1)
    assert part(case, "birth_certificate").promised_on == dt.date(2026, 11, 20)
    assert part(case, "registration").promised_on == dt.date(2026, 11, 25)
    assert part(case, "vaccination").promised_on == dt.date(2026, 11, 23)
    handle(city, part(case, "birth_certificate").no, "birth_certificate", now)
    again = queries.get_case(case.no, city.mother, at=now)
    assert again.promised_on == dt.date(2026, 11, 30), "what is done early shortens the path"


def test_a_denied_part_sinks_only_what_depends_on_it(city, now):
    case = apply_for_birth(city)
    handle(city, part(case, "birth_certificate").no, "birth_certificate", now)
    denied = handle(
        city, part(case, "registration").no, "registration", now, decision="denied", reason="父母双方户籍信息不一致"
    )
    assert denied.state == "denied"
    assert {remedy.basis_zh for remedy in denied.remedies} == {"《行政复议法》第二十条", "《行政诉讼法》第四十六条"}
    case = queries.get_case(case.no, city.mother, at=now)
    states = {part.part_id: part.state for part in case.parts}
    assert states["card"] == states["insurance"] == "blocked"
    assert states["vaccination"] == "submitted"
    blocked = queries.get_case(part(case, "card").no, city.mother, at=now)
    assert "出生户口登记" in blocked.decision_reason
    handle(city, part(case, "vaccination").no, "vaccination", now)
    whole = queries.get_case(case.no, city.mother, at=now)
    assert whole.state == "closed"
    assert len(whole.certificates) == 2


def test_a_supplement_of_one_part_stops_only_its_clock(city, now):
    case = apply_for_birth(city)
    no = part(case, "birth_certificate").no
    officer = city.officer("health")
    seen = actions.accept_case(case_no=no, by=officer, at=now)
    actions.ask_supplement(
        case_no=no,
        items=[{"target": "material:birth_record", "title_zh": "出生记录", "title_en": "Birth record"}],
        reason="照片看不清",
        by=officer,
        at=now,
        version=seen.version,
    )
    case = queries.get_case(case.no, city.mother, at=now)
    assert case.state == "supplementing"
    assert part(case, "birth_certificate").clock.state == "paused"
    (line,) = queries.list_my_cases(city.mother)
    assert line.needs_me == "supplement"
    assert (line.parts_total, line.parts_settled) == (5, 0)


def test_every_read_names_the_case_it_was_for(city, now):
    from zhengtong.apps.evidence import queries as evidence

    case = apply_for_birth(city)
    reads = evidence.list_reads_about(city.mother.resident.key)
    assert reads
    assert {read.case_no for read in reads} == {case.no}


def test_withdrawing_the_whole_keeps_what_was_granted(city, now):
    case = apply_for_birth(city)
    handle(city, part(case, "birth_certificate").no, "birth_certificate", now)
    case = actions.withdraw_case(case_no=case.no, by=city.mother, at=now)
    states = {part.part_id: part.state for part in case.parts}
    assert states.pop("birth_certificate") == "granted"
    assert set(states.values()) == {"withdrawn"}
    assert case.state == "closed"


@pytest.mark.parametrize("shown", ["mother", "officer"])
def test_a_case_opens_in_a_bounded_number_of_queries(city, now, shown, django_assert_max_num_queries):
    case = apply_for_birth(city)
    for part_id in ("birth_certificate", "registration", "vaccination"):
        handle(city, part(case, part_id).no, part_id, now)
    by = city.mother if shown == "mother" else city.officer("health")
    with django_assert_max_num_queries(14):
        queries.get_case(case.no, by, at=now)
    with django_assert_max_num_queries(14):
        queries.get_case(part(case, "registration").no, city.officer("public-security"), at=now)
