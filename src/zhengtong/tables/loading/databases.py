"""Queries of other departments' databases → rows（数据库抽取）: SQLite, PostgreSQL, MySQL/MariaDB; read-only, streamed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.loading.dialect import to_column_names
from zhengtong.tables.loading.extract import Extract
from zhengtong.tables.loading.sources import MysqlSource, PostgresSource, SqliteSource

_BATCH_ROWS = 5000
_SINCE = re.compile(r"(?<![:\w]):since\b")
_POSTGRES_TYPES = {
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "float4": "double",
    "float8": "double",
    "bool": "boolean",
    "date": "date",
    "timestamp": "datetime",
    "timestamptz": "datetime",
}


def extract_sqlite(source: SqliteSource, target: Path, since: str) -> Extract:
    """Return the query's rows, numbered from 1."""
    try:
        with closing(sqlite3.connect(f"{source.path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA query_only = ON")
            values = {"since": since or None} if _SINCE.search(source.query) else {}
            cursor = connection.execute(source.query, values)
            return _write(Extract(target, "sqlite"), cursor)
    except sqlite3.Error as error:
        raise _failed("SQLite", error) from error


def extract_postgres(source: PostgresSource, target: Path, since: str) -> Extract:
    """Return the query's rows with the types the server gives them, in one read-only transaction by COPY."""
    import psycopg

    try:
        with psycopg.connect(source.dsn, autocommit=True) as connection:
            connection.execute("SET TimeZone = 'Asia/Shanghai'")
            connection.execute("SET DateStyle = 'ISO, YMD'")
            connection.execute("SET client_encoding = 'UTF8'")
            connection.execute(f"SET statement_timeout = {int(source.timeout_seconds) * 1000}".encode())
            connection.execute("BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ")
            stated = psycopg.sql.Literal(since or None).as_string(connection)
            query = _SINCE.sub(lambda _: stated, source.query).rstrip().rstrip(";")
            described = connection.execute(f"SELECT * FROM ({query}) AS rows LIMIT 0".encode())  # noqa: S608 - as declared
            extract = Extract(target, "postgresql")
            extract.types = _postgres_types(connection, described)
            _copy(connection, query, target)
            connection.execute("ROLLBACK")
            return extract
    except psycopg.Error as error:
        raise _failed("PostgreSQL", error) from error


def extract_mysql(source: MysqlSource, target: Path, since: str) -> Extract:
    """Return the query's rows, streamed from the server in a read-only transaction."""
    try:
        import pymysql
    except ModuleNotFoundError as error:
        raise Refused(
            "tables.load.no-driver",
            "读取 MySQL 需要软件包 PyMySQL，请由管理员安装后重试。",
            "Reading MySQL needs the package PyMySQL; have it installed and try again.",
            status=503,
        ) from error
    try:
        with (
            closing(
                pymysql.connect(
                    host=source.host,
                    port=source.port,
                    user=source.user,
                    password=source.password,
                    database=source.database,
                    unix_socket=source.unix_socket or None,
                    charset="utf8mb4",
                    read_timeout=source.timeout_seconds,
                    cursorclass=pymysql.cursors.SSCursor,
                )
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("SET time_zone = '+08:00'")
            cursor.execute("START TRANSACTION READ ONLY")
            if _SINCE.search(source.query):
                escaped = _SINCE.sub("%(since)s", source.query.replace("%", "%%"))
                cursor.execute(escaped, {"since": since or None})
            else:
                cursor.execute(source.query)
            return _write(Extract(target, "mysql"), cursor)
    except pymysql.Error as error:
        raise _failed("MySQL", error) from error


def _write(extract: Extract, cursor: Any) -> Extract:
    if not cursor.description:
        raise _failed(extract.kind, ValueError("no result"))
    names = to_column_names(tuple(column[0] for column in cursor.description))
    return extract.write(names, _numbered(cursor))


def _numbered(cursor: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    number = 0
    while batch := cursor.fetchmany(_BATCH_ROWS):
        for row in batch:
            number += 1
            yield number, row


def _postgres_types(connection: Any, cursor: Any) -> dict[str, str]:
    """Return our type of each column the server describes; a numeric without precision is left to its values."""
    names = to_column_names(tuple(column.name for column in cursor.description))
    types = {}
    for name, column in zip(names, cursor.description, strict=True):
        known = connection.adapters.types.get(column.type_code)
        if known is None or known.name != "numeric":
            types[name] = _POSTGRES_TYPES.get(known.name, "text") if known else "text"
        elif column.precision and column.precision <= 38 and 0 <= (column.scale or 0) <= column.precision:
            types[name] = f"decimal({column.precision},{column.scale or 0})"
    return types


def _copy(connection: Any, query: str, target: Path) -> None:
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)".encode()
    with target.open("wb") as file, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            file.write(block)


def _failed(kind: str, error: Exception) -> Refused:
    # drivers put connection strings and values into their messages: only the kind of error leaves
    return Refused(
        "tables.load.database-failed",
        f"{kind} 数据源读取失败（{type(error).__name__}），未装载；请核对连接和查询语句。",
        f"Reading the {kind} source failed ({type(error).__name__}); nothing was loaded. Check the connection and query.",
        status=502,
        field="source",
        facts={"error": type(error).__name__},
    )
