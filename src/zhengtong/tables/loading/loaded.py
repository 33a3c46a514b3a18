"""What every loader hands back（装载结果）."""

from __future__ import annotations

from dataclasses import dataclass

from zhengtong.kit import Refused
from zhengtong.tables.loading.report import Rejected
from zhengtong.tables.loading.types import ColumnDecision
from zhengtong.tables.parts import PartWriter
from zhengtong.tables.schema import Schema

#: more rejected rows than this, and the file is not what its schema says: nothing is loaded
MOST_REJECTS = 100_000


def match_columns(schema: Schema, names: tuple[str, ...]) -> dict[str, str]:
    """Return the source's column for each of the schema's: of the same name, else named as its title; all must be there."""
    found: dict[str, str] = {}
    for column in schema.columns:
        source = next((name for name in (column.name, column.title) if name and name in names), None)
        if source is not None and source not in found.values():
            found[column.name] = source
    if missing := [name for name in schema.names if name not in found]:
        raise Refused(
            "tables.load.missing-columns",
            f"文件缺少字段：{'、'.join(missing)}。请补齐后重新装载，或修订数据结构。",
            f"The file lacks the columns {', '.join(missing)}; add them, or revise the schema.",
            facts={"columns": missing},
        )
    return found


@dataclass(frozen=True)
class Loaded:
    """What a loader hands back: an open writer with every good row in it, and what happened to the others."""

    writer: PartWriter
    rows_read: int
    rejects: list[Rejected]
    decisions: tuple[ColumnDecision, ...]
    left_out: tuple[str, ...]
    format: dict[str, str]
