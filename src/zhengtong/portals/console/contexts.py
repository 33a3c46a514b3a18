"""What each page of the console receives（页面上下文）. No page here shows anybody's personal data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhengtong.apps.matters.shapes import (
    Comparison,
    DemandGroup,
    DepartmentShape,
    GovernedMatter,
    MatterShape,
    Offer,
    VersionStep,
)
from zhengtong.apps.policies.shapes import RuleVersionShape, SimulationShape
from zhengtong.declared import Text
from zhengtong.kit import Basis
from zhengtong.portals.ui.charts import Chart
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.pieces import Pager


@dataclass(frozen=True)
class Rail:
    """The rail（侧栏）: the section one is in, and whether this officer may simulate."""

    section: str
    may_simulate: bool


@dataclass(frozen=True)
class RulesContext:
    """The list of rules（规则列表）."""

    rail: Rail
    rules: tuple[RuleVersionShape, ...]


@dataclass(frozen=True)
class TableTold:
    """A decision table as people read it（决策表）: columns, rows of cells, each row's basis; what holds where no row does."""

    title: Text
    policy: str
    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[RowTold, ...]
    otherwise: RowTold | None = None


@dataclass(frozen=True)
class RowTold:
    """A row of a decision table in words（决策表行）: its conditions, what it answers, on which basis."""

    number: int
    text: str
    conditions: tuple[str, ...]
    answers: tuple[str, ...]
    basis: Basis | None


@dataclass(frozen=True)
class StepTold:
    """A step of the calculation（计算步骤）: a formula, or the table it is read from."""

    title: Text
    formula: str
    table: TableTold | None


@dataclass(frozen=True)
class ValueTold:
    """A parameter's value（参数值）with its day, unit, basis and where it applies."""

    value: str
    unit: str
    since: str
    regions: tuple[str, ...]
    basis: Basis | None
    note: str
    is_in_force: bool


@dataclass(frozen=True)
class ParameterTold:
    """A parameter（参数）: its value now and every value it had or will have."""

    name: str
    title: Text
    now: ValueTold | None
    history: tuple[ValueTold, ...]


@dataclass(frozen=True)
class CaseTold:
    """A golden case（范例）: what is given, what is expected, whether it holds."""

    title: Text
    on: dt.date
    given: tuple[tuple[str, str], ...]
    expected: str
    got: str
    holds: bool


@dataclass(frozen=True)
class GapTold:
    """A finding of the gap report（查漏查重）with an example."""

    words: Text
    example: str


@dataclass(frozen=True)
class RuleContext:
    """One rule（规则）on a day in a region: the table, its bases, its parameters, its proof, its history."""

    rail: Rail
    code: str
    title: Text
    summary: Text
    on: dt.date
    region: str
    regions: tuple[tuple[str, str], ...]
    version: RuleVersionShape
    versions: tuple[RuleVersionShape, ...]
    decides: Text
    basis: Basis | None
    since: dt.date | None
    until: dt.date | None
    digest: str
    conclusion: TableTold | None
    formula: str
    steps: tuple[StepTold, ...]
    parameters: tuple[ParameterTold, ...]
    cases: tuple[CaseTold, ...]
    gaps: tuple[GapTold, ...]
    fault: str


@dataclass(frozen=True)
class SimulationsContext:
    """The simulations of this organisation（模拟列表）, and the rules one may simulate."""

    rail: Rail
    runs: tuple[SimulationLine, ...]
    rules: tuple[RuleVersionShape, ...]


@dataclass(frozen=True)
class SimulationLine:
    """One simulation in the list（模拟记录）with what it changes."""

    run: SimulationShape
    title: Text
    changes: tuple[ChangeTold, ...]


@dataclass(frozen=True)
class ChangeTold:
    """A changed parameter（参数改动）: before and after."""

    title: Text
    before: str
    after: str
    unit: str


@dataclass(frozen=True)
class ParameterField:
    """A parameter to change（参数）: the value in force, what was typed, and what is wrong with it."""

    name: str
    field_id: str
    title: Text
    unit: str
    now: str
    typed: str
    fault: str


@dataclass(frozen=True)
class NewContext:
    """The form of a simulation（新建模拟）."""

    rail: Rail
    code: str
    title: Text
    fields: tuple[ParameterField, ...]
    on: str
    region: str
    regions: tuple[tuple[str, str], ...]
    note: str
    rows_told: str
    snapshot: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class JobContext:
    """A simulation on its way（运行进度）."""

    rail: Rail
    run: SimulationShape
    title: Text
    changes: tuple[ChangeTold, ...]
    rows_told: str
    seconds: int
    refresh_seconds: int


@dataclass(frozen=True)
class Headline:
    """A figure at the top（要点）."""

    title: str
    value: str
    small: str


@dataclass(frozen=True)
class SimulationContext:
    """A simulation's result（模拟结果）: headline figures, charts each with its table, and how to run it again."""

    rail: Rail
    run: SimulationShape
    title: Text
    changes: tuple[ChangeTold, ...]
    headlines: tuple[Headline, ...]
    charts: tuple[Chart, ...]
    rows_told: str
    region: str
    same_as_first: bool | None


@dataclass(frozen=True)
class MattersContext:
    """The catalogue of matters（事项目录）with its filters, and the versions that wait for somebody."""

    rail: Rail
    matters: tuple[MatterShape, ...]
    total: int
    pager: Pager
    source: str
    department: str
    departments: tuple[DepartmentShape, ...]
    pending: tuple[VersionStep, ...]


@dataclass(frozen=True)
class MatterContext:
    """One matter as the catalogue has it（事项档案）: elements, materials, versions, changes."""

    rail: Rail
    found: GovernedMatter
    known: int
    elements: int


@dataclass(frozen=True)
class ComparisonContext:
    """Two versions compared（版本对照）."""

    rail: Rail
    found: Comparison
    numbers: tuple[int, ...]
    sections: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class DraftsContext:
    """Packs of the site's folders that are no version yet（待起草的事项包）."""

    rail: Rail
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class ProofsContext:
    """证明事项清理: what need not be asked for, by department, and what that would save in a year."""

    rail: Rail
    groups: tuple[DemandGroup, ...]
    demands: int
    saved_minutes: int
    saved_visits: int
    department: str
    may_propose: bool
