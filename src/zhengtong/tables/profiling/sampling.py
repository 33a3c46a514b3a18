"""A few thousand rows from all over a snapshot（抽样）, the same ones every time."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhengtong.tables.snapshot import Snapshot

_GROUPS, _ROWS = 8, 20_000


@dataclass(frozen=True)
class Sample:
    """Sampled cells as text, by column; None is an empty cell."""

    rows: int
    columns: dict[str, list[str | None]]


def sample_values(snapshot: Snapshot, most_rows: int = _ROWS) -> Sample:
    """Return rows drawn from at most eight row groups evenly spread; all rows of a small snapshot."""
    places = [(path, group) for path in snapshot.paths for group in range(pq.read_metadata(path).num_row_groups)]
    step = max(1, len(places) / _GROUPS)
    chosen = [places[int(number * step)] for number in range(min(_GROUPS, len(places)))]
    draw = random.Random(snapshot.manifest.digest)
    tables = []
    for path, group in chosen:
        with pq.ParquetFile(path) as file:
            table = file.read_row_group(group)
        wanted = most_rows // len(chosen)
        if table.num_rows > wanted:
            table = table.take(sorted(draw.sample(range(table.num_rows), wanted)))
        tables.append(table)
    if not tables:
        return Sample(0, {name: [] for name in snapshot.schema.names})
    table = pa.concat_tables(tables)
    return Sample(
        table.num_rows, {name: pc.cast(table.column(name), pa.string()).to_pylist() for name in table.column_names}
    )
