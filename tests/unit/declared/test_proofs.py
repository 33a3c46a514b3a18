"""The table of proofs matches by the longest word, says why, and names only certificates and fields that are declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhengtong.declared import load_shared
from zhengtong.declared.proofs import load_proofs

PACKS = Path(__file__).parents[3] / "packs"
PROOFS = load_proofs(PACKS)


@pytest.mark.parametrize(
    ("material", "proof"),
    [
        ("申请人居民身份证复印件", "identity-card"),
        ("营业执照副本", "business-licence"),
        ("食品经营许可证正、副本", "food-licence"),
        ("结婚证或婚姻状况证明", "marriage-certificate"),
        ("养老保险缴费凭证", "insurance-record"),
        ("平面布局图", None),
    ],
)
def test_a_material_is_matched_by_the_longest_word_in_its_name(material, proof) -> None:
    found = PROOFS.match(material)
    assert (found.proof.id if found else None) == proof
    assert found is None or found.word in material


def test_a_matter_implies_proofs_by_its_name_and_says_why() -> None:
    found = {match.proof.id: match for match in PROOFS.implied_by("食品经营许可证延续")}
    assert set(found) == {"food-licence"}
    assert found["food-licence"].word == "食品经营许可…延续"
    assert "原许可证" in found["food-licence"].because.zh
    assert PROOFS.implied_by("河道采砂许可") == ()


def test_everything_the_table_names_is_declared() -> None:
    shared = load_shared(PACKS)
    fields = {code: {field["name"] for field in given["fields"]} for code, given in shared.resources.items()}
    for proof in PROOFS.proofs:
        assert proof.certificate or proof.resource, proof.id
        assert not proof.certificate or proof.certificate in shared.certificate_types, proof.id
        assert not proof.resource or set(proof.fields) <= fields[proof.resource], proof.id
    assert {rule.proof for rule in PROOFS.implied} <= {proof.id for proof in PROOFS.proofs}
