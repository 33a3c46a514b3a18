"""What each page of the desk receives（页面上下文）."""

from __future__ import annotations

from dataclasses import dataclass

from zhengtong.apps.cases.shapes import (
    BucketCounts,
    CaseShape,
    ClockTrace,
    DataCheckRow,
    MaterialSlot,
    NoticeText,
    QueueRow,
)
from zhengtong.apps.evidence.shapes import ReceiptShape
from zhengtong.portals.desk.step_contexts import Standing, StepForm
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.pieces import Due, Pager

Faults = tuple[Fault, ...]


@dataclass(frozen=True)
class QueueLine:
    """One case in the queue（待办）with its deadline in words."""

    row: QueueRow
    due: Due
    is_current: bool = False


@dataclass(frozen=True)
class Bucket:
    """One counter of the queue（时限分组）, which is also a filter."""

    code: str
    words: str
    count: int
    is_on: bool


@dataclass(frozen=True)
class QueueView:
    """The queue beside a case（任务栏）."""

    heading: str
    buckets: tuple[Bucket, ...]
    lines: tuple[QueueLine, ...]
    pager: Pager | None
    total: int


@dataclass(frozen=True)
class TasksContext:
    """My tasks（我的任务）."""

    section: str
    counts: BucketCounts
    queue: QueueView
    q: str


@dataclass(frozen=True)
class PoolContext:
    """Unclaimed cases（待认领）."""

    section: str
    counts: BucketCounts
    lines: tuple[QueueLine, ...]
    total: int
    pager: Pager


@dataclass(frozen=True)
class SearchContext:
    """Finding a case（办件查询）."""

    section: str
    counts: BucketCounts
    q: str
    lines: tuple[QueueLine, ...]
    total: int
    pager: Pager | None


@dataclass(frozen=True)
class BoardLine:
    """One person's load on the board（科室看板）."""

    label: str
    overdue: int
    today: int
    soon: int
    ok: int
    hold: int

    @property
    def total(self) -> int:
        return self.overdue + self.today + self.soon + self.ok + self.hold


@dataclass(frozen=True)
class BoardContext:
    """The section's board（本科室看板）."""

    section: str
    counts: BucketCounts
    lines: tuple[BoardLine, ...]
    total: int
    done: int


@dataclass(frozen=True)
class TimeBar:
    """Used time of the clock as a bar（时限条）."""

    percent: int
    mark: int
    bucket: str
    words: str


@dataclass(frozen=True)
class Tab:
    """One tab of the case, a link."""

    code: str
    words: str
    url: str
    is_on: bool
    alert: int = 0


@dataclass(frozen=True)
class Lane:
    """One department on the time axis（并联进度）; `x` and `width` in percent of the axis."""

    title: str
    organisation: str
    words: str
    status: str
    bucket: str
    x: float
    width: float
    kind: str
    no: str
    is_here: bool


@dataclass(frozen=True)
class AxisDay:
    """One tick of the time axis."""

    words: str
    x: float
    is_now: bool


@dataclass(frozen=True)
class Axis:
    """Parallel departments on one time axis（并联审批）."""

    days: tuple[AxisDay, ...]
    lanes: tuple[Lane, ...]
    now_x: float
    sentence: str


@dataclass(frozen=True)
class AnswerLine:
    """One value of the application（申请表）with its source."""

    label: str
    value: str
    source: str
    verified: bool


@dataclass(frozen=True)
class AnswerBlock:
    """The values of one page."""

    title: str
    lines: tuple[AnswerLine, ...]


@dataclass(frozen=True)
class Decision:
    """One way to go on（处理意见）, a link that opens its form."""

    code: str
    words: str
    url: str
    is_on: bool
    key: str


@dataclass(frozen=True)
class SupplementChoice:
    """Something that can be asked for（可要求补正的内容）."""

    target: str
    title: str
    note: str
    is_on: bool


@dataclass(frozen=True)
class OutcomeView:
    """A field the officer fills in when granting（办理结果项）; with options it is a choice, each with its words."""

    id: str
    label: str
    value: str
    suggested: str
    required: bool
    format: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Panel:
    """The decision panel（处理）: what can be decided, with which reasons, what it will cause."""

    step: str
    decisions: tuple[Decision, ...]
    chosen: str
    choices: tuple[SupplementChoice, ...]
    outcome: tuple[OutcomeView, ...]
    phrases: tuple[str, ...]
    reason: str
    effect: str
    preview: NoticeText | None
    send: str
    post_url: str
    decision: str
    times: int
    faults: Faults
    more: tuple[Decision, ...] = ()
    form: StepForm | None = None


@dataclass(frozen=True)
class CaseContext:
    """One case at the desk（办件）."""

    section: str
    counts: BucketCounts
    queue: QueueView
    case: CaseShape
    whole: CaseShape
    due: Due
    bar: TimeBar | None
    tabs: tuple[Tab, ...]
    tab: str
    checks: tuple[DataCheckRow, ...]
    check_summary: str
    axis: Axis | None
    blocks: tuple[AnswerBlock, ...]
    materials: tuple[MaterialSlot, ...]
    receipts: tuple[ReceiptShape, ...]
    panel: Panel
    standing: tuple[Standing, ...]
    traces: tuple[ClockTrace, ...]
    mark: str


@dataclass(frozen=True)
class FileContext:
    """The case file for print（卷宗）."""

    case: CaseShape
    whole: CaseShape
    blocks: tuple[AnswerBlock, ...]
    checks: tuple[DataCheckRow, ...]
    receipts: tuple[ReceiptShape, ...]
    printed_by: str
