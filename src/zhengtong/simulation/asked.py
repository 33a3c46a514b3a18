"""A population as a rule sees it（取数）: its inputs by their names, and what groups, ranks and weighs people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhengtong.kit import Refused
from zhengtong.rules import Column, Decision, SqlQuery
from zhengtong.tables.population import Population

_DECIMAL = re.compile(r"DECIMAL\((\d+)")


@dataclass(frozen=True)
class Asked:
    """A relation for rules: `source` to read from, the inputs' column types, the other columns by their new names."""

    source: str
    columns: Mapping[str, Column]
    kept: tuple[str, ...]


def ask_for(
    population: Population,
    inputs: Mapping[str, str],
    decisions: Sequence[Decision],
    others: Mapping[str, str],
    region: tuple[str, str] = ("", ""),
) -> Asked:
    """Return the relation whose columns are the rules' inputs, and the others under the names given as `name → column`.

    `region` is (column, code): only people of that region and what lies in it. Refused when an input has no column.
    """
    needed = list(dict.fromkeys(item.variable.name for decision in decisions for item in decision.inputs))
    if missing := [name for name in needed if name not in inputs]:
        raise Refused(
            "simulation.input-missing",
            f"规则需要“{missing[0]}”，这份数据里没有对应的列。请在规则集的 population.columns 中补上。",
            f"The rule needs {missing[0]!r}, which no column of this data feeds. Add it to population.columns.",
            field=missing[0],
        )
    kinds = {name: population.narrow_type(inputs[name]) for name in needed}
    listed = [f"{_read(population, inputs[name], kinds[name])} AS {_quoted(name)}" for name in needed]
    columns = {name: _known(population, inputs[name], kind) for name, kind in kinds.items()}
    for name, column in others.items():
        population.duckdb_type(column)
        listed.append(f"{_quoted(column)} AS {_quoted(name)}")
    where = _within(population, *region)
    return Asked(f"(SELECT {', '.join(listed)} FROM population{where}) asked", columns, tuple(others))  # noqa: S608


def _known(population: Population, column: str, kind: str) -> Column:
    low, high = population.bounds(column)
    return Column(kind, population.is_never_null(column), low, high)


def amount_of(query: SqlQuery, name: str) -> str:
    """Return the SQL of an amount as a decimal; refuse an output that is missing or not rounded to fixed decimals."""
    kinds = dict(query.outputs)
    if name not in kinds:
        raise Refused(
            "simulation.no-amount",
            f"规则没有名为“{name.split('.', 1)[1]}”的结果，无法汇总金额。请核对规则集的 population.amount。",
            f"The rule has no output {name.split('.', 1)[1]!r} to sum. Check population.amount of the rule set.",
        )
    if kinds[name].kind != "fixed":
        raise Refused(
            "simulation.amount-not-rounded",
            "金额没有舍入到固定小数位，不能精确汇总。请在规则里写明舍入，如 round half up(金额, 2)。",
            "The amount is not rounded to fixed decimals, so it cannot be summed exactly. Round it in the rule, "
            "as by round half up(amount, 2).",
        )
    # 18 digits are one machine word; an amount that does not fit stops the query rather than lose a digit
    return f"CAST({_quoted(name)} AS DECIMAL(18, {kinds[name].scale}))" if kinds[name].digits > 18 else _quoted(name)


def _read(population: Population, column: str, kind: str) -> str:
    """Return the SQL of a column whose values fit the narrow type; cast only where the engine's own type would be slow.

    A decimal within one machine word stays as it is: its values fit, so what is computed from them does too.
    """
    own = population.duckdb_type(column)
    digits = _DECIMAL.match(own)
    is_slow = own == "BIGINT" or (digits and int(digits[1]) > 18)
    # Spark gives results digits by the type of what goes in, so there every number gets its narrow one
    if is_slow or (digits and population.dialect == "spark"):
        return f"CAST({_quoted(column)} AS {kind})"
    return _quoted(column)


def _within(population: Population, column: str, code: str) -> str:
    if not code:
        return ""
    population.duckdb_type(column)
    prefix = code.rstrip("0") or code
    return f" WHERE left({_quoted(column)}, {len(prefix)}) = '{prefix}'" if prefix.isalnum() else " WHERE false"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
