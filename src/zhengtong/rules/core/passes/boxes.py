"""Tables as boxes（条件区域）: each column cut where some cell's truth changes, each row the set of pieces it covers.

A column ("axis") is cut at the values v1 < … < vn its cells name into the pieces (−∞, v1), v1, (v1, v2), v2 … (vn, ∞),
and one piece more for null. A cell with literals only is then a set of pieces, kept as the bits of an integer. Columns
of one expression share an axis. Fast tables, gap reports and the SQL back-end all read these boxes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from zhengtong.rules.core import ir
from zhengtong.rules.core.passes.constants import folded
from zhengtong.rules.values.domain import Range
from zhengtong.rules.values.temporal import Date

#: kinds whose equality is Python's own and whose order is total: only they can be cut into pieces
CUTTABLE: tuple[type, ...] = (Decimal, str, Date, bool)
Truth = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Axis:
    """One input: its kind, its cuts in order, and which cells of a row stand on it."""

    kind: type
    cuts: tuple[Any, ...]
    columns: tuple[int, ...]
    #: bits of the pieces the column's allowed values leave, the null piece aside
    domain: int

    @property
    def null_piece(self) -> int:
        """The number of the piece that is null."""
        return 2 * len(self.cuts) + 1

    @cached_property
    def everything(self) -> int:
        """The bits of all pieces, null included."""
        return (1 << (self.null_piece + 1)) - 1

    def piece_of(self, value: Any) -> int:
        """Return the number of the piece a value lies in."""
        if value is None:
            return self.null_piece
        place = bisect_left(self.cuts, value)
        return 2 * place + (1 if place < len(self.cuts) and self.cuts[place] == value else 0)

    def bounds(self, piece: int) -> tuple[Any, Any]:
        """Return the cuts on both sides of a piece; None where it has no end; a single value is both."""
        if piece % 2:
            return self.cuts[piece // 2], self.cuts[piece // 2]
        low = self.cuts[piece // 2 - 1] if piece else None
        high = self.cuts[piece // 2] if piece // 2 < len(self.cuts) else None
        return low, high


@dataclass(frozen=True)
class Boxes:
    """A table's rows over its axes; a row with a cell that is no set of pieces is unclear (None)."""

    axes: tuple[Axis, ...]
    rows: tuple[tuple[int, ...] | None, ...]

    @property
    def is_clear(self) -> bool:
        return all(row is not None for row in self.rows)


def boxes_of(table: ir.Table, known: Mapping[str, Any] | None = None) -> Boxes | None:
    """Return the boxes of a table; None when a column has no cuttable kind at all."""
    rules = [tuple(folded(cell, known or {}) for cell in rule.conditions) for rule in table.rules]
    groups = _groups(table)
    axes, cells = [], []
    for columns in groups:
        values: set[Any] = set()
        for column in columns:
            texts = [row[column] for row in rules] + [table.inputs[column].allowed]
            for cell in texts:
                values |= _cuts(cell, table.inputs[column].variable.key)
        kinds = {type(value) for value in values}
        if len(kinds) > 1:
            return None
        kind = kinds.pop() if kinds else Decimal
        cuts = (False, True) if kind is bool else tuple(sorted(values))
        axes.append(_with_domain(Axis(kind, cuts, columns, 0), table))
        cells.append(columns)
    rows = tuple(_row(row, axes, table) for row in rules)
    return Boxes(tuple(axes), rows)


def _groups(table: ir.Table) -> list[tuple[int, ...]]:
    """Return the columns grouped by their expression."""
    groups: list[list[int]] = []
    for column, entry in enumerate(table.inputs):
        for group in groups:
            if table.inputs[group[0]].expression == entry.expression:
                group.append(column)
                break
        else:
            groups.append([column])
    return [tuple(group) for group in groups]


def _with_domain(axis: Axis, table: ir.Table) -> Axis:
    domain = axis.everything & ~(1 << axis.null_piece)
    if axis.kind is bool:
        domain = 0b1010
    if axis.kind is Date:
        domain &= ~_empty_days(axis.cuts)
    for column in axis.columns:
        allowed = table.inputs[column].allowed
        if allowed is not None:
            pieces = pieces_of(allowed, table.inputs[column].variable.key, axis)
            domain &= pieces if pieces is not None else axis.everything
    return Axis(axis.kind, axis.cuts, axis.columns, domain)


