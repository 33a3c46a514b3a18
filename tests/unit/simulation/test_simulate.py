"""A simulation says what deciding every row one by one says, to the last fen, for each rule set of the site."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.simulation.conftest import ON, REFORMS, ROWS, RULE_SETS
from zhengtong.kit import Refused
from zhengtong.simulation import Amounts, Simulated, simulate
from zhengtong.tables import Schema, load
from zhengtong.tables.population import Population


def exact(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: Decimal(value) for name, value in changes.items()}


def rows_of(population: Population) -> list[dict[str, Any]]:
    return list(population.ask("SELECT * FROM population").records())


def amounts_by_hand(rule_set, baseline, reform, rows) -> Amounts:
    use, total = rule_set.population, defaultdict(Decimal)
    for row in rows:
        given = {name: row[column] for name, column in use.columns.items()}
        before, after = (decision.decide(given) for decision in (baseline, reform))
        b, a = (one[use.amount] if isinstance(one, dict) else one for one in (before, after))
        weight = row[use.weight]
        better = (a - b) * (1 if use.paid_by == "government" else -1)
        total["people"] += weight
        total["baseline"] += weight * b
        total["reform"] += weight * a
        total["receive_before"] += weight * (b > 0)
        total["receive_after"] += weight * (a > 0)
        total["winners"] += weight * (better > 0)
        total["losers"] += weight * (better < 0)
        total["gained"] += weight * max(better, 0)
        total["lost"] += weight * max(-better, 0)
    return Amounts(rows=len(rows), **total)


@pytest.fixture(scope="module")
def pair(rule_set):
    return rule_set.decision(ON), rule_set.decision(ON, changes=exact(REFORMS[rule_set.id]))


@pytest.fixture(scope="module")
def result(rule_set, population, pair) -> Simulated:
    return simulate(*pair, population, use=rule_set.population)


def test_the_totals_are_those_of_deciding_every_row(rule_set, population, pair, result):
    by_hand = amounts_by_hand(rule_set, *pair, rows_of(population))
    assert result.total == by_hand
    assert by_hand.baseline > 0
    assert by_hand.winners + by_hand.losers > 0


def test_every_group_is_what_its_rows_say(rule_set, population, pair, result):
    rows = rows_of(population)
    for column, groups in result.by.items():
        assert {group.value for group in groups} == {row[column] for row in rows}
        for group in groups:
            members = [row for row in rows if row[column] == group.value]
            assert group.amounts == amounts_by_hand(rule_set, *pair, members), (column, group.value)


def test_deciles_hold_everybody_once_in_order(result):
    assert [group.value for group in result.deciles] == [str(n) for n in range(1, 11)]
    total = Amounts()
    for group in result.deciles:
        total = total.plus(group.amounts)
    assert total == result.total


def test_running_it_again_gives_the_same_digest_and_json_comes_back(rule_set, population, pair, result):
    again = simulate(*pair, population, use=rule_set.population)
    assert again.digest == result.digest
    assert Simulated.from_json(result.to_json()).digest == result.digest


def test_another_reform_or_another_snapshot_has_another_digest(rule_set, population, pair, result):
    assert simulate(pair[0], pair[0], population, use=rule_set.population).digest != result.digest
    assert result.digests["snapshots"] == population.snapshot.manifest.digest
    assert result.digests["baseline"] != result.digests["reform"]


def test_a_region_alone_is_its_rows(rule_set, population, pair):
    one = simulate(*pair, population, use=rule_set.population, region=("region_code", "990102000000"))
    members = [row for row in rows_of(population) if row["region_code"] == "990102000000"]
    assert one.total == amounts_by_hand(rule_set, *pair, members)
    assert 0 < one.total.rows < ROWS


def test_a_whole_told_by_no_column_is_the_same_whole(rule_set, population, pair, result):
    use = dataclasses.replace(rule_set.population, rank="", by=())
    assert simulate(*pair, population, use=use).total == result.total


def test_weights_count(tmp_path):
    rule_set = RULE_SETS["minimum-living-allowance"]
    from zhengtong.tables import Store

    columns = "household_no,region_code,area,household_size,household_income,savings,vehicles,second_home,local_hukou,members_to_protect,weight"
    lines = [columns, "a,990101,urban,1,400.00,0,0,false,true,0,2.5", "b,990101,urban,1,2000.00,0,0,false,true,0,0.5"]
    (tmp_path / "p.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    types = dict.fromkeys(columns.split(","), "text")
    types |= dict.fromkeys(("household_income", "savings", "weight"), "decimal(9,2)")
    types |= dict.fromkeys(("household_size", "vehicles", "members_to_protect"), "integer")
    types |= {"second_home": "boolean", "local_hukou": "boolean"}
    snapshot = load(tmp_path / "p.csv", Store(tmp_path / "s").shelf("h"), Schema.of(**types)).snapshot
    reform = rule_set.decision(ON, changes={"urban standard": 1000})
    told = simulate(rule_set.decision(ON), reform, Population(snapshot), use=rule_set.population).total
    assert (told.people, told.baseline, told.reform) == (Decimal("3.0"), Decimal("1075.00"), Decimal("1500.00"))
    assert (told.winners, told.losers, told.gained) == (Decimal("2.5"), Decimal(0), Decimal("425.00"))


def test_an_input_without_a_column_is_refused(population, rule_set, pair):
    use = dataclasses.replace(rule_set.population, columns={})
    with pytest.raises(Refused) as refused:
        simulate(*pair, population, use=use)
    assert refused.value.code == "simulation.input-missing"


def test_an_amount_the_rule_does_not_give_is_refused(population, rule_set, pair):
    use = dataclasses.replace(rule_set.population, amount="nothing")
    with pytest.raises(Refused) as refused:
        simulate(*pair, population, use=use)
    assert refused.value.code == "simulation.no-amount"
