"""Rule sets put on a site（发布规则集）: published, each with a sample to simulate on where the site has none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.apps.policies import actions
from zhengtong.apps.policies.shapes import RuleVersionShape
from zhengtong.declared.rule_sets import RuleSet, load_rule_sets
from zhengtong.tables.population import make_sample


def publish_rule_sets(root: Path, *, at: dt.datetime) -> list[RuleVersionShape]:
    """Publish every rule set under a packs folder; unchanged ones stay; return their versions."""
    published = []
    for rule_set in load_rule_sets(root):
        published.append(actions.publish_rule_set(rule_set=rule_set, by=SYSTEM, at=at))
        ensure_sample(rule_set)
    return published


def ensure_sample(rule_set: RuleSet) -> None:
    """Make the declared fictional sample when the store has nothing under the resource's name."""
    if rule_set.population is None or not rule_set.sample:
        return
    shelf = catalog.store().shelf(rule_set.population.resource)
    if shelf.latest() is None:
        make_sample(shelf, rule_set.sample["columns"], int(rule_set.sample["rows"]))
