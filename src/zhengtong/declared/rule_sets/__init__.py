"""Rule sets（规则集）: rules with their bases, dated parameters, golden cases and the population they are asked of."""

from zhengtong.declared.rule_sets.check import check_rule_set, check_rule_sets
from zhengtong.declared.rule_sets.golden import Played, play_case, play_cases
from zhengtong.declared.rule_sets.load import load_rule_set, load_rule_sets, rule_set_from_files
from zhengtong.declared.rule_sets.shapes import (
    Dimension,
    ParameterHistory,
    PopulationUse,
    RuleCase,
    RuleSet,
    RuleSource,
)

__all__ = [
    "Dimension",
    "ParameterHistory",
    "Played",
    "PopulationUse",
    "RuleCase",
    "RuleSet",
    "RuleSource",
    "check_rule_set",
    "check_rule_sets",
    "load_rule_set",
    "load_rule_sets",
    "play_case",
    "play_cases",
    "rule_set_from_files",
]
