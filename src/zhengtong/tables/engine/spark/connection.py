"""One run on Spark（Spark 连接）: takes the queries this room writes for DuckDB, translates or refuses them, gives rows back."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from zhengtong.kit import Refused
from zhengtong.tables.engine.duck import connect
from zhengtong.tables.engine.spark.errors import CannotRun
from zhengtong.tables.engine.spark.session import open_session
from zhengtong.tables.engine.spark.types import arrow_schema, duckdb_types, result_types, spark_ddl
from zhengtong.tables.engine.words import Limits, literal

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row

_COPY = re.compile(r"COPY \((?P<query>.*)\) TO '(?P<path>(?:[^']|'')*)' \((?P<options>[A-Za-z ,]+)\)", re.DOTALL)
_GLOB = re.compile(r"([*?\[\]{}\\])")
_BATCH_ROWS = 10_000
#: columns that say where a row stands in its snapshot
_FILE, _PLACE = "zt file", "zt place"


class SparkConnection:
    """The part of DuckDB's connection that this room uses, on Spark; a context manager, for one thread.

    Queries in DuckDB's SQL go through `execute`; those already compiled for Spark through `execute_own`. Errors of a query
    are `CannotRun` while it is prepared, the refusal `tables.spark.cannot-run` while it runs.
    """

    def __init__(self, master: str, *, reading: Sequence[Path] | None = None, ordered: bool = False) -> None:
        self._master, self._ordered = master, ordered
        self._allowed = None if reading is None else {str(path.resolve()) for path in reading}
        self._relations: dict[str, dict[str, str]] = {}
        self._names: dict[str, str] = {}
        self._kept: list[DataFrame] = []
        self._frame: DataFrame | None = None
        self._given: Iterator[tuple[Any, ...]] | None = None

    def __enter__(self) -> SparkConnection:
        self._session = open_session(self._master)
        return self

    def __exit__(self, *_: object) -> None:
        for frame in self._kept:
            frame.unpersist()
        for name in self._relations:
            self._session.catalog.dropTempView(name)

    # -- what is asked ---------------------------------------------------------------------------------------------

    def execute(self, query: str, parameters: Any = ()) -> SparkConnection:
        """Prepare a query of DuckDB's SQL, with its `?` bound to the parameters, and return this connection to fetch from."""
        self._frame, self._given = None, None
        if found := _COPY.fullmatch(query.strip()):
            frame = self._prepare(self._parsed(found["query"]), parameters)
            rows = self._write(frame, found["path"].replace("''", "'"), found["options"])
            self._given = iter([(rows,)])
            return self
        self._take(self._parsed(query), parameters)
        return self

    def execute_own(self, query: str) -> SparkConnection:
        """Prepare a query compiled for Spark elsewhere; it may read the relations made here and nothing else."""
        self._given = None
        self._refuse_foreign(query)
        self._frame = self._run(query, {})
        return self

    def extract_statements(self, query: str) -> list[Any]:
        """Return the statements of a query."""
        import sqlglot
        from sqlglot.errors import SqlglotError

        try:
            return [tree for tree in sqlglot.parse(query, read="duckdb") if tree is not None]
        except SqlglotError as error:
            raise CannotRun(str(error).splitlines()[0]) from error

    # -- what is given back ----------------------------------------------------------------------------------------

    @property
    def description(self) -> list[tuple[str, str]]:
        """The result's columns, each a name and DuckDB's name of its type."""
        return list(result_types(self._frame.schema).items()) if self._frame is not None else []

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows; for results that fit into memory."""
        if self._given is not None:
            return list(self._given)
        if self._frame is None:
            return []
        with _running():
            return [_row(row) for row in self._frame.collect()]

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row, None after the last."""
        return next(iter(self.fetchmany(1)), None)

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        """Return the next rows, at most so many, none after the last; memory: one partition of the result."""
        if self._given is None:
            self._given = self._stream()
        with _running():
            return list(islice(self._given, size))

    def _stream(self) -> Iterator[tuple[Any, ...]]:
        if self._frame is not None:
            yield from map(_row, self._frame.toLocalIterator(prefetchPartitions=True))

    # -- statements ------------------------------------------------------------------------------------------------

    def _parsed(self, query: str) -> Any:
        statements = self.extract_statements(query)
        if len(statements) != 1:
            raise CannotRun("more than one statement")
        return statements[0]

    def _take(self, tree: Any, parameters: Any) -> None:
        from sqlglot import exp

        if isinstance(tree, exp.Create) and tree.kind in ("TABLE", "VIEW") and tree.expression is not None:
            frame = self._prepare(tree.expression, parameters)
            if tree.kind == "TABLE":
                self._kept.append(frame.persist())
            self._define(tree.this.name, frame, result_types(frame.schema))
        elif isinstance(tree, exp.Describe):
            types = result_types(self._prepare(tree.this, parameters).schema)
            self._given = iter([(name, kind) for name, kind in types.items()])
        elif isinstance(tree, exp.Query):
            self._frame = self._prepare(tree, parameters)
        else:
            raise CannotRun(f"{tree.sql('duckdb')[:100]} is no query")

    def _prepare(self, tree: Any, parameters: Any) -> DataFrame:
        from zhengtong.tables.engine.spark.translate import translate

        tree = self._with_scans(tree.copy())
        made = translate(tree, self._relations, list(parameters))
        if "zt_double_text" in made.text.lower():
            self._session.udf.register("zt_double_text", lambda text: None if text is None else str(float(text)))
        return self._run(made.text, made.parameters)

    def _run(self, text: str, parameters: Mapping[str, Any]) -> DataFrame:
        from pyspark.errors import PySparkException

        try:
            return self._session.sql(text, args=dict(parameters)) if parameters else self._session.sql(text)
        except PySparkException as error:
            raise CannotRun(_told(error)) from error

    def _refuse_foreign(self, query: str) -> None:
        import sqlglot
        from sqlglot import exp
        from sqlglot.errors import SqlglotError

        try:
            tree = sqlglot.parse_one(query.replace('"', "`"), read="spark")
        except SqlglotError as error:
            raise CannotRun(str(error).splitlines()[0]) from error
        stages = {stage.alias for stage in tree.find_all(exp.CTE)}
        for table in tree.find_all(exp.Table):
            if table.args.get("db") or table.name not in stages | set(self._relations):
                raise CannotRun(f"the query reads {table.sql('spark')}, which it was not given")

    # -- snapshots -------------------------------------------------------------------------------------------------

    def _with_scans(self, tree: Any) -> Any:
        """Put a relation of Spark's in place of every `read_parquet(…)`; a plain ordered query also gets its order."""
        from sqlglot import exp

        scans = [table for table in tree.find_all(exp.Table) if isinstance(table.this, exp.ReadParquet)]
        is_plain = isinstance(tree, exp.Select) and len(scans) == 1 and scans[0].find_ancestor(exp.Select) is tree
        ordered = self._ordered and is_plain and not tree.args.get("order") and not tree.args.get("group")
        for table in scans:
            listed, *options = table.this.expressions
            numbered = any(option.find(exp.Column).name == "file_row_number" for option in options)
            paths = listed.expressions if isinstance(listed, exp.Array) else [listed]
            name = self._scan(tuple(path.name for path in paths), numbered=numbered, ordered=ordered)
            table.set("this", exp.to_identifier(name))
        if ordered:
            tree = tree.order_by(*(exp.column(name, quoted=True) for name in (_FILE, _PLACE)), copy=False)
        return tree

    def _scan(self, paths: tuple[str, ...], *, numbered: bool, ordered: bool) -> str:
        key = repr((paths, numbered, ordered))
        if key in self._names:
            return self._names[key]
        if self._allowed is not None and not {str(Path(path).resolve()) for path in paths} <= self._allowed:
            raise CannotRun("the query opens a file it was not given")
        types = duckdb_types(pq.read_schema(paths[0]))
        frame = self._session.read.schema(spark_ddl(types)).parquet(*(_GLOB.sub(r"\\\1", path) for path in paths))
        place, file = frame["_metadata.row_index"], frame["_metadata.file_name"]
        columns = [frame[f"`{name.replace('`', '``')}`"] for name in types]
        if numbered:
            frame, types = (
                frame.select(*columns, place.alias("file_row_number")),
                {**types, "file_row_number": "BIGINT"},
            )
        elif ordered:
            frame = frame.select(*columns, file.alias(_FILE), place.alias(_PLACE))
            types = {**types, _FILE: "VARCHAR", _PLACE: "BIGINT"}
        name = self._names[key] = f"zt_scan_{len(self._names)}"
        self._define(name, frame, types)
        return name

    def _define(self, name: str, frame: DataFrame, types: dict[str, str]) -> None:
        frame.createOrReplaceTempView(name)
        self._relations[name] = types

    # -- files -----------------------------------------------------------------------------------------------------

    def _write(self, frame: DataFrame, path: str, options: str) -> int:
        """Write a result into one file as DuckDB would have, and return its rows; memory: one partition."""
        schema = arrow_schema(result_types(frame.schema))

        def batches() -> Iterator[pa.RecordBatch]:
            rows = frame.toLocalIterator(prefetchPartitions=True)
            while some := list(islice(rows, _BATCH_ROWS)):
                columns = zip(*some, strict=True)
                arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

        with _running(), connect(Limits(threads=1)) as duck:
            duck.register("result", pa.RecordBatchReader.from_batches(schema, batches()))
            written = duck.execute(f"COPY (SELECT * FROM result) TO {literal(path)} ({options})")  # noqa: S608 - our own statement
            return int(written.fetchall()[0][0])


def _row(row: Row) -> tuple[Any, ...]:
    return tuple(cell.asDict(recursive=True) if hasattr(cell, "asDict") else cell for cell in row)


@contextlib.contextmanager
def _running() -> Iterator[None]:
    """Tell what stops a running query as a refusal: an overflow, a text no engine reads alike, a rule's own stop."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        raise Refused(
            "tables.spark.cannot-run",
            "这项分析在 Spark 上中止：数据中有超出范围的数值，或各引擎读法不一的取值。请核对数据，或改用 duckdb。",
            "This analysis stopped on Spark: the data hold a number out of range, or a value engines read differently. "
            "Check the data, or use duckdb.",
            facts={"engine": _told(error)},
        ) from error


def _told(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
