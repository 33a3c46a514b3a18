"""Rows of any origin, set down as the CSV the loader knows（抽取）, with what their own types told."""

from __future__ import annotations

import bisect
import csv
import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhengtong.tables.loading.report import Rejected


class Number(str):
    """A number as its source wrote it, digit by digit."""

    __slots__ = ()


@dataclass
class Extract:
    """A CSV of extracted rows, the source's place of each, and what the source told of its columns' types.

    `texts` held texts, `whole` only whole numbers; `types` are stated by the source and not guessed.
    """

    path: Path
    kind: str
    headings: tuple[str, ...] = ()
    texts: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    types: dict[str, str] = field(default_factory=dict)
    rejects: list[Rejected] = field(default_factory=list)
    rows: int = 0
    _csv_lines: list[int] = field(default_factory=list)
    _shifts: list[int] = field(default_factory=list)

    def place_of(self, csv_line: int) -> int:
        """Return the source's line or row of a line of the CSV."""
        at = bisect.bisect_right(self._csv_lines, csv_line) - 1
        return csv_line + self._shifts[at] if at >= 0 else csv_line

    def write(self, headings: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]]) -> Extract:
        """Write (place, cells) rows and return the extract; memory does not grow with their number."""
        self.headings = tuple(headings)
        kinds: list[set[type]] = [set() for _ in headings]
        line = 2
        with self.path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
            writer.writerow(self.headings)
            for place, cells in rows:
                texts = [to_cell(cell) for cell in cells]
                for seen, cell in zip(kinds, cells, strict=True):
                    seen.add(type(cell))
                if not self._shifts or self._shifts[-1] != place - line:
                    self._csv_lines.append(line)
                    self._shifts.append(place - line)
                writer.writerow(texts)
                line += 1 + sum(text.count("\n") for text in texts)
                self.rows += 1
        for heading, seen in zip(headings, kinds, strict=True):
            seen.discard(type(None))
            if str in seen:
                self.texts.add(heading)
            elif seen == {int}:
                self.whole.add(heading)
        return self


def to_cell(value: Any) -> str:
    """Return the exact text of a value of a driver or parser; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=to_cell)
    return repr(value) if isinstance(value, float) else str(value)
