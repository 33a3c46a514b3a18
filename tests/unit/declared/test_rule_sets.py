"""A rule set says what is wrong with it: a case that does not hold, a value without basis, a hole, a column that is missing."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from zhengtong.declared.rule_sets import (
    check_rule_set,
    check_rule_sets,
    load_rule_set,
    load_rule_sets,
    play_cases,
    rule_set_from_files,
)
from zhengtong.kit import Refused

PACKS = Path(__file__).parents[3] / "packs"
SETS = {one.id: one for one in load_rule_sets(PACKS)}


@pytest.fixture
def folder(tmp_path) -> Path:
    return shutil.copytree(PACKS / "minimum-living-allowance", tmp_path / "minimum-living-allowance")


def change(folder: Path, name: str, old: str, new: str) -> list[str]:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return [finding.wrong.en for finding in check_rule_set(folder)]


def test_the_rule_sets_of_the_site_have_no_findings() -> None:
    assert [str(one) for one in check_rule_sets(PACKS)] == []
    assert len(SETS) >= 3


@pytest.mark.parametrize("rule_set", SETS.values(), ids=list(SETS))
def test_every_golden_case_holds_in_both_evaluators(rule_set) -> None:
    assert [one.case.id for one in play_cases(rule_set) if not one.holds] == []


@pytest.mark.parametrize("rule_set", SETS.values(), ids=list(SETS))
def test_its_texts_make_it_again(rule_set) -> None:
    assert rule_set_from_files(rule_set.files) == rule_set
    assert rule_set_from_files(rule_set.files).digest == rule_set.digest


def test_a_case_that_does_not_hold_is_found(folder) -> None:
    assert any("couple-with-a-child" in wrong for wrong in change(folder, "cases/households.yaml", "1156", "1157"))


def test_a_value_without_basis_is_found(folder) -> None:
    found = change(folder, "parameters/standards.yaml", "basis: {law: 澜江市低保标准公告（虚构）", "bases: {law: 无")
    assert any("no basis" in wrong for wrong in found)


def test_a_hole_in_any_table_is_found(folder) -> None:
    found = change(folder, "rules/2026.yaml", 'allowed: \'"urban", "rural"\', ', "")
    assert any("no row covers" in wrong for wrong in found)


def test_an_input_without_a_column_is_found(folder) -> None:
    found = change(folder, "rule-set.yaml", "    savings: savings\n", "")
    assert any("no column feeds it" in wrong for wrong in found)


def test_a_column_the_sample_lacks_is_found(folder) -> None:
    found = change(folder, "rule-set.yaml", "rank: household_income", "rank: income_rank")
    assert any("income_rank" in wrong for wrong in found)


def test_what_cannot_be_read_is_one_finding_and_no_crash(folder) -> None:
    assert change(folder, "rule-set.yaml", "unit: {", "units: {")
    with pytest.raises(Refused) as refused:
        load_rule_set(folder)
    assert refused.value.code == "declared.rules.malformed"


def test_a_folder_that_is_none_is_refused(tmp_path) -> None:
    with pytest.raises(Refused) as refused:
        load_rule_set(tmp_path)
    assert refused.value.code == "declared.rules.not-found"


def test_decimals_are_what_was_written() -> None:
    values = SETS["income-tax"].values_in_force(date(2026, 1, 1))
    assert values["level 1 rate"] == Decimal("0.03")
    assert str(values["level 4 rate"]) == "0.25"


def test_the_most_local_value_wins_and_the_latest() -> None:
    rule_set = SETS["minimum-living-allowance"]
    on = date(2026, 11, 1)
    assert rule_set.values_in_force(on)["urban standard"] == 830
    assert rule_set.values_in_force(on, "990104001000")["urban standard"] == 900
    assert rule_set.values_in_force(date(2026, 6, 30), "990104000000")["urban standard"] == 790


def test_a_parameter_that_does_not_exist_cannot_be_changed() -> None:
    with pytest.raises(Refused) as refused:
        SETS["income-tax"].decision(date(2026, 1, 1), changes={"level 8 rate": Decimal(1)})
    assert refused.value.code == "declared.rules.unknown-parameter"
