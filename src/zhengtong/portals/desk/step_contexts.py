"""What the desk's steps, lists and own arrangements receive（页面上下文）."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhengtong.apps.cases.shapes import (
    AlertShape,
    AskedRow,
    BatchResult,
    BucketCounts,
    CaseFileShape,
    CaseShape,
    FileCheck,
    PhraseShape,
    ReviewTask,
    SubstitutionShape,
)
from zhengtong.portals.ui.controls import Control
from zhengtong.portals.ui.forms import Fault

Faults = tuple[Fault, ...]


@dataclass(frozen=True)
class StepForm:
    """The form of one step（办理动作）; `has_files` asks for the encoding that carries them."""

    verb: str
    title: str
    effect: str
    controls: tuple[Control, ...]
    is_grave: bool

    @property
    def has_files(self) -> bool:
        """Return whether files are among what it asks for."""
        return any(control.kind == "files" for control in self.controls)


@dataclass(frozen=True)
class Standing:
    """Something open beside the state of a case（办理中的事）, in words: what, and the particulars."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class AskedContext:
    """What other departments ask of mine（征求意见、会签待办）."""

    section: str
    counts: BucketCounts
    rows: tuple[tuple[AskedRow, str], ...]


@dataclass(frozen=True)
class AlertsContext:
    """Warnings to the head（预警）."""

    section: str
    counts: BucketCounts
    alerts: tuple[AlertShape, ...]
    is_all: bool


@dataclass(frozen=True)
class ReviewTasksContext:
    """Bad reviews to see to（差评整改）."""

    section: str
    counts: BucketCounts
    tasks: tuple[tuple[ReviewTask, str, str], ...]


@dataclass(frozen=True)
class SubstitutionsContext:
    """Who does whose work（代岗）, and naming somebody for mine."""

    section: str
    counts: BucketCounts
    running: tuple[tuple[SubstitutionShape, bool], ...]
    controls: tuple[Control, ...]
    faults: Faults
    today: date


@dataclass(frozen=True)
class PhrasesContext:
    """The sentences I use again（常用语）."""

    section: str
    counts: BucketCounts
    own: tuple[PhraseShape, ...]
    typed: str
    faults: Faults


@dataclass(frozen=True)
class BatchField:
    """A value granting needs, for one case of a batch（办理结果项）."""

    name: str
    label: str
    value: str
    required: bool
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class BatchLine:
    """One case of a batch（批量办件）with the version that was on the screen."""

    case: CaseShape
    version: int
    fields: tuple[BatchField, ...]
    is_open: bool


@dataclass(frozen=True)
class BatchContext:
    """Several cases before they are decided together（批量审批）."""

    section: str
    counts: BucketCounts
    lines: tuple[BatchLine, ...]
    decision: str
    reason: str
    faults: Faults


@dataclass(frozen=True)
class BatchDoneContext:
    """What came of each case of a batch（批量结果）."""

    section: str
    counts: BucketCounts
    results: tuple[tuple[BatchResult, str], ...]
    done: int


@dataclass(frozen=True)
class ArchiveContext:
    """An archived case file（卷宗）: its index, digest, pages and the four checks done again."""

    section: str
    counts: BucketCounts
    case: CaseShape
    file: CaseFileShape
    check: FileCheck
    checks: tuple[tuple[str, bool], ...]
