"""Every foreseen "no" has a well-formed code and says in Chinese and in English what, why and what to do."""

from __future__ import annotations

import re

import pytest

from tests.architecture.refusals import Refusal, refusals, shorthands

CODE = re.compile(r"[a-z][a-z0-9-]*(\.([a-z0-9-]|<[a-z_…]+>)+)+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LEAST = 200


def faults(one: Refusal) -> list[str]:
    """Return what is wrong with a refusal's code or sentences."""
    en = re.sub(r"<[^>]*>", "", one.en)
    return [
        fault
        for fault, wrong in {
            "the code is not dotted lower-case": not CODE.fullmatch(one.code),
            "no Chinese sentence": not CHINESE.search(one.zh) and one.zh != "<…>：<zh>",
            "no English sentence": not re.search(r"[A-Za-z]{3}", en) and one.en != "<…>: <en>",
            "Chinese in the English sentence": bool(CHINESE.search(en)),
            "no HTTP status of a refusal": not re.fullmatch(r"4\d\d( \| 4\d\d)*|50[234]|<\w+>|<…>", one.status),
        }.items()
        if wrong
    ]


def test_every_refusal_is_well_formed_and_speaks_both_languages():
    found = [f"{one.place} {one.code}: {', '.join(faults(one))}" for one in refusals() if faults(one)]
    assert not found, "\n".join(found)


def test_the_search_finds_refusals_behind_shorthands():
    codes = {one.code for one in refusals()}
    assert len(codes) > LEAST
    assert {"identifier.<slug>.length", "exchange.read.ambiguous", "case.material.not-wanted"} <= codes
    assert len(shorthands()) > 5


@pytest.mark.parametrize(
    "one",
    [
        Refusal("Case_Submit", "缺材料。", "A material is missing.", "422", ""),
        Refusal("case.submit", "missing", "A material is missing.", "422", ""),
        Refusal("case.submit", "缺材料。", "缺材料。", "422", ""),
        Refusal("case.submit", "缺材料。", "", "422", ""),
        Refusal("case.submit", "缺材料。", "A material is missing.", "200", ""),
    ],
)
def test_a_bad_refusal_is_seen(one):
    assert faults(one)


def test_one_code_has_one_status():
    statuses: dict[str, set[str]] = {}
    for one in refusals():
        statuses.setdefault(one.code, set()).add(one.status)
    assert not {code: found for code, found in statuses.items() if len(found) > 1}
