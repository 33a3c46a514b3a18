"""A small fictional population for each rule set of the site."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from zhengtong.declared.rule_sets import RuleSet, load_rule_sets
from zhengtong.tables import Store
from zhengtong.tables.population import Population, make_sample

RULE_SETS = {rule_set.id: rule_set for rule_set in load_rule_sets(Path(__file__).parents[3] / "packs")}
ON = date(2026, 11, 2)
ROWS = 600
REFORMS = {
    "income-tax": {"basic deduction": 6000, "level 2 rate": "0.12"},
    "minimum-living-allowance": {"urban standard": 900, "savings limit per head": 15000},
    "enterprise-subsidy": {"cap": 100000, "required share of the small": "0.02"},
}


#: rule sets that bring a sample of people
SAMPLED = sorted(name for name, rule_set in RULE_SETS.items() if rule_set.sample)


@pytest.fixture(scope="session", params=SAMPLED)
def rule_set(request) -> RuleSet:
    return RULE_SETS[request.param]


@pytest.fixture(scope="session")
def population(rule_set, tmp_path_factory) -> Population:
    store = Store(tmp_path_factory.mktemp("store") / rule_set.id)
    return Population(make_sample(store.shelf(rule_set.population.resource), rule_set.sample["columns"], ROWS))
