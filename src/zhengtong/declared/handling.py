"""What may happen to a case of a matter（办理规则）: declared, because what is not declared is not allowed.

Times come from the law or from the department, each with its basis; the cases room runs them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from zhengtong.declared.bilingual import Text
from zhengtong.kit import Basis
from zhengtong.kit.calendar import Term

#: what follows when a term is missed, the usual one first; "none" leaves it to supervision
ON_MISS = {
    "acceptance": ("deemed-accepted", "none"),
    "statutory": ("none", "deemed-granted", "deemed-denied"),
    "supplement": ("supplement-expired", "withdrawn"),
}
#: what a special procedure may be（行政许可法 art. 45, and what other laws add）
PROCEDURES = (
    "hearing",
    "bidding",
    "auction",
    "inspection",
    "testing",
    "quarantine",
    "appraisal",
    "expert-review",
    "third-party",
    "other",
)
APPROVERS = ("leader", "superior")
DELIVERIES = ("electronic", "post", "pick-up")
STEPS = ("accept", "examine", "deliver")
#: where an application may be handed in（通办范围）, and how many digits of the region code window and owner share
CROSS_REGION = {"city": 4, "province": 2, "nation": 0}
TOLERANCE_ON_MISS = ("withdrawn", "reminded")


@dataclass(frozen=True)
class ExtensionRule:
    """More time（延期）: at most `most` in all, so many times, by the head of the department or of its superior."""

    most: Term
    times: int = 1
    approver: str = "leader"


@dataclass(frozen=True)
class Procedure:
    """A special procedure（特别程序）for which the clock stands still, for `most` at the longest.

    Of a hearing the parties are told `notice` before it is held, and its minutes are kept.
    """

    id: str
    kind: str
    title: Text
    most: Term
    notice: Term | None = None


@dataclass(frozen=True)
class Tolerance:
    """How long a tolerated material may follow（容缺期限）, and what happens when it does not come."""

    term: Term
    on_miss: str = "withdrawn"


@dataclass(frozen=True)
class Commitment:
    """A written commitment in place of materials（告知承诺）: for which, what is promised, when it is verified.

    One that was not kept is put right within `rectify`, when there is one; a false one leads to revocation.
    """

    materials: tuple[str, ...]
    text: Text
    verify: Term
    basis: Basis
    rectify: Term | None = None


@dataclass(frozen=True)
class Consultation:
    """Another department asked for its opinion（征求意见）; `pauses` says whether the clock stands still meanwhile."""

    id: str
    title: Text
    term: Term
    function: str = ""
    pauses: bool = False


@dataclass(frozen=True)
class Cosign:
    """Departments that sign before a case is granted（会签）: `needed` of the functions; 0 means all of them."""

    functions: tuple[str, ...]
    basis: Basis
    needed: int = 0


@dataclass(frozen=True)
class Warn:
    """So many workdays before the last day a case turns yellow, and red（黄牌、红牌）."""

    yellow: int
    red: int


@dataclass(frozen=True)
class Payment:
    """What is paid（缴费）: `yuan` is FEEL and gives the amount, while `when` holds."""

    yuan: str
    title: Text
    basis: Basis
    when: str = ""


@dataclass(frozen=True)
class Handling:
    """What may happen to a case of this matter（办理规则）, beyond accepting, supplementing and deciding it."""

    extension: ExtensionRule | None = None
    procedures: tuple[Procedure, ...] = ()
    on_miss: dict[str, str] = field(default_factory=dict)
    tolerance: Tolerance | None = None
    commitment: Commitment | None = None
    consultations: tuple[Consultation, ...] = ()
    cosign: Cosign | None = None
    warn: Warn | None = None
    steps: dict[str, Term] = field(default_factory=dict)
    forward: bool = False
    cross_region: str = ""
    payment: Payment | None = None
    appointment: bool = False
    delivery: tuple[str, ...] = ()
    archive_after_days: int | None = None

    def procedure(self, id: str) -> Procedure | None:
        """Return a special procedure by id, or None."""
        return next((one for one in self.procedures if one.id == id), None)

    def consultation(self, id: str) -> Consultation | None:
        """Return a consultation by id, or None."""
        return next((one for one in self.consultations if one.id == id), None)

    def on_missed(self, term: str) -> str:
        """Return what follows when a term is missed: what the pack declares, else the usual."""
        return self.on_miss.get(term, ON_MISS[term][0])
