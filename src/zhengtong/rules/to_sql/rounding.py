"""Rounding in SQL（舍入）: what the truncated quotient lacks, for each of FEEL's modes."""

from __future__ import annotations

from zhengtong.rules.to_sql.dialect import Dialect


def rounding_step(dialect: Dialect, q: str, r: str, a: str, b: str, mode: str, signed: bool) -> str:
    """Return what to add (-1, 0, 1) to the truncated quotient q with remainder r of a / b."""
    size = f"abs({b})" if signed else b
    away = (
        f"(CASE WHEN ({a} < 0) <> ({b} < 0) THEN -1 ELSE 1 END)"
        if signed
        else f"(CASE WHEN {a} < 0 THEN -1 ELSE 1 END)"
    )
    half = f"(abs({r}) - ({size} - abs({r})))"
    conditions = {
        "down": None,
        "up": f"{r} <> 0",
        "half up": f"{half} >= 0 AND {r} <> 0",
        "half down": f"{half} > 0",
        "half even": f"({half} > 0 OR ({half} = 0 AND {dialect.remainder(q, '2')} <> 0))",
        "floor": f"{r} <> 0 AND {away} < 0",
        "ceiling": f"{r} <> 0 AND {away} > 0",
    }
    condition = conditions[mode]
    return "0" if condition is None else f"(CASE WHEN {condition} THEN {away} ELSE 0 END)"
