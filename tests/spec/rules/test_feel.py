"""Every row of the FEEL table on every back-end."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from tests.spec.rules.cases import FEEL, PYTHON_ONLY
from zhengtong.kit import Refused
from zhengtong.rules import compile_expression
from zhengtong.rules.core import ir
from zhengtong.rules.core.program import Definition, Program
from zhengtong.rules.to_sql import to_sql
from zhengtong.rules.values import equal, to_text


def value_of(text: str) -> Any:
    return compile_expression(text).evaluate_value({})


def same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and equal(left, right) is True


@pytest.fixture(scope="module")
def connection() -> Any:
    with duckdb.connect() as made:
        made.execute("SET threads = 1")
        yield made


@pytest.mark.parametrize(("text", "expected"), FEEL + PYTHON_ONLY)
def test_an_expression_has_its_value_by_reference(text: str, expected: str) -> None:
    found = value_of(text)
    assert same(found, value_of(expected)), to_text(found)


@pytest.mark.parametrize(("text", "expected"), FEEL)
def test_an_expression_has_its_value_in_duckdb(text: str, expected: str, connection: Any) -> None:
    query = to_sql(program_of(text), "it", source="(SELECT 1)", flat=False)
    found = query.read(connection.execute(query.text).fetchone())
    assert same(found, value_of(expected)), to_text(found)


@pytest.mark.parametrize(("text", "_"), PYTHON_ONLY)
def test_what_has_no_sql_form_is_refused_with_its_name_and_place(text: str, _: str) -> None:
    with pytest.raises(Refused) as caught:
        to_sql(program_of(text), "it", source="(SELECT 1)", flat=False)
    assert caught.value.code == "rules.sql.no-form"
    assert caught.value.facts["construct"]
    assert caught.value.facts["definition"] == "it"


def program_of(text: str) -> Program:
    node = compile_expression(text).node
    return Program({}, {"it": Definition(ir.Var("it", "it"), node, "decision")}, {"it": "it"})
