"""What every loader hands back（装载结果）."""

from __future__ import annotations

from dataclasses import dataclass

from zhengtong.tables.loading.report import Rejected
from zhengtong.tables.loading.types import ColumnDecision
from zhengtong.tables.parts import PartWriter

#: more rejected rows than this, and the file is not what its schema says: nothing is loaded
MOST_REJECTS = 100_000


@dataclass(frozen=True)
class Loaded:
    """What a loader hands back: an open writer with every good row in it, and what happened to the others."""

    writer: PartWriter
    rows_read: int
    rejects: list[Rejected]
    decisions: tuple[ColumnDecision, ...]
    left_out: tuple[str, ...]
    format: dict[str, str]
