"""Every pack of the site（事项包）: sound, in both languages, its golden cases hold. Discovers folders, knows none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zhengtong.declared import Pack, check_packs, load_packs, load_shared, needed_grants, pack_from_canonical
from zhengtong.declared.golden import differences, play
from zhengtong.declared.load import list_folders

ROOT = Path(__file__).parents[2] / "packs"
PACKS = {pack.id: pack for pack in load_packs(ROOT)}
CASES = [(pack, case) for pack in PACKS.values() for case in pack.golden]


def test_no_checker_finds_anything() -> None:
    assert [str(finding) for finding in check_packs(ROOT)] == []


@pytest.mark.parametrize(("pack", "case"), CASES, ids=[f"{pack.id}/{case.id}" for pack, case in CASES])
def test_a_golden_case_comes_out_as_it_says(pack: Pack, case) -> None:
    assert list(differences(pack, case, PACKS)) == []


@pytest.mark.parametrize("pack", PACKS.values(), ids=list(PACKS))
def test_the_canonical_form_comes_back_the_same(pack: Pack) -> None:
    again = pack_from_canonical(pack.to_canonical())
    assert again == pack
    assert again.digest == pack.digest


@pytest.mark.parametrize("folder", list_folders(ROOT), ids=lambda folder: folder.name)
def test_a_pack_tells_its_owner_in_chinese_what_it_is(folder: Path) -> None:
    assert re.search(r"[\u4e00-\u9fff]{10,}", (folder / "README.md").read_text(encoding="utf-8"))


def test_packs_hold_no_program() -> None:
    assert not list(ROOT.rglob("*.py"))


def test_loading_the_parts_comes_before_the_one_thing_they_make() -> None:
    seen: set[str] = set()
    for pack in load_packs(ROOT):
        assert {part.pack for part in pack.parts} <= seen
        seen.add(pack.id)


def test_every_material_that_data_may_replace_is_replaced_in_some_golden_case() -> None:
    for pack in PACKS.values():
        spared = set()
        for case in pack.golden:
            if not case.expect.refused:
                spared |= set(play(pack, case, PACKS).spared or ())
        promised = {need.id for need in pack.materials if need.replaced_by.startswith("data:")}
        assert promised <= spared, pack.id


def test_every_grant_the_packs_need_is_of_a_declared_resource_and_keyed() -> None:
    resources = load_shared(ROOT).resources
    grants = needed_grants(PACKS.values())
    assert grants
    for grant in grants:
        fields = {field["name"]: field for field in resources[grant.resource]["fields"]}
        assert set(grant.fields) <= set(fields)
        assert all(fields[name].get("is_key") for name in grant.key_fields)
        assert all(purpose.zh and purpose.en for purpose in grant.purposes)
