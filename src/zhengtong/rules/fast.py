"""Fast decision tables（快速决策表）: rows as bits, one look-up per column, one AND, the lowest bit.

A table whose cells are literals is cut into boxes (`core.passes.boxes`). For each column a look-up gives the bits of the
rows whose cell is true for the value; the rows that match are the AND of these. Deciding costs one bisection per number
column and one dict look-up per text or boolean column, whatever the number of rows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from zhengtong.rules.core import ir
from zhengtong.rules.core.passes.boxes import Axis, Boxes, boxes_of
from zhengtong.rules.decide import CompiledTable, compile_table
from zhengtong.rules.to_python import converter, to_closure
from zhengtong.rules.values import to_python

Env = dict[str, Any]
Closure = Callable[[Env], Any]
Lookup = Callable[[Any], int]


def to_fast_closure(node: ir.Node, known: Mapping[str, Any] | None = None) -> Closure:
    """Return the closure of a node, its outermost decision table indexed where its cells allow it."""
    if isinstance(node, ir.Convert):
        inner, convert_to = to_fast_closure(node.value, known), converter(node.type)
        return lambda env: convert_to(inner(env))
    if isinstance(node, ir.Table):
        indexed = index_table(node, known)
        if indexed is not None:
            return indexed
    return to_closure(node)


def index_table(table: ir.Table, known: Mapping[str, Any] | None = None) -> Closure | None:
    """Return the indexed table as a closure; None when a cell is no set of literals."""
    boxes = boxes_of(table, known)
    if boxes is None or not boxes.is_clear or any(column.allowed is not None for column in table.inputs):
        return None
    plain = compile_table(table, to_closure, converter)
    lookups = [(axis, row_bits(axis, boxes, place)) for place, axis in enumerate(boxes.axes)]
    return _indexed(plain, lookups)


def row_bits(axis: Axis, boxes: Boxes, place: int) -> tuple[int, ...]:
    """Return for each piece of an axis the bits of the rows whose cell covers it."""
    always, found = 0, [0] * (axis.null_piece + 1)
    for number, row in enumerate(boxes.rows):
        pieces = row[place] if row is not None else 0
        if pieces == axis.everything:
            always |= 1 << number
            continue
        while pieces:
            lowest = pieces & -pieces
            found[lowest.bit_length() - 1] |= 1 << number
            pieces ^= lowest
    return tuple(bits | always for bits in found)


def _indexed(plain: CompiledTable, lookups: list[tuple[Axis, tuple[int, ...]]]) -> Closure:
    keys = [column[0] for column in plain.inputs]
    expressions = [column[1] for column in plain.inputs]
    axes = [
        (axis.columns[0], axis.kind if axis.cuts else object, axis.piece_of, bits, axis.null_piece)
        for axis, bits in lookups
        if len(set(bits)) > 1
    ]
    all_rows = (1 << len(plain.rules)) - 1

    def decide(env: Env) -> Any:
        env = dict(env)
        for key, expression in zip(keys, expressions, strict=True):
            env[key] = expression(env)
        matched = all_rows
        for column, kind, piece_of, bits, null_piece in axes:
            value = env[keys[column]]
            if value is None:
                matched &= bits[null_piece]
            elif kind is object:
                matched &= bits[0]
            elif type(value) is kind:
                matched &= bits[piece_of(value)]
            else:
                return plain.decide(env)
            if not matched:
                return plain.decide_on([], env)
        return plain.decide_on(_numbers(matched), env)

    return decide


def _numbers(bits: int) -> list[int]:
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


# -- a whole decision as one generated function ------------------------------------------------------------------------


def row_decider(
    table: ir.Table, names: Mapping[str, str], known: Mapping[str, Any] | None = None
) -> Callable[[Mapping[str, Any]], Any] | None:
    """Return a function from a row of plain Python values to the answer, or None where the table is not that plain.

    Plain is: hit policy unique or first, inputs that are variables (`names` gives their names by key), literal cells and
    literal outputs. The function answers `NotImplemented` for a row with a value it has no look-up for.
    """
    if table.hit_policy not in "UF" or table.aggregation is not None:
        return None
    boxes = boxes_of(table, known)
    if boxes is None or not boxes.is_clear or any(column.allowed is not None for column in table.inputs):
        return None
    if not all(isinstance(c.expression, ir.Var) and c.expression.key in names for c in table.inputs):
        return None
    answers = _constant_answers(table)
    if answers is None:
        return None
    return _generate(table, boxes, names, answers)


def _constant_answers(table: ir.Table) -> tuple[list[Any], Any] | None:
    plain = compile_table(table, to_closure, converter)
    parts = [value for rule in table.rules for value in rule.outputs]
    parts += [output.default for output in table.outputs if output.default is not None]
    if not all(isinstance(part, ir.Const) for part in parts):
        return None
    answers = [to_python(plain.shaped(plain.outputs(number, {}))) for number in range(len(table.rules))]
    return answers, to_python(plain.default({}))


def _generate(
    table: ir.Table, boxes: Boxes, names: Mapping[str, str], answers: tuple[list[Any], Any]
) -> Callable[[Mapping[str, Any]], Any]:
    """Return the function of generated source: straight-line look-ups, no loop, no call per column but the bisection."""
    space: dict[str, Any] = {"Decimal": Decimal, "bisect": bisect_left, "default": answers[1]}
    space["missing"] = NotImplemented
    lines = ["def decide(row):"]
    all_rows = (1 << len(table.rules)) - 1
    lines.append(f"    rows = {all_rows}")
    for place, axis in enumerate(boxes.axes):
        bits = row_bits(axis, boxes, place)
        if len(set(bits)) == 1:
            if bits[0] != all_rows:
                lines.append(f"    rows &= {bits[0]}")
            continue
        lines += _axis_lines(place, axis, bits, table, names, space)
        lines.append(f"    rows &= rows{place}")
    lines.append("    if not rows: return default" + (".copy()" if isinstance(answers[1], dict) else ""))
    if table.hit_policy == "U":
        lines.append("    if rows & (rows - 1): return None")
        lowest = "rows.bit_length() - 1"
    else:
        lowest = "(rows & -rows).bit_length() - 1"
    copied = ".copy()" if len(table.outputs) > 1 else ""
    lines.append(f"    return answers[{lowest}]{copied}")
    space["answers"] = answers[0]
    exec(compile("\n".join(lines), "<decision table>", "exec"), space)  # noqa: S102 - no text of the rule is in it
    made: Callable[[Mapping[str, Any]], Any] = space["decide"]
    return made


def _axis_lines(
    place: int, axis: Axis, bits: tuple[int, ...], table: ir.Table, names: Mapping[str, str], space: dict[str, Any]
) -> list[str]:
    """Return the lines that set `rows<place>` to the bits of the rows an input's value allows."""
    variable = table.inputs[axis.columns[0]].expression
    space[f"name{place}"] = names[variable.key]  # type: ignore[attr-defined]
    space[f"null{place}"] = bits[axis.null_piece]
    space[f"kind{place}"] = axis.kind
    head = [f"    x = row.get(name{place})"]
    if not axis.cuts:
        return [*head, f"    rows{place} = null{place} if x is None else {bits[0]}"]
    null = [f"    elif x is None: rows{place} = null{place}", "    else: return missing"]
    exact = {cut: bits[2 * number + 1] for number, cut in enumerate(axis.cuts)}
    others = {bits[piece] for piece in range(0, axis.null_piece, 2)}
    if axis.kind is bool or len(others) == 1:
        space[f"exact{place}"], space[f"other{place}"] = exact, next(iter(others)) if len(others) == 1 else 0
        return [*head, f"    if type(x) is kind{place}: rows{place} = exact{place}.get(x, other{place})", *null]
    space[f"cuts{place}"], space[f"bits{place}"] = axis.cuts, bits
    space[f"open{place}"] = bits[0 : axis.null_piece : 2]
    space[f"exact{place}"] = exact
    find = f"open{place}[bisect(cuts{place}, x)]"
    found = f"    if type(x) is kind{place}: rows{place} = exact{place}[x] if x in exact{place} else {find}"
    return [*head, found, *null]
