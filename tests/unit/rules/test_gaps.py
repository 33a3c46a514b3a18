"""Tables with planted overlaps and holes: all are found, none is invented."""

from __future__ import annotations

from typing import Any

import pytest

from zhengtong.rules import Decision, compile_decision

A, B, C = '"A"', '"B"', '"C"'
#: cells of each row; the pairs of rows that overlap; an input for each hole (None: none)
TABLES: list[tuple[list[str], list[list[str]], list[tuple[int, int]], list[dict[str, Any]]]] = [
    (["n"], [["< 18"], [">= 18"]], [], []),
    (["n"], [["< 18"], ["> 18"]], [], [{"n": 18}]),
    (["n"], [["<= 18"], [">= 18"]], [(1, 2)], []),
    (["n"], [["[0..10)"], ["[10..20]"]], [], [{"n": -1}, {"n": 21}]),
    (["n"], [["< 0"], ["[0..10)"], ["(10..20)"], [">= 20"]], [], [{"n": 10}]),
    (["n"], [["-"], ["[5..6]"]], [(1, 2)], []),
    (["n"], [["1, 2, 3"], ["not(1, 2)"]], [(1, 2)], []),
    (["n"], [["1, 3"], ["not(1, 2)"]], [(1, 2)], [{"n": 2}]),
    (["s"], [[A], [B]], [], [{"s": "C"}]),
    (["s"], [[f"{A}, {B}"], [f"not({A}, {B})"]], [], []),
    (["s"], [[f"{A}, {B}"], [f"{B}, {C}"], [f"not({A}, {B}, {C})"]], [(1, 2)], []),
    (["b"], [["true"], ["false"]], [], []),
    (["b"], [["true"]], [], [{"b": False}]),
    (["n", "b"], [["< 10", "true"], ["< 10", "false"], [">= 10", "-"]], [], []),
    (["n", "b"], [["< 10", "true"], [">= 10", "-"]], [], [{"n": 5, "b": False}]),
    (["n", "b"], [["< 10", "-"], [">= 5", "true"], [">= 10", "false"]], [(1, 2)], []),
    (["n", "s"], [["< 10", A], ["< 10", f"not({A})"], [">= 10", A]], [], [{"n": 11, "s": "B"}]),
    (["n", "n"], [["> 0", "< 10"], ["<= 0", "-"], [">= 10", "-"]], [], []),
    (["n", "n"], [["> 0", "< 10"], ["<= 0", "-"], ["> 10", "-"]], [], [{"n": 10}]),
    (["d"], [['< @"2026-01-01"'], ['> @"2026-01-01"']], [], [{"d": "2026-01-01"}]),
    (["d"], [['<= @"2026-01-01"'], ['>= @"2026-01-02"']], [], []),
    (
        ["n", "b", "s"],
        [["< 1", "-", "-"], [">= 1", "true", A], [">= 1", "true", f"not({A})"]],
        [],
        [{"n": 2, "b": False}],
    ),
    (["n"], [["< 1 + 1"], [">= 2"]], [], []),
]


def table(columns: list[str], rows: list[list[str]], policy: str = "unique") -> Decision:
    kinds = {"n": "number", "s": "string", "b": "boolean", "d": "date"}
    rules = [{"when": cells, "then": [number]} for number, cells in enumerate(rows)]
    return compile_decision(
        {
            "id": "t",
            "inputs": {name: kinds[name] for name in dict.fromkeys(columns)},
            "table": {"hit policy": policy, "inputs": columns, "outputs": ["r"], "rules": rules},
        }
    )


@pytest.mark.parametrize(("columns", "rows", "overlaps", "holes"), TABLES)
def test_every_planted_gap_is_found_and_none_invented(
    columns: list[str], rows: list[list[str]], overlaps: list[tuple[int, int]], holes: list[dict[str, Any]]
) -> None:
    decision = table(columns, rows)
    report = decision.gaps()
    assert [found.rows for found in report.overlaps] == overlaps
    assert len(report.holes) == (1 if holes else 0) or len(report.holes) == len(holes)
    assert bool(report.holes) == bool(holes)
    assert report.unclear == ()
    for hole in report.holes:
        assert decision.decide(hole.example) is None, hole
    counting = table(columns, rows, "collect")
    for found in report.overlaps:
        assert len(counting.decide(found.example)) >= 2, found


def test_a_row_no_input_reaches_is_reported_under_first() -> None:
    report = table(["n"], [["< 10"], ["< 20"], ["[3..15)"], ["-"]], "first").gaps()
    assert report.unreachable == (3,)
    assert report.holes == ()


def test_a_cell_that_is_computed_makes_its_row_unclear_and_invents_nothing() -> None:
    report = table(["n", "b"], [["> n / 2", "true"], ["-", "false"]]).gaps()
    assert report.unclear == (1,)
    assert report.holes == ()
    assert report.overlaps == ()
