"""An immutable version of a table（数据快照）: Parquet parts and the manifest that vouches for every byte of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.engine import Limits, connect, ident, scan_parquet
from zhengtong.tables.plain import plain_select, to_plain_row
from zhengtong.tables.schema import Schema

MANIFEST_FILE = "manifest.json"
REJECTS_FILE = "rejects.jsonl"


@dataclass(frozen=True)
class Part:
    """One Parquet file of a snapshot."""

    file: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class ColumnStats:
    """What is known of a column without reading it; min and max as text, None when empty or too long.

    Min and max may be personal data: show them only to those who may read the column.
    """

    name: str
    type: str
    nulls: int
    min: str | None
    max: str | None


@dataclass(frozen=True)
class Manifest:
    """The hashed table of contents of a snapshot（快照清单）.

    `made_at` is an ISO 8601 instant in UTC; `digest` is the SHA-256, in hex, of the canonical JSON (RFC 8785; it holds
    strings and integers only) of everything else here, so it fixes every byte of every part.
    """

    resource: str
    version: str
    made_at: str
    rows: int
    bytes: int
    schema: Schema
    columns: tuple[ColumnStats, ...]
    parts: tuple[Part, ...]
    rejected_rows: int = 0
    parent: str = ""
    watermark: str = ""
    digest: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object for a database field or a file."""
        return {
            **asdict(self),
            "schema": self.schema.to_json(),
            "columns": [asdict(column) for column in self.columns],
            "parts": [asdict(part) for part in self.parts],
        }

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Manifest:
        """Return the manifest, refusing one whose digest does not match its content."""
        manifest = cls(
            **{
                **body,
                "schema": Schema.from_json(body["schema"]),
                "columns": tuple(ColumnStats(**column) for column in body["columns"]),
                "parts": tuple(Part(**part) for part in body["parts"]),
            }
        )
        if manifest.digest != manifest.content_digest():
            raise damaged(manifest.resource, manifest.version, MANIFEST_FILE)
        return manifest

    def content_digest(self) -> str:
        """Return what `digest` must be."""
        body = self.to_json()
        del body["digest"]
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Snapshot:
    """A manifest and the directory its parts lie in; opening one reads nothing else."""

    manifest: Manifest
    directory: Path

    @property
    def schema(self) -> Schema:
        return self.manifest.schema

    @property
    def paths(self) -> list[Path]:
        return [self.directory / part.file for part in self.manifest.parts]

    @property
    def rejects_path(self) -> Path:
        """Where the rows that could not be taken are kept, one JSON object a line."""
        return self.directory / REJECTS_FILE

    def scan(self) -> str:
        """Return the SQL FROM item that reads this snapshot."""
        return scan_parquet(self.paths)

    def check(self) -> None:
        """Read every part and refuse if one byte differs from the manifest; cost: one pass over the files."""
        for part in self.manifest.parts:
            path = self.directory / part.file
            if not path.is_file() or file_digest(path) != part.sha256:
                raise damaged(self.manifest.resource, self.manifest.version, part.file)

    def rows(
        self,
        fields: Sequence[str] | None = None,
        *,
        limit: int | None = None,
        limits: Limits | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield rows in their order as plain values (see `plain`), only the fields asked for."""
        names = self.schema.require(fields if fields is not None else self.schema.names)
        select = ", ".join(plain_select(self.schema.column(name)) for name in names)
        stop = f" LIMIT {int(limit)}" if limit is not None else ""
        with connect(limits) as connection:
            connection.execute("SET threads = 1")  # several threads would give rows in any order
            cursor = connection.execute(f"SELECT {select} FROM {self.scan()}{stop}")  # noqa: S608 - quoted identifiers
            while batch := cursor.fetchmany(10_000):
                for row in batch:
                    yield to_plain_row(names, row)

    def rejects(self) -> Iterator[dict[str, Any]]:
        """Yield rejected rows: line (1-based, of the source), column, reason, raw (the row's own text)."""
        if self.rejects_path.is_file():
            with self.rejects_path.open(encoding="utf-8") as lines:
                yield from map(json.loads, lines)

    def select_list(self, names: tuple[str, ...]) -> str:
        """Return the quoted, comma-separated column list."""
        return ", ".join(ident(name) for name in self.schema.require(names))


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damaged(resource: str, version: str, file: str) -> Refused:
    """Return the refusal to serve a snapshot whose bytes are not those that were published."""
    return Refused(
        "tables.snapshot.damaged",
        f"数据资源 {resource} 版本 {version} 的文件 {file} 与发布时不一致，已停止提供；请从备份恢复或重新装载。",
        f"File {file} of {resource} version {version} is not what was published, so it is not served; "
        "restore it from a backup or load it again.",
        status=503,
        facts={"resource": resource, "version": version, "file": file},
    )
