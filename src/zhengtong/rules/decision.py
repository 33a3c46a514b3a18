"""The door's `Decision`（决策）: one compiled rule that decides, explains, finds its gaps and writes itself as SQL."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from zhengtong.kit import Basis, Refused
from zhengtong.rules.core.ir import Label
from zhengtong.rules.core.program import Input, Program
from zhengtong.rules.dmn.dated import DatedValue
from zhengtong.rules.dmn.from_xml import read_model
from zhengtong.rules.dmn.from_yaml import load_yaml, read_rulebook
from zhengtong.rules.dmn.link import link
from zhengtong.rules.run import Runner
from zhengtong.rules.values import from_python, to_python, to_text


@dataclass(frozen=True)
class Decision:
    """A decision（决策）compiled for one day and region."""

    name: str
    title: Label
    program: Program
    key: str
    digest: str
    basis: Basis | None = None
    parameters: tuple[DatedValue, ...] = ()
    since: datetime.date | None = None
    until: datetime.date | None = None
    regions: tuple[str, ...] = ()
    input_labels: dict[str, Label] = field(default_factory=dict)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """The inputs the decision speaks of, in the order of the model."""
        needed = {item.variable.key for item in self.program.inputs_for([self.key])}
        return tuple(item for key, item in self.program.inputs.items() if key in needed)

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self.program)

    @cached_property
    def _keys(self) -> dict[str, str]:
        return {item.variable.name: key for key, item in self.program.inputs.items()}

    def values_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row as values of the FEEL domain by key; names that are no inputs are left out."""
        keys = self._keys
        return {keys[name]: from_python(value) for name, value in row.items() if name in keys}

    def decide(self, row: Mapping[str, Any]) -> Any:
        """Return what the rule decides for a row of JSON-like Python values; null is None, numbers are Decimal.

        An input the row does not hold is null.
        """
        return to_python(self._runner.evaluate(self.key, self.values_of(row)))


def compile_decision(
    source: str | bytes | Path | Mapping[str, Any],
    *,
    name: str | None = None,
    imports: Iterable[str | bytes | Path] = (),
    on: datetime.date | None = None,
    region: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> Decision:
    """Return the compiled decision of a DMN file or a YAML rule (path, text, bytes or parsed mapping).

    `name` picks the decision of a DMN model; left out, it is the one no other requires. `on` and `region` choose the
    parameter values in force; `parameters` replaces some, as for a simulated reform. Refuses `rules.syntax`, `rules.name`,
    `rules.dmn`, `rules.yaml`, `rules.parameter…`, `rules.decision.which`.
    """
    content = source.read_bytes() if isinstance(source, Path) else source
    if isinstance(content, Mapping) or not _is_xml(content):
        data = content if isinstance(content, Mapping) else load_yaml(content)
        return _from_rulebook(data, on, region, parameters)
    others = [read_model(other.read_bytes() if isinstance(other, Path) else other) for other in imports]
    program = link(read_model(content), others)
    chosen = name or _only_top(program)
    if chosen not in program.names:
        raise _which(program, chosen)
    raw = content.encode() if isinstance(content, str) else content
    return Decision(chosen, Label(chosen, chosen), program, program.names[chosen], hashlib.sha256(raw).hexdigest())


def _is_xml(content: str | bytes) -> bool:
    head = content[:200] if isinstance(content, str) else content[:200].decode("utf-8", "replace")
    return head.lstrip("\ufeff \t\r\n").startswith("<")


def _from_rulebook(
    data: Mapping[str, Any], on: datetime.date | None, region: str, parameters: Mapping[str, Any] | None
) -> Decision:
    book = read_rulebook(data, on=on, region=region, parameters=parameters)
    program = link(book.model)
    return Decision(
        book.id,
        book.title,
        program,
        program.names[book.id],
        _digest(data, book.parameters),
        book.basis,
        book.parameters,
        book.since,
        book.until,
        book.regions,
        book.input_labels,
    )


def _digest(data: Mapping[str, Any], parameters: tuple[DatedValue, ...]) -> str:
    """Return the SHA-256 of the rule and the parameter values in force: what a result must name to be run again."""
    parts = [repr(_sorted(data)), *(f"{value.name}={to_text(value.value)}@{value.since}" for value in parameters)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _sorted(data: Any) -> Any:
    if isinstance(data, Mapping):
        return [(str(key), _sorted(value)) for key, value in data.items()]
    return [_sorted(item) for item in data] if isinstance(data, list) else str(data)


def _only_top(program: Program) -> str:
    decisions = {key: item for key, item in program.definitions.items() if item.kind == "decision"}
    required = {needed for item in program.definitions.values() for needed in item.requires}
    top = [item.variable.name for key, item in decisions.items() if key not in required]
    if len(top) != 1:
        raise _which(program, "")
    return top[0]


def _which(program: Program, asked: str) -> Refused:
    names = "、".join(item.variable.name for item in program.definitions.values() if item.kind == "decision")
    return Refused(
        "rules.decision.which",
        f"模型里{'没有“' + asked + '”这个决策' if asked else '有多个决策'}。请用 name 指定其中之一：{names}。",
        f"The model has {'no decision `' + asked + '`' if asked else 'several decisions'}. Name one of: {names}.",
    )


def versions_in_force(
    sources: Iterable[Mapping[str, Any]], *, on: datetime.date, region: str = ""
) -> list[Mapping[str, Any]]:
    """Return the versions of a rule that apply on a day in a region, the most local and latest first."""
    found = []
    for data in sources:
        since, until = data.get("since"), data.get("until")
        regions = tuple(str(code) for code in data.get("regions") or ())
        start = since if isinstance(since, datetime.date) else datetime.date.fromisoformat(str(since or "0001-01-01"))
        end = until if isinstance(until, datetime.date) or until is None else datetime.date.fromisoformat(str(until))
        if DatedValue("", None, start, end, regions=regions).applies(on, region):
            found.append((max(map(len, regions), default=0), start, data))
    return [data for _, _, data in sorted(found, key=lambda entry: entry[:2], reverse=True)]
