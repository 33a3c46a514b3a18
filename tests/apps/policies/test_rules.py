"""A rule is published once, frozen, with a receipt; the one that applied on a day in a region can always be asked for again."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.apps.policies import actions, queries
from zhengtong.declared.rule_sets import rule_set_from_files
from zhengtong.kit import Refused

HOUSEHOLD = {
    "area": "urban",
    "household income": 1500,
    "household size": 3,
    "savings": 0,
    "vehicles": 0,
    "second home": False,
    "local hukou": True,
    "members to protect": 0,
}


def amount(on: dt.date, region: str = "", known_at: dt.datetime | None = None) -> Decimal:
    rule = queries.rule_in_force("minimum-living-allowance", on, region, known_at=known_at)
    return rule.decision.decide(HOUSEHOLD)["amount"]


def with_standard(rule_set, value: int):
    """The same rule set with another urban standard from July 2026, which its golden cases contradict."""
    name = "parameters/standards.yaml"
    text = rule_set.files[name].replace("value: 830", f"value: {value}")
    return rule_set_from_files({**rule_set.files, name: text})


def raised(rule_set):
    """The same rule set with a further value of the urban standard, from 10 November 2026."""
    name = "parameters/standards.yaml"
    old = next(line for line in rule_set.files[name].splitlines() if "value: 830" in line)
    new = old.replace("2026-07-01, value: 830", "2026-11-10, value: 850")
    return rule_set_from_files({**rule_set.files, name: rule_set.files[name].replace(old, f"{old}\n{new}")})


def test_publishing_leaves_a_receipt_and_is_done_once(published, now):
    rule_set = published["income-tax"]
    again = actions.publish_rule_set(rule_set=rule_set, by=SYSTEM, at=now)
    assert again.number == 1
    assert [one.number for one in queries.list_versions("income-tax")] == [1]
    assert evidence.get_receipt(again.receipt_no).kind == "rule.published"


def test_the_values_of_the_day_and_the_region_apply(published):
    assert amount(dt.date(2026, 6, 30)) == 790 * 3 - 1500
    assert amount(dt.date(2026, 7, 1)) == 830 * 3 - 1500
    assert amount(dt.date(2026, 7, 1), "990104000000") == 900 * 3 - 1500


def test_a_later_publication_leaves_what_was_known_before(published, now):
    later = now + dt.timedelta(days=30)
    actions.publish_rule_set(rule_set=raised(published["minimum-living-allowance"]), by=SYSTEM, at=later)
    day = dt.date(2026, 11, 12)
    assert amount(day) == 850 * 3 - 1500
    assert amount(day, known_at=now) == 830 * 3 - 1500
    assert [one.number for one in queries.list_versions("minimum-living-allowance")] == [2, 1]


def test_a_rule_that_contradicts_its_golden_cases_is_not_published(town, rule_sets, now):
    with pytest.raises(Refused) as refused:
        actions.publish_rule_set(rule_set=with_standard(rule_sets["minimum-living-allowance"], 831), by=SYSTEM, at=now)
    assert refused.value.code == "policies.publish.case-fails"


def test_what_is_read_back_is_what_was_published(published):
    for code, rule_set in published.items():
        version, again = queries.get_rule_set(code)
        assert version.digest == rule_set.digest
        assert dataclasses.replace(again, files={}) == dataclasses.replace(rule_set, files={})


def test_before_a_rule_existed_there_is_none(published, now):
    with pytest.raises(Refused) as unknown:
        queries.rule_in_force("income-tax", dt.date(2026, 1, 1), known_at=now - dt.timedelta(days=1))
    assert unknown.value.code == "policies.rule.unknown"
    with pytest.raises(Refused) as too_early:
        queries.rule_in_force("enterprise-subsidy", dt.date(2025, 1, 1))
    assert too_early.value.code == "declared.rules.not-in-force"


def test_only_heads_publish(town, rule_sets, window, now):
    with pytest.raises(Refused) as refused:
        actions.publish_rule_set(rule_set=rule_sets["income-tax"], by=window, at=now)
    assert refused.value.status == 403
