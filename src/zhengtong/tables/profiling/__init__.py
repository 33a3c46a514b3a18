"""What a snapshot holds, column by column（数据探查）: counts, ranges, kinds, and what they suggest."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from zhengtong.tables.engine import Limits, analyse
from zhengtong.tables.profiling.classify import Finding, classify, detect_value, find_embedded
from zhengtong.tables.profiling.counting import ColumnCounts, count_columns, top_values
from zhengtong.tables.profiling.kinds import Kind, list_kinds
from zhengtong.tables.profiling.sampling import sample_values
from zhengtong.tables.snapshot import Snapshot

__all__ = ["ColumnProfile", "Kind", "Profile", "detect_value", "list_kinds", "profile"]

_MOST_DISTINCT_FOR_TOP = 1000


@dataclass(frozen=True)
class ColumnProfile:
    """One column as it was found（数据项探查结果）.

    `distinct` is exact up to 100,000, an estimate within some percent beyond. `min`, `max` and `top` (value, rows) are None and
    empty where the kind hides values. `kind`, `level` (1–4), `personal`, `sensitive` and `mask` are suggestions for a
    person to confirm; `share` is the share of sampled cells that pass the kind's check; `embedded` names personal
    values found inside longer text.
    """

    name: str
    title: str
    type: str
    rows: int
    nulls: int
    distinct: int
    min: str | None
    max: str | None
    min_length: int | None
    max_length: int | None
    top: tuple[tuple[str, int], ...]
    kind: str | None
    kind_zh: str
    kind_en: str
    share: float
    level: int
    personal: bool
    sensitive: bool
    mask: str
    embedded: dict[str, float]
    is_unique: bool


@dataclass(frozen=True)
class Profile:
    """A snapshot's profile; `digest` says of which bytes, `sampled` how many rows the kinds were judged on."""

    resource: str
    version: str
    digest: str
    rows: int
    sampled: int
    columns: tuple[ColumnProfile, ...]

    def column(self, name: str) -> ColumnProfile:
        return next(column for column in self.columns if column.name == name)

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that are filled and different in every row, so may be the key of look-ups."""
        return tuple(column.name for column in self.columns if column.is_unique)

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def profile(snapshot: Snapshot, *, limits: Limits | None = None) -> Profile:
    """Return the profile of a snapshot; cost: one pass over all columns, and a look at 20,000 rows spread over it."""
    sample = sample_values(snapshot)
    findings = {}
    for column in snapshot.schema.columns:
        filled = [value for value in sample.columns[column.name] if value is not None]
        embedded = find_embedded(filled) if column.type == "text" and filled else {}
        findings[column.name] = (classify(filled, f"{column.name} {column.title}"), embedded)
    with analyse(limits) as connection:
        counts = count_columns(connection, snapshot)
        columns = []
        for column in snapshot.schema.columns:
            finding, embedded = findings[column.name]
            counted = counts[column.name]
            is_hidden = bool(finding and finding.kind.hide_values) or bool(embedded)
            wanted = not is_hidden and 0 < counted.distinct <= _MOST_DISTINCT_FOR_TOP
            top = top_values(connection, snapshot, column) if wanted else ()
            columns.append(_describe(column, counted, finding, embedded, top, is_hidden))
    manifest = snapshot.manifest
    return Profile(manifest.resource, manifest.version, manifest.digest, manifest.rows, sample.rows, tuple(columns))


def _describe(
    column: Any,
    counted: ColumnCounts,
    finding: Finding | None,
    embedded: dict[str, float],
    top: tuple[tuple[str, int], ...],
    is_hidden: bool,
) -> ColumnProfile:
    kind = finding.kind if finding else None
    held = [one for one in list_kinds() if one.id in embedded]
    return ColumnProfile(
        name=column.name,
        title=column.title,
        type=column.type,
        rows=counted.rows,
        nulls=counted.rows - counted.filled,
        distinct=counted.distinct,
        min=None if is_hidden else counted.min,
        max=None if is_hidden else counted.max,
        min_length=counted.min_length,
        max_length=counted.max_length,
        top=top,
        kind=kind.id if kind else None,
        kind_zh=kind.zh if kind else "",
        kind_en=kind.en if kind else "",
        share=round(finding.share, 4) if finding else 0.0,
        level=max([kind.level if kind else 1, *(one.level for one in held)]),
        personal=bool(kind and kind.personal) or bool(held),
        sensitive=bool(kind and kind.sensitive) or any(one.sensitive for one in held),
        mask=kind.mask if kind else ("hidden" if held else ""),
        embedded={name: round(share, 4) for name, share in embedded.items()},
        is_unique=counted.is_unique,
    )
