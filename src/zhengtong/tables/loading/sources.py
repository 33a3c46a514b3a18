"""Where data comes from（数据来源）: one frozen declaration per kind of source, nothing opened yet.

A source with a `query` may say `:since`: the last version's watermark stands there, null the first time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zhengtong.kit import Refused


@dataclass(frozen=True)
class DelimitedSource:
    """A CSV or TSV file; what is None is detected."""

    path: Path
    encoding: str | None = None
    delimiter: str | None = None
    has_heading: bool | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.path,)

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class ParquetSource:
    """A Parquet file, or several of one schema."""

    paths: tuple[Path, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        return self.paths

    @property
    def name(self) -> str:
        return ", ".join(path.name for path in self.paths)


@dataclass(frozen=True)
class WorkbookSource:
    """A sheet of an XLSX workbook, the first visible one if none is named; `heading_row` is 1-based."""

    path: Path
    sheet: str | None = None
    heading_row: int = 1

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.path,)

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class JsonLinesSource:
    """A file with one JSON object a line; columns are all keys that occur, nested values become JSON text."""

    path: Path

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.path,)

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class SqliteSource:
    """A query of a SQLite file, opened read-only."""

    path: Path
    query: str

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.path,)

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class PostgresSource:
    """A query of a PostgreSQL database, in a read-only transaction; `dsn` is libpq's and never shown."""

    dsn: str = field(repr=False)
    query: str = ""
    timeout_seconds: int = 3600

    @property
    def files(self) -> tuple[Path, ...]:
        return ()

    @property
    def name(self) -> str:
        return "postgresql"


@dataclass(frozen=True)
class MysqlSource:
    """A query of a MySQL or MariaDB database（needs the package PyMySQL）; `password` is never shown."""

    host: str
    database: str
    user: str
    query: str
    password: str = field(default="", repr=False)
    port: int = 3306
    unix_socket: str = ""
    timeout_seconds: int = 3600

    @property
    def files(self) -> tuple[Path, ...]:
        return ()

    @property
    def name(self) -> str:
        return f"mysql {self.database}"


@dataclass(frozen=True)
class HttpJsonSource:
    """A JSON API, page by page.

    `rows_at` is the dotted path to the list of objects in an answer, `next_at` to the next page's address or to a cursor
    that goes into the query parameter `cursor_parameter`; without either there is one page. `since_parameter` takes the
    watermark. Headers, which may hold credentials, are never shown.
    """

    url: str
    rows_at: str = ""
    next_at: str = ""
    cursor_parameter: str = ""
    since_parameter: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_seconds: float = 30.0
    attempts: int = 4
    most_pages: int = 100_000

    @property
    def files(self) -> tuple[Path, ...]:
        return ()

    @property
    def name(self) -> str:
        return self.url.split("?")[0]


Source = (
    DelimitedSource
    | ParquetSource
    | WorkbookSource
    | JsonLinesSource
    | SqliteSource
    | PostgresSource
    | MysqlSource
    | HttpJsonSource
)


def source_from_path(path: Path) -> Source:
    """Return the source a file's suffix stands for; a suffix we cannot read is refused."""
    match path.suffix.lower():
        case ".csv" | ".tsv" | ".txt" | ".tab":
            return DelimitedSource(path)
        case ".parquet" | ".pq":
            return ParquetSource((path,))
        case ".xlsx" | ".xlsm":
            return WorkbookSource(path)
        case ".jsonl" | ".ndjson":
            return JsonLinesSource(path)
    raise Refused(
        "tables.load.unknown-format",
        f"不能装载“{path.suffix}”文件；可用 CSV、TSV、XLSX、JSON Lines（.jsonl）、Parquet。",
        f"Cannot load a {path.suffix!r} file; use CSV, TSV, XLSX, JSON lines (.jsonl) or Parquet.",
        field="source",
        facts={"suffix": path.suffix},
    )
