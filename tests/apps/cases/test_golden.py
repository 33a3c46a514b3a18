"""The golden cases of every published pack, run through the doors: what the pack promises is what a person meets."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.cases.city import PDF, PNG, found_city, packs
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.certificates import queries as certificates
from zhengtong.apps.people import actions as people
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import SHANGHAI, Refused

CASES = [pytest.param(pack, golden, id=f"{pack.id}/{golden.id}") for pack in packs() for golden in pack.golden]
WHOLE = [
    case
    for case in CASES
    if case.values[1].outcomes and not (case.values[1].expect.missing or case.values[1].expect.refused)
]
FIELDS = ("missing", "materials", "spared")


@pytest.fixture
def golden_city(db, monkeypatch):
    """Return a city in which each data use finds the row its golden case gives, by its purpose."""

    def found(pack, golden):
        at = dt.datetime.combine(golden.on, dt.time(9, 0), SHANGHAI)
        city = found_city(at)
        uses = {use.purpose.zh: use.id for use in pack.data_uses}

        def read(*, key, purpose_zh, **call):
            row = golden.data.get(uses.get(purpose_zh, ""))
            city.reader.rows = {call["resource_code"]: [{**row, **key}] if row else []}
            return city.reader.read(key=key, purpose_zh=purpose_zh, **call)

        monkeypatch.setattr("zhengtong.apps.exchange.actions.read", read)
        return SimpleNamespace(at=at, applicant=_applicant(golden.applicant, at), officer=city.officer)

    return found


def _applicant(facts: dict[str, Any], at: dt.datetime) -> Actor:
    subject = people.register_resident(
        name=facts["name"],
        id_number=facts["id_number"],
        region_code=facts.get("region_code", "990100000000"),
        address=facts.get("address", "澜江市"),
        phone=facts.get("phone", ""),
        by=SYSTEM,
        at=at,
    )
    return Actor(kind="resident", account_id=900, label="申请人", resident=subject)


def fill_in(pack, golden, city):
    """Return the draft with the golden case's form saved page by page, gaps and all, and its materials attached."""
    by, at = city.applicant, city.at
    draft = actions.start_draft(matter_code=pack.id, answers=golden.answers, by=by, at=at)
    for page in pack.form.pages:
        values = {path: value for path, value in golden.form.items() if path in page.fields}
        if values and page.id in {shown.id for shown in draft.pages}:
            draft = actions.save_page(
                draft_id=draft.id, page_id=page.id, values=values, version=draft.version, by=by, at=at, complete=False
            )
    for material_id in golden.materials:
        content = PDF if "pdf" in pack.material(material_id).formats else PNG
        draft = actions.attach_material(
            draft_id=draft.id, material_id=material_id, name="材料", content=content, by=by, at=at
        )
    return draft


@pytest.mark.parametrize(("pack", "golden"), CASES)
def test_an_application_meets_what_the_golden_case_says(pack, golden, golden_city):
    city, expect = golden_city(pack, golden), golden.expect
    if expect.refused:
        with pytest.raises(Refused) as caught:
            fill_in(pack, golden, city)
        wrong = caught.value.facts["faults"][0]["path"]
        assert wrong.removeprefix("question:") == expect.field.removeprefix("answers.")
        return
    draft = fill_in(pack, golden, city)
    found = {
        "missing": [fault.path for fault in draft.missing if fault.code == "required"],
        "materials": [slot.id for slot in draft.materials if slot.state == "wanted"],
        "spared": [slot.id for slot in draft.materials if slot.state == "replaced"],
    }
    for name in FIELDS:
        stated = getattr(expect, name)
        if stated is not None:
            assert sorted(found[name]) == sorted(stated), name
    if expect.pages is not None:
        assert [page.id for page in draft.pages] == list(expect.pages)
    for path, value in (expect.prefilled or {}).items():
        assert as_told(draft.values[path].value) == as_told(value), path


@pytest.mark.parametrize(("pack", "golden"), WHOLE)
def test_a_case_runs_to_the_certificates_the_golden_case_says(pack, golden, golden_city):
    city, expect = golden_city(pack, golden), golden.expect
    draft = fill_in(pack, golden, city)
    for slot in draft.materials:
        if slot.state == "wanted" and slot.need == "required":
            content = PDF if "pdf" in slot.formats else PNG
            draft = actions.attach_material(
                draft_id=draft.id, material_id=slot.id, name="补", content=content, by=city.applicant, at=city.at
            )
    whole = actions.submit_case(draft_id=draft.id, version=draft.version, by=city.applicant, at=city.at)
    if expect.parts is not None:
        assert [part.part_id for part in whole.parts] == list(expect.parts)
    for part_id, outcome in golden.outcomes.items():
        case = next((part for part in whole.parts if part.part_id == part_id), whole)
        settled = settle(city, case.no, part_id, outcome, expect)
        for path, value in (expect.part_forms or {}).get(part_id, {}).items():
            assert as_told(settled.values[path].value) == as_told(value), (part_id, path)
    after = queries.get_case(whole.no, city.applicant, at=city.at)
    assert after.state == "granted" or {part.state for part in after.parts if part.part_id in golden.outcomes} == {
        "granted"
    }
    faces = {
        held.type_code: {item.key: item.value for item in held.face}
        for held in certificates.list_certificates(city.applicant.resident, city.applicant)
    }
    for type_code, face in (expect.certificates or {}).items():
        for key, value in face.items():
            assert faces[type_code][key] == as_told(value), (type_code, key)


def settle(city, no, part_id, outcome, expect):
    """Accept and grant as the department does, after looking at what the desk suggests."""
    case = queries.get_case(no, SYSTEM, at=city.at)
    officer = city.officer(case.organisation.function)
    case = actions.accept_case(case_no=no, by=officer, at=city.at, version=case.version)
    for name, value in (expect.suggested or {}).items():
        owner, _, field = name.rpartition(".")
        if owner == part_id:
            assert as_told(case.outcome_suggested[field]) == as_told(value), name
    return actions.settle_case(
        case_no=no, decision="granted", outcome=outcome, version=case.version, by=officer, at=city.at
    )


def as_told(value: Any) -> str:
    """Return a value as people read it."""
    return str(value).replace("T", " ") if "T" in str(value) and str(value)[:4].isdigit() else str(value)
