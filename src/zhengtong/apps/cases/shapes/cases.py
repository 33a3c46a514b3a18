"""Drafts, cases, queues and notices as they leave the room: frozen shapes, no records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from zhengtong.apps.cases.shapes.pending import Pending
from zhengtong.apps.people.shapes import OrganisationShape, Subject
from zhengtong.declared.shapes import Pack
from zhengtong.kit.calendar import Term


class State(StrEnum):
    """Where a case stands（办件状态）."""

    WAITING = "waiting"  # a part whose predecessors have not settled
    SUBMITTED = "submitted"
    SUPPLEMENTING = "supplementing"
    ACCEPTED = "accepted"
    EXAMINING = "examining"
    PROCEDURE = "procedure"  # 特别程序: the clock stands still
    GRANTED = "granted"
    DENIED = "denied"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    SUPPLEMENT_EXPIRED = "supplement_expired"
    BLOCKED = "blocked"  # a part that cannot be handled because one it depends on was not granted
    CLOSED = "closed"  # a one-thing with every part settled and not all of them granted
    REVOKED = "revoked"  # granted, and taken back


SETTLED = frozenset(
    {
        State.GRANTED,
        State.DENIED,
        State.NOT_ACCEPTED,
        State.WITHDRAWN,
        State.SUPPLEMENT_EXPIRED,
        State.BLOCKED,
        State.CLOSED,
        State.REVOKED,
    }
)

STATE_TITLES: dict[str, tuple[str, str]] = {
    "waiting": ("等待前一事项", "Waiting for an earlier step"),
    "submitted": ("已提交，待受理", "Submitted, waiting for acceptance"),
    "supplementing": ("待补正", "Waiting for your additions"),
    "accepted": ("已受理", "Accepted"),
    "examining": ("审查中", "Being examined"),
    "procedure": ("特别程序中，停止计时", "In a special procedure; the clock stands still"),
    "granted": ("已办结：准予", "Granted"),
    "denied": ("已办结：不予", "Denied"),
    "not_accepted": ("不予受理", "Not accepted"),
    "withdrawn": ("已撤回", "Withdrawn"),
    "supplement_expired": ("逾期未补正", "Additions not received in time"),
    "blocked": ("无法继续办理", "Cannot go on"),
    "closed": ("已全部办结", "All parts settled"),
    "revoked": ("决定已撤销", "Decision revoked"),
}

BUCKETS: tuple[str, ...] = ("overdue", "today", "soon", "ok", "hold")


# ---- drafts -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FieldValue:
    """One value of a form with where it came from（字段值与来源）.

    `source` is "applicant" or "data:<use id>" or "part:<part id>"; a verified value came through a grant whose pack
    entry locks it.
    """

    value: Any
    source: str = "applicant"
    source_title_zh: str = ""
    source_title_en: str = ""
    retrieved_at: datetime | None = None
    verified: bool = False
    receipt_no: str = ""

    @property
    def locked(self) -> bool:
        """Return whether the applicant may not change the value."""
        return self.verified


@dataclass(frozen=True)
class SourceState:
    """What became of one data use（数据调取情况）: state is "read", "not-found", "failed" or "waiting"."""

    use_id: str
    title_zh: str
    title_en: str
    provider_zh: str
    provider_en: str
    state: str
    reason_zh: str = ""
    reason_en: str = ""
    retrieved_at: datetime | None = None
    receipt_no: str = ""


@dataclass(frozen=True)
class FileShape:
    """A file brought by the applicant（材料文件）."""

    id: UUID
    material_id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    attached_at: datetime
    version: int = 1
    by_office: bool = False
    scan: str = "unscanned"


@dataclass(frozen=True)
class MaterialSlot:
    """A material the matter needs here（应交材料）: state is "wanted", "attached" or "replaced"."""

    id: str
    title_zh: str
    title_en: str
    help_zh: str
    help_en: str
    need: str
    formats: tuple[str, ...]
    max_bytes: int
    state: str
    files: tuple[FileShape, ...] = ()
    replaced_by_zh: str = ""
    replaced_by_en: str = ""
    receipt_no: str = ""


@dataclass(frozen=True)
class PageState:
    """One page of the form（表单页）: status is "done", "todo" or "blocked"."""

    id: str
    title_zh: str
    title_en: str
    status: str


@dataclass(frozen=True)
class FieldFault:
    """What is missing or wrong in a draft（字段问题）; `path` is a form path, "material:<id>" or "question:<id>"."""

    path: str
    code: str
    zh: str
    en: str
    page_id: str = ""


@dataclass(frozen=True)
class PromiseShape:
    """A promise the applicant may sign（书面承诺）: "tolerance" or "commitment", what it says, which materials it spares."""

    kind: str
    zh: str
    en: str
    signed: bool
    materials: tuple[str, ...]


@dataclass(frozen=True)
class DraftShape:
    """An application being filled in（草稿）."""

    id: UUID
    matter_code: str
    title_zh: str
    title_en: str
    pack: Pack
    applicant: Subject
    region_code: str
    values: Mapping[str, FieldValue]
    answers: Mapping[str, str]
    materials: tuple[MaterialSlot, ...]
    sources: tuple[SourceState, ...]
    pages: tuple[PageState, ...]
    missing: tuple[FieldFault, ...]
    version: int
    created_at: datetime
    changed_at: datetime
    expires_on: date
    case_no: str = ""
    promises: tuple[PromiseShape, ...] = ()

    @property
    def form(self) -> dict[str, Any]:
        """Return the values as the nested object the JSON Schema describes."""
        nested: dict[str, Any] = {}
        for path, held in self.values.items():
            *parents, leaf = path.split(".")
            here = nested
            for name in parents:
                here = here.setdefault(name, {})
            here[leaf] = held.value
        return nested


# ---- cases --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClockView:
    """The legal clock as people read it（时限）: state is "running", "paused" or "done"."""

    state: str
    remaining_days: int | None
    bucket: str
    reason_zh: str = ""
    reason_en: str = ""
    due_on: date | None = None
    on_time: bool | None = None


@dataclass(frozen=True)
class Event:
    """One entry of the timeline（办理记录）."""

    seq: int
    at: datetime
    kind: str
    label_zh: str
    label_en: str
    by_label: str
    receipt_no: str
    detail_zh: str = ""
    detail_en: str = ""
    case_no: str = ""


@dataclass(frozen=True)
class SupplementItem:
    """One thing to bring or correct（补正项）: `target` is "material:<id>" or a form path, or "" for a plain demand."""

    target: str
    title_zh: str
    title_en: str
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Supplement:
    """The one complete list of what is still needed（一次性告知补正）."""

    items: tuple[SupplementItem, ...]
    reason: str
    asked_at: datetime
    due_on: date
    asked_by: str
    times: int


@dataclass(frozen=True)
class ReviewShape:
    """好差评 of one case: satisfaction 1 (非常满意) – 5 (非常不满意), the codes of GB/T 39046 A.8."""

    case_no: str
    satisfaction: int
    tags: tuple[str, ...]
    comment: str
    at: datetime


@dataclass(frozen=True)
class Remedy:
    """What somebody refused may do（救济途径）, with the law it rests on, and until when.

    `kind` is "reconsideration" or "litigation"; `matter` is this site's own matter for it, `platform` the address of the
    public platform where the site has none; `until_on` is None where nothing has been decided yet.
    """

    zh: str
    en: str
    basis_zh: str
    kind: str = ""
    term: Term | None = None
    until_on: date | None = None
    matter: str = ""
    platform: str = ""


@dataclass(frozen=True)
class CaseShape:
    """A case（办件）as its applicant and the officers who may see it see it.

    `version` is the number of actions so far: hand it back with every officer action. `allowed` are the actions
    open to the one who asked. A one-thing carries its parts; a part carries `parent_no` and `part_id`.
    """

    no: str
    matter_code: str
    title_zh: str
    title_en: str
    applicant: Subject
    agent_label: str
    state: str
    state_zh: str
    state_en: str
    phase: str
    flags: tuple[str, ...]
    organisation: OrganisationShape | None
    parent_no: str | None
    part_id: str
    parts: tuple[CaseShape, ...]
    submitted_at: datetime
    accepted_at: datetime | None
    settled_at: datetime | None
    promised_on: date | None
    statutory_on: date | None
    clock: ClockView
    timeline: tuple[Event, ...]
    values: Mapping[str, FieldValue]
    materials: tuple[MaterialSlot, ...]
    certificates: tuple[str, ...]
    supplement: Supplement | None
    decision_reason: str
    remedies: tuple[Remedy, ...]
    outcome: Mapping[str, Any]
    outcome_suggested: Mapping[str, Any]
    waiting_for: tuple[str, ...]
    allowed: tuple[str, ...]
    assignee_id: int | None
    assignee_label: str
    assigned_at: datetime | None
    review: ReviewShape | None
    version: int
    receipt_no: str
    track_code: str
    pack: Pack
    pending: Pending = Pending()  # noqa: RUF009  frozen


@dataclass(frozen=True)
class CaseLine:
    """One line of "my cases"（我的办件）or of a part list: no personal data beyond what the list shows."""

    no: str
    matter_code: str
    title_zh: str
    title_en: str
    state: str
    state_zh: str
    state_en: str
    submitted_at: datetime
    promised_on: date | None
    needs_me: str
    due_on: date | None
    parts_total: int
    parts_settled: int
    reviewed: bool
    organisation_zh: str
    organisation_en: str


@dataclass(frozen=True)
class DraftLine:
    """One line of "my drafts"（草稿列表）."""

    id: UUID
    matter_code: str
    title_zh: str
    title_en: str
    changed_at: datetime
    expires_on: date


@dataclass(frozen=True)
class QueueRow:
    """One line of an officer's queue（待办）; `mark` is "yellow" or "red" where its clock has turned so（黄牌、红牌）."""

    no: str
    title_zh: str
    title_en: str
    applicant_masked: str
    state: str
    state_zh: str
    state_en: str
    phase: str
    bucket: str
    remaining_days: int | None
    due_on: date | None
    assignee_label: str
    parent_no: str
    parent_title_zh: str
    parent_title_en: str
    flags: tuple[str, ...]
    submitted_at: datetime
    version: int
    mark: str = ""


