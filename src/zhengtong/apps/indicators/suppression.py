"""Small numbers are not told（小数量抑制）: a figure about very few cases may be a figure about somebody. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhengtong.apps.indicators.shapes import Row, Value

#: groups of fewer cases are not told
FEWEST = 10


def told(value: Value, *, of: str = "under") -> Value:
    """Return the value, untold when it is about too few cases."""
    return replace(value, value=None, is_told=False) if 0 < getattr(value, of) < FEWEST else value


def suppress(rows: Sequence[Row], *, of: str = "under") -> tuple[Row, ...]:
    """Return the rows with those of too few cases untold; where only one is, the next smallest too, lest it be reckoned.

    Nothing can be reckoned from a row without any case: it is told as none.
    """
    sizes = {row.code: getattr(row.value, of) for row in rows}
    hidden = {code for code, size in sizes.items() if 0 < size < FEWEST}
    others = sorted((size, code) for code, size in sizes.items() if size >= FEWEST)
    if len(hidden) == 1 and others:
        hidden.add(others[0][1])
    return tuple(
        replace(row, value=replace(row.value, value=None, is_told=False)) if row.code in hidden else row for row in rows
    )
