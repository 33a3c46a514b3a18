"""What is open beside the ordinary course of a case（办理中的事）: pauses, proposals, opinions, signatures, promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zhengtong.kit.calendar import Clock, Extension, Pause


@dataclass(frozen=True)
class Hold:
    """Why the clocks stand still（停表事由）; `until_on` is the longest it may last, `note` what was told."""

    id: str
    kind: str
    since: datetime
    until_on: date | None = None
    title: tuple[str, str] = ("", "")
    reason: str = ""
    evidence: tuple[str, ...] = ()
    back_to: str = ""
    hearing_at: datetime | None = None
    place: str = ""


@dataclass(frozen=True)
class StepClock:
    """The promised time of one step（环节时限）: "accept", "examine" or "deliver"."""

    step: str
    clock: Clock
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Proposal:
    """What an officer has put to the head（报批）: the kind of action, its payload, and by whom."""

    kind: str
    payload: Mapping[str, Any]
    by_account: int | None
    by_label: str
    at: datetime


@dataclass(frozen=True)
class Consult:
    """An opinion asked of another organisation（征求意见）; `answer` is None while it is open."""

    id: str
    organisation_id: int
    organisation: tuple[str, str]
    title: tuple[str, str]
    question: str
    asked_at: datetime
    due_on: date
    pauses: bool = False
    answer: str | None = None
    answered_at: datetime | None = None
    answered_by: str = ""

    @property
    def is_open(self) -> bool:
        """Return whether nobody has answered and the time is not over."""
        return self.answered_at is None


@dataclass(frozen=True)
class Signature:
    """One place for a signature（会签）: whose, and what they said; `agrees` is None until they have."""

    organisation_id: int
    organisation: tuple[str, str]
    agrees: bool | None = None
    opinion: str = ""
    by_label: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Round:
    """A round of signatures（会签）: `needed` of them must agree."""

    needed: int
    signatures: tuple[Signature, ...]

    @property
    def agreed(self) -> int:
        """Return how many have agreed."""
        return sum(one.agrees is True for one in self.signatures)

    @property
    def is_passed(self) -> bool:
        """Return whether enough have agreed."""
        return self.agreed >= self.needed


@dataclass(frozen=True)
class FollowUp:
    """A tolerated material still to come（容缺后补）."""

    material_id: str
    title: tuple[str, str]
    due_on: date


@dataclass(frozen=True)
class CommitmentState:
    """A commitment made in place of materials（告知承诺）: "made", "to-verify", "kept", "broken" or "withdrawn"."""

    materials: tuple[str, ...]
    state: str
    made_at: datetime
    verify_on: date | None = None
    rectify_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Objection:
    """An objection（异议）and its answer; `upheld` is None until it is answered."""

    text: str
    at: datetime
    due_on: date
    upheld: bool | None = None
    answer: str = ""


@dataclass(frozen=True)
class Rectification:
    """What becomes of a bad review（差评整改）: state as standards §2.4 has them.

    "new", "rectifying", "replied", "closed"; beside it the appeal: "", "asked", "upheld" or "rejected".
    """

    state: str
    contact_due_on: date
    rectify_due_on: date
    contacted_at: datetime | None = None
    reply: str = ""
    replied_at: datetime | None = None
    called_back_at: datetime | None = None
    callback_satisfaction: int | None = None
    appeal: str = ""
    appeal_reason: str = ""


@dataclass(frozen=True)
class FeeView:
    """What is to be paid（应缴）: `state` is "due", "paid" or "refunded"."""

    title_zh: str
    title_en: str
    yuan: str
    state: str


@dataclass(frozen=True)
class Pending:
    """Everything of a case beside its state（办理中的事）; what is None or empty is not there.

    Of consultations and signatures the applicant sees nothing: they are the office's own affair.
    """

    hold: Hold | None = None
    proposal: Proposal | None = None
    consults: tuple[Consult, ...] = ()
    cosign: Round | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    commitment: CommitmentState | None = None
    fee: FeeView | None = None
    delivery: str = ""
    objection: Objection | None = None
    rectification: Rectification | None = None
    steps: tuple[StepClock, ...] = ()
    extensions: int = 0
    archived_at: datetime | None = None
    taken_in_by: str = ""


@dataclass(frozen=True)
class SubstitutionShape:
    """Somebody's work left to a colleague for some days（代岗）."""

    id: int
    account_label: str
    substitute_label: str
    from_on: date
    to_on: date
    reason: str
    is_mine: bool = True


