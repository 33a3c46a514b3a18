"""Money in yuan（金额）: Decimal from end to end, rounded only where it is said how."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from zhengtong.kit.refused import Refused

CENT = Decimal("0.01")

_SHAPE = re.compile(r"[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_LARGEST = Decimal(10) ** 16


class Rounding(enum.Enum):
    """How a half cent goes（舍入）: up as in trade, or to the even neighbour as in statistics."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN


def parse_yuan(text: str, *, rounding: Rounding | None = None) -> Decimal:
    """Return the amount with two places; more places are refused unless `rounding` says what becomes of them."""
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("¥").removesuffix("元")
    plain = plain.strip().removeprefix("人民币").strip().removeprefix("¥").strip()
    if not (plain.isascii() and _SHAPE.fullmatch(plain)):
        raise Refused(
            "money.yuan.not-a-number",
            "金额应为数字，例如 1234.50，请重新填写。",
            "An amount must be a number such as 1234.50; please enter it again.",
        )
    amount = Decimal(plain.replace(",", ""))
    if rounding:
        return round_yuan(amount, rounding)
    if amount != amount.quantize(CENT):
        raise Refused(
            "money.yuan.too-many-places",
            "金额最多保留两位小数（到分），请重新填写。",
            "An amount has at most two decimal places; please enter it again.",
        )
    return amount.quantize(CENT)


def round_yuan(amount: Decimal, rounding: Rounding) -> Decimal:
    """Return `amount` to the cent."""
    return _decimal(amount).quantize(CENT, rounding=rounding.value)


def sum_yuan(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum; a float among them is a bug and raises TypeError."""
    return sum((_decimal(amount) for amount in amounts), Decimal("0.00"))


def split_yuan(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Return shares of `total` by `weights`, each to the cent, adding up to `total` exactly.

    Spare cents go to the largest remainders, the first of equals first.
    """
    whole = sum_yuan(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights are not negative and not all zero")
    cents = int(_decimal(total) / CENT)
    exact = [cents * weight / whole for weight in weights]
    shares = [int(share) for share in exact]
    step = 1 if cents >= 0 else -1
    by_remainder = sorted(range(len(weights)), key=lambda i: -abs(exact[i] - shares[i]))
    for i in by_remainder[: abs(cents - sum(shares))]:
        shares[i] += step
    return [share * CENT for share in shares]


def format_yuan(amount: Decimal) -> str:
    """Return the amount with thousands separated, to the cent: 1,234.50. It must have no part of a cent."""
    if amount != _decimal(amount).quantize(CENT):
        raise ValueError("round the amount first, and say how")
    return f"{amount:,.2f}"


def to_capital(amount: Decimal) -> str:
    """Return the amount in capital numerals（大写金额）after 支付结算办法 annex 1: 壹仟肆佰零玖元伍角整."""
    if amount != _decimal(amount).quantize(CENT) or abs(amount) >= _LARGEST:
        raise ValueError("an amount in capitals has whole cents and is below 10^16")
    sign = "负" if amount < 0 else ""
    yuan, cents = divmod(int(abs(amount) / CENT), 100)
    jiao, fen = divmod(cents, 10)
    text = _whole_in_capitals(yuan) + "元" if yuan else ""
    if not cents:
        return f"{sign}{text or '零元'}整"
    if yuan and (not jiao or yuan % 10 == 0):
        text += "零"
    text += f"{_DIGITS[jiao]}角" if jiao else ""
    return f"{sign}{text}{_DIGITS[fen]}分" if fen else f"{sign}{text}整"


def _whole_in_capitals(number: int) -> str:
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        if number >= unit:
            high, rest = divmod(number, unit)
            gap = "零" if rest and rest < unit // 10 else ""
            return _whole_in_capitals(high) + name + gap + (_whole_in_capitals(rest) if rest else "")
    return _four(number)


def _four(part: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = part // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit
    return text


def _decimal(amount: Decimal) -> Decimal:
    if not isinstance(amount, Decimal):
        raise TypeError(f"money is Decimal, not {type(amount).__name__}")
    return amount
