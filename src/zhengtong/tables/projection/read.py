"""Read a projection（读取投影）: one row by key, pages, counts, verification; from any thread, in any process."""

from __future__ import annotations

import json
import os
import sqlite3
import unicodedata
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.engine import ident
from zhengtong.tables.filters import Filter, compile_filters
from zhengtong.tables.schema import Schema
from zhengtong.tables.stored import COUNTS, FACTS, ORDER, TABLE, plain_converter, to_stored

SAME, DIFFERENT, ABSENT = "same", "different", "absent"
_MOST_ROWS = 10_000


@dataclass(frozen=True)
class Page:
    """Rows of one page and where the next begins, None after the last; the cursor discloses no value of any row."""

    rows: list[dict[str, Any]]
    after: int | None


class Projection:
    """An open projection file. Rows leave it with the fields asked for and no others, as plain values (see `plain`).

    Connections are opened as threads need them and kept; the file never changes, so nothing is ever locked.
    """

    def __init__(self, path: Path) -> None:
        """Open the file; one that is missing or no projection is refused."""
        self.path = Path(path)
        self._idle: deque[sqlite3.Connection] = deque()
        self._process = os.getpid()
        try:
            facts = json.loads(self._ask(f"SELECT body FROM {FACTS}", ())[0][0])  # noqa: S608
        except sqlite3.Error as error:
            raise Refused(
                "tables.projection.unreadable",
                "查询投影文件不存在或已损坏，请重新构建。",
                "The projection file is missing or damaged; build it again.",
                status=503,
            ) from error
        self.schema = Schema.from_json(facts["schema"])
        self.key: tuple[str, ...] = tuple(facts["key"])
        self.indexes: tuple[str, ...] = tuple(facts["indexes"])
        self.rows: int = facts["rows"]
        self.resource: str = facts["resource"]
        self.version: str = facts["version"]
        self.digest: str = facts["digest"]
        self._counted = frozenset(facts["counted"])
        self._key_columns = [self.schema.column(name) for name in self.key]
        self._selects: dict[tuple[str, ...], _Select] = {}

    def lookup(self, key: Any, fields: Sequence[str], filters: Sequence[Filter] = ()) -> dict[str, Any] | None:
        """Return the fields of the row with this key (a tuple for a key of several columns), None if there is none.

        A row the filters do not admit is as if it were not there.
        """
        select, sql, values = self._select(fields), "", self._key_values(key)
        if filters:
            where, more = compile_filters(filters, self.schema)
            sql, values = f" AND {where}", [*values, *more]
        found = self._ask(f"{select.by_key}{sql}", values)
        return select.to_plain(found)[0] if found else None

    def lookup_many(
        self, keys: Sequence[Any], fields: Sequence[str], filters: Sequence[Filter] = ()
    ) -> list[dict[str, Any] | None]:
        """Return what `lookup` would for each key, in their order."""
        return [self.lookup(key, fields, filters) for key in keys]

    def page(
        self, filters: Sequence[Filter] = (), after: int | None = None, limit: int = 100, fields: Sequence[str] = ()
    ) -> Page:
        """Return the rows that all filters admit, in the order of the key, from after a cursor on (None: the start).

        Cost depends on the rows passed over, not on the cursor; an indexed equality passes over none.
        """
        select = self._select(fields)
        if not 0 < limit <= _MOST_ROWS:
            raise Refused(
                "tables.projection.bad-limit",
                f"每页行数须在 1 至 {_MOST_ROWS} 之间。",
                f"A page has 1 to {_MOST_ROWS} rows.",
                field="limit",
            )
        where, values = compile_filters(filters, self.schema)
        order = ident(ORDER)
        sql = f"SELECT {select.columns}, {order} FROM {TABLE} WHERE {where} AND {order} > ? ORDER BY {order} LIMIT ?"  # noqa: S608
        found = self._ask(sql, [*values, after or 0, limit + 1])
        return Page(select.to_plain(found[:limit]), found[limit - 1][-1] if len(found) > limit else None)

    def count(self, filters: Sequence[Filter] = ()) -> int:
        """Return exactly how many rows all filters admit; immediate for none, or one equality on a counted column."""
        if not filters:
            return self.rows
        where, values = compile_filters(filters, self.schema)
        first = filters[0]
        if len(filters) == 1 and first.operator == "=" and first.column in self._counted:
            values = [first.column, *values]
            sql = f"SELECT coalesce(sum(rows), 0) FROM {COUNTS} WHERE column_name = ? AND value = ?"  # noqa: S608
        else:
            sql = f"SELECT count(*) FROM {TABLE} WHERE {where}"  # noqa: S608 - quoted names, bound values
        return int(self._ask(sql, values)[0][0])

    def verify(self, key: Any, claims: dict[str, Any], filters: Sequence[Filter] = ()) -> dict[str, str]:
        """Return for each field `same`, `different`, or `absent` (no such row, or an empty cell); no value leaves（核验）.

        Text is compared without regard to width, case and outer spaces; numbers and dates by value.
        """
        row = self.lookup(key, tuple(claims), filters)
        return self.compare(row, claims) if row else dict.fromkeys(claims, ABSENT)

    def compare(self, row: dict[str, Any], claims: dict[str, Any]) -> dict[str, str]:
        """Return what `verify` says of a row that was looked up already."""
        return {name: self._compare(name, row[name], claim) for name, claim in claims.items()}

    def __enter__(self) -> Projection:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close the idle connections; the object opens new ones if used again."""
        while self._idle:
            self._idle.pop().close()

    def _compare(self, name: str, value: Any, claim: Any) -> str:
        if value is None:
            return ABSENT
        column = self.schema.column(name)
        if column.type == "text":
            return SAME if _folded(value) == _folded(str(claim)) else DIFFERENT
        try:
            return SAME if to_stored(column, claim) == to_stored(column, value) else DIFFERENT
        except Refused:
            return DIFFERENT

    def _key_values(self, key: Any) -> list[Any]:
        parts = key if isinstance(key, tuple | list) else (key,)
        if len(parts) != len(self.key):
            raise Refused(
                "tables.projection.bad-key",
                f"查询主键由 {len(self.key)} 个字段组成：{'、'.join(self.key)}。",
                f"The key has {len(self.key)} parts: {', '.join(self.key)}.",
                field="key",
            )
        return [to_stored(column, part) for column, part in zip(self._key_columns, parts, strict=True)]

    def _select(self, fields: Sequence[str]) -> _Select:
        wanted = tuple(fields)
        select = self._selects.get(wanted)
        if select is None:
            if not wanted:
                raise Refused(
                    "tables.projection.no-fields",
                    "没有指定要读取的字段；须逐个列出。",
                    "No fields were asked for; name each one.",
                    field="fields",
                )
            select = _Select(self.schema.require(wanted), self.schema, self.key)
            if len(self._selects) < 1000:
                self._selects[wanted] = select
        return select

    def _ask(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query, by a connection no other thread uses meanwhile; a forked child has its own."""
        if self._process != os.getpid():
            self._idle, self._process = deque(), os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = _open(self.path)
        try:
            found = connection.execute(sql, values).fetchall()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return found


class _Select:
    """A list of columns, how a row is asked for by its key, and how rows become plain."""

    def __init__(self, names: tuple[str, ...], schema: Schema, key: Sequence[str]) -> None:
        self.names = names
        self.columns = ", ".join(ident(name) for name in names)
        self.by_key = f"SELECT {self.columns} FROM {TABLE} WHERE {' AND '.join(f'{ident(name)} = ?' for name in key)}"  # noqa: S608
        converters = [(name, plain_converter(schema.column(name).type)) for name in names]
        self._converters = [(name, converter) for name, converter in converters if converter]

    def to_plain(self, found: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Return rows as they leave; what a row has beyond the columns falls away."""
        plain = [dict(zip(self.names, row, strict=False)) for row in found]
        for name, convert in self._converters:
            for row in plain:
                if row[name] is not None:
                    row[name] = convert(row[name])
        return plain


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False, isolation_level=None
    )
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA mmap_size = 17179869184")
    return connection


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
