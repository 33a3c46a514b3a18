"""What leaves this part of the room（流程形状）."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ProcessState:
    """Where a case's process stands（流程现状）: the token engine's own state, and the messages it has heard by id."""

    engine: Mapping[str, Any]
    heard: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        """Return whether anything can still happen in it."""
        return bool(self.engine["status"] == "active")

    def to_json(self) -> dict[str, Any]:
        """Return the state as kept beside the log."""
        return {"engine": dict(self.engine), "heard": dict(self.heard)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ProcessState:
        """Return a kept state in hand."""
        return cls(kept["engine"], kept.get("heard", {}))


@dataclass(frozen=True)
class ProcessTaskShape:
    """An open task of a process（流程任务）: `verb` is "settle" where the decision itself is meant."""

    case_no: str
    token: str
    element: str
    title: str
    organisation_id: int | None
    verb: str
    since: datetime
    matter_title: tuple[str, str]
    version: int


@dataclass(frozen=True)
class ProcessShape:
    """A case's process as officers see it: its open tasks, what it waits for, its next clock, and what went wrong."""

    case_no: str
    status: str
    tasks: tuple[ProcessTaskShape, ...]
    waits: tuple[tuple[str, str], ...]
    due_at: datetime | None
    incidents: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class CaseChange:
    """What a new version means for one case（逐件差异）: `stuck` says why it cannot move, zh and en; empty when it can."""

    case_no: str
    differs: tuple[str, ...] = ()
    ways: tuple[tuple[str, str], ...] = ()
    stuck: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ChangePreview:
    """What a new version means for all running cases（迁移预览）."""

    running: int
    possible: int
    terms: tuple[str, ...]
    ways: Mapping[tuple[str, str], int]
    differs: Mapping[str, int]
    stuck: Mapping[tuple[str, str], tuple[int, tuple[str, ...]]]


@dataclass(frozen=True)
class ChangeReport:
    """How a change of version of running cases stands（迁移进度）."""

    run_id: int
    state: str
    moved: int
    stuck: int
    reverted: int
    kept: int
