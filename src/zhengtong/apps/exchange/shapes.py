"""What leaves this room: requests for data, the grants they become, and the answers a grant allows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.people.shapes import OrganisationShape

REQUEST_STATUSES = ("internal", "submitted", "supplementing", "approved", "rejected", "withdrawn")
GRANT_STATUSES = ("active", "suspended", "revoked")
MODES = ("api", "prefill", "batch", "file", "compute")


@dataclass(frozen=True)
class RequestEvent:
    """One step of a request（申请过程）, as both sides see it."""

    at: dt.datetime
    kind: str
    label_zh: str
    label_en: str
    by_label: str
    note: str
    receipt_no: str


@dataclass(frozen=True)
class ReplyExtension:
    """More working days for an answer（答复延期）: `state` is "", asked, granted or refused; `by_label` who granted it.

    `most` is how many days the law allows.
    """

    state: str = ""
    days: int = 0
    reason: str = ""
    by_label: str = ""
    most: int = 0


@dataclass(frozen=True)
class BackflowShape:
    """What a county asked to have back（数据回流）: rows whose `region_field` lies in its region, in files every so many days."""

    region_field: str
    region_code: str
    client_name: str
    form: str
    every_days: int
    next_at: dt.datetime | None


@dataclass(frozen=True)
class DeliveryShape:
    """One file of a backflow（回流文件）: `waiting`, `running`, `done`, `failed` or `expired`; its client fetches it by `id`."""

    id: str
    status: str
    form: str
    rows: int
    bytes: int
    sha256: str
    receipt_no: str
    problem_zh: str
    problem_en: str
    made_at: dt.datetime


@dataclass(frozen=True)
class RequestShape:
    """A request to share data（共享申请）with the elements of 政务数据共享条例 art. 20 and its legal clock."""

    no: str
    resource: ResourceShape
    consumer: OrganisationShape
    status: str
    fields: tuple[str, ...]
    usage_basis: str
    usage_scenario: str
    usage_scope: str
    modes: tuple[str, ...]
    valid_from: dt.date
    valid_until: dt.date
    submitted_at: dt.datetime | None
    reply_due_on: dt.date | None
    supplement_note: str
    grant_no: str
    events: tuple[RequestEvent, ...]
    allowed: tuple[str, ...] = ()
    extension: ReplyExtension = ReplyExtension()

    @property
    def is_open(self) -> bool:
        return self.status in ("internal", "submitted", "supplementing")


@dataclass(frozen=True)
class Hours:
    """When on a day a grant may be used（使用时段）: from `start` to before `end`, on working days only if it says so."""

    start: dt.time
    end: dt.time
    workdays_only: bool = False

    @property
    def zh(self) -> str:
        return f"{'工作日 ' if self.workdays_only else ''}{self.start:%H:%M}–{self.end:%H:%M}"

    @property
    def en(self) -> str:
        return f"{'working days, ' if self.workdays_only else ''}{self.start:%H:%M}–{self.end:%H:%M}"


@dataclass(frozen=True)
class GrantShape:
    """A grant（授权）: who may read which fields and rows of what, how masked, how often, until when, and why.

    `row_filter` maps a field to the values its rows may have; `masks` maps a field to a masking policy.
    `quota_per_day` bounds the volume: look-ups, keys and rows of a day; `rate_per_minute` the calls of a minute; 0 is
    no bound. `callers` are the client ids that may call, none: every client of the consumer.
    """

    no: str
    resource: ResourceShape
    consumer: OrganisationShape
    status: str
    purpose_zh: str
    purpose_en: str
    basis: str
    fields: tuple[str, ...]
    row_filter: dict[str, tuple[str, ...]]
    masks: dict[str, str]
    modes: tuple[str, ...]
    quota_per_day: int
    needs_case: bool
    valid_from: dt.date
    valid_until: dt.date
    request_no: str
    ended_reason: str = ""
    ended_at: dt.datetime | None = None
    rate_per_minute: int = 0
    hours: Hours | None = None
    callers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """One attempt to read（一次调用）, before it is decided; `client` is "" where the platform itself reads for a form."""

    mode: str
    key: dict[str, str]
    fields: tuple[str, ...]
    case_no: str
    on: dt.date
    used_today: int = 0
    client: str = ""
    clock: dt.time = dt.time(12)
    used_this_minute: int = 0


@dataclass(frozen=True)
class ReadAnswer:
    """What a read gave: the granted fields of one row, masked as the grant says, and the receipt that it happened."""

    found: bool
    values: dict[str, Any]
    resource_title_zh: str
    resource_title_en: str
    provider_zh: str
    provider_en: str
    retrieved_at: dt.datetime
    receipt_no: str
    grant_no: str


@dataclass(frozen=True)
class ClientShape:
    """A calling system（应用）of an organisation; its secret is shown once, when it is made."""

    client_id: str
    organisation: OrganisationShape
    name: str
    is_active: bool
    created_at: dt.datetime
    public_key: str = ""
    certificate: str = ""


@dataclass(frozen=True)
class ClientKeys:
    """A client with what proves that a call is its own: the digest of its secret, its public key, its certificate's.

    A public key is hex: 32 bytes of Ed25519, or 65 of SM2 beginning with 04; a certificate is the SHA-256 of its DER.
    """

    client: ClientShape
    secret_digest: str
    public_key: str = ""
    certificate: str = ""


@dataclass(frozen=True, repr=False)
class UpstreamShape:
    """A department's own API behind a resource（代理接口）; `address` has `{key}` once, `names` maps fields to its names."""

    id: int
    resource: ResourceShape
    address: str
    key_field: str
    row_path: str
    names: dict[str, str]
    header_name: str
    header_value: str
    timeout_seconds: float


