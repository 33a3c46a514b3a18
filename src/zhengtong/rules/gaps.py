"""Gap reports（查漏查重）: rows that overlap, inputs no row covers, rows never reached, each with an example input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from zhengtong.rules.core import ir
from zhengtong.rules.core.passes.boxes import Axis, Boxes, boxes_of
from zhengtong.rules.values.convert import nested_text
from zhengtong.rules.values.temporal import Date, date_from_ordinal

#: a report stops after so many holes: more means the table is a draft
MAX_HOLES = 500


@dataclass(frozen=True, slots=True)
class Overlap:
    """Rows (from 1) that both match an input（重叠）."""

    rows: tuple[int, int]
    example: dict[str, Any]
    same_answer: bool


@dataclass(frozen=True, slots=True)
class Hole:
    """A region of inputs no row covers（遗漏）: by column label, in FEEL notation, with an example."""

    region: dict[str, str]
    example: dict[str, Any]


@dataclass(frozen=True, slots=True)
class GapReport:
    """What a table leaves open. `unclear` rows (from 1) have conditions that are no fixed ranges or values."""

    overlaps: tuple[Overlap, ...] = ()
    holes: tuple[Hole, ...] = ()
    unreachable: tuple[int, ...] = ()
    unclear: tuple[int, ...] = ()

    @property
    def is_clean(self) -> bool:
        return not (self.overlaps or self.holes or self.unreachable)


def find_gaps(table: ir.Table, known: Mapping[str, Any] | None = None) -> GapReport:
    """Return overlaps, holes and unreachable rows of a table; `known` are the parameter values by key.

    Overlaps are reported where the hit policy makes them an error: unique (any two rows) and any (rows with different
    answers). A row is unreachable when the rows above it, under first, take all its inputs. Null inputs are not asked for.
    """
    boxes = boxes_of(table, known)
    if boxes is None:
        return GapReport(unclear=tuple(range(1, len(table.rules) + 1)))
    finder = _Finder(table, boxes)
    return GapReport(
        tuple(finder.overlaps()),
        tuple(finder.holes()),
        tuple(finder.unreachable()) if table.hit_policy == "F" else (),
        tuple(number for number, row in enumerate(boxes.rows, 1) if row is None),
    )


def rows_are_disjoint(table: ir.Table, known: Mapping[str, Any] | None = None) -> bool:
    """Return whether no two rows can ever match together, null inputs included."""
    boxes = boxes_of(table, known)
    if boxes is None or not boxes.is_clear:
        return False
    return next(_meeting(boxes, [axis.everything for axis in boxes.axes]), None) is None


def _meeting(boxes: Boxes, domain: list[int]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Yield the pairs of rows that meet, with the pieces they share."""
    solid = [(number, row) for number, row in enumerate(boxes.rows) if row is not None]
    for place, (first, one) in enumerate(solid):
        for second, other in solid[place + 1 :]:
            shared = tuple(a & b & inside for a, b, inside in zip(one, other, domain, strict=True))
            if all(shared):
                yield first, second, shared


class _Finder:
    def __init__(self, table: ir.Table, boxes: Boxes) -> None:
        self.table, self.boxes = table, boxes
        self.domain = [axis.domain for axis in boxes.axes]

    def overlaps(self) -> Iterator[Overlap]:
        if self.table.hit_policy not in ("U", "A"):
            return
        for first, second, shared in _meeting(self.boxes, self.domain):
            same = self.table.rules[first].outputs == self.table.rules[second].outputs
            if self.table.hit_policy == "U" or not same:
                yield Overlap((first + 1, second + 1), self._example(shared), same)

    def unreachable(self) -> Iterator[int]:
        for number, row in enumerate(self.boxes.rows):
            if row is None:
                continue
            above = [other for other in self.boxes.rows[:number] if other is not None]
            domain = [pieces & (inside | 1 << axis.null_piece) for pieces, inside, axis in self._inside(row)]
            if not any(_uncovered(above, domain)):
                yield number + 1

    def _inside(self, row: tuple[int, ...]) -> Iterator[tuple[int, int, Axis]]:
        return zip(row, self.domain, self.boxes.axes, strict=True)

    def holes(self) -> Iterator[Hole]:
        """Yield maximal boxes of uncovered pieces; a row that is unclear counts as covering what its clear cells may."""
        if any(output.default is not None for output in self.table.outputs):
            return
        rows = [row for row in self.boxes.rows if row is not None]
        if len(rows) < len(self.boxes.rows):
            return
        for count, box in enumerate(_uncovered(rows, self.domain)):
            if count >= MAX_HOLES:
                return
            yield Hole(self._region(box), self._example(box))

    def _label(self, axis: Axis) -> str:
        column = self.table.inputs[axis.columns[0]]
        return column.text.strip() or column.label.en

    def _region(self, box: tuple[int, ...]) -> dict[str, str]:
        return {
            self._label(axis): _pieces_text(axis, pieces)
            for axis, pieces in zip(self.boxes.axes, box, strict=True)
            if pieces != axis.domain
        }

    def _example(self, box: tuple[int, ...]) -> dict[str, Any]:
        return {
            self._label(axis): example_in(axis, pieces)
            for axis, pieces in zip(self.boxes.axes, box, strict=True)
            if axis.cuts
        }


