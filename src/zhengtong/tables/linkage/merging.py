"""One row a person（基础库）: for each field the value that counts, where it came from, and who disagrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhengtong.kit import Refused
from zhengtong.tables.engine import connect, ident, literal
from zhengtong.tables.linkage.linking import keep_rows
from zhengtong.tables.linkage.preparing import plain_text, prepare_date
from zhengtong.tables.schema import Column, Schema, to_duckdb_type
from zhengtong.tables.snapshot import Snapshot
from zhengtong.tables.store import Store

RULES = ("first", "newest", "most")
CONFLICTS = Schema.of(
    entity="text",
    field="text",
    source="text",
    record="text",
    value="text",
    kept_source="text",
    kept_record="text",
    kept_value="text",
)


@dataclass(frozen=True)
class MergeSource:
    """A linked table as merging reads it: its rows by `key`, `updated` the column that says when a row was changed."""

    name: str
    snapshot: Snapshot
    key: str
    updated: str = ""


@dataclass(frozen=True)
class MergedField:
    """One column of the register（存续规则）: `takes` (source, column) in order of precedence, the source of truth first.

    `rule`: `first` the first in that order, `newest` the one changed last, `most` what most rows say. With `agrees`, rows
    that say otherwise are conflicts.
    """

    name: str
    type: str
    takes: tuple[tuple[str, str], ...]
    rule: str = "first"
    agrees: bool = False

    def __post_init__(self) -> None:
        to_duckdb_type(self.type)
        if self.rule not in RULES or not self.takes:
            raise Refused(
                "tables.linkage.bad-field",
                f"基础库字段“{self.name}”须写明取自哪里，存续规则为 {'、'.join(RULES)} 之一。",
                f"The register's field {self.name!r} must say where it is taken from, by one of {', '.join(RULES)}.",
                field=self.name,
            )


@dataclass(frozen=True)
class Register:
    """A merged register: its rows (`entity`, the fields, `origins` field=source, `sources` how many), and its conflicts."""

    rows: Snapshot
    conflicts: Snapshot


def merge(
    members: Snapshot, sources: Sequence[MergeSource], fields: Sequence[MergedField], store: Store, name: str
) -> Register:
    """Merge linked rows into one row a person, kept on the shelves `<name>.rows` and `<name>.conflicts`."""
    by_name = {source.name: source for source in sources}
    with connect(store.limits, ordered=False) as connection:
        connection.execute(f"CREATE TABLE members AS SELECT entity, source, record FROM {members.scan()}")  # noqa: S608
        for number, field in enumerate(fields):
            connection.execute(f"CREATE TABLE told{number} AS {_told(field, by_name)}")
            connection.execute(f"CREATE TABLE kept{number} AS {_kept(field, number)}")
        rows = keep_rows(connection, store, f"{name}.rows", _schema(fields), _wide(fields))
        conflicts = keep_rows(connection, store, f"{name}.conflicts", CONFLICTS, _conflicts(fields))
    return Register(rows, conflicts)


def _schema(fields: Sequence[MergedField]) -> Schema:
    own = (Column(field.name, field.type) for field in fields)
    return Schema((Column("entity"), *own, Column("origins"), Column("sources", "integer")))


def _told(field: MergedField, sources: dict[str, MergeSource]) -> str:
    """SQL of everything said of a field: entity, rank of who says it, value as text, the form in which values compare."""
    parts = []
    for rank, (name, column) in enumerate(field.takes):
        source = sources[name]
        source.snapshot.schema.require([source.key, column, *filter(None, [source.updated])])
        updated = f"CAST({ident(source.updated)} AS TIMESTAMP)" if source.updated else "CAST(NULL AS TIMESTAMP)"
        cell, type_ = ident(column), to_duckdb_type(field.type)
        if field.type == "date":
            value = prepare_date("d", cell).steps[0]["d"]
            alike = f"CAST({value} AS VARCHAR)"
        else:
            value, alike = f"TRY_CAST(CAST({cell} AS VARCHAR) AS {type_})", plain_text(cell)
        parts.append(
            f"SELECT m.entity, {rank} AS rank, m.source, m.record, {updated} AS updated, "  # noqa: S608 - quoted names
            f"{value} AS value, {alike} AS alike "
            f"FROM members m JOIN {source.snapshot.scan()} s ON m.source = {literal(name)} AND m.record = CAST(s.{ident(source.key)} AS VARCHAR)"
        )
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) WHERE value IS NOT NULL AND alike IS NOT NULL"  # noqa: S608


_ORDERS = {
    "first": "rank, record",
    "newest": "updated DESC NULLS LAST, rank, record",
    "most": "said DESC, rank, record",
}


def _kept(field: MergedField, number: int) -> str:
    said = ", count(*) OVER (PARTITION BY entity, alike) AS said" if field.rule == "most" else ""
    return (
        f"SELECT * FROM (SELECT *{said} FROM told{number}) "  # noqa: S608 - numbers and constants
        f"QUALIFY row_number() OVER (PARTITION BY entity ORDER BY {_ORDERS[field.rule]}) = 1"
    )


def _wide(fields: Sequence[MergedField]) -> str:
    values = ", ".join(f"k{number}.value AS {ident(field.name)}" for number, field in enumerate(fields))
    origins = ", ".join(f"{literal(field.name + '=')} || k{number}.source" for number, field in enumerate(fields))
    joins = " ".join(f"LEFT JOIN kept{number} k{number} USING (entity)" for number in range(len(fields)))
    return (
        f"SELECT e.entity, {values}, concat_ws(' ', {origins}), e.sources "  # noqa: S608 - quoted names
        f"FROM (SELECT entity, count(DISTINCT source) AS sources FROM members GROUP BY 1) e {joins} ORDER BY e.entity"
    )


def _conflicts(fields: Sequence[MergedField]) -> str:
    parts = [
        f"SELECT t.entity, {literal(field.name)}, t.source, t.record, CAST(t.value AS VARCHAR), k.source, k.record, CAST(k.value AS VARCHAR) "  # noqa: S608
        f"FROM told{number} t JOIN kept{number} k USING (entity) WHERE t.alike <> k.alike AND (t.source, t.record) <> (k.source, k.record)"
        for number, field in enumerate(fields)
        if field.agrees
    ]
    return (
        f"{' UNION ALL '.join(parts)} ORDER BY 1, 2, 3, 4" if parts else f"SELECT {', '.join(['NULL'] * 8)} WHERE false"
    )
