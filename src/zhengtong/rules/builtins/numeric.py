"""Numeric builtins（数值函数）, DMN 1.5 table 75."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from zhengtong.rules.builtins.declare import builtin
from zhengtong.rules.values.numbers import (
    exponential,
    modulo_numbers,
    natural_logarithm,
    round_number,
    square_root,
)
from zhengtong.rules.values.temporal import Months, Nanos

_ROUNDINGS = {
    "decimal": "half even",
    "round up": "up",
    "round down": "down",
    "round half up": "half up",
    "round half down": "half down",
}


def _declare_rounding(name: str, mode: str) -> None:
    def rounded(n: Decimal, scale: Decimal) -> Decimal | None:
        return round_number(n, int(scale), mode)

    rounded.__doc__ = f"n rounded to scale fraction digits, mode {mode}"
    builtin(name, "n: number, scale: number", "number")(rounded)


def _declare_edge(name: str, mode: str) -> None:
    def rounded(n: Decimal, scale: Decimal | None = None) -> Decimal | None:
        return round_number(n, 0 if scale is None else int(scale), mode)

    rounded.__doc__ = f"n rounded toward its {name} at scale fraction digits (0 when left out)"
    builtin(name, "n: number, scale?: number", "number")(rounded)


for _name, _mode in _ROUNDINGS.items():
    _declare_rounding(_name, _mode)
_declare_edge("floor", "floor")
_declare_edge("ceiling", "ceiling")


@builtin("abs", "n: number", "number")
def absolute(n: Decimal) -> Decimal:
    """n without its sign"""
    return n.copy_abs() if n else n


@builtin("abs", "n: years and months duration", "years and months duration")
def absolute_months(n: Months) -> Months:
    """the duration without its sign"""
    return Months(abs(n.months))


@builtin("abs", "n: days and time duration", "days and time duration")
def absolute_nanos(n: Nanos) -> Nanos:
    """the duration without its sign"""
    return Nanos(abs(n.nanos))


@builtin("modulo", "dividend: number, divisor: number", "number")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """dividend - divisor * floor(dividend / divisor); null for divisor 0"""
    return modulo_numbers(dividend, divisor)


def _positive(function: Callable[[Decimal], Decimal | None]) -> Callable[[Decimal], Decimal | None]:
    return lambda number: function(number) if number > 0 else None


@builtin("sqrt", "number: number", "number")
def sqrt(number: Decimal) -> Decimal | None:
    """the square root; null below 0"""
    return square_root(number) if number >= 0 else None


@builtin("log", "number: number", "number")
def log(number: Decimal) -> Decimal | None:
    """the natural logarithm; null at and below 0"""
    return _positive(natural_logarithm)(number)


@builtin("exp", "number: number", "number")
def exp(number: Decimal) -> Decimal | None:
    """e to the power of number"""
    return exponential(number)


def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


@builtin("odd", "number: number", "boolean")
def odd(number: Decimal) -> bool | None:
    """whether the whole number is odd; null for a fraction"""
    return modulo_numbers(number, Decimal(2)) == 1 if _is_whole(number) else None


@builtin("even", "number: number", "boolean")
def even(number: Decimal) -> bool | None:
    """whether the whole number is even; null for a fraction"""
    return modulo_numbers(number, Decimal(2)) == 0 if _is_whole(number) else None
