"""Everyone a rule applies to is found, and everyone one condition short, with the condition; nobody else."""

from __future__ import annotations

import pytest

from tests.unit.simulation.conftest import ON, RULE_SETS
from tests.unit.simulation.test_simulate import rows_of
from zhengtong.kit import Refused
from zhengtong.rules import compile_decision
from zhengtong.simulation import find, summarise_found


def find_all(rule_set, population):
    return {found.key: found for found in find(rule_set.decision(ON), population, use=rule_set.population)}


@pytest.fixture(scope="module")
def granting(rule_set):
    if not rule_set.population.eligible:
        pytest.skip("a tax has nobody to find")
    return rule_set


def test_the_eligible_are_those_the_rule_decides_for(granting, population):
    use, decision = granting.population, granting.decision(ON)
    expected = {}
    for row in rows_of(population):
        decided = decision.decide({name: row[column] for name, column in use.columns.items()})
        if decided["eligible"]:
            expected[row[use.key]] = decided["amount"]
    found = {key: one.amount for key, one in find_all(granting, population).items() if one.eligible}
    assert found == expected
    assert found


def test_one_condition_short_is_exactly_one_cell_that_does_not_hold(granting, population):
    use, decision = granting.population, granting.decision(ON)
    table = decision.table
    # the truth of each cell by the row's own rule: a table of one row whose other cells are left open
    source = granting.source_in_force(ON).data
    row = source["table"]["rules"][0]
    alone = []
    for place in range(len(table.inputs)):
        when = [cell if number == place else "-" for number, cell in enumerate(row["when"])]
        changed = {**source, "table": {**source["table"], "rules": [{**row, "when": when}]}}
        parameters = {name: list(history.values) for name, history in granting.parameters.items()}
        alone.append(compile_decision(changed, on=ON, parameters=parameters))
    found = find_all(granting, population)
    seen = set()
    for person in rows_of(population):
        given = {name: person[column] for name, column in use.columns.items()}
        failing = [place for place, one in enumerate(alone, 1) if not one.decide(given)["eligible"]]
        one = found.get(person[use.key])
        if len(failing) == 1:
            assert one is not None
            assert one.missing is not None
            assert one.missing.column == failing[0]
            seen.add(failing[0])
        elif failing:
            assert one is None
    assert len(seen) >= 3


def test_the_summary_counts_what_is_found(granting, population):
    found = find_all(granting, population).values()
    told = summarise_found(granting.decision(ON), population, use=granting.population)
    assert told.rows == 600
    assert told.eligible == sum(one.eligible for one in found)
    assert told.amount == sum(one.amount for one in found if one.eligible)
    assert sum(count for _, count in told.near) == sum(one.missing is not None for one in found)


def test_a_rule_without_a_table_cannot_tell_conditions_apart(tmp_path):
    from zhengtong.tables import Store
    from zhengtong.tables.population import Population, make_sample

    tax = RULE_SETS["income-tax"]
    snapshot = make_sample(Store(tmp_path).shelf("w"), tax.sample["columns"], 10)
    with pytest.raises(Refused) as refused:
        list(find(tax.decision(ON), Population(snapshot), use=tax.population))
    assert refused.value.code == "rules.conditions.no-table"
