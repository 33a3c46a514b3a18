"""What a simulation tells（模拟结果）: frozen values with exact decimals, to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from zhengtong.kit import digest


@dataclass(frozen=True, slots=True)
class Amounts:
    """The figures of one group（分组结果）. All but `rows` and `undecided` are weighted; money is exact.

    `winners` are better off under the reform, `losers` worse off, by what people receive, or keep when they pay.
    `undecided` are rows for which either rule gives no answer: they are in no sum.
    """

    rows: int = 0
    undecided: int = 0
    people: Decimal = Decimal(0)
    baseline: Decimal = Decimal(0)
    reform: Decimal = Decimal(0)
    receive_before: Decimal = Decimal(0)
    receive_after: Decimal = Decimal(0)
    winners: Decimal = Decimal(0)
    losers: Decimal = Decimal(0)
    gained: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)

    def plus(self, other: Amounts) -> Amounts:
        """Return the sums of both, member by member."""
        return Amounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def change(self) -> Decimal:
        """What the reform adds to the amount paid out or in."""
        return self.reform - self.baseline

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON, decimals as text without trailing zeros."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Amounts:
        """Return the amounts that `to_json` wrote, or that a row of sums holds."""
        kinds: dict[str, Any] = {f.name: int if f.name in _WHOLE else Decimal for f in fields(cls)}
        return cls(**{name: kind(body[name]) for name, kind in kinds.items()})


_WHOLE = ("rows", "undecided")


def _plain(value: int | Decimal) -> int | str:
    if isinstance(value, int):
        return value
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


@dataclass(frozen=True, slots=True)
class Group:
    """The people who share a value of a column（一组人）; `value` is None where the column is empty."""

    value: str | None
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulation's result（模拟结果）: the whole, by each column, by decile, and the digests that let anyone run it again.

    A decile holds the tenth of the people whose rank is next higher; those whose rank differs by less than half a
    percent are kept together, so tenths may differ a little in size.
    """

    total: Amounts
    by: Mapping[str, tuple[Group, ...]]
    deciles: tuple[Group, ...]
    digests: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The SHA-256 over everything told and everything it was computed from."""
        return digest(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; equal results give equal JSON."""
        return {
            "total": self.total.to_json(),
            "by": {column: _groups(groups) for column, groups in self.by.items()},
            "deciles": _groups(self.deciles),
            "digests": dict(self.digests),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Simulated:
        return cls(
            Amounts.from_json(body["total"]),
            {column: _read_groups(groups) for column, groups in body["by"].items()},
            _read_groups(body["deciles"]),
            dict(body["digests"]),
        )


def _groups(groups: Sequence[Group]) -> list[dict[str, Any]]:
    return [{"value": group.value, "amounts": group.amounts.to_json()} for group in groups]


def _read_groups(groups: Sequence[Mapping[str, Any]]) -> tuple[Group, ...]:
    return tuple(Group(one["value"], Amounts.from_json(one["amounts"])) for one in groups)
