"""A resource's assessments as the page shows them（质量评估）: per cent in words, rules that fail first."""

from __future__ import annotations

from decimal import Decimal

from zhengtong.apps.catalog import queries
from zhengtong.apps.catalog.shapes import QualityShape
from zhengtong.portals.data.contexts import QualityLine, RuleLine


def quality_lines(code: str) -> tuple[QualityLine, ...]:
    """Return the assessments of a resource's versions, newest first."""
    return tuple(map(to_line, queries.quality_of(code)))


def to_line(one: QualityShape) -> QualityLine:
    rules = [
        RuleLine(
            zh=result["zh"] or result["id"],
            en=result["en"] or result["id"],
            severity=result["severity"],
            share=per_cent(result["x"]),
            failing=result["failing"],
            judged=result["b"],
            holds=result["holds"],
        )
        for result in one.results
    ]
    dimensions = tuple((code, per_cent(x)) for code, x in one.dimensions.items() if x is not None)
    rules.sort(key=lambda rule: (rule.holds is not False, -rule.failing))
    return QualityLine(one.version, one.at, one.rows, per_cent(one.score), dimensions, tuple(rules), one.held_reason)


def per_cent(x: str | None) -> str:
    """Return a share from 0 to 1 in per cent, cut and never rounded up to a hundred; "" for none."""
    if x is None:
        return ""
    cut = (Decimal(x) * 100).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    return f"{cut.normalize():f}"
