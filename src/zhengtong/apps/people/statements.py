"""Single rows on the hot path（热路径语句）: written and read by statements made once a process, prepared by PostgreSQL.

The ORM composes each statement anew, client-side: measured four times the time of the statement itself. What is
written here is exactly what `save()` would write; nothing but an insert, an update by key and a read of whole rows.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from django.db.utils import DatabaseErrorWrapper

from zhengtong.apps.people.columns import (
    Record,
    Writing,
    new,
    preparing,
    to_records,
    values_of,
    writing_of,
    written_fields,
)

__all__ = [
    "execute",
    "execute_all",
    "insert",
    "insert_with_key",
    "insert_with_list",
    "new",
    "preparing",
    "records_of",
    "reserve_keys",
    "select",
    "select_all",
    "together",
    "update",
    "values_of",
    "written_fields",
]
_gathering = threading.local()


def execute(sql: str, params: Sequence[Any]) -> Any:
    """Return the cursor of a statement."""
    return execute_all((sql, params))[0]


def execute_all(*statements: tuple[str, Sequence[Any]]) -> list[Any]:
    """Return the cursors of statements carried out one after another, sent in one go where the database can."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql" or database.queries_logged:  # whoever counts queries sees these too
        cursors = [database.cursor() for _ in statements]
        for cursor, (sql, params) in zip(cursors, statements, strict=True):
            cursor.execute(sql, params)
        return cursors
    database.ensure_connection()
    with DatabaseErrorWrapper(database):
        return _driver().run(database.connection, *statements)


