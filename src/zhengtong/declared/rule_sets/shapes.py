"""What a rule set declares（规则集）, as frozen values; the decision in force on a day in a region."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from zhengtong.declared.shapes import Text
from zhengtong.kit import Basis, Refused, digest
from zhengtong.rules import Decision, compile_decision, versions_in_force
from zhengtong.rules.core.ir import Label


@dataclass(frozen=True)
class RuleSource:
    """One version of the rule（规则版本）: its file and what it says."""

    file: str
    data: Mapping[str, Any]

    @property
    def since(self) -> date | None:
        return _day(self.data.get("since"))

    @property
    def until(self) -> date | None:
        return _day(self.data.get("until"))

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(str(code) for code in self.data.get("regions") or ())

    @property
    def basis(self) -> Basis | None:
        said = self.data.get("basis")
        return (
            Basis(str(said.get("law", "")), str(said.get("article", "")), str(said.get("since", ""))) if said else None
        )


@dataclass(frozen=True)
class ParameterHistory:
    """A parameter（参数沿革）: each entry holds from, value, unit, basis, and perhaps until, regions, note."""

    name: str
    title: Text
    values: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class RuleCase:
    """A golden case（范例）: what is given on a day in a region, and what must come out, or the code of the refusal."""

    id: str
    title: Text
    on: date
    given: Mapping[str, Any]
    region: str = ""
    expect: Any = None
    refuse: str = ""


@dataclass(frozen=True)
class Dimension:
    """A column results are told by（分组维度）."""

    column: str
    title: Text


@dataclass(frozen=True)
class PopulationUse:
    """The data resource a rule set can be asked of（人群）, and what its columns mean to the rule.

    `columns`: inputs of the rule → columns; `amount` and `eligible`: outputs of the rule; `paid_by` is `people` for a tax
    or fee and `government` for a benefit; `rank` is the column that orders people into deciles.
    """

    resource: str
    key: str
    columns: Mapping[str, str]
    amount: str
    paid_by: str
    rank: str = ""
    eligible: str = ""
    weight: str = ""
    by: tuple[Dimension, ...] = ()


@dataclass(frozen=True)
class RuleSet:
    """Rules of one subject（规则集）with everything needed to apply, prove and simulate them.

    `files` are the texts it was read from, by path within the folder: kept whole, they make it again.
    """

    id: str
    title: Text
    summary: Text
    owner: str
    sources: tuple[RuleSource, ...]
    parameters: Mapping[str, ParameterHistory]
    cases: tuple[RuleCase, ...]
    unit: Text
    files: Mapping[str, str] = field(repr=False)
    population: PopulationUse | None = None
    sample: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Text] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The SHA-256 of its files: two rule sets of the same digest decide alike on every day."""
        return digest(dict(self.files))

    def source_in_force(self, on: date, region: str = "") -> RuleSource:
        """Return the version that applies, the most local and latest; refuse when none does."""
        found = versions_in_force([source.data for source in self.sources], on=on, region=region)
        if not found:
            raise Refused(
                "declared.rules.not-in-force",
                f"规则“{self.title.zh}”在 {on.isoformat()} 没有生效的版本。请核对日期和区划。",
                f"No version of {self.title.en!r} is in force on {on.isoformat()}. Check the day and the region.",
                status=404,
                facts={"rule": self.id, "on": on.isoformat(), "region": region},
            )
        return next(source for source in self.sources if source.data is found[0])

    def decision(self, on: date, region: str = "", changes: Mapping[str, Any] | None = None) -> Decision:
        """Return the decision in force on a day in a region, some parameters changed as a reform would; refuse unknown ones."""
        unknown = sorted(set(changes or ()) - set(self.parameters))
        if unknown:
            raise Refused(
                "declared.rules.unknown-parameter",
                f"规则“{self.title.zh}”没有参数“{unknown[0]}”。请从规则的参数表中选择。",
                f"{self.title.en!r} has no parameter {unknown[0]!r}. Choose one from the rule's table of parameters.",
                field=unknown[0],
            )
        given: dict[str, Any] = {name: list(history.values) for name, history in self.parameters.items()}
        source = self.source_in_force(on, region)
        decision = compile_decision(source.data, on=on, region=region, parameters={**given, **(changes or {})})
        titles = {name: Label(history.title.zh, history.title.en) for name, history in self.parameters.items()}
        return dataclasses.replace(decision, labels={**titles, **decision.labels})

    def values_in_force(self, on: date, region: str = "") -> dict[str, Decimal | Any]:
        """Return the value of each parameter on a day in a region; a parameter without one then is left out."""
        decision = self.decision(on, region)
        return {value.name: value.value for value in decision.parameters}


def _day(said: Any) -> date | None:
    return date.fromisoformat(str(said)) if said else None
