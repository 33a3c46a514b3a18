"""Elements of the implementation list（实施清单要素，GB/T 39046 and standards §2.1.3）beside form, data and materials."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhengtong.declared.bilingual import Text
from zhengtong.kit import Basis
from zhengtong.kit.calendar import Term


@dataclass(frozen=True)
class SituationTerms:
    """Terms that hold only in a situation（分情形时限）: the first whose `when` is true takes the place of the usual ones."""

    when: str
    promised: Term
    statutory: Term | None = None


@dataclass(frozen=True)
class Terms:
    """The clock of a matter（办理时限）: what the law allows, what is promised, how long a supplement may take."""

    promised: Term
    supplement: Term
    statutory: Term | None = None
    acceptance: Term | None = None
    by_situation: tuple[SituationTerms, ...] = ()


@dataclass(frozen=True)
class Service:
    """How a matter is handled（办理方式）: codes of GB/T 39046, each written out in packs/_shared/codes.

    `kind` is A.6（即办件 "1", 承诺件 "2"）, `channels` A.5, `depth` the online depth 1–4, `consult` and `complain` the
    telephone numbers. Posting, paying and where it may be handed in are declared with `Handling`.
    """

    kind: str = "2"
    channels: tuple[str, ...] = ("1", "2", "3")
    depth: int = 4
    consult: str = ""
    complain: str = ""
    visit_reason: Text | None = None

    @property
    def is_online(self) -> bool:
        """Return whether it can be applied for online, by computer or telephone."""
        return bool({"2", "3"} & set(self.channels))


@dataclass(frozen=True)
class Fee:
    """One fee（收费项目）: what it is, how much, on which basis."""

    id: str
    title: Text
    standard: Text
    basis: Basis


@dataclass(frozen=True)
class Proactive:
    """Granted without applying（免申即享）: whom a rule set finds among its population, and what fills the form then.

    `subject` is the population's column with the identity number or credit code; `fills` and `outcome` map a form path or
    an outcome field to a column of the population or an output of the rule. With `confirm` it is granted once the person has
    confirmed, `account` being the form path to confirm; without, it is granted at once and told.
    """

    rule_set: str
    subject: str
    basis: Basis
    fills: dict[str, str] = field(default_factory=dict)
    outcome: dict[str, str] = field(default_factory=dict)
    confirm: bool = True
    account: str = ""
