"""A register as a file（部门数据文件）: CSV in UTF-8, one heading, Unix line ends."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def write_rows(path: Path, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> int:
    """Return how many rows were written to the file at `path`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
