"""What a rule finds and what a reform costs is the same on a Spark cluster of two workers, to the last fen and digest."""

from __future__ import annotations

import dataclasses

import pytest

from tests.unit.simulation.conftest import ON, REFORMS, RULE_SETS
from tests.unit.simulation.test_simulate import exact
from zhengtong.simulation import find, simulate, summarise_found
from zhengtong.tables import Limits
from zhengtong.tables.population import Population

pytestmark = [pytest.mark.xdist_group("spark"), pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def on_spark(population: Population, spark_master: str) -> Population:
    return dataclasses.replace(population, limits=Limits(engine="spark", spark_master=spark_master))


def test_a_reform_is_simulated_on_spark_as_in_duckdb(rule_set, population, on_spark):
    pair = rule_set.decision(ON), rule_set.decision(ON, changes=exact(REFORMS[rule_set.id]))
    expected = simulate(*pair, population, use=rule_set.population)
    found = simulate(*pair, on_spark, use=rule_set.population)
    assert found.to_json() == expected.to_json()
    assert found.digest == expected.digest
    assert found.total.baseline > 0


def test_the_same_people_are_found_on_spark_as_in_duckdb(rule_set, population, on_spark):
    use, decision = rule_set.population, rule_set.decision(ON)
    if not use.eligible:
        pytest.skip("a tax has nobody to find")
    expected = sorted(find(decision, population, use=use), key=lambda one: one.key)
    assert sorted(find(decision, on_spark, use=use), key=lambda one: one.key) == expected
    assert expected
    assert summarise_found(decision, on_spark, use=use) == summarise_found(decision, population, use=use)


def test_every_rule_set_of_the_site_runs_on_spark():
    for rule_set in RULE_SETS.values():
        names = {
            item.variable.name: "DECIMAL(9, 2)" for item in rule_set.decision(ON).inputs if item.type.kind == "number"
        }
        assert rule_set.decision(ON).sql("spark", source="people", columns=names).text
