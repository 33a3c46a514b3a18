"""Numbers（数值）: decimals of 34 digits, half-even (DMN 1.5, 10.3.2.3.1, IEEE 754-2008 decimal128)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

DIGITS = 34
MIN_SCALE, MAX_SCALE = -6111, 6176
CONTEXT = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
_WIDE = Context(prec=DIGITS * 400, Emin=-999999, Emax=999999, traps=[InvalidOperation, DivisionByZero, Overflow])
ZERO, ONE = Decimal(0), Decimal(1)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")

ROUNDINGS = {
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "half up": ROUND_HALF_UP,
    "half down": ROUND_HALF_DOWN,
    "half even": ROUND_HALF_EVEN,
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
}


def _guarded(operation: Callable[..., Decimal]) -> Callable[..., Decimal | None]:
    """Return `operation` answering null where the arithmetic has no result (overflow, invalid, division by zero)."""

    def guarded(*operands: Decimal) -> Decimal | None:
        try:
            return operation(*operands)
        except ArithmeticError:
            return None

    return guarded


add_numbers = _guarded(CONTEXT.add)
subtract_numbers = _guarded(CONTEXT.subtract)
multiply_numbers = _guarded(CONTEXT.multiply)
divide_numbers = _guarded(CONTEXT.divide)
negate_number = _guarded(CONTEXT.minus)
square_root = _guarded(CONTEXT.sqrt)
natural_logarithm = _guarded(CONTEXT.ln)
exponential = _guarded(CONTEXT.exp)
round_to_context = _guarded(CONTEXT.plus)


MAX_WHOLE_EXPONENT = 100_000


def power_numbers(base: Decimal, exponent: Decimal) -> Decimal | None:
    """Return base ** exponent; null where it is no real number.

    A whole exponent squares and multiplies from its highest bit, each step rounded: the SQL back-ends take the same
    steps, so that both come to the same digits. An exact result stays exact.
    """
    try:
        if exponent == exponent.to_integral_value() and abs(exponent) <= MAX_WHOLE_EXPONENT:
            return _whole_power(base, int(exponent))
        return CONTEXT.power(base, exponent)
    except ArithmeticError:
        return None


def _whole_power(base: Decimal, exponent: int) -> Decimal:
    result = ONE
    for bit in bin(abs(exponent))[2:]:
        result = CONTEXT.multiply(result, result)
        if bit == "1":
            result = CONTEXT.multiply(result, base)
    return result if exponent >= 0 else CONTEXT.divide(ONE, result)


def modulo_numbers(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """Return dividend - divisor * floor(dividend / divisor), the floored modulo of DMN 1.5 table 75; x/0 is null."""
    if not divisor:
        return None
    try:
        rest = _WIDE.remainder(dividend, divisor)
    except ArithmeticError:
        return None
    if rest and (rest < 0) != (divisor < 0):
        rest = _WIDE.add(rest, divisor)
    return round_to_context(rest)


def round_number(value: Decimal, scale: int, mode: str) -> Decimal | None:
    """Return value rounded to `scale` fraction digits; null for a scale outside decimal128."""
    if not MIN_SCALE <= scale <= MAX_SCALE:
        return None
    if -value.as_tuple().exponent <= scale:  # type: ignore[operator]
        return value
    try:
        return value.quantize(Decimal((0, (1,), -scale)), rounding=ROUNDINGS[mode], context=_WIDE)
    except ArithmeticError:
        return None


def number_from_text(text: str) -> Decimal | None:
    """Return the number a text like `-12.5e3` writes, else null."""
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return CONTEXT.create_decimal(text)
    except ArithmeticError:
        return None


def text_from_number(value: Decimal) -> str:
    """Return the shortest plain notation: no exponent, no trailing zeros."""
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
