"""What a load did（装载报告）."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from zhengtong.tables.loading.types import ColumnDecision
from zhengtong.tables.schema import SchemaChange
from zhengtong.tables.snapshot import Snapshot


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken: 1-based line of the source, column if one is at fault, dotted reason, its own text."""

    line: int
    reason: str
    zh: str
    raw: str = ""
    column: str | None = None


@dataclass(frozen=True)
class LoadReport:
    """The outcome of one load（装载报告）: the snapshot and everything that was decided on the way to it.

    `rows_read == rows_loaded + rows_rejected`; the rejected rows stand in `snapshot.rejects()`; `first_rejected` holds
    the first ten. `effect` counts what an increment inserted, updated, deleted, skipped. `change` compares the schema with the previous version's, None for the first.
    """

    snapshot: Snapshot
    source: str
    source_bytes: int
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    decisions: tuple[ColumnDecision, ...]
    left_out: tuple[str, ...]
    format: dict[str, str]
    change: SchemaChange | None
    seconds: float
    mode: str = "full"
    effect: dict[str, int] = field(default_factory=dict)
    first_rejected: tuple[Rejected, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object, with the manifest in place of the snapshot."""
        body = {**asdict(self), "manifest": self.snapshot.manifest.to_json()}
        del body["snapshot"]
        return {**body, "change": {**asdict(self.change), "kind": self.change.kind} if self.change else None}
