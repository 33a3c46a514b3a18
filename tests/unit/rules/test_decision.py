"""Decisions: YAML with dated parameters, explanations, versions, comparison."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from zhengtong.kit import Refused
from zhengtong.rules import compare, compile_decision, versions_in_force

ALLOWANCE: dict[str, Any] = {
    "id": "allowance",
    "title": {"zh": "最低生活保障金", "en": "Living allowance"},
    "since": "2026-01-01",
    "basis": {"law": "社会救助暂行办法", "article": "第九条"},
    "inputs": {
        "household income": {"type": "number", "label": {"zh": "家庭月收入", "en": "household income"}},
        "household size": "number",
        "registered": "boolean",
    },
    "parameters": {
        "line": [
            {"from": "2025-01-01", "value": 900, "unit": "yuan"},
            {"from": "2026-01-01", "value": 1000, "unit": "yuan", "basis": {"law": "办法", "article": "第一条"}},
            {"from": "2026-01-01", "value": 1100, "unit": "yuan", "regions": ["990100"]},
        ]
    },
    "let": {"per person": "household income / household size"},
    "table": {
        "hit policy": "first",
        "inputs": [{"expression": "per person", "label": {"zh": "人均收入", "en": "income per person"}}, "registered"],
        "outputs": [{"name": "eligible", "type": "boolean"}, {"name": "amount", "type": "number"}],
        "rules": [
            {
                "when": ["< line", True],
                "then": [True, "line * household size - household income"],
                "basis": {"law": "社会救助暂行办法", "article": "第十条"},
                "text": {"zh": "人均收入低于标准", "en": "income per person is below the line"},
            },
            {"when": {}, "then": {"eligible": False, "amount": 0}},
        ],
    },
}
ROW = {"household income": 1500, "household size": 3, "registered": True}


def test_a_yaml_rule_decides_with_the_parameters_of_its_day_and_region() -> None:
    assert compile_decision(ALLOWANCE).decide(ROW) == {"eligible": True, "amount": Decimal(1500)}
    local = compile_decision(ALLOWANCE, on=datetime.date(2026, 6, 1), region="990105000000")
    assert local.decide(ROW) == {"eligible": True, "amount": Decimal(1800)}
    before = compile_decision(ALLOWANCE, on=datetime.date(2025, 6, 1))
    assert before.decide(ROW) == {"eligible": True, "amount": Decimal(1200)}
    assert compile_decision(ALLOWANCE).decide({}) == {"eligible": False, "amount": Decimal(0)}


def test_a_parameter_without_a_value_in_force_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        compile_decision(ALLOWANCE, on=datetime.date(2024, 12, 31))
    assert caught.value.code == "rules.parameter.not-in-force"


def test_a_reform_replaces_a_parameter_and_changes_the_digest() -> None:
    baseline, reform = compile_decision(ALLOWANCE), compile_decision(ALLOWANCE, parameters={"line": 1200})
    assert reform.decide(ROW)["amount"] == 2100
    assert baseline.digest != reform.digest
    assert baseline.digest == compile_decision(ALLOWANCE).digest


def test_an_explanation_names_the_rule_the_values_and_the_basis_in_both_languages() -> None:
    told = compile_decision(ALLOWANCE).explain(ROW, "zh")
    assert [hit.number for hit in told.fired] == [1]
    assert told.fired[0].basis is not None
    assert "家庭月收入 为 1500" in str(told)
    assert "人均收入低于标准" in str(told)
    assert "第十条" in str(told)
    english = str(compile_decision(ALLOWANCE).explain({}, "en"))
    assert "household income is not given" in english
    assert "第九条" in english


def test_an_explanation_says_when_a_table_answers_for_all_other_cases() -> None:
    rule = {"id": "r", "inputs": {"age": "number"}}
    row = {"when": [">= 60"], "then": ["true"]}
    output = {"name": "", "default": "false"}
    told = compile_decision({**rule, "table": {"inputs": ["age"], "outputs": [output], "rules": [row]}})
    assert "按其他情形处理" in str(told.explain({"age": 59}))
    assert "all other cases" in str(told.explain({"age": 59}, "en"))
    assert "其他情形" not in str(told.explain({"age": 60}))
    plain = compile_decision({**rule, "table": {"inputs": ["age"], "outputs": [""], "rules": [row]}})
    assert "没有适用的规则" in str(plain.explain({"age": 59}))


def test_an_explanation_without_a_result_says_what_is_missing() -> None:
    due = compile_decision({"id": "due", "inputs": {"a": "number", "b": "number"}, "expression": "a - b"})
    assert "缺少b，得不出" in str(due.explain({"a": 1}))
    assert "Without b there is no result" in str(due.explain({"a": 1}, "en"))


def test_versions_in_force_prefer_the_local_then_the_latest() -> None:
    versions = [
        {"id": "a", "since": "2020-01-01"},
        {"id": "b", "since": "2025-01-01", "until": "2026-01-01"},
        {"id": "c", "since": "2024-01-01", "regions": ["990100"]},
    ]
    on = datetime.date(2025, 7, 1)
    assert [one["id"] for one in versions_in_force(versions, on=on, region="990101")] == ["c", "b", "a"]
    assert [one["id"] for one in versions_in_force(versions, on=datetime.date(2026, 1, 1))] == ["a"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tabel": {}}, "rules.yaml"),
        ({"expression": "1"}, "rules.yaml"),
        ({"table": {"inputs": ["registered"], "rules": [{"when": ["x +"], "then": [1]}]}}, "rules.syntax"),
        ({"table": {"inputs": ["registred"], "rules": [{"when": ["-"], "then": [1]}]}}, "rules.name"),
        ({"table": {"inputs": ["registered"], "rules": [{"when": ["-"], "then": [1, 2]}]}}, "rules.yaml"),
        ({"table": {"hit policy": "best", "inputs": [], "rules": []}}, "rules.yaml"),
        ({"parameters": {"line": [{"value": 1}]}}, "rules.parameter"),
    ],
)
def test_a_rule_file_that_is_wrong_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        compile_decision({**ALLOWANCE, **change})
    assert caught.value.code == code
    assert caught.value.zh
    assert caught.value.en


def test_comparing_two_versions_finds_every_region_that_changed() -> None:
    def brackets(limit: int, rate: str) -> dict[str, Any]:
        rules = [{"when": [f"<= {limit}"], "then": ["0.03"]}, {"when": [f"> {limit}"], "then": [rate]}]
        return {
            "id": "t",
            "inputs": {"income": "number"},
            "table": {"inputs": ["income"], "outputs": ["rate"], "rules": rules},
        }

    before, after = compile_decision(brackets(36000, "0.1")), compile_decision(brackets(40000, "0.1"))
    found = compare(before, after)
    assert found.is_complete
    assert found.differences
    assert all(36000 < difference.example["income"] <= 40000 for difference in found.differences)
    assert compare(before, before).differences == ()


def test_a_dmn_without_a_single_top_decision_asks_which() -> None:
    text = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="n" name="m">
    <decision id="a" name="A"><variable name="A"/><literalExpression><text>1</text></literalExpression></decision>
    <decision id="b" name="B"><variable name="B"/><literalExpression><text>2</text></literalExpression></decision>
    </definitions>"""
    with pytest.raises(Refused) as caught:
        compile_decision(text)
    assert caught.value.code == "rules.decision.which"
    assert compile_decision(text, name="B").decide({}) == 2
    with pytest.raises(Refused):
        compile_decision("<definitions>")


@pytest.mark.parametrize(("n", "flag", "found"), [(5, True, 1), (5, False, 2), (50, True, 3), (50, False, None)])
def test_a_cell_may_hold_a_condition_of_its_own(n: int, flag: bool, found: int | None) -> None:
    source = {
        "id": "t",
        "inputs": {"n": "number", "s": "string", "flag": "boolean"},
        "table": {
            "hit policy": "first",
            "inputs": ["s", "flag"],
            "outputs": ["r"],
            "rules": [
                {"when": ["n < 10", "n < 10"], "then": [1]},
                {"when": ["n < 10", "-"], "then": [2]},
                {"when": ['contains("abc", "b")', "n > 10"], "then": [3]},
            ],
        },
    }
    decision = compile_decision(source)
    row = {"n": n, "s": "x", "flag": flag}
    assert decision.decide(row) == found
    assert decision.decide_by_reference(row) == found
