"""The syntax of FEEL: names, places of errors, bounds."""

from __future__ import annotations

import time

import pytest

from zhengtong.kit import Refused
from zhengtong.rules import compile_expression
from zhengtong.rules.syntax import parse_expression, parse_unary_tests, tree

BROKEN = [
    ("1 +", 1, 4),
    ("if a then b", 1, 12),
    ("for i in [1,2] retrun i", 1, 16),
    ('"open', 1, 1),
    ("a\n  .5x", 2, 3),
    ("{a: 1, b}", 1, 8),
    ("[1..2", 1, 6),
    ("f(a: 1, 2)", 1, 9),
    ("function(1) 2", 1, 10),
    ("x instance of <", 1, 15),
    ("@2020", 1, 2),
    ("a §", 1, 3),
]


@pytest.mark.parametrize(("text", "line", "column"), BROKEN)
def test_a_syntax_error_names_line_column_what_was_expected_and_a_remedy(text: str, line: int, column: int) -> None:
    with pytest.raises(Refused) as caught:
        compile_expression(text)
    refusal = caught.value
    assert refusal.code == "rules.syntax"
    assert (refusal.facts["line"], refusal.facts["column"]) == (line, column)
    assert refusal.facts["expected"]
    assert refusal.zh.rstrip("。") != refusal.zh
    assert "expected" in refusal.en


@pytest.mark.parametrize("text", ["(" * 5000 + "1", "-" * 5000 + "1", "[" * 5000, "{a:" * 3000, "1" + "+1" * 50000])
def test_a_text_without_end_is_refused_quickly(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Refused):
        compile_expression(text)
    assert time.perf_counter() - began < 1


def test_names_with_spaces_and_operators_are_found_longest_first() -> None:
    from zhengtong.rules.syntax import NameTable

    names = NameTable(["monthly income", "monthly income-tax", "Teacher's view"])
    node = parse_expression("monthly   income-tax + monthly income", [names])
    assert isinstance(node, tree.Binary)
    assert (node.left.name, node.right.name) == ("monthly income-tax", "monthly income")  # type: ignore[attr-defined]
    assert parse_expression("Teacher's view", [names]).name == "Teacher's view"  # type: ignore[attr-defined]


def test_an_open_range_end_is_no_filter() -> None:
    node = parse_expression("[1..10[ = [1..xs[1]]")
    assert isinstance(node, tree.Binary)
    assert isinstance(node.left, tree.RangeNode)
    assert not node.left.high_closed
    assert isinstance(node.right.high, tree.Filter)  # type: ignore[attr-defined]


def test_a_cell_is_a_dash_a_negation_or_tests() -> None:
    assert parse_unary_tests("-").tests == ()
    assert parse_unary_tests("not(1, 2)").negated
    assert len(parse_unary_tests('"a", > "b"').tests) == 2


def test_comments_and_chinese_names_are_read() -> None:
    found = compile_expression("家庭收入 / 人数 // 人均\n /* 元 */ + 1").evaluate({"家庭收入": 10, "人数": 4})
    assert str(found) == "3.5"
