"""A rule in words（规则可读化）: FEEL names become their titles, operators the signs people know, tables stay tables."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from zhengtong.declared import Text
from zhengtong.declared.rule_sets import RuleSet, RuleSource, play_cases
from zhengtong.kit import Basis
from zhengtong.portals.console.contexts import (
    CaseTold,
    GapTold,
    ParameterTold,
    RowTold,
    StepTold,
    TableTold,
    ValueTold,
)
from zhengtong.portals.console.figures import plain
from zhengtong.portals.ui.languages import is_english, pick
from zhengtong.rules import Decision, GapReport, gaps_of_tables

_SIGNS = {"<=": "≤", ">=": "≥", "*": "×", "-": "−", "/": "÷", "!=": "≠", "<": "<", ">": ">", "=": "="}
_RANGE = re.compile(r"(?P<open>[\[(\]])(?P<low>[^\[\]()]+)\.\.(?P<high>[^\[\]()]+)(?P<close>[\])\[])")
_WORDS_ZH = {
    "if": "如果",
    "then": "则",
    "else": "，否则",
    "and": "且",
    "or": "或",
    "not": "不是",
    "true": "是",
    "false": "否",
    "null": "空",
    "round half up": "四舍五入",
}
_WORDS_EN = {"round half up": "rounded", "true": "yes", "false": "no"}


class Teller:
    """Says the texts of one rule in the page's language, its parameters with the values in force."""

    def __init__(self, rule_set: RuleSet, source: RuleSource, decision: Decision) -> None:
        self._names = {name: _label(spec) or name for name, spec in source.data["inputs"].items()}
        for name, step in (source.data.get("let") or {}).items():
            said = step.get("label") if isinstance(step, Mapping) else None
            self._names[str(name)] = pick(said["zh"], said["en"]) if said else str(name)
        values = {value.name: value.value for value in decision.parameters}
        for name, history in rule_set.parameters.items():
            if name in values:
                told = pick(history.title.zh, history.title.en)
                self._names[name] = (
                    f"{told}（{plain(values[name])}）" if not is_english() else f"{told} ({plain(values[name])})"
                )
        self._said = rule_set.words
        self._words = _WORDS_EN if is_english() else _WORDS_ZH
        listed = sorted([*self._names, *self._words], key=len, reverse=True)
        names = "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in listed)
        signs = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
        self._pattern = re.compile(rf'"[^"]*"|{names}|\d+(?:\.\d+)?|\.\.|{signs}')

    def say(self, text: str) -> str:
        """Return a FEEL text in words."""
        plain_text = text.strip()
        if plain_text in ("-", ""):
            return "—"
        if span := _RANGE.fullmatch(plain_text):
            low, high = self.say(span["low"]), self.say(span["high"])
            joint = " and " if is_english() else "，"
            return f"{'≥' if span['open'] == '[' else '>'} {low}{joint}{'≤' if span['close'] == ']' else '<'} {high}"
        told = self._pattern.sub(self._one, plain_text)
        return told if is_english() else re.sub(r"\s*(如果|则|，否则)\s*", r"\1", told)

    def _one(self, found: re.Match[str]) -> str:
        text = found[0]
        if text.startswith('"'):
            word = self._said.get(text[1:-1])
            return pick(word.zh, word.en) if word else text[1:-1]
        if text in self._names:
            return self._names[text]
        if text == "..":
            return " to " if is_english() else " 至 "
        return self._words.get(text) or _SIGNS.get(text, text)

    def table(self, title: Text, spec: Mapping[str, Any]) -> TableTold:
        """Return a decision table of the source."""
        inputs = [one if isinstance(one, Mapping) else {"expression": one} for one in spec["inputs"]]
        outputs = [one if isinstance(one, Mapping) else {"name": one} for one in spec["outputs"]]
        rows = tuple(self._row(number, row) for number, row in enumerate(spec["rules"], 1))
        columns = tuple(_label(one) or self.say(str(one["expression"])) for one in inputs)
        heads = tuple(_label(one) or str(one.get("name", "")) for one in outputs)
        otherwise = self._otherwise(len(rows), [one.get("default") for one in outputs])
        return TableTold(title, str(spec.get("hit policy", "unique")), columns, heads, rows, otherwise)

    def _otherwise(self, rows: int, defaults: list[object]) -> RowTold | None:
        """Return what a table answers where none of its rows holds, None where it says nothing of that."""
        if all(default is None for default in defaults):
            return None
        answers = tuple("—" if default is None else self.say(str(default)) for default in defaults)
        return RowTold(rows + 1, pick("以上各条都不符合", "none of the above"), (), answers, None)

    def _row(self, number: int, row: Mapping[str, Any]) -> RowTold:
        answers = row["then"] if isinstance(row["then"], list) else [row["then"]]
        text = row.get("text")
        return RowTold(
            number,
            pick(text["zh"], text["en"]) if text else "",
            tuple(self.say(str(cell)) for cell in row["when"]),
            tuple(self.say(str(answer)) for answer in answers),
            _basis(row.get("basis")),
        )

    def steps(self, source: RuleSource) -> tuple[StepTold, ...]:
        """Return the steps of the calculation in their order."""
        return tuple(self._step(str(name), step) for name, step in (source.data.get("let") or {}).items())

    def _step(self, name: str, step: Any) -> StepTold:
        said = step.get("label") if isinstance(step, Mapping) else None
        title = Text(said["zh"], said["en"]) if said else Text(name, name)
        if isinstance(step, Mapping) and "rules" in step:
            return StepTold(title, "", self.table(title, step))
        return StepTold(title, self.say(str(step["expression"] if isinstance(step, Mapping) else step)), None)


