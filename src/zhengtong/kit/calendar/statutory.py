"""Terms that law sets（法定期限）, read from statutory.yaml by code and by the day they are asked for."""

from __future__ import annotations

import functools
import importlib.resources
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from zhengtong.kit.calendar.terms import Term, Unit
from zhengtong.kit.refused import Basis, Refused


@dataclass(frozen=True, slots=True)
class StatutoryTerm:
    """A term of law with what may happen to it（法定期限）.

    `extension` is the most it may be lengthened, by the approval of `extended_by`; `pauses` names what stops it;
    `on_miss` what the law makes of missing it. `kind` is "deadline", or "retention" for the least time of keeping.
    """

    code: str
    term: Term
    extension: Term | None
    extended_by: str
    pauses: tuple[str, ...]
    on_miss: str
    kind: str
    since: date
    until: date | None
    is_configurable: bool

    @property
    def basis(self) -> Basis:
        assert self.term.basis is not None
        return self.term.basis

    def is_in_force(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)

    def check_promise(self, promised: Term) -> Term:
        """Return `promised` if it is no longer than the law's; a department may only promise less（承诺期限）."""
        if promised.unit is not self.term.unit:
            raise self._refuse(
                "unit", "单位须与法定期限相同，请改用相同单位。", "must be in the unit of the law; use the same unit."
            )
        if promised.n > self.term.n:
            raise self._refuse(
                "longer",
                f"不得长于法定的 {self.term.n}，请缩短。",
                f"must not be longer than the law's {self.term.n}; shorten it.",
            )
        return promised

    def _refuse(self, reason: str, zh: str, en: str) -> Refused:
        code = f"term.promise.{reason}"
        return Refused(code, f"承诺期限{zh}", f"The promised term {en}", basis=self.basis, facts={"code": self.code})


def get_statutory_term(code: str, *, on: date) -> StatutoryTerm:
    """Return the term of `code` in force on a day; refused when there is none."""
    for one in _read():
        if one.code == code and one.is_in_force(on):
            return one
    raise Refused(
        "term.statutory.unknown",
        f"{on:%Y-%m-%d} 没有施行中的法定期限“{code}”，请核对代码和日期。",
        f"No statutory term {code} is in force on {on:%Y-%m-%d}; check the code and the day.",
        facts={"code": code, "on": on.isoformat()},
    )


def list_statutory_terms(*, on: date) -> list[StatutoryTerm]:
    """Return all terms in force on a day, in the order of the table."""
    return [one for one in _read() if one.is_in_force(on)]


@functools.cache
def _read() -> tuple[StatutoryTerm, ...]:
    source = importlib.resources.files("zhengtong.kit.calendar").joinpath("statutory.yaml")
    table = yaml.safe_load(source.read_text(encoding="utf-8"))
    return tuple(_to_statutory(row, table["laws"][row["law"]]) for row in table["terms"])


def _to_statutory(row: dict[str, Any], law: dict[str, Any]) -> StatutoryTerm:
    since = row.get("since", law["since"])
    unit = Unit(row["unit"])
    basis = Basis(law["law"], row.get("article", ""), since.isoformat())
    more = row.get("extension")
    return StatutoryTerm(
        code=row["code"],
        term=Term(row["n"], unit, roll_if_holiday=row.get("roll_if_holiday", False), basis=basis),
        extension=Term(more["n"], unit, basis=basis) if more else None,
        extended_by=more["by"] if more else "",
        pauses=tuple(row.get("pauses", ())),
        on_miss=row.get("on_miss", ""),
        kind=row.get("kind", "deadline"),
        since=since,
        until=row.get("until"),
        is_configurable=row.get("is_configurable", False),
    )
