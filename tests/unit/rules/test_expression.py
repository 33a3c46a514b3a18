"""Single expressions and conditions, as packs use them."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from zhengtong.kit import Refused
from zhengtong.rules import compile_condition, compile_expression


def test_python_values_go_in_and_come_out() -> None:
    scope = {"a": {"born": datetime.date(2000, 2, 29), "n": 0.1, "tags": ["x", None], "ok": True}}
    assert compile_expression('a.born + @"P1Y"').evaluate(scope) == datetime.date(2001, 2, 28)
    assert compile_expression("a.n + 0.2").evaluate(scope) == Decimal("0.3")
    assert compile_expression("a.tags").evaluate(scope) == ["x", None]
    assert compile_expression("a.missing").evaluate(scope) is None
    assert compile_expression('@"2026-01-02" - @"2026-01-01"').evaluate({}) == datetime.timedelta(days=1)


@pytest.mark.parametrize(("text", "holds"), [("x > 1", True), ("x > 2", False), ("y > 1", False), ("x", False)])
def test_a_condition_holds_only_when_it_is_true(text: str, holds: bool) -> None:
    assert compile_condition(text).holds({"x": 2}) is holds


def test_a_name_nobody_declared_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(Refused) as caught:
        compile_expression("incom > 3", names=["income"])
    assert caught.value.code == "rules.name"
    assert "income" in caught.value.en


def test_an_endless_recursion_is_refused_not_a_crash() -> None:
    text = "{f: function(g, n) g(g, n + 1), x: f(f, 1)}.x"
    with pytest.raises(Refused) as caught:
        compile_expression(text).evaluate({})
    assert caught.value.code == "rules.too-deep"


def test_a_value_without_feel_meaning_is_a_bug_of_the_caller() -> None:
    with pytest.raises(TypeError):
        compile_expression("x").evaluate({"x": object()})
