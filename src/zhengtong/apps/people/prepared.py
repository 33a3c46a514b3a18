"""Statements prepared by PostgreSQL（预备语句）: parsed and planned once a connection, sent and answered in one exchange.

A cursor settles anew for each statement what its values are and how its answer is read, and begins a transaction by an
exchange of its own: measured, more than the server's own work. Here libpq is called as the driver calls it, with one
transformer a connection. Values and answers go as text, and the server knows the types of its columns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import abc, adapt, errors
from psycopg.adapt import PyFormat
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

MOST_PREPARED = 1000
_FAILED = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED, ExecStatus.BAD_RESPONSE})


@dataclass
class Answer:
    """What a statement answered: its rows, read already, and how many it wrote."""

    rows: list[tuple[Any, ...]]
    rowcount: int

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows."""
        return self.rows

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the first row, None where there is none."""
        return self.rows[0] if self.rows else None


class InstantLoader(adapt.Loader):
    """Reads an instant by the means of the language, which are several times as fast as the driver's."""

    def load(self, data: abc.Buffer) -> dt.datetime:
        """Return an instant with its zone."""
        return dt.datetime.fromisoformat(bytes(data).decode())


class Reading:
    """How the answers of one connection are read: as Django has them read, but for instants."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.adapters = adapt.AdaptersMap(connection.adapters)
        self.adapters.register_loader("timestamptz", InstantLoader)


@dataclass
class Session:
    """What one connection has prepared, by text, and how it turns values into text and back."""

    transformer: abc.Transformer
    names: dict[str, bytes] = field(default_factory=dict)

    def name_of(self, pgconn: PGconn, sql: str) -> bytes:
        """Return under which name a statement is prepared; prepares it the first time."""
        if sql in self.names:
            return self.names[sql]
        if len(self.names) >= MOST_PREPARED:
            _checked(pgconn.exec_(b"DEALLOCATE ALL"))
            self.names.clear()
        name = f"statement{len(self.names)}".encode()
        _checked(pgconn.prepare(name, numbered(sql)))
        self.names[sql] = name
        return name

    def dumped(self, params: Sequence[Any]) -> Any:
        """Return values as text, None as NULL."""
        return self.transformer.dump_sequence(params, [PyFormat.TEXT] * len(params))

    def answer_of(self, result: PGresult) -> Answer:
        """Return what a result says."""
        self.transformer.set_pgresult(result)
        return Answer(self.transformer.load_rows(0, result.ntuples, tuple), result.command_tuples or 0)


_SESSIONS: WeakKeyDictionary[psycopg.Connection[Any], Session] = WeakKeyDictionary()


def run(connection: psycopg.Connection[Any], *statements: tuple[str, Sequence[Any]]) -> list[Answer]:
    """Return the answers of statements, in order, from one exchange with the server.

    Their transaction begins with them where none is open and one is wanted. Each sees what came before it: a statement
    that waits for a lock is followed by one that reads what was committed meanwhile.
    """
    session = _SESSIONS.get(connection)
    if session is None:
        session = _SESSIONS[connection] = Session(adapt.Transformer(Reading(connection)))
    pgconn = connection.pgconn
    named = [(session.name_of(pgconn, sql), session.dumped(params)) for sql, params in statements]
    is_beginning = not connection.autocommit and pgconn.transaction_status == TransactionStatus.IDLE
    if is_beginning or len(named) > 1:
        results = _piped(pgconn, _beginning(connection) if is_beginning else b"", named)
    else:
        results = [_checked(pgconn.exec_prepared(*named[0]))]
    return [session.answer_of(result) for result in results]


@lru_cache(maxsize=MOST_PREPARED)
def numbered(sql: str) -> bytes:
    """Return a statement with its marks numbered, as the server reads it."""
    first, *rest = sql.split("%s")
    return (first + "".join(f"${number}{text}" for number, text in zip(count(1), rest, strict=False))).encode()


def _piped(pgconn: PGconn, beginning: bytes, named: Sequence[tuple[bytes, Any]]) -> list[PGresult]:
    """Return the results of statements sent together, after the beginning of their transaction if there is one."""
    results = []
    pgconn.enter_pipeline_mode()
    try:
        if beginning:
            pgconn.send_query_params(beginning, None)
        for name, values in named:
            pgconn.send_query_prepared(name, values)
        pgconn.pipeline_sync()
        while (result := _next_result(pgconn)).status != ExecStatus.PIPELINE_SYNC:
            results.append(result)
    finally:
        pgconn.exit_pipeline_mode()
    return [_checked(result) for result in results][-len(named) :]


def _beginning(connection: psycopg.Connection[Any]) -> bytes:
    level = connection.isolation_level
    return b"BEGIN" if level is None else f"BEGIN ISOLATION LEVEL {level.name.replace('_', ' ')}".encode()


def _next_result(pgconn: PGconn) -> PGresult:
    """Return the next result of a pipeline; between the results of two statements there is nothing."""
    while (result := pgconn.get_result()) is None:
        if pgconn.status != 0:  # CONNECTION_OK
            raise psycopg.OperationalError("the connection to the database is lost")
    return result


def _checked(result: PGresult) -> PGresult:
    if result.status in _FAILED:
        raise errors.error_from_result(result)
    return result
