"""Constants put in place（常量代入）: parameters and constant parts of a node become literals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from zhengtong.rules.core import ir
from zhengtong.rules.core.program import Program
from zhengtong.rules.values.arithmetic import ARITHMETIC, negate
from zhengtong.rules.values.domain import Range
from zhengtong.rules.values.logic import less


def known_values(program: Program) -> dict[str, Any]:
    """Return the values of a program that are constants: its parameters."""
    return {
        key: item.node.value
        for key, item in program.definitions.items()
        if item.kind == "parameter" and isinstance(item.node, ir.Const)
    }


def folded(node: Any, known: Mapping[str, Any]) -> Any:
    """Return a node with known variables replaced and arithmetic on literals carried out."""
    if isinstance(node, ir.Var):
        return ir.Const(known[node.key], at=node.at) if node.key in known else node
    if isinstance(node, tuple):
        return tuple(folded(part, known) for part in node)
    if not isinstance(node, ir.Node):
        return node
    changed = {}
    for part in fields(node):
        if part.name == "at" or _binds(node, part.name):
            continue
        before = getattr(node, part.name)
        after = folded(before, known)
        if after is not before:
            changed[part.name] = after
    return _evaluated(replace(node, **changed) if changed else node)


def _binds(node: ir.Node, name: str) -> bool:
    """Return whether the field names a variable the node itself binds."""
    return (name in ("variable", "item", "partial", "parameters")) or (isinstance(node, ir.ItemName) and name == "item")


def _evaluated(node: ir.Node) -> ir.Node:
    if isinstance(node, ir.Arithmetic) and isinstance(node.left, ir.Const) and isinstance(node.right, ir.Const):
        return ir.Const(ARITHMETIC[node.operator](node.left.value, node.right.value), at=node.at)
    if isinstance(node, ir.Negative) and isinstance(node.operand, ir.Const):
        return ir.Const(negate(node.operand.value), at=node.at)
    if isinstance(node, ir.RangeOf) and isinstance(node.low, ir.Const) and isinstance(node.high, ir.Const):
        return _range(node, node.low.value, node.high.value)
    return node


def _range(node: ir.RangeOf, low: Any, high: Any) -> ir.Node:
    if node.operator is None and low is not None and high is not None and less(low, high) is None:
        return ir.Const(None, at=node.at)
    return ir.Const(Range(low, high, node.low_closed, node.high_closed, node.operator), at=node.at)
