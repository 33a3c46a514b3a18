"""Explanations（裁量说明）: which rules fired, with which values, on which basis, in sentences an applicant can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhengtong.kit import Basis
from zhengtong.rules.core import ir
from zhengtong.rules.core.program import Definition
from zhengtong.rules.decide import compile_table
from zhengtong.rules.to_python import converter, to_closure
from zhengtong.rules.values import kind_of, to_python, to_text

if TYPE_CHECKING:
    from zhengtong.rules.decision import Decision


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule of a table that matched（命中规则）: its number from 1, what it says, and its basis."""

    table: str
    number: int
    text: str
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A value the decision rests on（依据数据）."""

    label: str
    value: Any


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a row is decided as it is. `sentences` are plain text, one thought each, in the language asked for."""

    outcome: Any
    inputs: tuple[Reading, ...]
    steps: tuple[Reading, ...]
    fired: tuple[Fired, ...]
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.sentences)


_WORDS = {
    "zh": {
        "given": "根据您提供的信息：{readings}。",
        "worked": "据此计算：{readings}。",
        "line": "现行标准：{readings}。",
        "fired": "适用“{table}”第 {number} 条：{text}。",
        "basis": "依据{basis}。",
        "none": "“{table}”中没有适用的规则。",
        "otherwise": "“{table}”各条都不适用，按其他情形处理。",
        "outcome": "结论：{title}为 {outcome}。",
        "missing": "缺少{names}，得不出“{title}”的结论。",
        "unknown": "未提供",
        "and": "，",
        "is": "为",
        "true": "是",
        "false": "否",
        "every": "任何情形",
    },
    "en": {
        "given": "You told us: {readings}.",
        "worked": "From this follows: {readings}.",
        "line": "The standards in force: {readings}.",
        "fired": "Rule {number} of {table} applies: {text}.",
        "basis": "Basis: {basis}.",
        "none": "No rule of {table} applies.",
        "otherwise": "No rule of {table} applies, so what it says of all other cases holds.",
        "outcome": "Result: {title} is {outcome}.",
        "missing": "Without {names} there is no result for {title}.",
        "unknown": "not given",
        "and": ", ",
        "is": "is",
        "true": "yes",
        "false": "no",
        "every": "in every case",
    },
}


def explain(decision: Decision, row: Mapping[str, Any], language: str = "zh") -> Explanation:
    """Return why the decision answers a row as it does, in `zh` or `en`."""
    words = _WORDS["en" if language.startswith("en") else "zh"]
    teller = _Teller(decision, words, language)
    return teller.tell(row)


