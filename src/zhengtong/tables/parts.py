"""Record batches → synced Parquet parts and their statistics（分片写入）."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zhengtong.tables.schema import Schema, decimal_shape
from zhengtong.tables.snapshot import ColumnStats, Manifest, Part, Snapshot, file_digest
from zhengtong.tables.store import Shelf, sync_folder

ROWS_PER_GROUP = 131_072
ROWS_PER_PART = 4_000_000
_ARROW_TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
}


def to_arrow_schema(schema: Schema) -> pa.Schema:
    """Return the Arrow schema the parts are written with."""
    return pa.schema([pa.field(column.name, _to_arrow_type(column.type)) for column in schema.columns])


def _to_arrow_type(type_: str) -> pa.DataType:
    shape = decimal_shape(type_)
    return pa.decimal128(*shape) if shape else _ARROW_TYPES[type_]


@dataclass
class PartWriter:
    """Writes batches into parts of a staged folder; `close` syncs them and returns their description.

    Memory: one row group per writer, whatever the length of the table.
    """

    directory: Path
    schema: Schema
    rows_per_part: int = ROWS_PER_PART
    _parts: list[Part] = field(default_factory=list)
    _stats: dict[str, _Extent] = field(default_factory=dict)
    _writer: pq.ParquetWriter | None = None
    _rows: int = 0

    def __post_init__(self) -> None:
        self._arrow = to_arrow_schema(self.schema)
        self._stats = {column.name: _Extent(column.type) for column in self.schema.columns}

    def write(self, batch: pa.RecordBatch) -> None:
        """Append a batch whose columns are those of the schema, in its order."""
        if batch.schema != self._arrow:
            batch = batch.cast(self._arrow)
        if self._writer is None:
            self._open()
        assert self._writer is not None
        self._writer.write_batch(batch, row_group_size=ROWS_PER_GROUP)
        self._rows += batch.num_rows
        if self._rows >= self.rows_per_part:
            self._finish()

    def adopt(self, part: Part, path: Path) -> None:
        """Take over a part of another version as it is, by a hard link: the same bytes, no copy."""
        if self._writer is not None:
            self._finish()
        target = self.directory / f"part-{len(self._parts):05d}.parquet"
        os.link(path, target)
        self._take_stats(pq.read_metadata(target))
        self._parts.append(Part(target.name, part.rows, part.bytes, part.sha256))

    def close(self) -> tuple[tuple[Part, ...], tuple[ColumnStats, ...]]:
        """Return the parts (at least one, possibly of no rows) and the statistics of each column."""
        if self._writer is None and not self._parts:
            self._open()
        if self._writer is not None:
            self._finish()
        stats = (self._stats[column.name].to_stats(column.name) for column in self.schema.columns)
        return tuple(self._parts), tuple(stats)

    def highest(self, column: str) -> str:
        """Return the highest value of a column as text, empty if it has none; closes the part being written."""
        if self._writer is not None:
            self._finish()
        return self._stats[column].to_stats(column).max or ""

    def abandon(self) -> None:
        """Close an open file after an error, so that its folder can be removed."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _open(self) -> None:
        path = self.directory / f"part-{len(self._parts):05d}.parquet"
        self._writer = pq.ParquetWriter(path, self._arrow, compression="zstd", compression_level=1)

    def _finish(self) -> None:
        assert self._writer is not None
        self._writer.close()
        path, self._writer = self.directory / f"part-{len(self._parts):05d}.parquet", None
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        self._take_stats(pq.read_metadata(path))
        self._parts.append(Part(path.name, self._rows, path.stat().st_size, file_digest(path)))
        self._rows = 0

    def _take_stats(self, metadata: pq.FileMetaData) -> None:
        for group in range(metadata.num_row_groups):
            for position, column in enumerate(self.schema.columns):
                chunk = metadata.row_group(group).column(position)
                self._stats[column.name].take(chunk.statistics, chunk.num_values)


@dataclass
class _Extent:
    """The running nulls, min and max of one column; `known` falls once a group did not say."""

    type: str
    nulls: int = 0
    low: Any = None
    high: Any = None
    known: bool = True

    def take(self, statistics: pq.Statistics | None, values: int) -> None:
        if statistics is None or not statistics.has_null_count:
            self.known = False
            return
        self.nulls += statistics.null_count
        if statistics.has_min_max:
            low, high = statistics.min, statistics.max
            self.low = low if self.low is None else min(self.low, low)
            self.high = high if self.high is None else max(self.high, high)
        elif statistics.null_count < values + statistics.null_count and statistics.num_values:
            self.known = False

    def to_stats(self, name: str) -> ColumnStats:
        low, high = (self.low, self.high) if self.known else (None, None)
        return ColumnStats(name, self.type, self.nulls, _to_text(low), _to_text(high))


def _to_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, str) else repr(value)


def publish_parts(shelf: Shelf, staged: Path, writer: PartWriter, **more: Any) -> Snapshot:
    """Close the writer, put the staged folder in place and return the Snapshot; `more` are further manifest fields."""
    parts, columns = writer.close()
    manifest = Manifest(
        resource=shelf.resource,
        version="",
        made_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds"),
        rows=sum(part.rows for part in parts),
        bytes=sum(part.bytes for part in parts),
        schema=writer.schema,
        columns=columns,
        parts=parts,
        **more,
    )
    sync_folder(staged)
    return shelf.publish(staged, manifest)
