"""Who a rule applies to（政策找人）: everyone eligible and why, and everyone who is one condition short of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from zhengtong.declared.rule_sets import PopulationUse
from zhengtong.kit import Refused
from zhengtong.rules import Cell, Conditions, Decision, sql_with_conditions
from zhengtong.simulation.asked import amount_of, ask_for
from zhengtong.tables.population import Population

_TRUE = "true"


@dataclass(frozen=True, slots=True)
class Missing:
    """The one condition somebody lacks（只差一项）: the row of the table and what its column asks."""

    row: int
    column: int
    label_zh: str
    label_en: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody the rule applies to, by the row that says so, or nearly, by the condition missing."""

    key: str
    eligible: bool
    amount: Decimal | None
    row: int
    missing: Missing | None = None
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundSummary:
    """How many are found（找人汇总）: eligible, what they would receive, and one condition short by condition."""

    rows: int
    eligible: int
    amount: Decimal
    near: tuple[tuple[Missing, int], ...]


def find(
    rule: Decision,
    resource: Population,
    *,
    use: PopulationUse,
    region: tuple[str, str] = ("", ""),
    near: bool = True,
    keep: Sequence[str] = (),
) -> Iterator[Found]:
    """Yield everyone eligible and, with `near`, everyone one condition short; in no order, one pass.

    `keep` are columns of the population to be told with each, for whoever acts on the finding.
    The rule is a decision table with an output that says who is eligible. One short is: making that one cell of a
    granting row true would make the row decide. Refuses `rules.conditions.no-table`, `simulation.no-eligibility`.
    """
    conditions, inner = _question(rule, resource, use, region, keep)
    wanted = "e OR m IS NOT NULL" if near else "e"
    cells = {cell.name: _missing(cell) for cell in conditions.cells}
    for row in resource.stream(f"SELECT * FROM ({inner}) WHERE {wanted}"):  # noqa: S608 - compiled
        missing = None if row["e"] else cells[row["m"]]
        kept = {column: row[f"c{place}"] for place, column in enumerate(keep)}
        yield Found(str(row["k"]), bool(row["e"]), row["a"], missing.row if missing else row["r"], missing, kept)


def summarise_found(
    rule: Decision, resource: Population, *, use: PopulationUse, region: tuple[str, str] = ("", "")
) -> FoundSummary:
    """Return the counts of what `find` would yield, without naming anybody; one pass."""
    conditions, inner = _question(rule, resource, use, region)
    query = f"SELECT m, count(*) AS n, count(*) FILTER (WHERE e) AS eligible, sum(a) FILTER (WHERE e) AS amount FROM ({inner}) GROUP BY m"  # noqa: S608
    rows = list(resource.ask(query).records())
    cells = {cell.name: _missing(cell) for cell in conditions.cells}
    near = [(cells[row["m"]], row["n"]) for row in rows if row["m"] is not None]
    return FoundSummary(
        sum(row["n"] for row in rows),
        sum(row["eligible"] for row in rows),
        sum((row["amount"] or Decimal(0) for row in rows), Decimal(0)),
        tuple(sorted(near, key=lambda one: -one[1])),
    )


def _question(
    rule: Decision, resource: Population, use: PopulationUse, region: tuple[str, str], keep: Sequence[str] = ()
) -> tuple[Conditions, str]:
    """Return the conditions and a query with k(ey), e(ligible), a(mount), r(ow), m(issing cell's name) and c0, c1… kept."""
    others = {"zk.key": use.key, **{f"zk.c{place}": column for place, column in enumerate(keep)}}
    asked = ask_for(resource, use.columns, [rule], others, region)
    conditions = sql_with_conditions(
        rule, columns=asked.columns, keep=asked.kept, source=asked.source, dialect=resource.dialect
    )
    granting = _granting_rows(conditions, use)
    amount = amount_of(conditions.query, f"{use.amount}") if use.amount in dict(conditions.query.outputs) else "NULL"
    failing = {row: _failing(conditions, row) for row in granting}
    rows = " ".join(f"WHEN {count} = 0 THEN {row}" for row, count in failing.items())
    missing = " ".join(f"WHEN {count} = 1 THEN {_first_missing(conditions, row)}" for row, count in failing.items())
    eligible = f'("{use.eligible}" IS TRUE)'
    told = f'"zk.key" AS k, {eligible} AS e, {amount} AS a, CASE {rows} END AS r'
    told += "".join(f', "zk.c{place}" AS c{place}' for place in range(len(keep)))
    lacks = f"CASE WHEN {eligible} THEN NULL {missing} END AS m"
    return conditions, f"SELECT {told}, {lacks} FROM ({conditions.query.text})"  # noqa: S608 - compiled


def _granting_rows(conditions: Conditions, use: PopulationUse) -> list[int]:
    """Return the rows (from 1) whose output says eligible."""
    names = [output.name for output in conditions.table.outputs]
    place = names.index(use.eligible) if use.eligible in names else None
    inputs = len(conditions.table.inputs)
    found = [
        number
        for number, rule in enumerate(conditions.table.rules, 1)
        if place is not None and rule.texts[inputs + place].strip() == _TRUE
    ]
    if not found:
        raise Refused(
            "simulation.no-eligibility",
            "这条规则没有说明“符合条件”的结果，不能找人。请在决策表里加一列 eligible，取值 true/false。",
            "This rule has no output that says who is eligible. Add an output column with true or false to its table.",
        )
    return found


def _cells_of(conditions: Conditions, row: int) -> list[Cell]:
    return [cell for cell in conditions.cells if cell.row == row]


def _failing(conditions: Conditions, row: int) -> str:
    """Return the SQL count of what keeps a row from deciding: its own cells, and under `first` each earlier row that hits."""
    terms = [f'CAST("{cell.name}" IS NOT TRUE AS TINYINT)' for cell in _cells_of(conditions, row)]
    if conditions.table.hit_policy == "F":
        for earlier in range(1, row):
            hits = [f'"{cell.name}" IS TRUE' for cell in _cells_of(conditions, earlier)]
            terms.append(f"2 * CAST({' AND '.join(hits) or 'TRUE'} AS TINYINT)")
    return f"({' + '.join(terms) or '0'})"


def _first_missing(conditions: Conditions, row: int) -> str:
    arms = " ".join(f"""WHEN "{cell.name}" IS NOT TRUE THEN '{cell.name}'""" for cell in _cells_of(conditions, row))
    return f"CASE {arms} END" if arms else "NULL"


def _missing(cell: Cell) -> Missing:
    return Missing(cell.row, cell.column, cell.label.zh, cell.label.en, cell.text)
