"""One pass from a relation of raw cells to parts（装载流水）: convert, guard, set aside what the guards refuse."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from zhengtong.tables.engine import ident
from zhengtong.tables.loading.cells import Cell
from zhengtong.tables.parts import ROWS_PER_GROUP, PartWriter

_BITS = 60
_WAITING_BATCHES = 2


@dataclass(frozen=True)
class BadRow:
    """A row some guard refused: its 0-based place among the rows, the first column at fault, its cells."""

    ordinal: int
    column: int
    cells: tuple[str | None, ...]


@dataclass
class Outcome:
    """Rows seen and refused; `bad` holds at most `keep` of the refused ones."""

    rows: int = 0
    refused: int = 0
    bad: list[BadRow] = field(default_factory=list)


class TypeSurprise(Exception):
    """A column whose type was detected holds a value the sample did not show."""


def stream_parts(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    cells: list[Cell],
    writer: PartWriter,
    *,
    detected: frozenset[int] = frozenset(),
    keep: int = 100_000,
) -> Outcome:
    """Write the rows whose cells all pass their guards; memory is a few batches, whatever the length.

    A refused cell in one of the `detected` columns (positions) raises TypeSurprise, for there the type is at fault.
    """
    values = [f"{cell.value} AS {ident(f'c{position}')}" for position, cell in enumerate(cells)]
    masks = [f"{mask} AS {ident(f'm{number}')}" for number, mask in enumerate(_masks(cells))]
    sql = f"SELECT {', '.join(values + masks)}, {_raw_row(cells)} AS raw FROM {relation}"  # noqa: S608 - quoted names
    outcome = Outcome()
    # A streamed result of several threads comes in any order (DuckDB 1.5); one thread reads, another writes.
    connection.execute("SET threads = 1")
    with ThreadPoolExecutor(max_workers=1) as pool:
        writes: deque[Future[None]] = deque()
        for batch in connection.execute(sql).to_arrow_reader(ROWS_PER_GROUP):
            passed = _split(batch, len(cells), outcome, detected, keep)
            good = pa.RecordBatch.from_arrays(passed.columns[: len(cells)], names=list(writer.schema.names))
            writes.append(pool.submit(writer.write, good))
            if len(writes) > _WAITING_BATCHES:
                writes.popleft().result()
        for write in writes:
            write.result()
    return outcome


def _masks(cells: list[Cell]) -> Iterator[str]:
    """Yield, for each sixty columns, an integer with a bit for each refused cell."""
    guarded = [(position, cell) for position, cell in enumerate(cells) if cell.guard != "true"]
    bits: list[list[str]] = [[] for _ in range(0, max(len(cells), 1), _BITS)]
    for position, cell in guarded:
        empty_passes = f"{ident(cell.source)} IS NULL OR " if cell.column.nullable else ""
        bit = f"CASE WHEN {empty_passes}{cell.guard} THEN 0 ELSE {1 << position % _BITS} END"
        bits[position // _BITS].append(bit)
    for group in bits:
        yield f"CAST({' + '.join(group) or '0'} AS BIGINT)"


def _raw_row(cells: list[Cell]) -> str:
    """The cells as a JSON list where the row is refused, null (and not computed) elsewhere."""
    conditions = " OR ".join(f"({mask}) <> 0" for mask in _masks(cells))
    listed = ", ".join(f"CAST({ident(cell.source)} AS VARCHAR)" for cell in cells)
    return f"CASE WHEN {conditions} THEN CAST(to_json([{listed}]) AS VARCHAR) END"


def _split(batch: pa.RecordBatch, width: int, outcome: Outcome, detected: frozenset[int], keep: int) -> pa.RecordBatch:
    """Return the rows that passed and note the others."""
    masks = batch.columns[width:-1]
    refused = pc.not_equal(masks[0], 0)
    for mask in masks[1:]:
        refused = pc.or_(refused, pc.not_equal(mask, 0))
    count = pc.sum(refused).as_py() or 0
    if count:
        for row in pc.indices_nonzero(refused).to_pylist():
            bits = [
                position for position in range(width) if masks[position // _BITS][row].as_py() >> position % _BITS & 1
            ]
            if detected.intersection(bits):
                raise TypeSurprise
            if len(outcome.bad) < keep:
                outcome.bad.append(
                    BadRow(outcome.rows + row, bits[0], tuple(json.loads(batch.columns[-1][row].as_py())))
                )
        outcome.refused += count
    outcome.rows += batch.num_rows
    return batch.filter(pc.invert(refused)) if count else batch
