"""A pack walked with facts（走查）: what is asked, read, needed, opened and checked."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from zhengtong.declared import Facts, load_packs, walk
from zhengtong.declared.facts import nest, to_feel
from zhengtong.declared.values import check_value, check_values

MOTHER = {"kind": "resident", "name": "柳岚", "id_number": "990102199503081286", "sex": "2"}
ANSWERS = {"married": "yes", "named": "recorded", "settle": "mother"}


@cache
def packs():
    return {pack.id: pack for pack in load_packs(Path(__file__).parents[3] / "packs")}


def facts(**given) -> Facts:
    return Facts(today=date(2026, 11, 16), **{"applicant": MOTHER, "answers": ANSWERS, **given})


def test_data_is_read_in_order_so_that_one_answer_is_the_key_of_the_next() -> None:
    asked = []

    def read(use, key):
        asked.append((use.id, key))
        return {"mother_id_number": "M", "father_id_number": "F"} if use.id == "birth" else None

    walk.prefill(packs()["birth"], facts(), read)
    assert asked == [
        ("birth", {"mother_id_number": "990102199503081286"}),
        ("mother", {"id_number": "M"}),
        ("father", {"id_number": "F"}),
        ("marriage", {"wife_id_number": "M"}),
        ("contact", {"id_number": "990102199503081286"}),
    ]


def test_nothing_is_read_that_the_situation_does_not_need() -> None:
    asked = []
    answers = {**ANSWERS, "married": "no"}
    walk.prefill(packs()["birth"], facts(answers=answers), lambda use, key: asked.append(use.id))
    assert "marriage" not in asked
    assert "father" not in asked


def test_a_use_without_a_key_is_not_run() -> None:
    asked = []
    walk.prefill(packs()["birth"], facts(applicant={"sex": "2"}), lambda use, key: asked.append(use.id))
    assert asked == []


def test_what_the_applicant_gave_is_not_overwritten() -> None:
    given = facts(form={"contact.phone": "19900000009"})
    after, filled = walk.prefill(packs()["birth"], given, lambda use, key: {"phone": "19900000001"})
    assert after.form["contact.phone"] == "19900000009"
    assert "contact.phone" not in filled


def test_only_fields_of_open_pages_can_be_missing() -> None:
    missing = walk.missing_fields(packs()["birth"], facts())
    assert "child.name" in missing
    assert "child.new_name" not in missing
    assert "birth.record_no" not in missing, "it is not required"


def test_the_exchange_is_asked_for_no_more_than_is_used() -> None:
    pack = packs()["birth"]
    assert set(walk.fields_of(pack, pack.data_use("marriage"))) == {
        "certificate_no",
        "registered_on",
        "husband_id_number",
    }


def test_a_held_certificate_spares_its_material() -> None:
    pack = packs()["household-registration"]
    given = facts(answers={"married": "no"})
    without = {item.need.id: item.spared_by for item in walk.needed_materials(pack, given)}
    held = {item.need.id: item.spared_by for item in walk.needed_materials(pack, given, ["birth-medical-certificate"])}
    assert without["birth_certificate"] == ""
    assert held["birth_certificate"] == "certificate:birth-medical-certificate"


def test_parts_run_side_by_side_where_they_can() -> None:
    assert walk.order_of(packs()["birth"].parts) == (
        ("birth_certificate",),
        ("registration", "vaccination"),
        ("card", "insurance"),
    )


def test_parts_in_a_circle_are_left_out() -> None:
    part = packs()["birth"].part("card")
    assert walk.order_of([walk.Part("a", "x", {}, ("b",)), walk.Part("b", "x", {}, ("a",))]) == ()
    assert walk.waits_for(part, [part]) == (), "a part that is not opened is not waited for"


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({**ANSWERS, "colour": "red"}, "declared.answer.unknown-question"),
        ({**ANSWERS, "settle": "uncle"}, "declared.answer.not-an-option"),
        ({"married": "yes"}, "declared.answer.unanswered"),
    ],
)
def test_answers_that_do_not_fit_are_refused(refuses, answers, code) -> None:
    with refuses(code) as caught:
        walk.check_answers(packs()["birth"], facts(answers=answers))
    assert caught.value.field.startswith("answers.")


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("child.weight_g", 3250, None),
        ("child.weight_g", "3250", "declared.value.type"),
        ("child.weight_g", 9000, "declared.value.maximum"),
        ("child.name", "江", "declared.value.min-length"),
        ("child.name", "江" * 51, "declared.value.max-length"),
        ("child.sex", "3", "declared.value.enum"),
        ("child.born_at", "2026-11-02T08:30", None),
        ("child.born_at", "2026-13-02T08:30", "declared.value.date-time"),
        ("mother.id_number", "990102199503081286", None),
        ("mother.id_number", "990102199503081287", "declared.value.resident-id"),
        ("mother.region_code", "990102001000", None),
        ("mother.region_code", "99010200100X", "declared.value.region-code"),
        ("contact.phone", "12345678901", "declared.value.phone"),
        ("marriage.registered_on", "2023-02-29", "declared.value.date"),
        ("marriage.registered_on", "20230228", "declared.value.date"),
        ("child.surname", "江", "declared.value.unknown-field"),
        ("child", "江", "declared.value.unknown-field"),
        ("__proto__.x", "江", "declared.value.unknown-field"),
    ],
)
def test_a_value_fits_its_field_or_is_told_why_not(path, value, code) -> None:
    refused = check_value(packs()["birth"], path, value)
    assert (refused.code if refused else None) == code
    if refused:
        assert refused.field == path
        assert refused.zh
        assert refused.en


def test_every_wrong_value_is_told_not_only_the_first() -> None:
    wrong = {"child.sex": "3", "contact.phone": "1"}
    assert [refused.field for refused in check_values(packs()["birth"], wrong)] == list(wrong)


def test_dates_are_text_to_a_pack() -> None:
    assert nest({"a.b": date(2026, 1, 2), "a.c": 1}) == {"a": {"b": "2026-01-02", "c": 1}}
    assert to_feel([date(2026, 1, 2)]) == ["2026-01-02"]
