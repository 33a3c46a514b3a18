"""Packs read from their folders（装载）: texts joined, references written out, what cannot be read refused by line."""

from __future__ import annotations

import json
from datetime import date

import pytest

from zhengtong.declared import load_pack, load_packs, load_shared, pack_from_canonical
from zhengtong.declared.wording import load_wording
from zhengtong.declared.yaml_source import read_source
from zhengtong.kit.calendar import Unit
from zhengtong.kit.canonical import digest


def test_a_pack_has_its_words_in_both_languages(root) -> None:
    pack = load_pack(root / "birth")
    assert (pack.title.zh, pack.title.en) == ("新生儿出生一件事", "Newborn, one application")
    assert pack.question("settle").title.in_("en-gb").startswith("With which parent")
    assert pack.question("settle").title.in_("zh-hans").startswith("户口随")


def test_shared_fields_and_code_lists_are_written_into_the_form(root) -> None:
    child = load_pack(root / "birth").form.schema["properties"]["child"]["properties"]
    assert child["sex"]["enum"] == ["1", "2"]
    assert child["sex"]["x-enum-zh"] == ["男", "女"]
    assert child["name"]["title"] == "孩子姓名", "what stands beside a reference wins"
    assert "$ref" not in json.dumps(child)


def test_a_term_may_be_named_by_its_rule(root) -> None:
    statutory = load_pack(root / "residence-permit").terms.statutory
    assert (statutory.n, statutory.unit) == (15, Unit.CALENDAR_DAY)
    assert statutory.basis.law == "居住证暂行条例"


def test_yes_and_leading_zeros_and_dates_stay_text(tmp_path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("answer: yes\ncode: 01\nday: 2026-01-31\nn: 12\nshare: 0.5\ntrue_: true\nnothing: null\n")
    value = read_source(file, "a.yaml").value
    assert value == {
        "answer": "yes",
        "code": "01",
        "day": "2026-01-31",
        "n": 12,
        "share": 0.5,
        "true_": True,
        "nothing": None,
    }


def test_a_line_is_known_for_every_member(tmp_path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a:\n  - x: 1\n  - x: 2\n    y: 3\n")
    source = read_source(file, "a.yaml")
    assert source.line(("a", 1, "y")) == 4
    assert source.line(("a", 1, "y", "deeper")) == 4, "what is not in the file stands with its nearest ancestor"
    assert source.line(("b",)) == 1


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: [1\n", "a: b: c\n"])
def test_a_file_that_says_two_things_or_none_is_refused_with_its_line(tmp_path, refuses, text) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with refuses("declared.source.unreadable") as caught:
        read_source(file, "packs/x/a.yaml")
    assert caught.value.facts["line"] >= 1
    assert caught.value.facts["file"] == "packs/x/a.yaml"


def test_a_folder_without_a_pack_is_refused(tmp_path, refuses) -> None:
    with refuses("declared.pack.not-found", 404):
        load_pack(tmp_path)


def test_a_reference_to_nothing_is_refused(spoil, refuses) -> None:
    root = spoil("birth/form/schema.json", "person.json#/$defs/name", "person.json#/$defs/nickname")
    with refuses("declared.schema.unknown-ref"):
        load_pack(root / "birth")


def test_a_missing_text_is_refused_with_its_file(spoil, refuses) -> None:
    root = spoil("birth/texts/en.yaml", "title: Newborn, one application\n", "")
    with refuses("declared.pack.unreadable") as caught:
        load_pack(root / "birth")
    assert "packs/birth/texts/en.yaml:1" in caught.value.facts["findings"]


def test_a_canonical_form_that_lacks_a_member_is_refused(root, refuses) -> None:
    plain = load_pack(root / "birth").to_canonical()
    del plain["terms"]
    with refuses("declared.canonical.malformed"):
        pack_from_canonical(plain)


def test_any_change_changes_the_digest(root, spoil) -> None:
    before = load_pack(root / "birth").digest
    spoil("birth/texts/en.yaml", "No fee", "Free of charge")
    assert load_pack(root / "birth").digest != before
    assert before.startswith("sha256:")


def test_the_day_a_pack_begins_is_a_date(root) -> None:
    assert {pack.since for pack in load_packs(root)} == {date(2026, 1, 1)}


def test_every_term_rule_cites_a_registered_article(root) -> None:
    shared = load_shared(root)
    assert len(shared.terms) >= 39
    for term in shared.terms.values():
        assert term.basis.law
        date.fromisoformat(term.basis.since)


def test_everyday_words_are_found_the_longest_first(root) -> None:
    wording = load_wording(root)
    assert len(wording.words) >= 150
    assert wording.official("社保卡丢了怎么办")[0] == "社会保障卡挂失"
    assert wording.official("我想开个饭店") == wording.official("开饭店")
    assert wording.official("开KTV".casefold())
    assert wording.bare("我想办理居住证需要什么材料") == "居住证"
    assert wording.bare("办") == "办", "a question of empty words only stays as it is"


def test_what_a_matter_allows_is_joined_with_its_terms_and_bases(spoil) -> None:
    allows = (
        "visits: 0\nhandling:\n"
        "  extension: {rule: LIC_JOINT}\n"
        "  procedures: [{id: hearing, kind: hearing, n: 20, unit: WORKDAY, basis: licence-47}]\n"
        "  tolerance: {n: 5, unit: WORKDAY, basis: licence-32, on_miss: reminded}\n"
        "  archive: {after_days: 60}\n"
    )
    root = spoil("residence-permit/pack.yaml", "visits: 0\n", allows)
    for lang, words in (("zh", "听证"), ("en", "Hearing")):
        path = root / f"residence-permit/texts/{lang}.yaml"
        path.write_text(f"{path.read_text('utf-8')}handling: {{procedures: {{hearing: {words}}}}}\n", "utf-8")
    handling = load_pack(root / "residence-permit").handling
    assert (handling.extension.most.n, handling.extension.approver) == (15, "superior"), "of the government's head"
    hearing = handling.procedure("hearing")
    assert (hearing.most.n, hearing.notice.n, hearing.notice.basis.article) == (20, 7, "第四十八条")
    assert (handling.on_missed("acceptance"), handling.on_missed("statutory")) == ("deemed-accepted", "none")
    assert (handling.tolerance.on_miss, handling.archive_after_days) == ("reminded", 60)


def test_a_pack_read_back_keeps_the_digest_it_was_published_under(root) -> None:
    plain = load_pack(root / "residence-permit").to_canonical()
    del plain["keywords"]  # as a version published before a member was there
    older = pack_from_canonical(plain)
    assert older.digest != load_pack(root / "residence-permit").digest
    assert older.digest == digest(plain)
