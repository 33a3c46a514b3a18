"""What comes back from a call（应答）: frozen, with the grant and receipt under which it was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zhengtong.kit import Refused

SAME = "same"


@dataclass(frozen=True)
class Answer:
    """Under which right and on which record something was read: `grant` and `receipt` are numbers the provider knows."""

    resource: str
    provider: str
    grant: str
    receipt: str
    retrieved_at: str


@dataclass(frozen=True)
class Found(Answer):
    """One row（一行）, or none: true when there is one."""

    found: bool = False
    values: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.found


@dataclass(frozen=True)
class Page(Answer):
    """Some rows（一页）, how many there are in all, and the cursor of the next page ("" at the end)."""

    rows: tuple[dict[str, Any], ...] = ()
    total: int = 0
    after: str = ""


@dataclass(frozen=True)
class Verdict(Answer):
    """What a verification said（核验结果）: field → "same", "different" or "absent"; no value."""

    result: dict[str, str] = field(default_factory=dict)

    @property
    def is_same(self) -> bool:
        """Return whether every claimed value is the recorded one."""
        return all(said == SAME for said in self.result.values())


@dataclass(frozen=True)
class ExportTold:
    """A batch export（批量导出）: its job, how far it is, and what the finished file is."""

    job: str
    status: str
    format: str
    rows: int | None = None
    bytes: int | None = None
    sha256: str = ""
    receipt: str = ""
    problem: dict[str, str] | None = None
    expires_at: str = ""


@dataclass(eq=False)
class Decline(Refused):
    """A refusal by the platform（平台拒绝）, as it was sent; `hop` says which part refused, `request` is the number to quote."""

    hop: str = ""
    request: str = ""
