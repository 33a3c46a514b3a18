"""Rule sets checked（规则集检查）: bases, cases, gaps and what the population needs; each finding says what to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from zhengtong.declared.rule_sets.golden import play_cases
from zhengtong.declared.rule_sets.load import MANIFEST, list_rule_folders, load_rule_set
from zhengtong.declared.rule_sets.shapes import RuleSet, RuleSource
from zhengtong.declared.shapes import Finding, Text
from zhengtong.kit import Refused
from zhengtong.rules import Decision, gaps_of_tables


def check_rule_sets(root: Path) -> list[Finding]:
    """Return the findings of every rule set under a packs folder; none means all may be published."""
    return [finding for folder in list_rule_folders(root) for finding in check_rule_set(folder)]


def check_rule_set(folder: Path) -> list[Finding]:
    """Return the findings of one rule set, checker by checker."""
    try:
        rule_set = load_rule_set(folder)
        return [finding for check in CHECKERS for finding in check(rule_set)]
    except Refused as refused:
        why = Text("规则集读不出来或规则不能编译", "the rule set cannot be read or its rule does not compile")
        return [
            Finding(
                f"{folder.name}/{MANIFEST}",
                1,
                "rules",
                Text(refused.zh, refused.en),
                why,
                Text("请照提示改写", "write what the message asks for"),
            )
        ]


def _found(rule_set: RuleSet, file: str, wrong: Text, why: Text, instead: Text) -> Finding:
    return Finding(f"{rule_set.id}/{file}", 1, "rules", wrong, why, instead)


def _check_bases(rule_set: RuleSet) -> Iterator[Finding]:
    why = Text("每条规则、每个数值都要说得出依据", "every rule and every value must state its basis")
    instead = Text("写上 basis: {law: …, article: …, since: …}", "write basis: {law: …, article: …, since: …}")
    for source in rule_set.sources:
        if source.basis is None or not source.basis.law or source.since is None:
            yield _found(rule_set, source.file, Text("没有依据或施行日", "no basis or no first day"), why, instead)
    for history in rule_set.parameters.values():
        for entry in history.values:
            if not (entry.get("basis") or {}).get("law") or not entry.get("unit"):
                wrong = Text(
                    f"参数“{history.title.zh}”的一个值没有依据或单位",
                    f"a value of {history.name!r} has no basis or unit",
                )
                yield _found(rule_set, "parameters", wrong, why, instead)


def _check_cases(rule_set: RuleSet) -> Iterator[Finding]:
    why = Text("范例就是验收", "golden cases are the acceptance test")
    for played in play_cases(rule_set):
        if not played.holds:
            said = played.refused or played.got
            wrong = Text(f"范例 {played.case.id} 算出 {said}", f"case {played.case.id} came out as {said}")
            wanted = played.case.refuse or played.case.expect
            yield _found(
                rule_set,
                "cases",
                wrong,
                why,
                Text(f"应为 {wanted}：改规则或改范例", f"expected {wanted}: mend the rule or the case"),
            )
    if len(rule_set.cases) < 3:
        yield _found(
            rule_set,
            "cases",
            Text("范例少于三个", "fewer than three golden cases"),
            why,
            Text("补上边界情形", "add the borders"),
        )


def _check_gaps(rule_set: RuleSet) -> Iterator[Finding]:
    why = Text("重叠或遗漏的情形会得不出结论", "what overlaps or is not covered has no answer")
    for source in rule_set.sources:
        reports = gaps_of_tables(_decision(rule_set, source)).values()
        for overlap in (one for report in reports for one in report.overlaps):
            wrong = Text(
                f"第 {overlap.rows[0]}、{overlap.rows[1]} 行重叠，如 {overlap.example}",
                f"rows {overlap.rows} overlap, as for {overlap.example}",
            )
            yield _found(rule_set, source.file, wrong, why, Text("把两行的条件分开", "make the two rows apart"))
        for hole in (one for report in reports for one in report.holes):
            wrong = Text(
                f"没有一行涵盖 {hole.region}，如 {hole.example}", f"no row covers {hole.region}, as for {hole.example}"
            )
            yield _found(
                rule_set, source.file, wrong, why, Text("补一行，或写 default", "add a row, or write a default")
            )


def _check_population(rule_set: RuleSet) -> Iterator[Finding]:
    use = rule_set.population
    if use is None:
        return
    why = Text("政策找人和模拟按这里取数", "finding people and simulating read by this")
    for source in rule_set.sources:
        asked = {item.variable.name for item in _decision(rule_set, source).inputs}
        if missing := sorted(asked - set(use.columns)):
            wrong = Text(
                f"规则要用“{missing[0]}”，人群里没有对应的列", f"the rule needs {missing[0]!r}, no column feeds it"
            )
            yield _found(
                rule_set, MANIFEST, wrong, why, Text("在 population.columns 里补上", "add it to population.columns")
            )
    used = {use.key, use.rank, use.weight, *use.columns.values(), *(one.column for one in use.by)} - {""}
    if rule_set.sample and (missing := sorted(used - set(rule_set.sample["columns"]))):
        wrong = Text(f"仿真样本没有列 {missing[0]}", f"the sample lacks the column {missing[0]}")
        yield _found(rule_set, MANIFEST, wrong, why, Text("在 sample.columns 里补上", "add it to sample.columns"))


def _decision(rule_set: RuleSet, source: RuleSource) -> Decision:
    assert source.since is not None
    return rule_set.decision(source.since, (source.regions or ("",))[0])


CHECKERS: tuple[Callable[[RuleSet], Iterator[Finding]], ...] = (
    _check_bases,
    _check_cases,
    _check_gaps,
    _check_population,
)
