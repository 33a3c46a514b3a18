"""What is known of a column before it is read（列的已知事实）: what its data rules out needs no guard in the query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from zhengtong.rules.core import ir
from zhengtong.rules.to_sql.kinds import SqlType


@dataclass(frozen=True, slots=True)
class Column:
    """A column's type as its engine names it, whether no row lacks it, and bounds of its numbers, themselves included."""

    type: str | SqlType
    never_null: bool = False
    low: Decimal | None = None
    high: Decimal | None = None

    def keeps_to(self, allowed: ir.Node) -> bool:
        """Return whether one test of a list of allowed values holds for every number within the bounds."""
        if not isinstance(allowed, ir.AnyOf) or allowed.negated:
            return False
        return any(
            isinstance(test, ir.Test) and isinstance(test.value, ir.Var) and self._holds(test) for test in allowed.tests
        )

    def _holds(self, test: ir.Test) -> bool:
        if test.operator != "in":
            return self._beyond(test.operator, test.operand)
        span = test.operand
        if not isinstance(span, ir.RangeOf) or span.operator is not None:
            return False
        ends = (">=" if span.low_closed else ">", span.low), ("<=" if span.high_closed else "<", span.high)
        return all(self._beyond(*end) for end in ends)

    def _beyond(self, operator: str, end: ir.Node) -> bool:
        own = self.low if operator in (">", ">=") else self.high if operator in ("<", "<=") else None
        if own is None or not isinstance(end, ir.Const) or not isinstance(end.value, Decimal):
            return False
        return (operator in (">=", "<=") and own == end.value) or (
            own > end.value if operator[0] == ">" else own < end.value
        )


#: columns by the inputs they feed: a type alone, or with what is known of the data
Columns = Mapping[str, str | SqlType | Column]
