"""What leaves this room: corrections, their steps, and how departments answer them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.people.shapes import OrganisationShape

KINDS = ("objection", "verification", "conflict")
ANSWERS = ("corrected", "confirmed", "not-ours")
STATUSES = ("verifying", *ANSWERS, "closed", "withdrawn")


@dataclass(frozen=True)
class CorrectionEvent:
    """One step of a correction（校核过程）with the receipt that vouches for it."""

    at: dt.datetime
    kind: str
    label_zh: str
    label_en: str
    by_label: str
    note: str
    receipt_no: str


@dataclass(frozen=True)
class CorrectionShape:
    """A doubt about one field of one row（校核申请、数据异议）and what became of it.

    `row_key`, `found_value`, `claimed_value` and `grounds` are clear text: shown to who raised it and to the source only.
    `answer` is empty until the source has answered.
    """

    no: str
    kind: str
    resource: ResourceShape
    field: str
    row_key: str
    found_value: str
    claimed_value: str
    grounds: str
    source: OrganisationShape
    raised_by: str
    raised_by_organisation: OrganisationShape | None
    case_no: str
    status: str
    answer: str
    answer_note: str
    raised_at: dt.datetime
    due_on: dt.date
    answered_at: dt.datetime | None
    is_overdue: bool
    events: tuple[CorrectionEvent, ...]
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceRecord:
    """How a department answers corrections（校核及时率）: raised, answered, in time, open, late now."""

    organisation: OrganisationShape
    raised: int
    answered: int
    in_time: int
    open: int
    overdue: int
