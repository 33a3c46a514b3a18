"""How a delimited file is cut（分隔方式识别）: delimiter, heading row, column names."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

_CANDIDATES = (",", "\t", ";", "|")
_NUMBER_OR_DATE = re.compile(r"[+-]?\d+([.,:/年\-]\d+)*[月日]?")
_SAMPLE_ROWS = 50


@dataclass(frozen=True)
class Dialect:
    """Delimiter, whether the first row is headings, and the headings as they stand (column_1… when there are none)."""

    delimiter: str
    has_heading: bool
    headings: tuple[str, ...]


def detect_dialect(path: Path, delimiter: str | None = None, has_heading: bool | None = None) -> Dialect:
    """Return the dialect of a UTF-8 file; what the caller states is not guessed."""
    chosen = delimiter or max(_CANDIDATES, key=lambda candidate: _fitness(path, candidate))
    rows = _sample(path, chosen)
    first = rows[0] if rows else []
    heading = _looks_like_heading(first) if has_heading is None else has_heading
    names = first if heading else [f"column_{number}" for number in range(1, len(first) + 1)]
    return Dialect(chosen, heading, tuple(names))


def to_column_names(headings: tuple[str, ...]) -> list[str]:
    """Return a usable, distinct name for each heading: trimmed, numbered where repeated, column_N where empty."""
    names: list[str] = []
    for number, heading in enumerate(headings, 1):
        base = " ".join(heading.split()) or f"column_{number}"
        name, again = base, 2
        while name in names:
            name, again = f"{base}_{again}", again + 1
        names.append(name)
    return names


def _sample(path: Path, delimiter: str) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        try:
            return [row for row in itertools.islice(csv.reader(file, delimiter=delimiter), _SAMPLE_ROWS) if row]
        except csv.Error:
            return []


def _fitness(path: Path, delimiter: str) -> tuple[int, int]:
    """More rows as wide as the first is better, then more columns; one column is no evidence."""
    rows = _sample(path, delimiter)
    width = len(rows[0]) if rows else 0
    return (sum(len(row) == width for row in rows), width) if width > 1 else (0, 0)


def _looks_like_heading(row: list[str]) -> bool:
    cells = [cell.strip() for cell in row]
    return bool(cells) and any(cells) and not any(_NUMBER_OR_DATE.fullmatch(cell) for cell in cells)
