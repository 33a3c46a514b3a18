"""Marks of a recipient in a file（接收方标记）: rows carry one, and the rows' order is another.

A row's digest is the SHA-256 of the recipient's secret and the row's cells as they stand in the file. Its first twelve
hex digits are the column `_mark`; its next ones are what the rows are sorted by. So any row that is left, unchanged and
with its mark, tells whose file it is from; and where the column was cut off, the order of some tens of rows that are left
tells it too. What this cannot do: tell of rows whose cells were changed or whose columns were dropped *and* whose order was
shuffled; nor who passed the file on, only whose copy it was. Hashing and sorting cost more than the file itself, so of
more than 100,000 rows one in sixteen is marked and they stand in no order: fifty rows that are left bear three marks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

from zhengtong.tables.engine import connect, ident, literal

MARK = "_mark"
MARK_DIGITS, ORDER_DIGITS = 12, 20
MOST_ORDERED_ROWS, ONE_IN = 100_000, 16
SEPARATOR = "\x1f"
_DIGEST = "_digest"
_READERS = {
    "csv": "read_csv({}, all_varchar = true, header = true)",
    "parquet": "read_parquet({})",
}


@dataclass(frozen=True)
class Traced:
    """How a file bears one recipient's marks（溯源）: rows looked at, rows with its mark, share of neighbours in its order."""

    rows: int
    marked: int
    in_order: float


def marked_select(query: str, names: Sequence[str], *, is_large: bool = False) -> str:
    """Return a query's rows with marks; the secret is bound before the query's own values.

    All are marked and stand in the recipient's order; of a large file one in sixteen is marked and the order left open.
    """
    listed = ", ".join(ident(name) for name in names)
    cells = ", ".join(f"coalesce(CAST({ident(name)} AS VARCHAR), '')" for name in names)
    digest = f"sha256(? || concat_ws({literal(SEPARATOR)}, {cells}))"
    if is_large:
        chosen = f"CASE WHEN hash({ident(names[0])}) % {ONE_IN} = 0 THEN substr({digest}, 1, {MARK_DIGITS}) END"
        return f"SELECT {listed}, {chosen} AS {MARK} FROM ({query})"  # noqa: S608 - quoted names, bound values
    digested = f"SELECT {listed}, {digest} AS {_DIGEST} FROM ({query})"  # noqa: S608 - quoted names, bound values
    mark, order = f"substr({_DIGEST}, 1, {MARK_DIGITS})", f"substr({_DIGEST}, {MARK_DIGITS + 1}, {ORDER_DIGITS})"
    return f"SELECT {listed}, {mark} AS {MARK} FROM ({digested}) ORDER BY {order}"  # noqa: S608


def trace(path: Path, form: str, secrets: Mapping[str, str], *, most_rows: int = 5_000) -> dict[str, Traced]:
    """Return, for each recipient's secret, how the first rows of a file bear its marks.

    One SHA-256 for each row and recipient. A chance file has about half of its neighbours in anybody's order.
    """
    rows = list(rows_of(path, form, most_rows))
    return {name: bears(rows, secret) for name, secret in secrets.items()}


def bears(rows: Sequence[tuple[str, str]], secret: str) -> Traced:
    digests = [hashlib.sha256(f"{secret}{cells}".encode()).hexdigest() for cells, _mark in rows]
    marked = sum(digest[:MARK_DIGITS] == mark for digest, (_cells, mark) in zip(digests, rows, strict=True))
    orders = [digest[MARK_DIGITS : MARK_DIGITS + ORDER_DIGITS] for digest in digests]
    pairs = list(pairwise(orders))
    return Traced(len(rows), marked, sum(first <= next_ for first, next_ in pairs) / len(pairs) if pairs else 0.0)


def rows_of(path: Path, form: str, most_rows: int) -> Iterator[tuple[str, str]]:
    """Yield each row's cells, joined as its digest wants them, and the mark it bears, "" for none."""
    if form == "jsonl":
        with path.open(encoding="utf-8") as file:
            yield from map(row_of_json, islice(file, most_rows))
        return
    reader = _READERS[form].format(literal(str(path)))
    with connect() as connection:
        described = connection.execute(f"DESCRIBE SELECT * FROM {reader}")  # noqa: S608 - a quoted path
        names = [row[0] for row in described.fetchall()]
        cells = ", ".join(f"coalesce(CAST({ident(name)} AS VARCHAR), '')" for name in names if name != MARK)
        mark = f"coalesce({MARK}, '')" if MARK in names else "''"
        query = f"SELECT concat_ws({literal(SEPARATOR)}, {cells}), {mark} FROM {reader} LIMIT {most_rows}"  # noqa: S608
        yield from connection.execute(query).fetchall()


def row_of_json(line: str) -> tuple[str, str]:
    """Return cells and mark of a JSON line, numbers as they are written."""
    row = json.loads(line, parse_int=str, parse_float=str)
    mark = row.pop(MARK, "")
    texts = ({None: "", True: "true", False: "false"}.get(cell, cell) for cell in row.values())
    return SEPARATOR.join(texts), mark
