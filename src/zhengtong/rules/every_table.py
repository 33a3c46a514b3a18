"""The gap report of every table a decision rests on（逐表查漏）, not only of the one that answers."""

from __future__ import annotations

from zhengtong.rules.core import ir
from zhengtong.rules.core.passes.constants import known_values
from zhengtong.rules.decision import Decision
from zhengtong.rules.gaps import GapReport, find_gaps


def gaps_of_tables(decision: Decision) -> dict[str, GapReport]:
    """Return the gap report of each decision table in the order they are decided, by the name the author gave it."""
    known = known_values(decision.program)
    found = {}
    for definition in decision.program.order_for([decision.key]):
        node = definition.node
        while isinstance(node, ir.Convert):
            node = node.value
        if isinstance(node, ir.Table):
            found[definition.variable.name] = find_gaps(node, known)
    return found
