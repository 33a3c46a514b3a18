"""Charts（图表）drawn by the server: one bar a row as SVG, the figures in words beside it, and the table they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

#: groups of fewer people are not told: a figure about so few may be about somebody
FEWEST = 10


@dataclass(frozen=True)
class Bar:
    """One bar（条）: from `start`, `length` long, both in percent of the width; `tone` is gain, loss, before or after."""

    start: str
    length: str
    tone: str


@dataclass(frozen=True)
class Line:
    """One row of a chart: its label, its bars, and its figure in words."""

    label: str
    bars: tuple[Bar, ...]
    figure: str


@dataclass(frozen=True)
class Chart:
    """A chart（图）with its table: every figure drawn stands in the table too. `zero` is where nought lies, in percent."""

    id: str
    title: str
    lead: str
    lines: tuple[Line, ...]
    zero: str
    keys: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def diverging(values: Sequence[Decimal | None]) -> tuple[str, list[tuple[Bar, ...]]]:
    """Return where nought lies and a bar from there for each value; none for a value that is not told."""
    told = [value for value in values if value is not None]
    low, high = min([*told, Decimal(0)]), max([*told, Decimal(0)])
    width = high - low or Decimal(1)
    zero = -low / width * 100
    bars = []
    for value in values:
        if not value:
            bars.append(())
            continue
        length = abs(value) / width * 100
        bars.append(
            (Bar(_share(zero if value > 0 else zero - length), _share(length), "gain" if value > 0 else "loss"),)
        )
    return _share(zero), bars


def paired(before: Sequence[Decimal | None], after: Sequence[Decimal | None]) -> list[tuple[Bar, ...]]:
    """Return two bars for each pair, on one scale."""
    widest = max([value for value in (*before, *after) if value is not None] or [Decimal(1)]) or Decimal(1)
    return [
        ()
        if one is None or other is None
        else (Bar("0", _share(one / widest * 100), "before"), Bar("0", _share(other / widest * 100), "after"))
        for one, other in zip(before, after, strict=True)
    ]


def _share(value: Decimal) -> str:
    return f"{max(Decimal(0), min(Decimal(100), value)):.2f}"
