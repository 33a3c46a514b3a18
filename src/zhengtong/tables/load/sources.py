"""Where data comes from（数据来源）: one frozen declaration per kind of source, nothing opened yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zhengtong.kit import Refused


@dataclass(frozen=True)
class DelimitedSource:
    """A CSV or TSV file; what is None is detected."""

    path: Path
    encoding: str | None = None
    delimiter: str | None = None
    has_heading: bool | None = None


@dataclass(frozen=True)
class ParquetSource:
    """A Parquet file, or several of one schema."""

    paths: tuple[Path, ...]


Source = DelimitedSource | ParquetSource


def source_from_path(path: Path) -> Source:
    """Return the source a file's suffix stands for; a suffix we cannot read is refused."""
    match path.suffix.lower():
        case ".csv" | ".tsv" | ".txt" | ".tab":
            return DelimitedSource(path)
        case ".parquet" | ".pq":
            return ParquetSource((path,))
    raise Refused(
        "tables.load.unknown-format",
        f"不能装载“{path.suffix}”文件；可用 CSV、TSV、XLSX、JSON Lines、Parquet、SQLite。",
        f"Cannot load a {path.suffix!r} file; use CSV, TSV, XLSX, JSON lines, Parquet or SQLite.",
        field="source",
        facts={"suffix": path.suffix},
    )