def parameters_told(rule_set: RuleSet, decision: Decision) -> tuple[ParameterTold, ...]:
    """Return each parameter with the value in force and its history, newest first."""
    chosen = {value.name: value for value in decision.parameters}
    told = []
    for name, history in rule_set.parameters.items():
        now = chosen.get(name)
        values = tuple(
            _value_told(
                entry, now is not None and str(entry["from"]) == str(now.since) and _regions(entry) == now.regions
            )
            for entry in sorted(history.values, key=lambda one: str(one["from"]), reverse=True)
        )
        told.append(ParameterTold(name, history.title, next((one for one in values if one.is_in_force), None), values))
    return tuple(told)


def _value_told(entry: Mapping[str, Any], is_in_force: bool) -> ValueTold:
    return ValueTold(
        plain(entry["value"]),
        str(entry.get("unit", "")),
        str(entry["from"]),
        _regions(entry),
        _basis(entry.get("basis")),
        str(entry.get("note", "")),
        is_in_force,
    )


def _regions(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(code) for code in entry.get("regions", ()))


def cases_told(rule_set: RuleSet) -> tuple[CaseTold, ...]:
    """Return every golden case played now."""
    labels = _labels(rule_set)
    return tuple(
        CaseTold(
            played.case.title,
            played.case.on,
            tuple(
                (labels.get(name, name), said_of(rule_set, value))
                for name, value in played.case.given.items()
                if value not in (0, False)
            ),
            _outcome(played.case.expect, played.case.refuse),
            _outcome(played.got, played.refused),
            played.holds,
        )
        for played in play_cases(rule_set)
    )


def said_of(rule_set: RuleSet, value: Any) -> str:
    """Return a value in words; a code of the rule set's own words by its title."""
    word = rule_set.words.get(value) if isinstance(value, str) else None
    return pick(word.zh, word.en) if word else plain(value)


def _labels(rule_set: RuleSet) -> dict[str, str]:
    return {
        str(name): pick(spec["label"]["zh"], spec["label"]["en"])
        for source in rule_set.sources
        for name, spec in (source.data.get("inputs") or {}).items()
        if isinstance(spec, Mapping) and "label" in spec
    }


def _outcome(value: Any, refused: str) -> str:
    if refused:
        return pick("没有适用的规则", "no rule applies")
    if isinstance(value, Mapping):
        return " · ".join(plain(one) for one in value.values())
    return plain(value)


def gaps_told(decision: Decision) -> tuple[GapTold, ...]:
    """Return the findings of the gap reports of every table the rule rests on."""
    return tuple(gap for report in gaps_of_tables(decision).values() for gap in _report_told(report))


def _report_told(report: GapReport) -> tuple[GapTold, ...]:
    overlaps = [
        GapTold(
            Text(f"第 {one.rows[0]} 行与第 {one.rows[1]} 行重叠", f"Rows {one.rows[0]} and {one.rows[1]} overlap"),
            _example(one.example),
        )
        for one in report.overlaps
    ]
    holes = [GapTold(Text("没有一行涵盖这种情形", "No row covers this"), _example(one.example)) for one in report.holes]
    never = [GapTold(Text(f"第 {row} 行永远轮不到", f"Row {row} is never reached"), "") for row in report.unreachable]
    return (*overlaps, *holes, *never)


def _example(example: Mapping[str, Any]) -> str:
    return "；".join(f"{name} = {plain(value)}" for name, value in example.items())


def _label(spec: Any) -> str:
    said = spec.get("label") if isinstance(spec, Mapping) else None
    return pick(said["zh"], said["en"]) if said else ""


def _basis(said: Any) -> Basis | None:
    return Basis(str(said.get("law", "")), str(said.get("article", "")), str(said.get("since", ""))) if said else None


def day_or(typed: str, default: dt.date) -> dt.date:
    """Return the day a query asks for, the default when it is none."""
    try:
        return dt.date.fromisoformat(typed)
    except ValueError:
        return default
