"""Which engine reads whole snapshots（分析引擎）: DuckDB in this process, or Spark by one setting, through one interface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import duckdb

from zhengtong.kit import Refused
from zhengtong.tables.engine.duck import connect, lock_to
from zhengtong.tables.engine.spark import CannotRun, SparkConnection
from zhengtong.tables.engine.words import Limits

ENGINES = ("duckdb", "spark")
#: what an engine raises about a query that cannot run on the data it is asked of, whoever wrote it
CANNOT_RUN: tuple[type[Exception], ...] = (
    duckdb.BinderException,
    duckdb.ParserException,
    duckdb.ConversionException,
    duckdb.PermissionException,
    CannotRun,
)


def run_one(connection: Connection, query: str, parameters: Sequence[Any] = (), *, own: bool = False) -> Any:
    """Run one statement written elsewhere and return what to fetch from; `own`: it is in the engine's own SQL."""
    if isinstance(connection, SparkConnection):
        if own and not parameters:
            return connection.execute_own(query)
        return connection.execute(query, list(parameters))
    if len(connection.extract_statements(query)) != 1:
        raise duckdb.ParserException("more than one statement")
    return connection.execute(query, list(parameters))


def engine_of(connection: Connection) -> str:
    """Return which engine a connection is of, for the few things that each does best its own way."""
    return "spark" if isinstance(connection, SparkConnection) else "duckdb"


class Connection(Protocol):
    """What this room asks of an engine; the queries are DuckDB's SQL, which Spark's connection translates or refuses."""

    def execute(self, query: str, parameters: Any = ...) -> Any: ...

    def extract_statements(self, query: str) -> Sequence[Any]: ...


@contextmanager
def analyse(
    limits: Limits | None = None, *, reading: Sequence[Path] | None = None, ordered: bool = False
) -> Iterator[Any]:
    """Yield a `Connection` of the engine the limits name; with `reading` it may open these files and no other.

    `ordered` keeps the rows of a plain query over a snapshot in the snapshot's order. Refuses `tables.engine.unknown`,
    `tables.spark.not-installed`, `tables.spark.no-java`, `tables.spark.unreachable`.
    """
    limits = limits or Limits()
    if limits.engine not in ENGINES:
        raise Refused(
            "tables.engine.unknown",
            f"不认识的分析引擎“{limits.engine}”；ZHENGTONG_ENGINE 可设为 {'、'.join(ENGINES)}。",
            f"Unknown engine {limits.engine!r}; set ZHENGTONG_ENGINE to {' or '.join(ENGINES)}.",
            facts={"engine": limits.engine},
        )
    if limits.engine == "spark":
        try:
            with SparkConnection(limits.spark_master, reading=reading, ordered=ordered) as made:
                yield made
        except CannotRun as error:
            raise Refused(
                "tables.spark.no-form",
                "这项分析没有与 DuckDB 结果一致的 Spark 写法，已拒绝执行。请改用 duckdb 引擎。",
                "This analysis has no form on Spark that answers as DuckDB does, so it is not run. Use the engine duckdb.",
                facts={"construct": str(error)[:300]},
            ) from error
        return
    with connect(limits, ordered=ordered) as connection:
        if reading is not None:
            lock_to(connection, list(reading))
        yield connection
