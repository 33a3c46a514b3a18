"""What leaves this room: proceedings with their steps, how demand is met, and what supervision points out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from zhengtong.apps.people.shapes import OrganisationShape


@dataclass(frozen=True)
class StepShape:
    """One step of a proceeding（环节）as it happened, with the receipt that vouches for it."""

    at: dt.datetime
    step: str
    label_zh: str
    label_en: str
    by_label: str
    note: str
    receipt_no: str

    @property
    def detail_zh(self) -> str:
        return self.note

    @property
    def detail_en(self) -> str:
        """Return nothing: a note stays in the words it was written in."""
        return ""


@dataclass(frozen=True)
class ChoiceShape:
    """A step that may be taken now（可办环节）; `needs` names what must be told."""

    step: str
    label_zh: str
    label_en: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class ProceedingShape:
    """A demand, misuse, dispute or disposal（供需与监管事项）: between which sides, where it stands, by when it moves on.

    `told` is what was said when it was opened and since: `fields`, `basis`, `violation`, `manner`, `resource`, …
    """

    no: str
    kind: str
    kind_zh: str
    kind_en: str
    title: str
    detail: str
    state: str
    state_zh: str
    state_en: str
    is_ended: bool
    consumer: OrganisationShape | None
    provider: OrganisationShape | None
    grant_no: str
    resource_code: str
    told: dict[str, str]
    opened_at: dt.datetime
    due_on: dt.date | None
    is_overdue: bool
    steps: tuple[StepShape, ...] = ()
    choices: tuple[ChoiceShape, ...] = ()


@dataclass(frozen=True)
class SupplyRecord:
    """How one department meets what others ask of it（供需满足率）: requests and demands, answered, met, and late."""

    provider: OrganisationShape
    asked: int
    answered: int
    met: int
    overdue: int

    @property
    def met_percent(self) -> int | None:
        """Return met of answered in percent; None before anything was answered."""
        return round(100 * self.met / self.answered) if self.answered else None


@dataclass(frozen=True)
class Board:
    """The board（供需看板）: what is asked for and not yet met, and what is offered that nobody uses yet."""

    demands: tuple[ProceedingShape, ...]
    offers: tuple[tuple[str, str, str], ...] = field(default=())


@dataclass(frozen=True)
class SupervisionFinding:
    """Something the sharing authority should look at（监管提示）: what, about which number, since when, how much."""

    kind: str
    no: str
    zh: str
    en: str
    since: dt.date | None
    amount: int = 0


@dataclass(frozen=True)
class Violation:
    """A way of misusing shared data（违规情形）and the article that forbids it."""

    code: str
    zh: str
    en: str
    article: str
