"""Single rows on the hot path（热路径语句）: written and read by statements made once a process, prepared by PostgreSQL.

The ORM composes each statement anew, client-side: measured four times the time of the statement itself. What is
written here is exactly what `save()` would write; nothing but an insert, an update by key and a read of whole rows.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model
from django.db.utils import DatabaseErrorWrapper

Record = TypeVar("Record", bound=Model)


def execute(sql: str, params: Sequence[Any]) -> Any:
    """Return the cursor of a statement; within `together` its answer is there only after the block, or when fetched."""
    if connection.vendor != "postgresql":
        cursor = connection.cursor()
        cursor.execute(sql, params)
        return cursor
    import psycopg

    connection.ensure_connection()
    with DatabaseErrorWrapper(connection):
        return psycopg.Cursor(connection.connection).execute(sql, params, prepare=True)


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Send the statements inside in one go, where the database can（PostgreSQL）: one wait instead of one each."""
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    with DatabaseErrorWrapper(connection), connection.connection.pipeline():
        yield


def insert(record: Model, *, once: Sequence[str] = ()) -> Any:
    """Insert a record and return the cursor; its key is not read back. With `once`, the columns of a unique constraint,
    a row that is there already stays as it is, and `rowcount` says 0."""
    sql, fields = _insert_of(type(record), tuple(once), returning=False)
    return execute(sql, values_of(record, fields))


def insert_with_key(record: Model) -> None:
    """Insert a record and set its primary key."""
    sql, fields = _insert_of(type(record), (), returning=True)
    record.pk = execute(sql, values_of(record, fields)).fetchone()[0]
    record._state.adding, record._state.db = False, connection.alias


def insert_with_list(record: Model, child: type[Model], link: str, column: str, texts: Sequence[str]) -> None:
    """Insert a record and, for each text, a row of `child` that links to it; its key is not read back."""
    rows = f"INSERT INTO {child._meta.db_table} ({link}, {column})"  # noqa: S608 - our own names
    if connection.vendor == "postgresql":
        sql, fields = _insert_of(type(record), (), returning=True)
        whole = f"WITH made AS ({sql}) {rows} SELECT made.id, listed FROM made, unnest(%s::text[]) AS listed"  # noqa: S608
        execute(whole, [*values_of(record, fields), list(texts)])
        return
    insert_with_key(record)
    if texts:
        pairs = [value for text in texts for value in (record.pk, text)]
        execute(f"{rows} VALUES {', '.join(['(%s, %s)'] * len(texts))}", pairs)


def update(record: Model, columns: Sequence[str]) -> None:
    """Write these columns of a record that is there."""
    sql, fields = _update_of(type(record), tuple(columns))
    execute(sql, [*values_of(record, fields), record.pk])


def select(model: type[Record], where: str, params: Sequence[Any]) -> Any:
    """Return the cursor of the rows of a table that fulfil `where`, our own text; `records_of` makes records of it."""
    return execute(f"SELECT {_columns_of(model)} FROM {model._meta.db_table} WHERE {where}", params)  # noqa: S608


def records_of(model: type[Record], cursor: Any) -> list[Record]:
    """Return the records of a `select`."""
    converters = _converters_of(model, connection.vendor)
    names = [field.attname for field in model._meta.concrete_fields]
    return [model.from_db(connection.alias, names, _read(row, converters)) for row in cursor.fetchall()]


def values_of(record: Model, fields: Iterable[Field[Any, Any]]) -> list[Any]:
    """Return the values of a record as the database stores them."""
    return [field.get_db_prep_save(getattr(record, field.attname), connection) for field in fields]


def written_fields(model: type[Model]) -> list[Field[Any, Any]]:
    """Return the columns an insert names: all but a key the database gives."""
    return [field for field in model._meta.concrete_fields if not (field.primary_key and field.db_returning)]


def _read(row: Sequence[Any], converters: Sequence[tuple[int, Sequence[Any], Any]]) -> list[Any]:
    values = list(row)
    for place, chain, expression in converters:
        for convert in chain:
            values[place] = convert(values[place], expression, connection)
    return values


@lru_cache(maxsize=128)
def _insert_of(model: type[Model], once: tuple[str, ...], *, returning: bool) -> tuple[str, list[Field[Any, Any]]]:
    fields = written_fields(model)
    names, marks = ", ".join(field.column for field in fields), ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
    if once:
        sql += f" ON CONFLICT ({', '.join(once)}) DO NOTHING"
    return (f"{sql} RETURNING {model._meta.pk.column}" if returning else sql), fields


@lru_cache(maxsize=128)
def _update_of(model: type[Model], columns: tuple[str, ...]) -> tuple[str, list[Field[Any, Any]]]:
    fields = [model._meta.get_field(name) for name in columns]
    settings = ", ".join(f"{field.column} = %s" for field in fields)
    sql = f"UPDATE {model._meta.db_table} SET {settings} WHERE {model._meta.pk.column} = %s"  # noqa: S608
    return sql, fields


@lru_cache(maxsize=128)
def _columns_of(model: type[Model]) -> str:
    return ", ".join(field.column for field in model._meta.concrete_fields)


@lru_cache(maxsize=128)
def _converters_of(model: type[Model], vendor: str) -> list[tuple[int, Sequence[Any], Any]]:  # noqa: ARG001
    found = []
    for place, field in enumerate(model._meta.concrete_fields):
        expression = field.cached_col
        chain = [*connection.ops.get_db_converters(expression), *field.get_db_converters(connection)]
        if chain:
            found.append((place, chain, expression))
    return found