@cache
def _driver() -> Any:
    """Return how PostgreSQL is spoken to; where SQLite serves, it is not even loaded."""
    from zhengtong.apps.people import prepared

    return prepared


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Send the writes inside as one statement, where the database can（PostgreSQL）: one wait instead of one each.

    They become the parts of one WITH, so none of them sees what another wrote; how many rows each wrote is known after
    the block.
    """
    if connections[DEFAULT_DB_ALIAS].vendor != "postgresql" or getattr(_gathering, "parts", None) is not None:
        yield
        return
    parts: list[Part] = []
    _gathering.parts = parts
    try:
        yield
    finally:
        _gathering.parts = None
    if parts:
        _send(parts)


@dataclass
class Part:
    """One write of several sent as one: its text, its values, and afterwards how many rows it wrote."""

    sql: str
    params: Sequence[Any]
    rowcount: int = -1


def _write(*parts: tuple[str, Sequence[Any]]) -> Any:
    """Send a write, or gather it; of several parts each may name the one before as `{before}`."""
    gathered = getattr(_gathering, "parts", None)
    own = [Part(sql, params) for sql, params in parts]
    if gathered is not None:
        gathered.extend(own)
    elif len(own) == 1 and connections[DEFAULT_DB_ALIAS].vendor != "postgresql":
        return execute(own[0].sql, own[0].params)
    else:
        _send(own)
    return own[-1]


def _send(parts: Sequence[Part]) -> None:
    params = [value for part in parts for value in part.params]
    row = execute(_joined(tuple(part.sql for part in parts)), params).fetchone()
    for part, written in zip(parts, row, strict=True):
        part.rowcount = written


@lru_cache(maxsize=512)
def _joined(texts: tuple[str, ...]) -> str:
    """Return one statement of several writes, which answers how many rows each wrote."""
    named = [text.replace("{before}", f"part{number - 1}") for number, text in enumerate(texts)]
    returning = [text if " RETURNING " in text else f"{text} RETURNING 1" for text in named]
    parts = ", ".join(f"part{number} AS ({text})" for number, text in enumerate(returning))
    counts = ", ".join(f"(SELECT count(*) FROM part{number})" for number in range(len(texts)))  # noqa: S608
    return f"WITH {parts} SELECT {counts}"  # noqa: S608 - our own texts


def insert(record: Model, *, once: Sequence[str] = ()) -> Any:
    """Insert a record; its key is not read back. With `once`, the columns of a unique constraint, a row that is there
    already stays as it is, and `rowcount` of what is returned says 0."""
    sql, writing = _insert_of(type(record), tuple(once), returning=False)
    return _write((sql, writing.values_of(record)))


def insert_with_key(record: Model) -> None:
    """Insert a record and set its primary key."""
    sql, writing = _insert_of(type(record), (), returning=True)
    record.pk = execute(sql, writing.values_of(record)).fetchone()[0]
    record._state.adding, record._state.db = False, DEFAULT_DB_ALIAS


def insert_with_list(record: Model, child: type[Model], link: str, column: str, texts: Sequence[str]) -> None:
    """Insert a record and, for each text, a row of `child` that links to it; its key is not read back."""
    rows = f"INSERT INTO {child._meta.db_table} ({link}, {column})"
    if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        sql, writing = _insert_of(type(record), (), returning=True)
        listed = f"{rows} SELECT {{before}}.id, listed FROM {{before}}, unnest(%s::text[]) AS listed"  # noqa: S608
        _write((sql, writing.values_of(record)), (listed, [list(texts)]))
        return
    insert_with_key(record)
    if texts:
        pairs = [value for text in texts for value in (record.pk, text)]
        execute(f"{rows} VALUES {', '.join(['(%s, %s)'] * len(texts))}", pairs)


def update(record: Model, columns: Sequence[str]) -> None:
    """Write these columns of a record that is there."""
    sql, writing = _update_of(type(record), tuple(columns))
    _write((sql, [*writing.values_of(record), record.pk]))


def select(model: type[Record], where: str, params: Sequence[Any]) -> Any:
    """Return the cursor of the rows of a table that fulfil `where`, our own text; `records_of` makes records of it."""
    return execute(_select_of(model, where), params)


def select_all(*wanted: tuple[type[Model], str, Sequence[Any]]) -> list[list[Any]]:
    """Return the records of several selects（model, where, params）, one after another, in one go where the database can."""
    cursors = execute_all(*((_select_of(model, where), params) for model, where, params in wanted))
    return [records_of(model, cursor) for (model, _, _), cursor in zip(wanted, cursors, strict=True)]


def records_of(model: type[Record], cursor: Any) -> list[Record]:
    """Return the records of a `select`."""
    return to_records(model, cursor.fetchall())


def reserve_keys(model: type[Model], count: int) -> list[int]:
    """Return so many primary keys that no other row will get, for rows written together with what points to them."""
    database, table = connections[DEFAULT_DB_ALIAS], model._meta.db_table
    if database.vendor == "postgresql":
        taken = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
        return [row[0] for row in execute(taken, [table, model._meta.pk.column, count]).fetchall()]
    # SQLite: one writer at a time, and the caller is in its write transaction; explicit keys move the sequence on
    last = execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table]).fetchone()
    return list(range((last[0] if last else 0) + 1, (last[0] if last else 0) + count + 1))


@lru_cache(maxsize=128)
def _insert_of(model: type[Model], once: tuple[str, ...], *, returning: bool) -> tuple[str, Writing]:
    fields = written_fields(model)
    names, marks = ", ".join(field.column for field in fields), ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
    if once:
        sql += f" ON CONFLICT ({', '.join(once)}) DO NOTHING"
    return (f"{sql} RETURNING {model._meta.pk.column}" if returning else sql), writing_of(fields)


@lru_cache(maxsize=128)
def _update_of(model: type[Model], columns: tuple[str, ...]) -> tuple[str, Writing]:
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    settings = ", ".join(f"{field.column} = %s" for field in fields)
    sql = f"UPDATE {model._meta.db_table} SET {settings} WHERE {model._meta.pk.column} = %s"  # noqa: S608
    return sql, writing_of(fields)


@lru_cache(maxsize=512)
def _select_of(model: type[Model], where: str) -> str:
    columns = ", ".join(field.column for field in model._meta.concrete_fields)
    return f"SELECT {columns} FROM {model._meta.db_table} WHERE {where}"  # noqa: S608 - our own names
