"""Fast tables answer as the reference does, whatever stands in the row."""

from __future__ import annotations

import datetime
import random
import time
from decimal import Decimal
from typing import Any

import pytest

from zhengtong.rules import compile_decision

VALUES: list[Any] = [
    None,
    Decimal(-1),
    Decimal(0),
    Decimal("9.5"),
    Decimal(10),
    Decimal("10.0"),
    10,
    9.5,
    True,
    False,
    "A",
    "B",
    "",
    datetime.date(2026, 1, 1),
    datetime.date(2026, 6, 1),
    [Decimal(10)],
    {"a": 1},
]
CELLS = {
    "n": ["-", "< 10", "<= 10", "> 0", "[0..10)", "10", "1, 10", "not(10)", "null", "not(null)"],
    "s": ["-", '"A"', '"A", "B"', 'not("A")', '>= "B"', '""'],
    "b": ["-", "true", "false", "not(true)", "null"],
    "d": ["-", '< @"2026-02-01"', '@"2026-01-01"', '[@"2026-01-01"..@"2026-12-31"]'],
}


def table(draw: random.Random, policy: str) -> dict[str, Any]:
    rows = [
        {"when": [draw.choice(cells) for cells in CELLS.values()], "then": [number]}
        for number in range(draw.randint(1, 8))
    ]
    inputs = dict.fromkeys(CELLS, "Any")
    return {
        "id": "t",
        "inputs": inputs,
        "table": {"hit policy": policy, "inputs": list(CELLS), "outputs": ["r"], "rules": rows},
    }


@pytest.mark.parametrize("policy", ["unique", "first", "any", "collect", "rule order"])
@pytest.mark.parametrize("seed", range(8))
def test_an_indexed_table_answers_as_the_reference(policy: str, seed: int) -> None:
    draw = random.Random(seed)
    decision = compile_decision(table(draw, policy))
    for _ in range(300):
        row = {name: draw.choice(VALUES) for name in CELLS}
        assert decision.decide(row) == decision.decide_by_reference(row), row


def test_a_table_of_a_thousand_rows_compiles_and_decides_quickly() -> None:
    rules = [{"when": [f"[{n * 10}..{n * 10 + 10})", '"A"'], "then": [n]} for n in range(1000)]
    source = {
        "id": "t",
        "inputs": {"n": "number", "s": "string"},
        "table": {"inputs": ["n", "s"], "outputs": ["r"], "rules": rules},
    }
    began = time.perf_counter()
    decision = compile_decision(source)
    assert decision.decide({"n": Decimal(9995), "s": "A"}) == 999
    assert time.perf_counter() - began < 5
    assert decision.decide({"n": Decimal(9995), "s": "B"}) is None


def test_an_answer_is_the_callers_own_to_change() -> None:
    source = {
        "id": "t",
        "inputs": {"n": "number"},
        "table": {"inputs": ["n"], "outputs": ["x", "y"], "rules": [{"when": ["-"], "then": [1, 2]}]},
    }
    decision = compile_decision(source)
    decision.decide({"n": 1})["x"] = None
    assert decision.decide({"n": 1}) == {"x": 1, "y": 2}
    decision.decide({"n": Decimal(1)})["x"] = None
    assert decision.decide({"n": Decimal(1)}) == {"x": 1, "y": 2}
