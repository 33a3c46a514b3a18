"""What leaves this room: declared registers, their builds, and pairs a person must judge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class SourceSpec:
    """One table a register is built from（来源）: `fields` maps linkage fields to its columns; `is_distinct`: a row a person."""

    name: str
    resource: str
    key: str
    is_distinct: bool
    fields: Mapping[str, str]
    updated: str = ""


@dataclass(frozen=True)
class FieldSpec:
    """One field of the register（基础库数据项）: `takes` (source, column) with the source of truth first; `item` as catalogued."""

    item: Mapping[str, object]
    takes: tuple[tuple[str, str], ...]
    rule: str
    agrees: bool

    @property
    def name(self) -> str:
        return str(self.item["name"])


@dataclass(frozen=True)
class RegisterSpec:
    """A declared base register（基础库声明）; `resource` is its catalogue entry without the fields."""

    name: str
    kind: str
    owner: str
    resource: Mapping[str, object]
    sources: tuple[SourceSpec, ...]
    fields: tuple[FieldSpec, ...]

    def declaration(self) -> dict[str, object]:
        """Return the catalogue entry of the register, as catalog.actions.register_resource takes it."""
        return {
            **self.resource,
            "name": self.name,
            "fields": [*_LEADING, *(dict(one.item) for one in self.fields), *_TRAILING],
        }

    def columns_of(self, source: SourceSpec) -> tuple[str, ...]:
        """Return the fields of a source's resource that building the register reads."""
        taken = [column for field in self.fields for name, column in field.takes if name == source.name]
        return tuple(dict.fromkeys([source.key, *source.fields.values(), *taken, *filter(None, [source.updated])]))


@dataclass(frozen=True)
class BuildShape:
    """One build of a register（建库记录）: which versions went in, what came out; `conflicts_sent` are new corrections."""

    name: str
    at: dt.datetime
    by_label: str
    version: str
    rows: int
    entities: int
    linked: int
    compared: int
    pairs: int
    conflicts: int
    conflicts_sent: int
    history: int
    sources: Mapping[str, str]
    receipt_no: str


@dataclass(frozen=True)
class RegisterShape:
    """A declared register and its last build, None before the first."""

    spec: RegisterSpec
    built: BuildShape | None


@dataclass(frozen=True)
class PairShape:
    """Two rows that may be of one person（疑似同一）: odds and reasons in words; `cause` says why no link was made."""

    source: str
    record: str
    other_source: str
    other_record: str
    bits: float
    cause: str
    cause_zh: str
    cause_en: str
    reason_zh: str
    reason_en: str


_LEADING: list[dict[str, object]] = [
    {
        "name": "entity",
        "title_zh": "主体标识",
        "title_en": "Entity",
        "type": "text",
        "sensitivity": 2,
        "personal": True,
        "share_type": 2,
        "is_key": True,
        "basis": "《政务数据共享条例》第十九条",
    }
]
_TRAILING: list[dict[str, object]] = [
    {
        "name": "origins",
        "title_zh": "各项数源",
        "title_en": "Source of each field",
        "type": "text",
        "sensitivity": 1,
        "share_type": 1,
        "basis": "《政务数据共享条例》第十九条",
    },
    {
        "name": "sources",
        "title_zh": "来源数",
        "title_en": "Number of sources",
        "type": "integer",
        "sensitivity": 1,
        "share_type": 1,
        "basis": "《政务数据共享条例》第十九条",
    },
]
