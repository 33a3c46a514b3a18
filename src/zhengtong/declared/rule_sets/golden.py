"""Golden cases of a rule set played（范例试算）: both evaluators must say what the case says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from zhengtong.declared.rule_sets.shapes import RuleCase, RuleSet
from zhengtong.kit import Refused


@dataclass(frozen=True)
class Played:
    """What came out of a golden case（试算结果）; `holds` says whether it is what the case expects."""

    case: RuleCase
    got: Any
    holds: bool
    refused: str = ""


def play_case(rule_set: RuleSet, case: RuleCase) -> Played:
    """Return what the rule says of the case, by the compiled and by the reference evaluator alike."""
    try:
        decision = rule_set.decision(case.on, case.region)
        given = _typed(case.given, rule_set.source_in_force(case.on, case.region).data.get("inputs", {}))
        got = decision.decide(given)
        same = got == decision.decide_by_reference(given)
    except Refused as refused:
        return Played(case, None, refused.code == case.refuse, refused.code)
    return Played(case, got, not case.refuse and same and got == _exact(case.expect))


def play_cases(rule_set: RuleSet) -> list[Played]:
    """Return the outcome of every golden case, in their order."""
    return [play_case(rule_set, case) for case in rule_set.cases]


def _typed(given: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as the rule reads them: YAML writes a date as text, an input of type date is one."""
    return {
        name: date.fromisoformat(value)
        if isinstance(value, str) and (inputs.get(name) or {}).get("type") == "date"
        else value
        for name, value in given.items()
    }


def _exact(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return {key: _exact(item) for key, item in value.items()} if isinstance(value, dict) else value