@dataclass(frozen=True)
class RegisteredUpstream:
    """What its provider sees of a registered API（已登记的代理接口）: everything but the credential itself."""

    address: str
    key_field: str
    row_path: str
    names: dict[str, str]
    header_name: str
    has_credential: bool
    timeout_seconds: float
    is_active: bool
    registered_at: dt.datetime


@dataclass(frozen=True)
class UpstreamTrial:
    """What one test call gave（试调用）: whether there was a row, which fields had a value, never the values."""

    is_found: bool
    filled: tuple[str, ...]
    empty: tuple[str, ...]
    milliseconds: int


@dataclass(frozen=True)
class ServedRead:
    """What a fast read gave: rows of granted fields (None where there is none), and the receipt that it happened."""

    rows: tuple[dict[str, Any] | None, ...]
    grant: GrantShape
    receipt_no: str
    retrieved_at: dt.datetime
    total: int | None = None
    after: int | None = None


@dataclass(frozen=True)
class GrantUse:
    """How a grant has been used（使用情况）: calls a day, newest first."""

    grant_no: str
    days: tuple[tuple[dt.date, int], ...] = field(default_factory=tuple)


@dataclass(frozen=True)
class ResourceUse:
    """How a resource is used under all its grants（数据使用概况）: grants in force and ever given, calls of late and ever."""

    living: int
    grants: int
    late_calls: int
    calls: int
    last_on: dt.date | None


@dataclass(frozen=True)
class ExportShape:
    """A file asked for through the gateway（导出任务）: `waiting`, `running`, `done`, `failed` or `expired`."""

    id: str
    status: str
    form: str
    fields: tuple[str, ...]
    rows: int
    bytes: int
    sha256: str
    receipt_no: str
    problem_zh: str
    problem_en: str
    made_at: dt.datetime
    expires_at: dt.datetime | None
    path: str = ""
    progress: int = 0


@dataclass(frozen=True)
class TracedExport:
    """Whose copy a file may be（溯源结果）: rows looked at, those with the recipient's mark, neighbours in its order."""

    receipt_no: str
    grant_no: str
    recipient: OrganisationShape
    rows: int
    marked: int
    in_order: float