class _Teller:
    def __init__(self, decision: Decision, words: dict[str, str], language: str) -> None:
        self.decision, self.words, self.language = decision, words, language
        self.program = decision.program

    def tell(self, row: Mapping[str, Any]) -> Explanation:
        env = self._environment(row)
        ordered = self.program.order_for([self.decision.key])
        inputs = tuple(
            Reading(self._label(item.variable.name), to_python(env.get(item.variable.key)))
            for item in self.decision.inputs
        )
        fired, sentences = [], [self.words["given"].format(readings=self._readings(inputs))]
        standards = tuple(
            Reading(self._label(item.variable.name), to_python(item.node.value))  # type: ignore[attr-defined]
            for item in ordered
            if item.kind == "parameter"
        )
        if standards:
            sentences.append(self.words["line"].format(readings=self._readings(standards)))
            sentences.extend(self._parameter_bases({i.variable.name for i in ordered if i.kind == "parameter"}))
        steps = []
        for definition in ordered:
            if definition.kind == "decision":
                told, hits = self._definition(definition, env)
                steps.extend(told)
                fired.extend(hits)
        if steps:
            sentences.append(self.words["worked"].format(readings=self._readings(tuple(steps))))
        sentences.extend(self._fired(hit) for hit in fired)
        outcome = env.get(self.decision.key)
        table = self.decision.table
        if table is not None and not any(hit.table == self._title for hit in fired):
            by_default = outcome is not None and any(output.default is not None for output in table.outputs)
            sentences.append(self.words["otherwise" if by_default else "none"].format(table=self._title))
        sentences.append(self._conclusion(outcome, inputs))
        return Explanation(to_python(outcome), inputs, tuple(steps), tuple(fired), tuple(sentences))

    def _conclusion(self, outcome: Any, inputs: tuple[Reading, ...]) -> str:
        """Return the result in a sentence; where there is none, what would have to be known."""
        missing = [reading.label for reading in inputs if reading.value is None]
        if outcome is None and missing:
            return self.words["missing"].format(names=self.words["and"].join(missing), title=self._title)
        return self.words["outcome"].format(title=self._title, outcome=self._value(outcome))

    @property
    def _title(self) -> str:
        return self.decision.title.in_language(self.language)

    def _environment(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of all inputs and definitions under the row."""
        env = self.decision.values_of(row)
        for key, item in self.program.inputs.items():
            if key in env:
                env[key] = converter(item.type)(env[key])
        for definition in self.program.order_for([self.decision.key]):
            env[definition.variable.key] = to_closure(definition.node)(env)
        return env

    def _definition(self, definition: Definition, env: dict[str, Any]) -> tuple[list[Reading], list[Fired]]:
        key, name = definition.variable.key, definition.variable.name
        table = definition.node
        while isinstance(table, ir.Convert):
            table = table.value
        is_answer = key == self.decision.key
        readings = [] if is_answer else [Reading(self._label(name), to_python(env[key]))]
        if not isinstance(table, ir.Table):
            return readings, []
        title = self._title if is_answer else self._label(name)
        return readings, list(self._hits(table, title, env))

    def _hits(self, table: ir.Table, title: str, env: dict[str, Any]) -> list[Fired]:
        matched = compile_table(table, to_closure, converter).match(dict(env)) or []
        decisive = matched[:1] if table.hit_policy in "FUA" else matched
        return [
            Fired(title, number + 1, self._rule_text(table, table.rules[number]), table.rules[number].basis)
            for number in decisive
        ]

    def _rule_text(self, table: ir.Table, rule: ir.Rule) -> str:
        """Return what the rule's author wrote for people, else its conditions by column label."""
        if rule.label != ir.NO_LABEL:
            return rule.label.in_language(self.language)
        parts = [
            f"{column.label.in_language(self.language)} {text.strip()}"
            for column, text in zip(table.inputs, rule.texts, strict=False)
            if text.strip() not in ("", "-")
        ]
        return self.words["and"].join(parts) or self.words["every"]

    def _fired(self, hit: Fired) -> str:
        sentence = self.words["fired"].format(table=hit.table, number=hit.number, text=hit.text)
        basis = hit.basis or self.decision.basis
        return sentence + (" " if self.language.startswith("en") else "") + self._basis(basis) if basis else sentence

    def _basis(self, basis: Basis) -> str:
        return self.words["basis"].format(basis=basis)

    def _parameter_bases(self, names: set[str]) -> list[str]:
        found = [value.basis for value in self.decision.parameters if value.name in names and value.basis is not None]
        return [self._basis(basis) for basis in dict.fromkeys(found)]

    def _label(self, name: str) -> str:
        label = self.decision.labels.get(name)
        return label.in_language(self.language) if label is not None else name

    def _readings(self, readings: tuple[Reading, ...]) -> str:
        from zhengtong.rules.values import from_python

        return self.words["and"].join(
            f"{reading.label} {self.words['is']} {self._value(from_python(reading.value))}" for reading in readings
        )

    def _value(self, value: Any) -> str:
        kind = kind_of(value)
        if kind == "null":
            return self.words["unknown"]
        if kind == "boolean":
            return self.words["true" if value else "false"]
        if kind == "context":
            return self.words["and"].join(f"{self._output_label(name)} {self._value(v)}" for name, v in value.items())
        if kind == "list":
            return self.words["and"].join(self._value(item) for item in value)
        return to_text(value)

    def _output_label(self, name: str) -> str:
        table = self.decision.table
        for output in table.outputs if table is not None else ():
            if output.name == name:
                return output.label.in_language(self.language) or name
        return name
