"""The site's rule sets published, a small sample for each, an analyst and an officer without that post."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.apps.people.town import PASSWORD, Town, make_town
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.people import actions as people
from zhengtong.apps.people import queries as people_queries
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.apps.policies import actions
from zhengtong.declared.rule_sets import RuleSet, load_rule_sets
from zhengtong.tables.population import make_sample

ROOT = Path(__file__).parents[3] / "packs"
ROWS = 400


@pytest.fixture(scope="session")
def rule_sets() -> dict[str, RuleSet]:
    """Every rule set of the site, by id."""
    return {rule_set.id: rule_set for rule_set in load_rule_sets(ROOT)}


@pytest.fixture
def town(db, now, tmp_path, settings) -> Town:
    settings.ZHENGTONG_HOME = tmp_path
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    return make_town(now)


@pytest.fixture
def published(town, rule_sets, now) -> dict[str, RuleSet]:
    """All rule sets in force, each that declares a sample with one."""
    for rule_set in rule_sets.values():
        actions.publish_rule_set(rule_set=rule_set, by=SYSTEM, at=now)
        if rule_set.sample:
            make_sample(catalog.store().shelf(rule_set.population.resource), rule_set.sample["columns"], ROWS)
    return rule_sets


def officer(town: Town, name: str, roles: list[str], now: dt.datetime) -> Actor:
    """Return somebody of the health bureau with these roles, who can sign in as `name`."""
    account = people.open_account(username=name, password=PASSWORD, name=name, by=SYSTEM, at=now)
    people.appoint_officer(
        account_id=account.id,
        organisation_id=town.health.id,
        title_zh="工作人员",
        title_en="Officer",
        roles=roles,
        by=SYSTEM,
        at=now,
    )
    return Actor(
        kind="officer",
        account_id=account.id,
        label=f"{name[0]}*",
        organisation=people_queries.get_organisation(town.health.id),
        roles=frozenset(roles),
    )


@pytest.fixture
def analyst(town, now) -> Actor:
    return officer(town, "zt-analyst", ["policy-analyst"], now)


@pytest.fixture
def window(town, now) -> Actor:
    return officer(town, "zt-window", ["window"], now)