def _uncovered(rows: list[tuple[int, ...]], domain: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield disjoint boxes that together are the domain without the rows: cut the rest by one row after the other."""
    rest = [tuple(domain)] if all(domain) else []
    for row in rows:
        rest = [piece for box in rest for piece in _minus(box, row)]
        if len(rest) > 20 * MAX_HOLES:
            break
    yield from _merged(rest)


def _minus(box: tuple[int, ...], row: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield disjoint boxes that together are `box` without `row`."""
    if not all(a & b for a, b in zip(box, row, strict=True)):
        yield box
        return
    kept: list[int] = []
    for place, (own, taken) in enumerate(zip(box, row, strict=True)):
        outside = own & ~taken
        if outside:
            yield (*kept, outside, *box[place + 1 :])
        kept.append(own & taken)


def _merged(boxes: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return the boxes with those joined that differ in one axis only."""
    changed = True
    while changed:
        changed = False
        for axis in range(len(boxes[0]) if boxes else 0):
            groups: dict[tuple[int, ...], int] = {}
            for box in boxes:
                key = (*box[:axis], *box[axis + 1 :])
                groups[key] = groups.get(key, 0) | box[axis]
            if len(groups) < len(boxes):
                boxes = [(*key[:axis], pieces, *key[axis:]) for key, pieces in groups.items()]
                changed = True
    return boxes


def _bits(pieces: int) -> list[int]:
    return [bit for bit in range(pieces.bit_length()) if pieces >> bit & 1]


def example_in(axis: Axis, pieces: int) -> Any:
    """Return a value inside the pieces, a plain one where there is a choice; None for null only."""
    found = [piece for piece in _bits(pieces) if piece != axis.null_piece]
    if not found:
        return None
    exact = [piece for piece in found if piece % 2]
    if exact and axis.kind is not Decimal:
        return _plain(axis.cuts[exact[0] // 2])
    for piece in exact or found:
        return _plain(_inside_piece(axis, piece))
    return None


def _inside_piece(axis: Axis, piece: int) -> Any:
    low, high = axis.bounds(piece)
    if piece % 2:
        return low
    return _BETWEEN[axis.kind](low, high)


def _between_numbers(low: Decimal | None, high: Decimal | None) -> Decimal:
    if low is None:
        return high - 1 if high is not None else Decimal(0)
    if high is None:
        return low + 1
    whole = Decimal(int(low) + 1) if low >= 0 else Decimal(int(low))
    return whole if low < whole < high else (low + high) / 2


def _between_texts(low: str | None, high: str | None) -> str:
    if low is None:
        return "" if high else "\u0000"
    return low + "*" if high is None or low + "*" < high else low + "\u0000"


def _between_dates(low: Date | None, high: Date | None) -> Date | None:
    if low is None:
        return date_from_ordinal(high.to_ordinal() - 1) if high is not None else Date(2026, 1, 1)
    return date_from_ordinal(low.to_ordinal() + 1)


_BETWEEN: dict[type, Any] = {
    Decimal: _between_numbers,
    str: _between_texts,
    Date: _between_dates,
    bool: lambda low, high: None,  # noqa: ARG005 - a boolean has no values between
}


def _plain(value: Any) -> Any:
    return date(value.year, value.month, value.day) if isinstance(value, Date) and 1 <= value.year <= 9999 else value


def _pieces_text(axis: Axis, pieces: int) -> str:
    """Return pieces as FEEL unary tests: `< 18`, `[18..20)`, `"a", "b"`, joined by commas."""
    others = sum(1 << piece for piece in range(0, axis.null_piece, 2))
    if axis.kind is str and pieces & others == others:
        named = [nested_text(cut) for place, cut in enumerate(axis.cuts) if not pieces >> (2 * place + 1) & 1]
        return f"not({', '.join(named)})" if named else "-"
    texts: list[str] = []
    run: list[int] = []
    for piece in [*_bits(pieces), -1]:
        if run and piece != run[-1] + 1:
            texts.append(_run_text(axis, run[0], run[-1]))
            run = []
        if piece == axis.null_piece:
            texts.append("null")
        elif piece >= 0:
            run.append(piece)
    return ", ".join(texts) or "-"


def _run_text(axis: Axis, first: int, last: int) -> str:
    if first == last and first % 2:
        return nested_text(axis.cuts[first // 2])
    low, high = axis.bounds(first)[0], axis.bounds(last)[1]
    if low is None and high is None:
        return "-"
    if low is None:
        return f"{'<=' if last % 2 else '<'} {nested_text(high)}"
    if high is None:
        return f"{'>=' if first % 2 else '>'} {nested_text(low)}"
    return f"{'[' if first % 2 else '('}{nested_text(low)}..{nested_text(high)}{']' if last % 2 else ')'}"
