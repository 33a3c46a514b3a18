"""Dated values（参数沿革）: which value of a parameter was in force on a day in a region, and on which basis."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zhengtong.kit import Basis, Refused
from zhengtong.rules.values import from_python


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value of a parameter（参数）, in force from a day, until a day (exclusive) if given, in its regions if any."""

    name: str
    value: Any
    since: datetime.date
    until: datetime.date | None = None
    unit: str = ""
    basis: Basis | None = None
    regions: tuple[str, ...] = ()

    def applies(self, on: datetime.date, region: str) -> bool:
        """Return whether it is in force on that day in that region (a region code lies in its prefixes' regions)."""
        in_time = self.since <= on and (self.until is None or on < self.until)
        return in_time and (not self.regions or any(_lies_in(region, wider) for wider in self.regions))


def _lies_in(region: str, wider: str) -> bool:
    """Return whether a region code lies in a wider one: trailing zeros of GB/T 2260 codes mean "all of it"."""
    return bool(region) and region.startswith(wider.rstrip("0") or wider)


def as_day(value: Any) -> datetime.date:
    """Return the day of a date or of its ISO text."""
    if isinstance(value, datetime.datetime):
        return value.date()
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))


def basis_of(data: Any) -> Basis | None:
    """Return the basis a YAML mapping states: law, article, since."""
    if data is None or isinstance(data, Basis):
        return data
    if isinstance(data, str):
        return Basis(data)
    return Basis(str(data.get("law", "")), str(data.get("article", "")), str(data.get("since", "")))


def read_dated(name: str, data: Any) -> list[DatedValue]:
    """Return the dated values of a parameter: a list of {from, value, unit, basis, regions}, or one such mapping."""
    entries = data if isinstance(data, list) else [data]
    made = []
    for entry in entries:
        if not isinstance(entry, Mapping) or "value" not in entry or "from" not in entry:
            raise Refused(
                "rules.parameter",
                f"参数“{name}”的每个值都要写 from（生效日期）和 value（数值）。",
                f"Every value of the parameter `{name}` needs `from` (the day it takes effect) and `value`.",
                field=name,
            )
        until = entry.get("until")
        made.append(
            DatedValue(
                name,
                from_python(entry["value"]),
                as_day(entry["from"]),
                as_day(until) if until else None,
                str(entry.get("unit", "")),
                basis_of(entry.get("basis")),
                tuple(str(code) for code in entry.get("regions", ())),
            )
        )
    return made


def in_force(name: str, values: Iterable[DatedValue], on: datetime.date, region: str = "") -> DatedValue:
    """Return the value in force: of those that apply the most local, then the latest; refuses when none applies."""
    found = [value for value in values if value.applies(on, region)]
    if not found:
        raise Refused(
            "rules.parameter.not-in-force",
            f"参数“{name}”在 {on.isoformat()} 没有生效的值。请补上该日期适用的数值和依据。",
            f"The parameter `{name}` has no value in force on {on.isoformat()}. Add the one for that day with its basis.",
            field=name,
        )
    return max(found, key=lambda value: (max(map(len, value.regions), default=0), value.since))
