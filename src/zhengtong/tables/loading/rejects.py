"""Rows that were not taken（拒收行）: their reasons in words, their line numbers, and the file that keeps them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import duckdb

from zhengtong.tables.loading.report import Rejected

#: DuckDB's error type → our reason and sentence
_STRUCTURAL = {
    "MISSING COLUMNS": ("row.too-few-columns", "列数少于表头"),
    "TOO MANY COLUMNS": ("row.too-many-columns", "列数多于表头"),
    "UNQUOTED VALUE": ("row.broken-quotes", "引号没有配对"),
    "LINE SIZE OVER MAXIMUM": ("row.too-long", "单行过长"),
    "INVALID ENCODING": ("row.not-text", "含有不属于该编码的字节"),
}
_TYPE_NAMES = {"integer": "整数", "double": "数值", "boolean": "是/否", "date": "日期", "datetime": "日期时间"}


def type_rejected(line: int, column: str, type_: str, *, is_missing: bool, raw: str) -> Rejected:
    """Return the rejection of a row whose cell is not of the column's type, or empty where it must not be."""
    if is_missing:
        return Rejected(line, "cell.required", f"必填字段“{column}”为空", raw, column)
    wanted = _TYPE_NAMES.get(type_, f"{type_}（位数不得超出）")
    return Rejected(line, "cell.wrong-type", f"字段“{column}”的取值不是{wanted}", raw, column)


def structural_rejects(connection: duckdb.DuckDBPyConnection, path: Path, most: int) -> list[Rejected]:
    """Return the rows DuckDB could not cut into columns, each once, in order of lines.

    DuckDB's own line numbers do not count line ends inside quotes, so lines are counted from its byte positions.
    """
    rows = connection.execute(
        "SELECT line_byte_position, first(error_type ORDER BY column_idx), first(csv_line ORDER BY column_idx) "
        "FROM reject_errors GROUP BY line_byte_position ORDER BY line_byte_position LIMIT ?",
        [most],
    ).fetchall()
    lines = _lines_at(path, [row[0] for row in rows])
    found = []
    for (_, kind, raw), line in zip(rows, lines, strict=True):
        reason, zh = _STRUCTURAL.get(kind, ("row.unreadable", "无法解析"))
        found.append(Rejected(line, reason, zh, (raw or "").strip("\r\n")[:2000]))
    return found


def _lines_at(path: Path, positions: list[int]) -> list[int]:
    """Return the 1-based line of each (rising) byte position DuckDB gives.

    It gives the byte after a line's first, or with CRLF the first itself, and counts empty lines before to the line.
    """
    found: list[int] = []
    offset = 0
    if not positions:
        return found
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            text = line.rstrip(b"\r\n")
            text_end = offset + len(text)
            offset += len(line)
            while text and len(found) < len(positions) and positions[len(found)] - 1 < text_end:
                found.append(number)
            if len(found) == len(positions):
                break
    return found + [0] * (len(positions) - len(found))


def lines_of_records(path: Path, ordinals: list[int], rejected_lines: set[int], has_heading: bool) -> dict[int, int]:
    """Return the 1-based first line of each record (0-based ordinal among the records that could be cut).

    A record goes on over line ends while its double quotes are odd; empty lines and rejected ones are no records.
    """
    wanted, found = set(ordinals), {}
    ordinal, start, quotes = (-1 if has_heading else 0), 0, 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if quotes % 2 == 0:
                start, quotes = number, 0
                if number in rejected_lines or not line.strip(b"\r\n"):
                    continue
            quotes += line.count(b'"')
            if quotes % 2:
                continue
            if ordinal in wanted:
                found[ordinal] = start
                if len(found) == len(wanted):
                    break
            ordinal += 1
    return found


def write_rejects(path: Path, rejects: Iterable[Rejected]) -> int:
    """Write them as JSON lines, synced; return how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for rejected in rejects:
            file.write(json.dumps(asdict(rejected), ensure_ascii=False) + "\n")
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count
