"""Two versions compared: each element that differs once, in its section, matched by its id and not by its place."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengtong.declared import Text, load_pack
from zhengtong.declared.difference import pack_changes

PACKS = Path(__file__).parents[3] / "packs"
PERMIT = load_pack(PACKS / "residence-permit")


def told(new) -> list[tuple[str, str, str]]:
    return [(change.section, change.where, change.kind) for change in pack_changes(PERMIT, new)]


def test_the_same_version_has_no_changes() -> None:
    assert pack_changes(PERMIT, load_pack(PACKS / "residence-permit")) == ()


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"visits": 1}, [("visits", "", "changed")]),
        ({"title": Text("居住证", "Residence permit")}, [("title", "", "changed")]),
        ({"materials": PERMIT.materials[1:]}, [("materials", "identity", "removed")]),
        ({"materials": (*PERMIT.materials[1:], PERMIT.materials[0])}, []),
        ({"keywords": (*PERMIT.keywords, "居住登记")}, [("keywords", "居住登记", "added")]),
        ({"questions": ()}, [("questions", "kind", "removed"), ("questions", "reason", "removed")]),
    ],
)
def test_each_difference_is_told_once_in_its_section(members, expected) -> None:
    assert told(dataclasses.replace(PERMIT, **members)) == expected


def test_a_changed_member_of_a_material_is_named_by_the_materials_id() -> None:
    first = dataclasses.replace(PERMIT.materials[0], need="optional")
    (change,) = pack_changes(PERMIT, dataclasses.replace(PERMIT, materials=(first, *PERMIT.materials[1:])))
    assert (change.section, change.where, change.before, change.after) == (
        "materials", "identity.need", "required", "optional",
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.permutations(PERMIT.materials), st.integers(0, 3))
def test_going_back_undoes_what_going_forth_did(materials, visits) -> None:
    new = dataclasses.replace(PERMIT, materials=tuple(materials[1:]), visits=visits)
    forth, back = pack_changes(PERMIT, new), pack_changes(new, PERMIT)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(one.section, one.where, turned[one.kind], one.after, one.before) for one in forth} == {
        (one.section, one.where, one.kind, one.before, one.after) for one in back
    }
