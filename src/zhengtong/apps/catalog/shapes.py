"""What leaves this room: resources, their fields and the snapshots that hold their rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from zhengtong.apps.people.shapes import OrganisationShape

UNCONDITIONAL, CONDITIONAL, NOT_SHARED = 1, 2, 3  # share types（共享属性）, 政务数据共享条例 art. 14
STATUSES = ("draft", "assessed", "approved", "published", "suspended", "withdrawn")


@dataclass(frozen=True)
class FieldShape:
    """One data item（数据项）of a resource; `sensitivity` 1 public … 4 high; `mask` names a masking policy or is ""."""

    name: str
    title_zh: str
    title_en: str
    type: str
    order: int
    code_list: dict[str, str] = field(default_factory=dict)
    sensitivity: int = 2
    personal: bool = False
    share_type: int = CONDITIONAL
    basis: str = ""
    mask: str = ""
    is_key: bool = False
    unit: str = ""


@dataclass(frozen=True)
class SnapshotShape:
    """A version of the rows（数据快照）; `digest` vouches for every byte of it.

    `score` is its quality from 0 to 1, empty where no rule is declared; `held_reason` the rules that keep it from being served.
    """

    version: str
    rows: int
    digest: str
    loaded_at: dt.datetime
    rejected_rows: int = 0
    score: str = ""
    held_reason: str = ""
    is_current: bool = False
    removed_at: dt.datetime | None = None


@dataclass(frozen=True)
class RemovedVersions:
    """Versions of a resource that were let go（过期版本清理）, oldest first, and the room it gave back."""

    resource: str
    versions: tuple[str, ...]
    bytes: int


@dataclass(frozen=True)
class ResourceShape:
    """A data resource（数据资源）with the elements that 政务数据共享条例 art. 13 and the catalogue guide ask for.

    `retention` says how many `versions` of the rows are kept, and for how many `days`, where it differs from the site's.
    `subject_field` holds the number of the person a row is about; where several rows share a key, the newest by
    `latest_by` answers.
    """

    id: int
    code: str
    name: str
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    provider: OrganisationShape
    status: str
    share_type: int
    share_scope: str
    share_purpose: str
    no_share_reason: str
    basis: str
    share_modes: tuple[str, ...]
    open_type: str
    update_cycle: str
    format: str
    data_class: str
    data_level: int
    national_level: str
    secrecy_checked: bool
    pia_no: str
    approved_by: str
    is_source_of_truth: bool
    subject_kind: str
    subject_field: str
    latest_by: str
    published_on: dt.date | None
    fields: tuple[FieldShape, ...]
    snapshot: SnapshotShape | None
    related: tuple[str, ...] = ()
    retention: dict[str, int] = field(default_factory=dict)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Return the names of the fields a row may be looked up by."""
        return tuple(item.name for item in self.fields if item.is_key)

    def find_field(self, name: str) -> FieldShape | None:
        """Return the field of that name or None."""
        return next((item for item in self.fields if item.name == name), None)


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet（筛选项）with how many resources have it; labels are empty where the value is a code."""

    value: str
    label_zh: str
    label_en: str
    count: int


@dataclass(frozen=True)
class CatalogPage:
    """One page of a catalogue search: the resources, how many in all, and the facets with their counts."""

    resources: tuple[ResourceShape, ...]
    total: int
    facets: dict[str, tuple[FacetValue, ...]]


@dataclass(frozen=True)
class ResourceEvent:
    """One step of a resource's life（编目过程）: who did what when, with the receipt that vouches for it."""

    at: dt.datetime
    kind: str
    label_zh: str
    label_en: str
    by_label: str
    note: str
    receipt_no: str


@dataclass(frozen=True)
class ProfileShape:
    """What is known of a snapshot's columns without naming anybody（数据剖析）."""

    version: str
    rows: int
    columns: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class LineageEdge:
    """One field that comes from another（数据血缘）: resource and field on both ends."""

    from_resource: str
    from_field: str
    to_resource: str
    to_field: str


@dataclass(frozen=True)
class LineageNeighbour:
    """A resource that another comes from, or goes into（上下游资源）, with the fields: (from, to)."""

    name: str
    title_zh: str
    title_en: str
    is_upstream: bool
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ClassSuggestion:
    """What a field seems to be（分类分级建议）, for a person to confirm; `kind` is empty where only lineage speaks."""

    field: str
    kind: str
    kind_zh: str
    kind_en: str
    level: int
    personal: bool
    mask: str


@dataclass(frozen=True)
class QualityShape:
    """One version's assessment（质量评估）; figures are text from 0 to 1, `results` one mapping a rule, without cells."""

    version: str
    at: dt.datetime
    rows: int
    score: str | None
    dimensions: dict[str, str | None]
    results: tuple[dict[str, Any], ...]
    held_reason: str


@dataclass(frozen=True)
class VersionShape:
    """One version of an entry（目录版本）; `number` 0 until published, `changed` what it changes (`fields.x` a field)."""

    resource: str
    number: int
    state: str
    digest: str
    reason: str
    proposed_at: dt.datetime
    due_on: dt.date | None
    review_due_on: dt.date | None
    decided_at: dt.datetime | None
    changed: tuple[str, ...]
    is_overdue: bool = False


@dataclass(frozen=True)
class ElementShape:
    """A data element（数据元）shared by forms and resources — `person.name` — and the fields (`resource.field`) that are it."""

    element: str
    fields: tuple[str, ...]
