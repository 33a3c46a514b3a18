"""Each checker sees its own kind of fault, on its line, and says what to write instead（事项包检查）."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhengtong.declared import check_pack, check_packs, load_shared
from zhengtong.declared.checks.commons import check_shared

# file, what stands there, what is written instead, the concern that must speak, a word its sentence must contain
PLANTED = [
    ("birth/pack.yaml", "owner: health", "owner: post-office", "checklist", "owner"),
    ("birth/pack.yaml", "id: birth\n", "id: births\n", "checklist", "folder's name"),
    ("birth/pack.yaml", 'task_type: "20"', 'task_type: "99"', "checklist", "task_type"),
    ("birth/pack.yaml", 'catalog_code: "992023001000"', 'catalog_code: "99"', "checklist", "catalogue code"),
    ("birth/pack.yaml", "audience: resident", "audience: everyone", "checklist", "audience"),
    ("birth/pack.yaml", "theme: birth", "theme: business", "checklist", "theme"),
    ("birth/pack.yaml", "visits: 0", "visits: 1", "checklist", "no reason given"),
    ("birth/pack.yaml", "visits: 0", "visits: 1", "checklist", "level IV"),
    ("birth/pack.yaml", 'kind: "2"', 'kind: "1"', "checklist", "promise 0"),
    ("birth/pack.yaml", 'kind: "2"', 'kind: "7"', "checklist", "service.kind"),
    ("birth/pack.yaml", "depth: 4", "depth: 5", "checklist", "service.depth"),
    ("birth/pack.yaml", 'channels: ["1"', 'channels: ["8"', "checklist", "service.channels"),
    ("birth/pack.yaml", 'complain: "0990-6001234"', 'complain: "12345"', "checklist", "the same"),
    ("birth/pack.yaml", ', complain: "0990-6001234"', "", "checklist", "missing"),
    ("residence-permit/pack.yaml", "result_kind: certificate", "result_kind: document", "checklist", "its kind"),
    ("residence-permit/pack.yaml", "result_kind: certificate", "result_kind: gold", "checklist", "result_kind"),
    ("residence-permit/materials.yaml", 'source: "20", ', "", "checklist", "where it comes from"),
    ("restaurant/texts/zh.yaml", "premises_deed: {title: 不动产权证书, help: 不动产登记信息尚未共享，共享后免交。}", "premises_deed: {title: 不动产权证书}", "texts", "premises_deed"),
    ("fire-safety-check/pack.yaml", "promised: {n: 1, unit: WORKDAY, basis: fire-15}", "promised: {n: 30, unit: WORKDAY, basis: fire-15}", "terms", "statutory"),
    ("fire-safety-check/pack.yaml", "n: 1, unit: WORKDAY, basis: fire-15", "n: 1, unit: WORKDAY", "bases", "by_situation"),
    ("fire-safety-check/pack.yaml", 'answers.way = "commitment", promised', 'answers.road = "commitment", promised', "feel", "answers.road"),
    ("gov-info-request/pack.yaml", "code_list: disclosure-reply", "code_list: replies", "bases", "replies"),
    ("gov-info-request/pack.yaml", 'when: outcome.reply = "partly"', 'when: outcome.answer = "partly"', "feel", "outcome.answer"),
    ("high-tech-subsidy/pack.yaml", "rule_set: high-tech-award", "rule_set: high-tech-medal", "proactive", "high-tech-medal"),
    ("high-tech-subsidy/pack.yaml", "enterprise.name: name", "enterprise.title: name", "proactive", "enterprise.title"),
    ("high-tech-subsidy/pack.yaml", "{amount: amount}", "{amount: bounty}", "proactive", "bounty"),
    ("high-tech-subsidy/pack.yaml", "subject: uscc", "subject: code", "proactive", "code"),
    ("high-tech-subsidy/pack.yaml", "account: award.account", "account: award.bank", "proactive", "award.bank"),
    ("birth/pack.yaml", "n: 8, unit: WORKDAY", "n: 7, unit: WORKDAY", "terms", "longest way"),
    ("residence-permit/pack.yaml", "n: 5, unit: WORKDAY", "n: 12, unit: WORKDAY", "terms", "statutory"),
    ("residence-permit/pack.yaml", "rule: RESIDENCE_PERMIT", "rule: NO_SUCH_RULE", "bases", "NO_SUCH_RULE"),
    ("birth/pack.yaml", "basis: city-newborn", "basis: no-such-law", "bases", "no-such-law"),
    ("birth/pack.yaml", "bases: [one-thing-2024-3, online-service-7, maternal-23, hukou-7, vaccine-47]", "bases: []", "bases", "no legal basis"),
    ("birth/materials.yaml", ', basis: maternal-23}', "}", "bases", "materials.birth_record"),
    ("birth/data.yaml", "basis: hukou-7", "basis: null", "bases", "data.birth"),
    ("birth/pack.yaml", "after: [registration]", "after: [card]", "parts", "wait for"),
    ("birth/pack.yaml", "pack: vaccination-record", "pack: vaccination", "parts", "no pack vaccination"),
    ("birth/pack.yaml", "      card.bank: form.card.bank\n", "", "parts", "card.bank"),
    ("birth/pack.yaml", "child.sex: form.child.sex", "child.gender: form.child.sex", "parts", "child.gender"),
    ("birth/pack.yaml", "after: [registration]", "after: []", "parts", "registration"),
    ("birth/pack.yaml", "kind: one-thing", "kind: matter", "parts", "one-thing"),
    ("birth/pack.yaml", "form.child.new_name else", "form.child.newname else", "feel", "form.child.newname"),
    ("birth/form/pages.yaml", 'answers.named = "recorded"', 'answers.name = "recorded"', "feel", "answers.name"),
    ("birth/form/pages.yaml", 'answers.named = "recorded"', "answers.named =", "feel", "wrong"),
    ("birth/data.yaml", "data.mother.spouse_id_number", "data.mother.husband", "feel", "data.mother.husband"),
    ("household-registration/certificates.yaml", "outcome.id_number", "outcome.number", "feel", "outcome.number"),
    ("birth/form/pages.yaml", "contact.phone, ", "contact.telephone, ", "pages", "contact.telephone"),
    ("birth/form/pages.yaml", ", contact.address]", "]", "pages", "contact.address"),
    ("birth/pack.yaml", "- {id: named,", "- {id: married,", "pages", "married"),
    ("birth/form/schema.json", '"x-title-en": "Maternity hospital"', '"x-title": "Maternity hospital"', "schema", "x-title-en"),
    ("birth/form/schema.json", '"type": "integer"', '"type": "whole"', "schema", "JSON Schema"),
    ("birth/form/schema.json", '"x-widget": "number"', '"x-widget": "slider"', "schema", "slider"),
    ("birth/form/schema.json", '"x-code-list": "card-bank"', '"x-code-list": "banks"', "schema", "banks"),
    ("birth/form/schema.json", '"required": ["certificate_no"]', '"required": ["number"]', "schema", "marriage.number"),
    ("birth/data.yaml", "resource: 202010/000001", "resource: 202010/000009", "data", "202010/000009"),
    ("birth/data.yaml", "child.name: child_name", "child.name: name", "data", "field name"),
    ("birth/data.yaml", "child.name: child_name", "kid.name: child_name", "data", "kid.name"),
    ("birth/data.yaml", "wife_id_number: form", "wife_name: form", "data", "not a key"),
    ("birth/data.yaml", "consumer: human-resources", "consumer: hr", "data", "hr"),
    ("birth/data.yaml", "use: marriage, right", "use: wedding, right", "data", "wedding"),
    ("birth/materials.yaml", '"data:birth"', '"data:births"', "materials", "data:births"),
    ("birth/materials.yaml", "need: required", "need: must", "materials", "birth_record"),
    ("birth/materials.yaml", "max_bytes: 10485760", "max_bytes: 0", "materials", "size limit"),
    ("birth/texts/zh.yaml", "title: 结婚证}", "title: 其他材料}", "materials", "catch-all"),
    ("social-security-card/certificates.yaml", "holder: child", "holder: baby", "certificates", "baby"),
    ("social-security-card/certificates.yaml", "valid_years: 10", "valid_years: 0", "certificates", "valid"),
    ("social-security-card/certificates.yaml", "type: social-security-card", "type: library-card", "certificates", "library-card"),
    ("birth/texts/en.yaml", "fee: No fee\n", "", "texts", "fee"),
    ("birth/texts/en.yaml", "fee: No fee", "fee: 不收费", "texts", "English"),
    ("birth/texts/zh.yaml", "fee: 不收费", "fee: no fee", "texts", "Chinese"),
    ("birth/texts/zh.yaml", "fee: 不收费", "fee: 不收费\nfees: 不收费", "texts", "fees"),
    ("birth/cases/01-everything-shared.yaml", "birth.certificate_no: Y990000057\n", "birth.certificate_no: Y1\n", "golden", "Y1"),
    ("birth/cases/05-question-unanswered.yaml", "named: recorded", "named: recorded, settle: mother", "golden", "refused"),
    ("residence-permit/pack.yaml", "visits: 0\n", "visits: 0\nhandling: {extention: {n: 1}}\n", "handling", "extention"),
    ("residence-permit/pack.yaml", "visits: 0\n", "visits: 0\nhandling: {extension: {n: 0, unit: WORKDAY, basis: licence-42}}\n", "handling", "above zero"),
    ("residence-permit/pack.yaml", "visits: 0\n", "visits: 0\nhandling: {extension: {n: 5, unit: WORKDAY, basis: licence-42, approver: mayor}}\n", "handling", "mayor"),
    ("residence-permit/pack.yaml", "visits: 0\n", "visits: 0\nhandling: {extension: {n: 5, unit: WORKDAY}}\n", "bases", "handling.extension"),
    ("residence-permit/pack.yaml", "visits: 0\n", "visits: 0\nhandling: {on_miss: {statutory: granted}}\n", "handling", "granted"),
    ("residence-permit/pack.yaml", "visits: 0\n", "visits: 0\nhandling: {warn: {yellow: 1, red: 3}}\n", "handling", "yellow"),
    ("residence-permit/pack.yaml", "visits: 0\n", "visits: 0\nhandling: {cosign: {functions: [health], needed: 2, basis: licence-42}}\n", "handling", "signatures"),
    ("residence-permit/pack.yaml", "visits: 0\n", "visits: 0\nhandling: {delivery: [pigeon]}\n", "handling", "pigeon"),
    ("residence-permit/pack.yaml", "visits: 0\n", "visits: 0\nhandling: {payment: {yuan: form.nothing.here, basis: licence-42}}\n", "feel", "form.nothing.here"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "concern", "word"), PLANTED, ids=lambda value: str(value)[:40])
def test_a_planted_fault_is_found_with_its_place_and_remedy(spoil, file, old, new, concern, word) -> None:
    root = spoil(file, old, new)
    findings = [finding for finding in check_pack(root / file.split("/")[0]) if finding.concern == concern]
    told = [finding for finding in findings if word in finding.wrong.en or word in finding.wrong.zh]
    assert told, [str(finding) for finding in check_pack(root / file.split("/")[0])]
    for finding in told:
        assert finding.file.startswith("packs/")
        assert 1 <= finding.line <= (root.parent / finding.file).read_text(encoding="utf-8").count("\n") + 1
        assert all((finding.wrong.zh, finding.why.zh, finding.why.en, finding.instead.zh, finding.instead.en))


def test_a_result_without_certificate_or_sample_is_found(spoil) -> None:
    for language in ("zh", "en"):
        root = spoil(f"petition/texts/{language}.yaml", "\nsample: ", "\nsamples: ")
    assert "there is a result but no sample" in {finding.wrong.en for finding in check_pack(root / "petition")}


def test_a_finding_stands_on_the_line_of_the_fault(spoil) -> None:
    root = spoil("birth/materials.yaml", '"data:marriage"', '"data:wedding"')
    lines = (root / "birth/materials.yaml").read_text(encoding="utf-8").splitlines()
    (finding,) = [finding for finding in check_pack(root / "birth") if finding.concern == "materials"]
    assert "data:wedding" in lines[finding.line - 1]
    assert finding.file == "packs/birth/materials.yaml"
    assert str(finding).startswith(f"packs/birth/materials.yaml:{finding.line} ")


def test_a_file_that_cannot_be_parsed_is_a_finding_with_its_line(spoil) -> None:
    root = spoil("birth/data.yaml", "  - id: mother", " - id: mother")
    (finding,) = check_pack(root / "birth")
    assert finding.concern == "source"
    assert finding.file == "packs/birth/data.yaml"
    assert finding.line > 10


def test_a_wrong_shape_is_a_finding_on_its_line(spoil) -> None:
    root = spoil("birth/materials.yaml", "max_bytes: 10485760", "max_bytes: ten megabytes")
    (finding,) = [finding for finding in check_pack(root / "birth") if finding.concern == "shape"]
    assert (finding.file, finding.line) == ("packs/birth/materials.yaml", 1)
    assert "max_bytes" in finding.wrong.en


def test_a_fault_in_one_pack_leaves_the_others_checked(spoil) -> None:
    root = spoil("vaccination-record/pack.yaml", "owner: disease-control", "owner: nobody")
    assert {finding.file for finding in check_packs(root)} == {"packs/vaccination-record/pack.yaml"}


SHARED = [
    ("resources/population.yaml", "mask: phone", "mask: telephone", "telephone"),
    ("resources/population.yaml", "code_list: nation", "code_list: nations", "nations"),
    ("resources/population.yaml", "subject_field: id_number", "subject_field: id", "subject_field"),
    ("resources/population.yaml", "provider: public-security", "provider: police", "provider"),
    ("resources/population.yaml", "title_en: Population register", 'title_en: ""', "title_en"),
    ("resources/population.yaml", "is_key: true, ", "", "no field is a key"),
    ("resources/population.yaml", "sensitivity: 4", "sensitivity: 5", "level"),
    ("certificates/residence-permit.yaml", 'number: "1', 'number: "2', "credit code"),
    ("certificates/residence-permit.yaml", "definer: public-security", "definer: police", "definer"),
]


@pytest.mark.parametrize(("file", "old", "new", "word"), SHARED, ids=[new[:30] for _, _, new, _ in SHARED])
def test_a_fault_in_what_packs_share_is_found_on_its_line(spoil, file, old, new, word) -> None:
    root = spoil(f"_shared/{file}", old, new)
    (finding,) = [finding for finding in check_shared(load_shared(root)) if word in finding.wrong.en]
    line = (root / "_shared" / file).read_text(encoding="utf-8").splitlines()[finding.line - 1]
    assert new.strip() in line or word == "no field is a key"


def test_shared_declarations_that_cannot_be_read_are_told_once(spoil) -> None:
    root: Path = spoil("_shared/laws.yaml", "hukou-7: {", "hukou-7: [")
    (finding,) = check_packs(root)
    assert finding.file == "packs/_shared/laws.yaml"
