"""Generated rules on generated rows: reference, fast Python and DuckDB answer the same, or SQL is refused."""
# ruff: noqa: PT017 - either an answer or this refusal, both are right

from __future__ import annotations

import datetime
import os
import random
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengtong.kit import Refused
from zhengtong.rules import Column, compile_decision
from zhengtong.rules.decision import Decision

#: the bars are 200 rules of 5,000 rows; the every-day run takes fewer
RULES = int(os.environ.get("ZHENGTONG_GENERATED_RULES", "24"))
ROWS = int(os.environ.get("ZHENGTONG_GENERATED_ROWS", "400"))
COLUMNS = {"a": "DECIMAL(18, 4)", "b": "DECIMAL(9, 0)", "s": "VARCHAR", "f": "BOOLEAN", "d": "DATE"}
SCHEMA = pyarrow.schema(
    [
        ("a", pyarrow.decimal128(18, 4)),
        ("b", pyarrow.decimal128(9, 0)),
        ("s", pyarrow.string()),
        ("f", pyarrow.bool_()),
        ("d", pyarrow.date32()),
    ]
)
INPUTS = {"a": "number", "b": "number", "s": "string", "f": "boolean", "d": "date"}
NUMBERS = ["0", "1", "-1", "0.5", "1000", "99999999999999.9999", "2.5", "0.0001", "36000"]
TEXTS = ["", "x", "y", "中文", "x y", "'"]


def number(draw: random.Random, depth: int) -> str:
    if depth == 0 or draw.random() < 0.3:
        return draw.choice(["a", "b", *NUMBERS])
    left, right = number(draw, depth - 1), number(draw, depth - 1)
    return draw.choice(
        [
            f"({left} + {right})",
            f"({left} - {right})",
            f"({left} * {right})",
            f"({left} / {right})",
            f"decimal({left} / {right}, {draw.randint(0, 4)})",
            f"round half up({left}, 2)",
            f"floor({left})",
            f"(if {truth(draw, depth - 1)} then {left} else {right})",
            f"-({left})",
            f"abs({left})",
            f"(if {left} {draw.choice(['<', '<=', '>', '>='])} {right} then {left} else {right})",
            f"{draw.choice(['min', 'max'])}({left}, {right})",
        ]
    )


def truth(draw: random.Random, depth: int) -> str:
    kind = draw.randint(0, 7)
    if kind == 0 and depth:
        return f"({truth(draw, depth - 1)} {draw.choice(['and', 'or'])} {truth(draw, depth - 1)})"
    if kind == 1:
        return f'(s {draw.choice(["=", "!=", "<", ">="])} "{draw.choice(TEXTS)}")'
    if kind == 2:
        return f'(d {draw.choice(["<", ">=", "="])} @"2026-0{draw.randint(1, 9)}-15")'
    if kind == 3:
        return draw.choice(["f", "not(f)", "(f = null)", "(a = null)", "(s = null)"])
    if kind == 4:
        return f'(d + @"P{draw.randint(1, 30)}M" > @"2026-06-30")'
    if kind == 5:
        return '(s in ("x", "y", null))'
    operator = draw.choice(["<", "<=", ">", ">=", "=", "!="])
    return f"({number(draw, max(depth - 1, 0))} {operator} {number(draw, max(depth - 1, 0))})"


def rule(draw: random.Random) -> dict[str, Any]:
    allowed = draw.choice([None, ">= 0", "[-99..99]", "< 1000000000, > 2000000000"])
    inputs = INPUTS if allowed is None else {**INPUTS, "b": {"type": "number", "allowed": allowed}}
    if draw.random() < 0.4:
        return {"id": "r", "inputs": inputs, "expression": number(draw, 2)}
    cells = ["-", "< 100", ">= 100", "[0..1000)", "0, 1, 2", "not(0)", "> b"]
    rows = [
        {
            "when": [draw.choice(cells), draw.choice(['"x"', '"x", "y"', 'not("x")', "-"]), truth(draw, 1)],
            "then": [number(draw, 1), f'"{draw.choice(TEXTS)}"'],
        }
        for _ in range(draw.randint(1, 6))
    ]
    for row in rows:
        row["when"][2] = draw.choice(["true", "false", "-", f"? = {row['when'][2]}"])
    return {
        "id": "r",
        "inputs": inputs,
        "table": {
            "hit policy": draw.choice(["first", "unique", "any", "collect"]),
            "inputs": ["a", "s", "f"],
            "outputs": ["x", "y"],
            "rules": rows,
        },
    }