@dataclass(frozen=True)
class PhraseShape:
    """A sentence for use again（常用语）: `source` is "pack" or "own"."""

    id: int
    text: str
    source: str
    text_en: str = ""


@dataclass(frozen=True)
class BatchResult:
    """What came of one case of a batch（批量审批）: settled, or the refusal's sentences."""

    case_no: str
    ok: bool
    state: str = ""
    code: str = ""
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class TracedDayShape:
    """One day of a clock in words（逐日说明）; `nth` is its place among the counted days, 0 when it does not count."""

    date: date
    nth: int
    why: str
    why_zh: str
    why_en: str
    segment: int
    provisional: bool


@dataclass(frozen=True)
class ClockTrace:
    """Why a clock ends when it does（期限说明）: its term, its pauses and extensions, and every day.

    `name` is "acceptance", "promised", "statutory" or "step:…"; `days` is empty for a term in hours.
    """

    name: str
    title_zh: str
    title_en: str
    n: int
    unit: str
    basis: str
    started_at: datetime
    due_on: date
    is_provisional: bool
    pauses: tuple[Pause, ...]
    extensions: tuple[Extension, ...]
    days: tuple[TracedDayShape, ...]


@dataclass(frozen=True)
class FileFinding:
    """What one of the four checks found（四性检测问题）: which check, in which document, in words."""

    check: str
    where: str
    zh: str
    en: str


@dataclass(frozen=True)
class FileCheck:
    """The four checks of a case file（四性检测）: (name, passed) each, and the findings."""

    results: tuple[tuple[str, bool], ...]
    findings: tuple[FileFinding, ...]

    @property
    def passed(self) -> bool:
        """Return whether all four passed."""
        return not self.findings


@dataclass(frozen=True)
class FileEntry:
    """One document of an archived file（卷内文件）with its pages and its hash."""

    no: int
    title_zh: str
    title_en: str
    media_type: str
    from_page: int
    to_page: int
    sha256: str = ""


@dataclass(frozen=True)
class CaseFileShape:
    """An archived case file（卷宗）: the digest its receipt commits to, its pages and documents."""

    case_no: str
    digest: str
    pages: int
    size_bytes: int
    at: datetime
    entries: tuple[FileEntry, ...]


@dataclass(frozen=True)
class AlertShape:
    """A supervisor told once（预警）: kind is "yellow", "red", "overdue", "procedure", "verify", "contact" and the like."""

    id: int
    case_no: str
    title_zh: str
    title_en: str
    kind: str
    kind_zh: str
    kind_en: str
    due_on: date
    at: datetime
    assignee_label: str
    seen_at: datetime | None


@dataclass(frozen=True)
class AskedRow:
    """A case another organisation asks something about（征求意见、会签待办）: role as in CaseParty."""

    case_no: str
    title_zh: str
    title_en: str
    role: str
    organisation_zh: str
    organisation_en: str
    due_on: date | None
    since: datetime


@dataclass(frozen=True)
class ReviewTask:
    """A bad review that is not closed（差评整改待办）: `role` is "handler", or "superior" for whom an appeal waits."""

    case_no: str
    title_zh: str
    title_en: str
    satisfaction: int
    comment: str
    reviewed_at: datetime
    rectification: Rectification
    assignee_label: str
    role: str
