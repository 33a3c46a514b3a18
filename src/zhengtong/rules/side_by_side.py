"""Decisions over whole tables（面向全体的规则）: baseline beside reform, and what each person's conditions say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhengtong.kit import Refused
from zhengtong.rules.core import ir
from zhengtong.rules.core.ir import Label
from zhengtong.rules.decision import Decision
from zhengtong.rules.to_sql import Columns, SqlQuery
from zhengtong.rules.to_sql.together import to_sql_together, to_sql_with_cells


@dataclass(frozen=True, slots=True)
class Cell:
    """A condition of a table（条件）: row and column from 1, its query column, what it asks in words and in FEEL."""

    row: int
    column: int
    name: str
    label: Label
    text: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """A query whose columns are the answer and the truth of each cell; `rows` are the table's rows in order."""

    query: SqlQuery
    cells: tuple[Cell, ...]
    table: ir.Table


def sql_side_by_side(
    decisions: Mapping[str, Decision],
    *,
    columns: Columns,
    keep: Sequence[str] = (),
    source: str = "population",
    dialect: str = "duckdb",
) -> SqlQuery:
    """Return one query deciding each row by every decision: columns `label.output` beside the columns of `keep`."""
    asked = {label: (decision.program, decision.key) for label, decision in decisions.items()}
    return to_sql_together(asked, dialect=dialect, source=source, columns=columns, keep=keep)


def sql_with_conditions(
    decision: Decision,
    *,
    columns: Columns,
    keep: Sequence[str] = (),
    source: str = "population",
    dialect: str = "duckdb",
) -> Conditions:
    """Return the query of a decision table with each cell's truth; refuses `rules.conditions.no-table` for anything else."""
    table = decision.table
    if table is None:
        raise Refused(
            "rules.conditions.no-table",
            f"规则“{decision.title.zh}”的结论不是决策表，不能逐条说明差哪一项条件。请把条件写成决策表。",
            f"The rule {decision.title.en!r} does not end in a decision table, so its conditions cannot be told apart. "
            "Write the conditions as a table.",
        )
    query, cells = to_sql_with_cells(
        decision.program, decision.key, table, dialect=dialect, source=source, columns=columns, keep=keep
    )
    told = tuple(
        Cell(row + 1, column + 1, name, table.inputs[column].label, table.rules[row].texts[column])
        for row, column, name in cells
    )
    return Conditions(query, told, table)