def rows(draw: random.Random) -> list[dict[str, Any]]:
    full = [name for name in COLUMNS if draw.random() < 0.5]
    small = draw.random() < 0.3

    def cell(name: str) -> Any:
        if name not in full and draw.random() < 0.15:
            return None
        if name == "a":
            return draw.choice(
                [Decimal("99999999999999.9999"), Decimal("-99999999999999.9999"), Decimal("0.0001"), Decimal(0)]
                + [Decimal(draw.randint(-(10**7), 10**7)).scaleb(-4) for _ in range(4)]
            )
        if name == "b" and small:
            return Decimal(draw.randint(0, 99))
        if name == "b":
            return draw.choice([Decimal(0), Decimal(999999999), Decimal(-999999999), Decimal(draw.randint(-50, 50))])
        if name == "s":
            return draw.choice(TEXTS)
        if name == "f":
            return draw.random() < 0.5
        return draw.choice(
            [datetime.date(1, 1, 1), datetime.date(2024, 2, 29), datetime.date(2026, draw.randint(1, 12), 15)]
        )

    return [{name: cell(name) for name in COLUMNS} for _ in range(ROWS)]


def known(data: list[dict[str, Any]]) -> dict[str, Column]:
    """Return what a snapshot's manifest would know of the columns: which are never null, and the numbers' bounds."""
    made = {}
    for name, kind in COLUMNS.items():
        values = [row[name] for row in data if row[name] is not None]
        bounds = (min(values), max(values)) if kind.startswith("DECIMAL") and values else (None, None)
        made[name] = Column(kind, len(values) == len(data), *bounds)
    return made


def in_duckdb(decision: Decision, data: list[dict[str, Any]]) -> list[Any]:
    from zhengtong.rules.values import to_python

    query = decision.sql("duckdb", source="rows", columns=known(data))
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.register("rows", pyarrow.Table.from_pylist(data, schema=SCHEMA))
        found = connection.execute(query.text).fetchall()
    return [to_python(query.read(row)) for row in found]


@pytest.mark.parametrize("seed", range(RULES))
def test_reference_fast_python_and_duckdb_answer_the_same(seed: int) -> None:
    draw = random.Random(seed)
    source = rule(draw)
    decision = compile_decision(source)
    data = rows(draw)
    reference = [decision.decide_by_reference(row) for row in data]
    assert [decision.decide(row) for row in data] == reference
    try:
        found = in_duckdb(decision, data)
    except Refused as refusal:
        assert refusal.code == "rules.sql.no-form"
        return
    except duckdb.Error as error:
        assert "error(" not in str(source)
        assert "Overflow" in str(error) or "out of range" in str(error).lower(), (source, error)
        return
    for row, ours, theirs in zip(data, reference, found, strict=True):
        if ours is None and isinstance(theirs, dict):
            assert set(theirs.values()) == {None}, (source, row)
        else:
            assert ours == theirs, (source, row)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=" \n\"'()[]{}<>=!+-*/.,:@?0123456789abcfinorst§中", max_size=40))
def test_any_text_compiles_or_is_refused_with_its_place(text: str) -> None:
    from zhengtong.rules import compile_expression

    try:
        compile_expression(text)
    except Refused as refusal:
        assert refusal.code in ("rules.syntax", "rules.type")
        assert refusal.facts["line"] >= 1
        assert refusal.facts["column"] >= 1
