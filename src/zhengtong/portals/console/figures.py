"""Figures in words（数字）: exact in tables, short in headlines, in the units of each language."""

from __future__ import annotations

from decimal import Decimal

from zhengtong.portals.ui.languages import is_english

_UNITS_ZH = ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))
_UNITS_EN = ((Decimal(10) ** 9, " bn"), (Decimal(10) ** 6, " m"))


def exact(value: Decimal | int, places: int = 2) -> str:
    """Return the number with thousands apart, to a number of decimals."""
    return f"{value:,.{places}f}"


def whole(value: Decimal | int) -> str:
    """Return the number with thousands apart; decimals only where there are some."""
    number = Decimal(value)
    return f"{number:,f}".rstrip("0").rstrip(".") if number % 1 else f"{number:,.0f}"


def signed(value: Decimal, places: int = 2) -> str:
    """Return the number with its sign; nought has none."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(value):,.{places}f}"


def short(value: Decimal) -> str:
    """Return a number of money as headlines say it: 1.23 亿, 4.56 万; 1.23 bn, 4.56 m."""
    for size, word in _UNITS_EN if is_english() else _UNITS_ZH:
        if abs(value) >= size:
            return f"{value / size:,.2f}{'' if is_english() else ' '}{word}"
    return exact(value)


def short_signed(value: Decimal) -> str:
    """Return it with its sign."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{short(abs(value))}"


def plain(value: object) -> str:
    """Return a rule's value as people write it."""
    if isinstance(value, bool):
        return ("yes" if value else "no") if is_english() else ("是" if value else "否")
    if isinstance(value, int | Decimal):
        return whole(Decimal(value))
    return "—" if value is None else str(value)
