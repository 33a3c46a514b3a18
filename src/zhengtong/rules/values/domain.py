"""The value domain（值域）: which Python type stands for which FEEL type, ranges and functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from zhengtong.rules.values.temporal import Date, DateTime, Months, Nanos, Time


@dataclass(frozen=True, slots=True)
class Range:
    """A range（区间）: `[low..high]` with open or closed ends, or a comparison such as `(<= 10)` when `operator` is set.

    With an operator the missing end is unbounded; without one a null end makes every containment test null.
    """

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True
    operator: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Function:
    """A function value（函数）: a builtin, a `function(…)` expression, a BKM or a decision service."""

    name: str
    parameters: tuple[str, ...]
    call: Callable[[list[Any]], Any]
    call_named: Callable[[dict[str, Any]], Any]
    parameter_types: tuple[Any, ...] = ()
    result_type: Any = None
    facts: dict[str, Any] = field(default_factory=dict)


KINDS: dict[type, str] = {
    type(None): "null",
    Decimal: "number",
    str: "string",
    bool: "boolean",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    Months: "years and months duration",
    Nanos: "days and time duration",
    list: "list",
    dict: "context",
    Range: "range",
    Function: "function",
}


def kind_of(value: Any) -> str:
    """Return the FEEL kind of a value of the domain; a foreign Python value is a bug and raises KeyError."""
    return KINDS[type(value)]
