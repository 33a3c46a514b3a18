"""What leaves this room: rounds and offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from zhengtong.declared.shapes import Pack


@dataclass(frozen=True)
class RoundShape:
    """One search for whom a policy applies to（一轮免申即享）: where it stands, and how many there are.

    `state` is "finding", "granting", "done" or "refused". Of `found`, `granted` have their cases, `offered` were asked to
    confirm, `already` had their grant of the period, `unknown` are not registered here.
    """

    id: UUID
    matter_code: str
    title_zh: str
    title_en: str
    period: str
    on: dt.date
    state: str
    confirm: bool
    found: int
    granted: int
    offered: int
    already: int
    unknown: int
    batches: int
    batches_done: int
    started_by: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    receipt_no: str
    problem_zh: str
    problem_en: str


@dataclass(frozen=True)
class OfferShape:
    """What somebody may have by confirming it（待确认的权益）: `state` is "offered", "granted" or "declined".

    `values` and `outcome` are what the case will say; `account` is the form path to confirm, empty when there is none.
    """

    id: UUID
    matter_code: str
    title_zh: str
    title_en: str
    period: str
    state: str
    values: Mapping[str, object]
    outcome: Mapping[str, str]
    account: str
    offered_at: dt.datetime
    answered_at: dt.datetime | None
    case_no: str
    pack: Pack
