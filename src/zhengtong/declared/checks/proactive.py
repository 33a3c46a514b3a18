"""What is granted without applying names a rule set that finds people, and fills a form that exists（免申即享检查）."""

from __future__ import annotations

from collections.abc import Iterator

from zhengtong.declared.checks.ground import Ground
from zhengtong.declared.rule_sets import RuleSet, load_rule_set
from zhengtong.declared.rule_sets.load import MANIFEST
from zhengtong.declared.shapes import Finding
from zhengtong.declared.yaml_source import Place
from zhengtong.kit import Refused

CONCERN = "proactive"


def check_proactive(ground: Ground) -> Iterator[Finding]:
    """Yield a rule set that is not there or finds nobody, and names on either side that do not exist."""
    declared = ground.pack.proactive
    if declared is None:
        return
    rule_set = _rule_set(ground, declared.rule_set)
    if rule_set is None or rule_set.population is None or not rule_set.population.eligible:
        yield _missing(ground, "rule_set", declared.rule_set, "能找人的规则集", "rule set that finds people")
        return
    known = set(rule_set.population.columns.values()) | {rule_set.population.key, rule_set.population.amount}
    known |= set(_resource_fields(ground, rule_set.population.resource))
    sides = (
        ("fills", declared.fills, set(ground.form_paths())),
        ("outcome", declared.outcome, {field.id for field in ground.pack.outcome}),
    )
    for member, given, targets in sides:
        for target, source in given.items():
            if target not in targets:
                yield _missing(ground, member, target, "要填的一项", "field to fill")
            if source not in known:
                yield _missing(ground, member, source, "人群的列或规则的结果", "column or output")
    if declared.subject not in known:
        yield _missing(ground, "subject", declared.subject, "人群的列", "column")
    if declared.account and declared.account not in set(ground.form_paths()):
        yield _missing(ground, "account", declared.account, "表单字段", "field of the form")


def _rule_set(ground: Ground, id: str) -> RuleSet | None:
    folder = ground.work.folder.parent / id
    try:
        return load_rule_set(folder) if (folder / MANIFEST).exists() else None
    except Refused:
        return None


def _resource_fields(ground: Ground, name: str) -> list[str]:
    """Return the fields of a declared resource by its short name."""
    resources = ground.work.shared.resources.values()
    return [field["name"] for one in resources if one["name"] == name for field in one["fields"]]


def _missing(ground: Ground, member: str, name: str, what_zh: str, what_en: str) -> Finding:
    place: Place = ("proactive", member)
    return ground.finding(
        CONCERN,
        place,
        (f"没有{what_zh} {name}", f"there is no {what_en} {name}"),
        ("找不到人，或者表单填不上，免申即享办不成", "nobody is found or the form stays empty, so nothing is granted"),
        ("改成规则集、表单里有的名字", "use a name the rule set and the form have"),
    )
