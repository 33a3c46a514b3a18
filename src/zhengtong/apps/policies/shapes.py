"""What leaves the room of policies（政策规则）: rule versions, simulations and their results."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from zhengtong.simulation import Simulated


class RunState(StrEnum):
    """Where a simulation stands（模拟状态）."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class RuleVersionShape:
    """A published version of a rule set（规则版本）, in force from a day, until a day, in its regions."""

    code: str
    number: int
    title_zh: str
    title_en: str
    owner: str
    since: dt.date
    until: dt.date | None
    regions: tuple[str, ...]
    digest: str
    published_at: dt.datetime
    published_by: str
    receipt_no: str


@dataclass(frozen=True)
class SimulationShape:
    """One simulation（政策模拟）: what was asked, where it stands, and what came out.

    `changes` are parameter values by name, as text of exact decimals. `result_digest` covers result, rule, parameters and
    data, so that a second run can be compared with it.
    """

    id: UUID
    code: str
    version_digest: str
    on: dt.date
    region: str
    changes: dict[str, str]
    note: str
    state: RunState
    asked_by: str
    asked_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    rows: int
    snapshot_version: str
    snapshot_digest: str
    result_digest: str
    receipt_no: str
    refusal: dict[str, Any]
    result: Simulated | None
    repeats: UUID | None