@dataclass(frozen=True)
class QueuePage:
    """One page of a queue, least remaining time first."""

    rows: tuple[QueueRow, ...]
    total: int
    page: int
    pages: int
    bucket: str


@dataclass(frozen=True)
class BucketCounts:
    """How many cases lie in each bucket of my queue, and how many wait unclaimed in the pool."""

    overdue: int
    today: int
    soon: int
    ok: int
    hold: int
    pool: int

    @property
    def mine(self) -> int:
        """Return how many are mine and not settled."""
        return self.overdue + self.today + self.soon + self.ok + self.hold


@dataclass(frozen=True)
class DataCheckRow:
    """Entered beside shared（数据核对）: result is "match", "mismatch", "not-found" or "failed"."""

    id: str
    title_zh: str
    title_en: str
    entered: str
    shared: str
    source_zh: str
    source_en: str
    retrieved_at: datetime | None
    receipt_no: str
    result: str
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True)
class NoticeText:
    """Exactly what the applicant will read（通知预览）."""

    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    action: str
    action_zh: str
    action_en: str


@dataclass(frozen=True)
class NoticeShape:
    """One message in the inbox（通知）with one thing to do: `action` is "case", "supplement", "certificates" or "review"."""

    id: int
    at: datetime
    case_no: str
    kind: str
    text: NoticeText
    read_at: datetime | None


@dataclass(frozen=True)
class TrackShape:
    """What anyone holding number and code sees（进度查询）: steps and dates, nobody's data."""

    no: str
    title_zh: str
    title_en: str
    applicant_masked: str
    state: str
    state_zh: str
    state_en: str
    submitted_at: datetime
    promised_on: date | None
    clock: ClockView
    organisation_zh: str
    organisation_en: str
    timeline: tuple[Event, ...]
    parts: tuple[CaseLine, ...]


@dataclass(frozen=True)
class PublicFigures:
    """Figures anyone may see（公开数据）; percentages are None while nothing has been counted."""

    submitted_this_week: int
    settled_this_week: int
    on_time_percent: float | None
    reviews: int
    satisfied_percent: float | None
