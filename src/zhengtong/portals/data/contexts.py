"""What each page of the data portal receives（页面上下文）."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from zhengtong.apps.catalog.queries import Retention
from zhengtong.apps.catalog.shapes import FieldShape, ProfileShape, ResourceEvent, ResourceShape, SnapshotShape
from zhengtong.apps.exchange.shapes import (
    BackflowShape,
    ClientShape,
    DeliveryShape,
    GrantShape,
    RegisteredUpstream,
    RequestShape,
    UpstreamTrial,
)
from zhengtong.apps.feeds.shapes import FeedShape, RunShape
from zhengtong.portals.data.lineage import LineageContext
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.pieces import Due, Facet, Pager

Faults = tuple[Fault, ...]


@dataclass(frozen=True)
class Rail:
    """The rail（侧栏）: the section one is in, how many requests wait for this officer, and whether they supervise."""

    section: str
    is_officer: bool
    waiting: int
    can_register: bool
    supervises: bool = False


@dataclass(frozen=True)
class Met:
    """How many of a department's requests were met（供给满足率）."""

    name_zh: str
    name_en: str
    answered: int
    met: int

    @property
    def percent(self) -> int:
        return round(100 * self.met / self.answered) if self.answered else 0


@dataclass(frozen=True)
class RequestLine:
    """A request in a list（申请）with its deadline in words."""

    request: RequestShape
    due: Due


@dataclass(frozen=True)
class GrantLine:
    """A grant in a list（授权）; `state` tells expiry too; `calls` of the last thirty days."""

    grant: GrantShape
    state: str
    is_ours: bool
    calls: int


@dataclass(frozen=True)
class HomeContext:
    """The data portal's first page（数据门户首页）."""

    rail: Rail
    waiting: tuple[RequestLine, ...]
    put_off: tuple[RequestLine, ...]
    total: int
    newest: tuple[ResourceShape, ...]
    active_grants: int
    met: tuple[Met, ...]


@dataclass(frozen=True)
class FacetGroup:
    """The choices of one facet（筛选）as links."""

    title: str
    facets: tuple[Facet, ...]


@dataclass(frozen=True)
class CatalogContext:
    """The catalogue（数据目录）with search and facets."""

    rail: Rail
    q: str
    resources: tuple[ResourceShape, ...]
    total: int
    groups: tuple[FacetGroup, ...]
    chosen: tuple[Facet, ...]
    hidden: tuple[tuple[str, str], ...]
    pager: Pager


@dataclass(frozen=True)
class RegisterContext:
    """Registering a resource（登记资源）; what was entered is kept when it is refused."""

    rail: Rail
    declaration: str
    faults: Faults


@dataclass(frozen=True)
class Tab:
    """One tab, a link."""

    code: str
    words: str
    url: str
    is_on: bool


@dataclass(frozen=True)
class Example:
    """A call that works when copied（调用示例）."""

    title: str
    text: str


@dataclass(frozen=True)
class Entered:
    """What was typed into a page's forms, to be kept when it is refused."""

    values: Mapping[str, str]
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RuleLine:
    """A quality rule as a version met it（质量规则）; `share` in per cent with two digits, "" where nothing was judged."""

    zh: str
    en: str
    severity: str
    share: str
    failing: int
    judged: int
    holds: bool | None


@dataclass(frozen=True)
class QualityLine:
    """A version's assessment（质量评估）: score and dimensions in per cent."""

    version: str
    at: dt.datetime
    rows: int
    score: str
    dimensions: tuple[tuple[str, str], ...]
    rules: tuple[RuleLine, ...]
    held_reason: str


@dataclass(frozen=True)
class DatasetContext:
    """One resource of the catalogue（数据资源）."""

    rail: Rail
    resource: ResourceShape
    allowed: tuple[str, ...]
    tabs: tuple[Tab, ...]
    tab: str
    profile: ProfileShape | None
    snapshots: tuple[SnapshotShape, ...]
    retention: Retention | None
    quality: tuple[QualityLine, ...]
    feed: FeedShape | None
    runs: tuple[RunShape, ...]
    upstream: RegisteredUpstream | None
    trial: UpstreamTrial | None
    grants: tuple[GrantLine, ...]
    lineage: LineageContext | None
    our_grant: GrantShape | None
    may_ask: bool
    may_flow_back: bool
    events: tuple[ResourceEvent, ...]
    examples: tuple[Example, ...]
    faults: Faults
    entered: Entered


@dataclass(frozen=True)
class AskContext:
    """Asking for data（共享申请）."""

    rail: Rail
    resource: ResourceShape
    modes: tuple[str, ...]
    faults: Faults
    entered: Entered


@dataclass(frozen=True)
class BackflowContext:
    """Asking for one's own region's rows（申请数据回流）."""

    rail: Rail
    resource: ResourceShape
    may_ask: bool
    clients: tuple[ClientShape, ...]
    forms: tuple[str, ...]
    faults: Faults
    entered: Entered


@dataclass(frozen=True)
class RequestGroup:
    """Requests under one heading: to consent, to answer, made by us, or all the others."""

    title: str
    empty: str
    lines: tuple[RequestLine, ...]


@dataclass(frozen=True)
class RequestsContext:
    """Requests（共享申请列表）: what waits for me first."""

    rail: Rail
    groups: tuple[RequestGroup, ...]


@dataclass(frozen=True)
class FieldRow:
    """One requested field beside what it is（数据项审查）."""

    field: FieldShape
    is_asked: bool
    is_on: bool
    mask: str


@dataclass(frozen=True)
class RequestContext:
    """One request（共享申请）with the decision under it."""

    rail: Rail
    asked: RequestShape
    due: Due
    rows: tuple[FieldRow, ...]
    masks: tuple[tuple[str, str], ...]
    callers: tuple[ClientShape, ...]
    backflow: BackflowShape | None
    faults: Faults
    entered: Entered


@dataclass(frozen=True)
class GrantsContext:
    """Grants（授权列表）, held and given."""

    rail: Rail
    held: tuple[GrantLine, ...]
    given: tuple[GrantLine, ...]


@dataclass(frozen=True)
class Bar:
    """One day of a usage chart; positions in the units of its view box."""

    day: str
    calls: int
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Chart:
    """A bar chart drawn on the server（用量图）; `sentence` says what it shows, the table holds every number."""

    sentence: str
    bars: tuple[Bar, ...]
    width: int
    height: int
    bar_width: float
    most: int
    first: str
    last: str


@dataclass(frozen=True)
class GrantContext:
    """One grant（授权）."""

    rail: Rail
    line: GrantLine
    grant: GrantShape
    rows: tuple[FieldRow, ...]
    chart: Chart
    backflow: BackflowShape | None
    deliveries: tuple[DeliveryShape, ...]
    allowed: tuple[str, ...]
    faults: Faults
    entered: Entered


@dataclass(frozen=True)
class FreshSecret:
    """A secret shown once（密钥）."""

    client_id: str
    secret: str


@dataclass(frozen=True)
class ClientsContext:
    """Calling systems（应用）of the officer's organisation."""

    rail: Rail
    clients: tuple[ClientShape, ...]
    may_register: bool
    fresh: FreshSecret | None
    faults: Faults
    entered: Entered
