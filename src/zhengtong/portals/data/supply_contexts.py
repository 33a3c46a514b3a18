"""What the pages of demand, correction and supervision receive（供需、校核与监管的页面上下文）."""

from __future__ import annotations

from dataclasses import dataclass

from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.corrections.shapes import CorrectionShape, SourceRecord
from zhengtong.apps.demands.shapes import ChoiceShape, ProceedingShape, SupplyRecord, Violation
from zhengtong.portals.data.contexts import Entered, Faults, Rail
from zhengtong.portals.ui.pieces import Due


@dataclass(frozen=True)
class ProceedingLine:
    """A proceeding in a list（事项）with its deadline in words; `is_ours` when this officer can do something."""

    proceeding: ProceedingShape
    due: Due
    is_ours: bool


@dataclass(frozen=True)
class DemandsContext:
    """The board of demand and supply（供需对接）: what waits for us, what others need, who meets it, what lies unused."""

    rail: Rail
    waiting: tuple[ProceedingLine, ...]
    demands: tuple[ProceedingLine, ...]
    records: tuple[SupplyRecord, ...]
    offers: tuple[tuple[str, str, str], ...]
    may_post: bool


@dataclass(frozen=True)
class PostContext:
    """Posting a demand（发布数据需求）."""

    rail: Rail
    faults: Faults
    entered: Entered


@dataclass(frozen=True)
class StepForm:
    """One step that can be taken now（可办环节）; `options` are the choices of what is picked from a list."""

    choice: ChoiceShape
    options: tuple[tuple[str, str], ...]
    is_open: bool


@dataclass(frozen=True)
class ProceedingContext:
    """One proceeding（供需与监管事项）with what can be done to it."""

    rail: Rail
    line: ProceedingLine
    forms: tuple[StepForm, ...]
    told: tuple[tuple[str, str], ...]
    faults: Faults
    entered: Entered


@dataclass(frozen=True)
class MisuseContext:
    """Reporting misuse of a grant, or opening a dispute（报告违规、提出争议）."""

    rail: Rail
    kind: str
    grant_no: str
    request_no: str
    what: ResourceShape
    violations: tuple[Violation, ...]
    faults: Faults
    entered: Entered


@dataclass(frozen=True)
class FindingLine:
    """Something to look at（监管提示）with its address."""

    zh: str
    en: str
    no: str
    url: str
    since: str


@dataclass(frozen=True)
class FindingGroup:
    """Findings of one kind."""

    title: str
    explained: str
    lines: tuple[FindingLine, ...]


@dataclass(frozen=True)
class SupervisionContext:
    """Supervision of sharing（数据监管）."""

    rail: Rail
    groups: tuple[FindingGroup, ...]
    total: int
    sources: tuple[SourceRecord, ...]


@dataclass(frozen=True)
class CorrectionLine:
    """A correction in a list（校核）with its deadline in words."""

    correction: CorrectionShape
    due: Due
    field_title: str


@dataclass(frozen=True)
class CorrectionsContext:
    """Corrections（校核纠错）: what we have to answer, what we raised."""

    rail: Rail
    to_answer: tuple[CorrectionLine, ...]
    others: tuple[CorrectionLine, ...]


@dataclass(frozen=True)
class CorrectionContext:
    """One correction（校核申请）; clear values for its two sides only."""

    rail: Rail
    line: CorrectionLine
    faults: Faults
    entered: Entered


@dataclass(frozen=True)
class DoubtContext:
    """Asking the source to check a value（提出校核）."""

    rail: Rail
    resource: ResourceShape
    faults: Faults
    entered: Entered
