"""What each page of the portal receives（页面上下文）: exactly this, so what a page discloses is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zhengtong.apps.cases.shapes import (
    CaseLine,
    CaseShape,
    DraftLine,
    DraftShape,
    Event,
    MaterialSlot,
    NoticeShape,
    PageState,
    PublicFigures,
    TrackShape,
)
from zhengtong.apps.certificates.shapes import CertificateShape, Verification
from zhengtong.apps.evidence.shapes import Proof, ReadShape, ReceiptShape
from zhengtong.apps.matters.shapes import GuideShape, MatterShape
from zhengtong.apps.people.shapes import MandateShape, Principal, ResidentProfile, Subject
from zhengtong.declared.shapes import Pack
from zhengtong.portals.ui.forms import BoundField, Fault, LockedGroup
from zhengtong.portals.ui.pieces import Crumb, Due, Facet, Pager, Step

Faults = tuple[Fault, ...]


@dataclass(frozen=True)
class ThemeGroup:
    """A theme with its first matters（主题）."""

    title_zh: str
    title_en: str
    url: str
    count: int
    matters: tuple[MatterShape, ...]


@dataclass(frozen=True)
class LifeStage:
    """One stop of the life axis（人生轴）with its one-things."""

    title: str
    events: tuple[MatterShape, ...]
    note: str = ""


@dataclass(frozen=True)
class Todo:
    """One thing that needs the person（待处理）: what, why, by when, one button."""

    title_zh: str
    title_en: str
    tag: str
    why: str
    url: str
    button: str
    due: Due


@dataclass(frozen=True)
class RunningCase:
    """A case on the home page, with its steps."""

    line: CaseLine
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class HomeContext:
    """Home（首页）, signed in or not."""

    todos: tuple[Todo, ...]
    running: tuple[RunningCase, ...]
    to_review: tuple[CaseLine, ...]
    count_mine: int
    hot: tuple[MatterShape, ...]
    stages: tuple[LifeStage, ...]
    themes: tuple[ThemeGroup, ...]
    count_matters: int
    certificates: tuple[CertificateShape, ...]
    count_reads: int
    figures: PublicFigures | None


@dataclass(frozen=True)
class SearchContext:
    """Search results（搜索）."""

    q: str
    hits: tuple[Any, ...]
    best: Any | None
    total: int
    suggestions: tuple[str, ...]
    facets: tuple[Facet, ...]
    pager: Pager | None
    nearest: tuple[MatterShape, ...]


@dataclass(frozen=True)
class ServicesContext:
    """Lists of matters（办事目录）by theme and by department."""

    heading: str
    crumbs: tuple[Crumb, ...]
    themes: tuple[Facet, ...]
    departments: tuple[Facet, ...]
    matters: tuple[MatterShape, ...]
    total: int
    pager: Pager | None


@dataclass(frozen=True)
class MaterialLine:
    """A material on a guide page（材料）and what the applicant must do about it."""

    title_zh: str
    title_en: str
    help_zh: str
    help_en: str
    way: str
    tone: str


@dataclass(frozen=True)
class DataUseLine:
    """A data use on a guide page: which department's data are read, for what."""

    purpose_zh: str
    purpose_en: str
    source_zh: str
    source_en: str
    basis: str


@dataclass(frozen=True)
class GuideContext:
    """The guide of a matter（办事指南）; `pack` is None for an imported matter that has no online handling yet."""

    matter: MatterShape
    pack: Pack | None
    crumbs: tuple[Crumb, ...]
    materials: tuple[MaterialLine, ...]
    data_uses: tuple[DataUseLine, ...]
    promised: str
    statutory: str
    drafts: tuple[DraftLine, ...]
    described: GuideShape | None


@dataclass(frozen=True)
class PartLine:
    """A matter inside a one-thing（联办事项）, in the order it can run."""

    title_zh: str
    title_en: str
    organisation_zh: str
    organisation_en: str
    after: str
    result_zh: str
    result_en: str


@dataclass(frozen=True)
class QuestionView:
    """A situation question（情形引导）with what is chosen."""

    id: str
    title_zh: str
    title_en: str
    help_zh: str
    help_en: str
    options: tuple[tuple[str, str, bool], ...]
    fault: str = ""


@dataclass(frozen=True)
class LifeListContext:
    """All one-things（一件事）."""

    stages: tuple[LifeStage, ...]
    events: tuple[MatterShape, ...]


@dataclass(frozen=True)
class LifeContext:
    """One life event（一件事）: what is joined, what is spared, the questions, the start."""

    matter: MatterShape
    pack: Pack
    parts: tuple[PartLine, ...]
    materials: tuple[MaterialLine, ...]
    data_uses: tuple[DataUseLine, ...]
    questions: tuple[QuestionView, ...]
    faults: Faults
    drafts: tuple[DraftLine, ...]
    promised: str
    spared: int


@dataclass(frozen=True)
class StartContext:
    """The start of an application（开始申请）: the situation questions."""

    matter: MatterShape
    pack: Pack
    questions: tuple[QuestionView, ...]
    faults: Faults
    drafts: tuple[DraftLine, ...]
    applicant: Subject | None


@dataclass(frozen=True)
class TaskLine:
    """One task of an application（待填任务）."""

    title: str
    url: str
    status: str


@dataclass(frozen=True)
class OverviewContext:
    """The task list of an application（填写进度）and what was fetched already."""

    draft: DraftShape
    tasks: tuple[TaskLine, ...]
    done: int
    next_url: str


