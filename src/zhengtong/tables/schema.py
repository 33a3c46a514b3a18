"""The shape of a table（数据结构）: named columns of seven types, and what a new shape breaks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zhengtong.kit import Refused

#: our type → DuckDB's; decimals are written `decimal(18,2)`
DUCKDB_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}
_DECIMAL = re.compile(r"decimal\((\d{1,2}),\s*(\d{1,2})\)")
#: a column of the first type can become the second without losing a value
_WIDENS = {("date", "datetime"), ("boolean", "text"), ("integer", "text"), ("date", "text")}


def decimal_shape(type_: str) -> tuple[int, int] | None:
    """Return (precision, scale) of a decimal type, None for any other."""
    match = _DECIMAL.fullmatch(type_)
    return (int(match[1]), int(match[2])) if match else None


def to_duckdb_type(type_: str) -> str:
    """Return the DuckDB type that holds values of ours; an unknown type is refused."""
    if shape := decimal_shape(type_):
        precision, scale = shape
        if 1 <= precision <= 38 and scale <= precision:
            return f"DECIMAL({precision},{scale})"
    if type_ in DUCKDB_TYPES:
        return DUCKDB_TYPES[type_]
    raise Refused(
        "tables.schema.unknown-type",
        f"不认识的字段类型“{type_}”；可用 text、integer、decimal(精度,小数位)、double、boolean、date、datetime。",
        f"Unknown column type {type_!r}; use text, integer, decimal(p,s), double, boolean, date or datetime.",
        facts={"type": type_},
    )


@dataclass(frozen=True)
class Column:
    """One column（数据项）; `type` is text, integer, decimal(p,s), double, boolean, date or datetime."""

    name: str
    type: str = "text"
    title: str = ""
    nullable: bool = True

    def __post_init__(self) -> None:
        to_duckdb_type(self.type)


@dataclass(frozen=True)
class SchemaChange:
    """What differs between two schemas（结构变更）; compatible when every reader of the old one can read the new one."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    widened: tuple[str, ...] = ()
    narrowed: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """`same`, `compatible` or `breaking`."""
        if self.removed or self.narrowed:
            return "breaking"
        return "compatible" if self.added or self.widened else "same"


@dataclass(frozen=True)
class Schema:
    """Columns in their order; names are unique."""

    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        names = self.names
        if len(set(names)) != len(names) or not all(names):
            raise Refused(
                "tables.schema.bad-names",
                "字段名为空或重复，请为每个字段起不同的名字。",
                "A column name is empty or repeated; give each column a name of its own.",
                facts={"names": list(names)},
            )

    @classmethod
    def of(cls, **types: str) -> Schema:
        """Return a schema from name=type pairs."""
        return cls(tuple(Column(name, type_) for name, type_ in types.items()))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column; an unknown name is refused."""
        for column in self.columns:
            if column.name == name:
                return column
        raise unknown_columns([name])

    def require(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names, each once, when the schema has them all; otherwise refuse."""
        wanted = tuple(dict.fromkeys(names))
        if missing := [name for name in wanted if name not in self.names]:
            raise unknown_columns(missing)
        return wanted

    def change_to(self, new: Schema) -> SchemaChange:
        """Return what the new schema adds, removes, widens and narrows."""
        old_types = {column.name: column.type for column in self.columns}
        new_types = {column.name: column.type for column in new.columns}
        both = [name for name in old_types if name in new_types and old_types[name] != new_types[name]]
        return SchemaChange(
            added=tuple(name for name in new_types if name not in old_types),
            removed=tuple(name for name in old_types if name not in new_types),
            widened=tuple(name for name in both if is_widening(old_types[name], new_types[name])),
            narrowed=tuple(name for name in both if not is_widening(old_types[name], new_types[name])),
        )

    def to_json(self) -> list[dict[str, Any]]:
        return [{"name": c.name, "type": c.type, "title": c.title, "nullable": c.nullable} for c in self.columns]

    @classmethod
    def from_json(cls, columns: list[dict[str, Any]]) -> Schema:
        return cls(tuple(Column(**column) for column in columns))


def is_widening(old: str, new: str) -> bool:
    """Return whether every value of the old type is exactly a value of the new one."""
    before, after = decimal_shape(old), decimal_shape(new)
    if before and after:
        return after[1] >= before[1] and after[0] - after[1] >= before[0] - before[1]
    if after and old == "integer":
        return after[0] - after[1] >= 19
    return (old, new) in _WIDENS


def unknown_columns(names: list[str]) -> Refused:
    """Return the refusal that names columns the table does not have."""
    listed = "、".join(names)
    return Refused(
        "tables.schema.unknown-column",
        f"数据中没有字段：{listed}。请对照数据字典核对字段名。",
        f"The table has no such column: {', '.join(names)}. Check the names against its dictionary.",
        field=names[0],
        facts={"columns": names},
    )
