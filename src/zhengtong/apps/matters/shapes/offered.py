"""What leaves this room: matters, their versions, guides, search answers and import reports."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from zhengtong.apps.people.shapes import OrganisationShape
from zhengtong.declared import Text

Source = Literal["pack", "import"]
Status = Literal["draft", "reviewed", "published", "paused", "withdrawn"]


@dataclass(frozen=True)
class MatterShape:
    """A matter（事项）as lists and pages show it; `online` when a pack runs it, else it is only described.

    `promised_days` and `statutory_days` are None when nobody said; their units are in `promised_unit`, `statutory_unit`.
    """

    code: str
    kind: str
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    source: Source
    status: Status
    online: bool
    organisation: OrganisationShape | None
    department_name: str
    department_uscc: str
    region_code: str
    main_item: str
    task_type: str
    catalog_code: str
    task_code: str
    audience: str
    promised_days: int | None
    promised_unit: str
    statutory_days: int | None
    statutory_unit: str
    visits: int | None
    theme: str
    version: int
    updated_at: dt.datetime
    status_reason: str = ""

    def title(self, lang: str) -> str:
        """Return the title in a language; an imported matter has only its Chinese name."""
        return self.title_en if lang.startswith("en") and self.title_en else self.title_zh


@dataclass(frozen=True)
class ReaderShape:
    """A matter that reads a resource（用数事项）: for what, in which ways, and the types of certificate it issues."""

    code: str
    title_zh: str
    title_en: str
    department: str
    purposes: tuple[Text, ...]
    modes: tuple[str, ...]
    certificates: tuple[str, ...]


@dataclass(frozen=True)
class PackVersionShape:
    """One version of a pack（事项包版本）and where it stands between its author and the public."""

    matter_code: str
    number: int
    digest: str
    state: str
    effective_from: dt.date
    effective_to: dt.date | None
    regions: tuple[str, ...]
    author: str
    reviewer: str
    created_at: dt.datetime
    published_at: dt.datetime | None
    receipt_no: str


@dataclass(frozen=True)
class ChangeShape:
    """What one import changed of a matter（变更记录）: column → (before, after)."""

    at: dt.datetime
    by_label: str
    changes: dict[str, tuple[str, str]]
    receipt_no: str


@dataclass(frozen=True)
class GuideFact:
    """One known line of a guide（指南要素）."""

    key: str
    label_zh: str
    label_en: str
    value_zh: str
    value_en: str


@dataclass(frozen=True)
class GuideShape:
    """What is known of an imported matter（办事指南）, what is not, and whom to ask."""

    matter: MatterShape
    known: tuple[GuideFact, ...]
    unknown: tuple[tuple[str, str], ...]
    history: tuple[ChangeShape, ...]


@dataclass(frozen=True)
class SearchAnswer:
    """What a search found（搜索结果）, best first; `suggestions` are queries to try instead."""

    hits: tuple[MatterShape, ...]
    total: int
    suggestions: tuple[str, ...] = ()
    read_as: str = ""


@dataclass(frozen=True)
class DepartmentShape:
    """A department with its number of matters（部门）; `code` stands in addresses."""

    code: str
    name_zh: str
    name_en: str
    count: int


@dataclass(frozen=True)
class MatterPage:
    """One page of a list of matters."""

    matters: tuple[MatterShape, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class LineNote:
    """What an import has to say about a line（导入说明）: which column, why, and the value as it stood."""

    line: int
    column: str
    zh: str
    en: str
    value: str


@dataclass(frozen=True)
class ImportReport:
    """What an import did（导入结果）. Warnings are about lines that were taken."""

    taken: int
    updated: int
    unchanged: int
    refused: tuple[LineNote, ...]
    warnings: tuple[LineNote, ...]
    receipt_no: str