def _empty_days(cuts: tuple[Date, ...]) -> int:
    """Return the bits of the pieces between two following days, where no day lies."""
    pairs = enumerate(zip(cuts, cuts[1:], strict=False), 1)
    return sum(1 << 2 * place for place, (low, high) in pairs if high.to_ordinal() - low.to_ordinal() == 1)


def _row(cells: tuple[ir.Node, ...], axes: list[Axis], table: ir.Table) -> tuple[int, ...] | None:
    row = []
    for axis in axes:
        pieces = axis.everything
        for column in axis.columns:
            found = pieces_of(cells[column], table.inputs[column].variable.key, axis)
            if found is None:
                return None
            pieces &= found
        row.append(pieces)
    return tuple(row)


# -- cells as sets of pieces -------------------------------------------------------------------------------------------


def _constants(test: ir.Node, key: str) -> list[tuple[str, Any]] | None:
    """Return a test on the column's input as (operator, literal) pairs of which one must hold; None if it is no such."""
    if not isinstance(test, ir.Test) or not isinstance(test.value, ir.Var) or test.value.key != key:
        return None
    operand = test.operand
    if isinstance(operand, ir.ListOf) and test.operator == "in":
        if all(isinstance(item, ir.Const) for item in operand.items):
            return [("in", item.value) for item in operand.items]  # type: ignore[attr-defined]
        return None
    return (
        [(test.operator, operand.value)]
        if isinstance(operand, ir.Const) and test.operator not in ("is true", "holds")
        else None
    )


def _literals(value: Any) -> list[Any]:
    if isinstance(value, Range):
        return [end for end in (value.low, value.high) if end is not None]
    return [] if value is None else [value]


def _cuts(cell: ir.Node | None, key: str) -> set[Any]:
    if not isinstance(cell, ir.AnyOf):
        return set()
    found: set[Any] = set()
    for test in cell.tests:
        for _, value in _constants(test, key) or ():
            found.update(literal for literal in _literals(value) if type(literal) in CUTTABLE)
    return found


def pieces_of(cell: ir.Node, key: str, axis: Axis) -> int | None:
    """Return the bits of the pieces where a cell is true; None when that cannot be told."""
    if not isinstance(cell, ir.AnyOf):
        return None
    if not cell.tests:
        return axis.everything
    true = 0
    for test in cell.tests:
        pairs = _constants(test, key)
        if pairs is None:
            return None
        for operator, value in pairs:
            if any(type(literal) is not axis.kind for literal in _literals(value)):
                return None
            true |= _pieces(operator, value, axis)
    return axis.everything & ~true if cell.negated else true


def _pieces(operator: str, value: Any, axis: Axis) -> int:
    if isinstance(value, Range):
        return _range_pieces(value, axis) if operator == "in" else 0
    if value is None:
        return _null_pieces(operator, axis)
    place = axis.piece_of(value)
    below, at = (1 << place) - 1, 1 << place
    solid = axis.everything & ~(1 << axis.null_piece)
    sets = {
        "in": at,
        "=": at,
        "!=": axis.everything & ~at,
        "<": below,
        "<=": below | at,
        ">": solid & ~(below | at),
        ">=": solid & ~below,
    }
    return sets[operator] if axis.kind is not bool or operator in ("in", "=", "!=") else 0


def _null_pieces(operator: str, axis: Axis) -> int:
    null = 1 << axis.null_piece
    return {"in": null, "=": null, "!=": axis.everything & ~null}.get(operator, 0)


def _range_pieces(value: Range, axis: Axis) -> int:
    if value.operator is not None:
        return _pieces(value.operator, value.low if value.low is not None else value.high, axis)
    if value.low is None or value.high is None:
        return 0
    above = _pieces(">=" if value.low_closed else ">", value.low, axis)
    return above & _pieces("<=" if value.high_closed else "<", value.high, axis)
