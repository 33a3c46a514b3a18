"""What leaves this room: indicators with their definitions, their values, and what they are made of by place and time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from zhengtong.declared import Text


@dataclass(frozen=True)
class Indicator:
    """An indicator（指标）: what it says, how it is reckoned, from where, who answers for it, what it is compared with.

    `of` says what is counted: cases, by day and place, or matters, as the catalogue stands. `behind` is the set of cases
    that a reader wants to see: for a share mostly those that fall short.
    """

    id: str
    title: Text
    definition: Text
    formula: Text
    of: Literal["cases", "matters"]
    over: str
    under: str
    unit: Literal["percent", "days", "count"]
    source: Text
    owner: Text
    period: Text
    better: Literal["higher", "lower", "none"]
    behind: str = ""
    behind_title: Text | None = None
    complement: bool = False


@dataclass(frozen=True)
class Value:
    """What an indicator is worth（指标值）: numerator, denominator, value; `is_told` is false for too few cases to tell."""

    over: float
    under: float
    value: Decimal | None
    is_told: bool = True


@dataclass(frozen=True)
class Row:
    """One place or one month（分组值）: its code and names."""

    code: str
    title_zh: str
    title_en: str
    value: Value


@dataclass(frozen=True)
class Compared:
    """An indicator in a period with what it is compared to（同比、环比）."""

    indicator: Indicator
    value: Value
    before: Value | None
    last_year: Value | None
    series: tuple[Row, ...]


@dataclass(frozen=True)
class Reading:
    """One indicator looked into（指标钻取）: by region, by department, by month."""

    compared: Compared
    regions: tuple[Row, ...]
    organisations: tuple[Row, ...]


@dataclass(frozen=True)
class Scope:
    """What somebody may see and asks for（范围）: the period, the place, and the organisation they are bound to."""

    since: dt.date
    until: dt.date
    region: str = ""
    organisation_id: int | None = None
    is_bound: bool = False
