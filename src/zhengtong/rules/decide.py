"""Decision tables（决策表）: which rules match, and what a hit policy makes of them (DMN 1.5, chapter 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhengtong.rules.builtins import call_builtin
from zhengtong.rules.core import ir
from zhengtong.rules.core.types import Type
from zhengtong.rules.values.logic import equal

Env = dict[str, Any]
Closure = Callable[[Env], Any]


@dataclass(frozen=True, slots=True)
class CompiledTable:
    """A table whose parts are closures."""

    table: ir.Table
    inputs: list[tuple[str, Closure, Closure | None]]
    rules: list[tuple[list[Closure], list[Closure]]]
    defaults: list[Closure | None]
    priorities: list[list[Closure]]
    converters: list[Callable[[Any], Any] | None]

    def match(self, env: Env) -> list[int] | None:
        """Bind the inputs in `env` and return the numbers of the matching rules; None when an input is not allowed."""
        for key, expression, allowed in self.inputs:
            env[key] = expression(env)
            if allowed is not None and env[key] is not None and allowed(env) is not True:
                return None
        return [
            number
            for number, (conditions, _) in enumerate(self.rules)
            if all(condition(env) is True for condition in conditions)
        ]

    def outputs(self, number: int, env: Env) -> tuple[Any, ...]:
        """Return the output values of a rule."""
        values = (output(env) for output in self.rules[number][1])
        return tuple(
            value if convert_to is None else convert_to(value)
            for value, convert_to in zip(values, self.converters, strict=True)
        )

    def shaped(self, values: tuple[Any, ...]) -> Any:
        """Return one value, or a context of the named outputs."""
        if len(self.table.outputs) == 1:
            return values[0]
        return {output.name: value for output, value in zip(self.table.outputs, values, strict=True)}

    def default(self, env: Env) -> Any:
        """Return what the table answers when no rule matches: its default outputs, else null."""
        if all(default is None for default in self.defaults):
            return None
        return self.shaped(tuple(default(env) if default is not None else None for default in self.defaults))

    def decide(self, env: Env) -> Any:
        """Return the table's answer."""
        matched = self.match(env)
        return None if matched is None else self.decide_on(matched, env)

    def decide_on(self, matched: list[int], env: Env) -> Any:
        """Return what the hit policy makes of the matching rules."""
        if matched:
            return _POLICIES[self.table.hit_policy](self, matched, env)
        empty = self.default(env)
        if self.table.aggregation == "COUNT" and empty is None:
            return Decimal(0)
        if self.table.hit_policy in "ROC" and self.table.aggregation is None:
            return [] if empty is None else [empty]
        return empty


def table_closure(
    table: ir.Table,
    to_closure: Callable[[ir.Node], Closure],
    converter: Callable[[Type], Callable[[Any], Any]],
) -> Closure:
    """Return the closure that decides the table."""
    compiled = compile_table(table, to_closure, converter)
    return lambda env: compiled.decide(dict(env))


def compile_table(
    table: ir.Table,
    to_closure: Callable[[ir.Node], Closure],
    converter: Callable[[Type], Callable[[Any], Any]],
) -> CompiledTable:
    """Return the table with its parts compiled."""
    return CompiledTable(
        table,
        [
            (column.variable.key, to_closure(column.expression), to_closure(column.allowed) if column.allowed else None)
            for column in table.inputs
        ],
        [
            ([to_closure(cell) for cell in rule.conditions], [to_closure(value) for value in rule.outputs])
            for rule in table.rules
        ],
        [to_closure(output.default) if output.default is not None else None for output in table.outputs],
        [[to_closure(value) for value in output.priorities] for output in table.outputs],
        [converter(output.type) if output.type is not None else None for output in table.outputs],
    )


def _unique(table: CompiledTable, matched: list[int], env: Env) -> Any:
    """Exactly one rule may match; more than one is an error, hence null."""
    return table.shaped(table.outputs(matched[0], env)) if len(matched) == 1 else None


def _any(table: CompiledTable, matched: list[int], env: Env) -> Any:
    """All matching rules must say the same."""
    answers = [table.shaped(table.outputs(number, env)) for number in matched]
    return answers[0] if all(equal(answers[0], answer) for answer in answers[1:]) else None


def _first(table: CompiledTable, matched: list[int], env: Env) -> Any:
    return table.shaped(table.outputs(matched[0], env))


def _by_priority(table: CompiledTable, matched: list[int], env: Env) -> list[tuple[Any, ...]]:
    """Return the outputs of the matching rules, those with higher output values first (the order of output values)."""
    orders = [[priority(env) for priority in column] for column in table.priorities]

    def rank(values: tuple[Any, ...]) -> tuple[int, ...]:
        return tuple(
            next((place for place, allowed in enumerate(order) if equal(value, allowed)), len(order))
            for value, order in zip(values, orders, strict=True)
        )

    return sorted((table.outputs(number, env) for number in matched), key=rank)


def _priority(table: CompiledTable, matched: list[int], env: Env) -> Any:
    return table.shaped(_by_priority(table, matched, env)[0])


def _output_order(table: CompiledTable, matched: list[int], env: Env) -> Any:
    return [table.shaped(values) for values in _by_priority(table, matched, env)]


def _collect(table: CompiledTable, matched: list[int], env: Env) -> Any:
    answers = [table.shaped(table.outputs(number, env)) for number in matched]
    aggregation = table.table.aggregation
    return answers if aggregation is None else aggregated(answers, aggregation)


def aggregated(answers: list[Any], aggregation: str) -> Any:
    """Return what C+, C<, C> or C# makes of the answers (of several outputs: of each)."""
    if answers and type(answers[0]) is dict and aggregation != "COUNT":
        return {name: aggregated([answer[name] for answer in answers], aggregation) for name in answers[0]}
    return call_builtin(aggregation.lower(), [answers])


_POLICIES: dict[str, Callable[[CompiledTable, list[int], Env], Any]] = {
    "U": _unique,
    "A": _any,
    "F": _first,
    "P": _priority,
    "O": _output_order,
    "R": _collect,
    "C": _collect,
}