@dataclass(frozen=True)
class FormContext:
    """One page of the form（填表）."""

    draft: DraftShape
    page: PageState
    help: str
    locked: tuple[LockedGroup, ...]
    fields: tuple[BoundField, ...]
    faults: Faults
    position: int
    total: int
    back_url: str
    returns: bool
    kept: bool


@dataclass(frozen=True)
class MaterialsContext:
    """Bringing materials（提交材料）."""

    draft: DraftShape
    wanted: tuple[MaterialSlot, ...]
    spared: tuple[MaterialSlot, ...]
    faults: Faults
    fault_of: Mapping[str, str]
    back_url: str


@dataclass(frozen=True)
class AnswerRow:
    """One answer on the check page（核对项）."""

    label: str
    value: str
    source: str
    change_url: str


@dataclass(frozen=True)
class VerifiedBlock:
    """Verified answers from one source（已核实）, shown together."""

    source: str
    retrieved_at: datetime | None
    rows: tuple[AnswerRow, ...]


@dataclass(frozen=True)
class AnswerGroup:
    """The answers of one page: what the applicant entered, then what was verified, by source."""

    title: str
    rows: tuple[AnswerRow, ...]
    verified: tuple[VerifiedBlock, ...] = ()


@dataclass(frozen=True)
class CheckContext:
    """Check answers（核对）before submitting."""

    draft: DraftShape
    groups: tuple[AnswerGroup, ...]
    faults: Faults
    back_url: str


@dataclass(frozen=True)
class DoneContext:
    """Confirmation（提交成功）."""

    case: CaseShape


@dataclass(frozen=True)
class MyContext:
    """My space（我的空间）."""

    todos: tuple[Todo, ...]
    running: tuple[RunningCase, ...]
    settled: tuple[CaseLine, ...]
    drafts: tuple[DraftLine, ...]
    certificates: int


@dataclass(frozen=True)
class CaseContext:
    """One case（办件）as its applicant sees it."""

    case: CaseShape
    groups: tuple[AnswerGroup, ...]
    supplements: tuple[CaseShape, ...]
    certificates: tuple[CertificateShape, ...]
    events: tuple[Event, ...]
    can_withdraw: bool
    can_review: bool
    follow_ups: tuple[CaseShape, ...]
    fees: tuple[CaseShape, ...]


@dataclass(frozen=True)
class ReceiptContext:
    """The receipt of a submission（收件回执）for print."""

    case: CaseShape
    groups: tuple[AnswerGroup, ...]


@dataclass(frozen=True)
class SupplementField:
    """One thing asked for（补正项）: a material to bring, a field to correct, or a plain demand."""

    title: str
    note: str
    material: MaterialSlot | None
    field: BoundField | None
    fault: str = ""


@dataclass(frozen=True)
class SupplementContext:
    """Bringing what was asked（补正）."""

    case: CaseShape
    items: tuple[SupplementField, ...]
    due: str
    faults: Faults


@dataclass(frozen=True)
class TrackContext:
    """Tracking without signing in（查进度）."""

    no: str
    phone: str
    code: str
    track: TrackShape | None
    steps: tuple[Step, ...]
    faults: Faults


@dataclass(frozen=True)
class CertificatesContext:
    """My certificates（我的证照）."""

    certificates: tuple[CertificateShape, ...]


@dataclass(frozen=True)
class CertificateContext:
    """One certificate（证照）."""

    certificate: CertificateShape


@dataclass(frozen=True)
class ShowContext:
    """Showing a certificate（亮证）with a code that lives one minute."""

    certificate: CertificateShape
    qr_svg: str
    seconds: int
    url: str


@dataclass(frozen=True)
class ReadLine:
    """One read of the person's data（查阅记录）with the names of both organisations in the page's language."""

    read: ReadShape
    consumer: str
    provider: str
    is_my_case: bool


@dataclass(frozen=True)
class MyDataContext:
    """What the platform holds about me（我的数据）."""

    profile: ResidentProfile
    region: str
    count_reads: int
    latest: tuple[ReadLine, ...]


@dataclass(frozen=True)
class AccessContext:
    """Who read my data（查阅记录）."""

    reads: tuple[ReadLine, ...]
    total: int
    more_url: str


@dataclass(frozen=True)
class ProofContext:
    """The proof of one receipt（存证证明）."""

    receipt: ReceiptShape
    read: ReadShape | None
    proof: Proof | None
    leaf_hex: str


@dataclass(frozen=True)
class ReviewContext:
    """好差评."""

    case: CaseShape
    levels: tuple[tuple[int, str], ...]
    tags: tuple[tuple[str, str], ...]
    chosen: int
    comment: str
    faults: Faults


@dataclass(frozen=True)
class InboxContext:
    """Messages（消息）."""

    notices: tuple[tuple[NoticeShape, str], ...]


@dataclass(frozen=True)
class VerifyContext:
    """Verifying a certificate（验证照）."""

    identifier: str
    verification: Verification | None
    shown_live: bool
    faults: Faults


@dataclass(frozen=True)
class IdentityContext:
    """Choosing for whom one acts（办事身份）."""

    me: Subject | None
    principals: tuple[Principal, ...]
    current: str


@dataclass(frozen=True)
class DelegationsContext:
    """Delegations given and held（代办授权）."""

    given: tuple[MandateShape, ...]
    held: tuple[MandateShape, ...]
    faults: Faults
    typed: Mapping[str, str]
    today: date


@dataclass(frozen=True)
class PlainContext:
    """A page of text（说明页）: nothing but its words."""
