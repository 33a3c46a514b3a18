"""A changed policy over a whole population（政策模拟）, in one pass: both rules beside each other, summed as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from zhengtong.declared.rule_sets import PopulationUse
from zhengtong.rules import Decision, sql_side_by_side
from zhengtong.simulation.asked import amount_of, ask_for
from zhengtong.simulation.shapes import Amounts, Group, Simulated
from zhengtong.tables.population import Population

#: ranks are gathered by this many steps for every power of ten before they are made into deciles: half a percent each
_STEPS_OF_RANK = 500
_RANK = "rank"


def simulate(
    baseline: Decision,
    reform: Decision,
    resource: Population,
    *,
    use: PopulationUse,
    by: Sequence[str] | None = None,
    region: tuple[str, str] = ("", ""),
) -> Simulated:
    """Return what the reform changes against the baseline: cost, winners, losers, by column and by decile; exact decimals.

    One pass over the snapshots. `by` are columns to tell groups by, those the use declares when left out. `region` is
    (column, code). Refuses rules that have no exact SQL form or whose amount is not rounded.
    """
    columns = tuple(by) if by is not None else tuple(one.column for one in use.by)
    query = simulation_sql(baseline, reform, resource, use=use, by=columns, region=region)
    told = _read(resource.ask(query).records(), columns)
    deciles = _deciles(told.pop(_RANK, []))
    total = _sum(group.amounts for group in next(iter(told.values()), ()) or deciles)
    digests = {"baseline": baseline.digest, "reform": reform.digest, "snapshots": " ".join(resource.digests)}
    whole = told.pop("", None)
    return Simulated(whole[0].amounts if whole else total, {c: tuple(told[c]) for c in columns}, deciles, digests)


def simulation_sql(
    baseline: Decision,
    reform: Decision,
    resource: Population,
    *,
    use: PopulationUse,
    by: Sequence[str],
    region: tuple[str, str] = ("", ""),
) -> str:
    """Return the one query of a simulation, over the relation `population`."""
    others = {f"by.{column}": column for column in by}
    others |= {"weight": use.weight} if use.weight else {}
    others |= {_RANK: use.rank} if use.rank else {}
    # names of the kept columns are the machinery's own, so that no input of a rule can hide them
    names = {f"zk.{name}": column for name, column in others.items()}
    asked = ask_for(resource, use.columns, [baseline, reform], names, region)
    query = sql_side_by_side(
        {"baseline": baseline, "reform": reform},
        columns=asked.columns,
        keep=asked.kept,
        source=asked.source,
        dialect=resource.dialect,
    )
    before, after = (amount_of(query, f"{label}.{use.amount}") for label in ("baseline", "reform"))
    groups = [f'"zk.by.{column}" AS g{place}' for place, column in enumerate(by)]
    ranked = _bucket() + " AS grank" if use.rank else ""
    keys = [f"g{place}" for place in range(len(by))] + (["grank"] if use.rank else [])
    weight = '"zk.weight"' if use.weight else "1"
    inner = ", ".join([*groups, *([ranked] if ranked else []), f"{weight} AS w", f"{before} AS b", f"{after} AS a"])
    sums = ", ".join(f"{sql} AS {name}" for name, sql in _figures(use).items())
    sets = ", ".join(f"({key})" for key in keys) or "()"
    told = ", ".join([*keys, f"grouping_id({', '.join(keys)}) AS gid" if keys else "0 AS gid", sums])
    return f"SELECT {told} FROM (SELECT {inner} FROM ({query.text})) GROUP BY GROUPING SETS ({sets})"  # noqa: S608


def _figures(use: PopulationUse) -> dict[str, str]:
    """Return the SQL of each figure; a payment that falls makes a winner of whoever pays, a loser of whoever receives."""
    up, down = ("a > b", "a < b") if use.paid_by == "government" else ("a < b", "a > b")
    both = "b IS NOT NULL AND a IS NOT NULL"
    weighted = "w * " if use.weight else ""
    count = "sum(w)" if use.weight else "count(*)"
    return {
        "rows": "count(*)",
        "undecided": f"count(*) FILTER (WHERE NOT ({both}))",
        "people": f"{count} FILTER (WHERE {both})",
        "baseline": f"sum({weighted}b) FILTER (WHERE {both})",
        "reform": f"sum({weighted}a) FILTER (WHERE {both})",
        "receive_before": f"{count} FILTER (WHERE b > 0 AND a IS NOT NULL)",
        "receive_after": f"{count} FILTER (WHERE a > 0 AND b IS NOT NULL)",
        "winners": f"{count} FILTER (WHERE {up})",
        "losers": f"{count} FILTER (WHERE {down})",
        "gained": f"sum({weighted}abs(a - b)) FILTER (WHERE {up})",
        "lost": f"sum({weighted}abs(a - b)) FILTER (WHERE {down})",
    }


def _bucket() -> str:
    """Return the SQL that numbers ranks in steps of half a percent; only grouping passes through a float, never money."""
    size = f'CAST(floor(log10(1 + abs(CAST("zk.{_RANK}" AS DOUBLE))) * {_STEPS_OF_RANK}) AS INTEGER)'
    return f'(CASE WHEN "zk.{_RANK}" < 0 THEN -{size} ELSE {size} END)'


def _read(rows: Iterable[Mapping[str, Any]], by: Sequence[str]) -> dict[str, list[Group]]:
    """Return the groups by column; the grouping id has a bit for each key that a row is not about."""
    names: list[str] = [*by, _RANK]
    found: dict[str, list[Group]] = {}
    for row in rows:
        keys = [key for key in (*(f"g{place}" for place in range(len(by))), "grank") if key in row]
        chosen = next((p for p, _ in enumerate(keys) if not row["gid"] >> (len(keys) - 1 - p) & 1), None)
        amounts = Amounts.from_json({f.name: row[f.name] or 0 for f in fields(Amounts)})
        if not keys or chosen is None:
            found.setdefault("", []).append(Group(None, amounts))
            continue
        name = _RANK if keys[chosen] == "grank" else names[chosen]
        value = row[keys[chosen]]
        found.setdefault(name, []).append(Group(None if value is None else str(value), amounts))
    for column in by:
        found.setdefault(column, []).sort(key=lambda group: (group.value is None, group.value or ""))
    return found


def _deciles(steps: Sequence[Group]) -> tuple[Group, ...]:
    """Return ten groups of the steps of rank in order: a step belongs to the tenth its middle person lies in."""
    ranked = sorted((step for step in steps if step.value is not None), key=lambda step: int(step.value or 0))
    everyone = sum((step.amounts.people for step in ranked), Decimal(0))
    tenths: dict[int, Amounts] = {}
    before = Decimal(0)
    for step in ranked:
        middle = before + step.amounts.people / 2
        place = min(int(middle * 10 / everyone), 9) if everyone else 0
        tenths[place] = tenths.get(place, Amounts()).plus(step.amounts)
        before += step.amounts.people
    return tuple(Group(str(place + 1), tenths.get(place, Amounts())) for place in range(10)) if ranked else ()


def _sum(amounts: Iterable[Amounts]) -> Amounts:
    total = Amounts()
    for one in amounts:
        total = total.plus(one)
    return total
