"""Gaps（查缺查重）."""

from __future__ import annotations

from zhengtong.rules.core import ir


def rows_are_disjoint(table: ir.Table) -> bool:
    """Return whether no two rows can ever match together."""
    return False
