"""A rule asked of everyone（政策找人、政策模拟）: compiled SQL over whole snapshots, joined by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.engine import CANNOT_RUN, Connection, Limits, analyse, ident, run_one
from zhengtong.tables.plain import plain_sql, to_plain_row
from zhengtong.tables.schema import decimal_shape, to_duckdb_type
from zhengtong.tables.snapshot import ColumnStats, Snapshot

_BATCH_ROWS = 10_000
_TOTALS = {"count", "sum", "avg", "min", "max", "median"}


@dataclass(frozen=True)
class Expression:
    """SQL of one value of a row, compiled elsewhere: its `?` are bound to `params` in order, its names are columns."""

    name: str
    sql: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Join:
    """A further table, at most one row of it for each row of the population.

    `on`: columns of the population → columns of this table; `fields`: names in the population → columns of this table.
    """

    snapshot: Snapshot
    on: Mapping[str, str]
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Total:
    """A figure over each group: `count` of the rows where the expression is true, or sum, avg, min, max, median of it."""

    name: str
    kind: str
    of: Expression

    def __post_init__(self) -> None:
        if self.kind not in _TOTALS:
            raise Refused(
                "tables.population.bad-total",
                f"不认识的统计方式“{self.kind}”；可用 {'、'.join(sorted(_TOTALS))}。",
                f"Unknown total {self.kind!r}; use one of {', '.join(sorted(_TOTALS))}.",
                field="totals",
            )


@dataclass(frozen=True)
class Answer:
    """What a query over a population gave: the columns' names, and the rows with decimals as Decimal."""

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield each row by column name."""
        return (dict(zip(self.names, row, strict=True)) for row in self.rows)


@dataclass(frozen=True)
class Population:
    """Everyone a rule could apply to（人群）: one snapshot and what others know of the same people or firms."""

    snapshot: Snapshot
    joins: Sequence[Join] = ()
    limits: Limits = field(default_factory=Limits)

    def find(
        self, fields: Sequence[str], outputs: Sequence[Expression] = (), where: Expression | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield, for each row where the condition is true, its fields and the outputs as plain values; in no order."""
        columns = [Expression(name, ident(name)) for name in fields]
        selected = [*columns, *outputs]
        listed = ", ".join(f"{one.sql} AS {ident(one.name)}" for one in selected)
        params = [value for one in selected for value in one.params]
        with self._open() as connection:
            condition = f" WHERE ({where.sql})" if where else ""
            params += where.params if where else ()
            query = f"SELECT {listed} FROM population{condition}"  # noqa: S608 - compiled elsewhere
            types = _run(connection, f"DESCRIBE {query}", params).fetchall()
            plain = ", ".join(plain_sql(ident(row[0]), _our_type(row[1])) for row in types)
            cursor = _run(connection, f"SELECT {plain} FROM ({query})", params)  # noqa: S608
            names = tuple(one.name for one in selected)
            while batch := cursor.fetchmany(_BATCH_ROWS):
                for row in batch:
                    yield to_plain_row(names, row)

    def total(
        self, totals: Sequence[Total], by: Sequence[Expression] = (), where: Expression | None = None
    ) -> list[dict[str, Any]]:
        """Return the totals of each group in order of the groups, sums of decimals exact; one row when `by` is empty."""
        groups = [f"{one.sql} AS {ident(one.name)}" for one in by]
        figures = [f"{_figure(total)} AS {ident(total.name)}" for total in totals]
        listed = ", ".join([*groups, *figures, 'count(*) AS "rows"'])
        params = [value for one in [*by, *(total.of for total in totals)] for value in one.params]
        condition = f" WHERE ({where.sql})" if where else ""
        params += where.params if where else ()
        places = ", ".join(str(place) for place in range(1, len(by) + 1))
        grouping = f" GROUP BY {places} ORDER BY {places}" if by else ""
        with self._open() as connection:
            query = f"SELECT {listed} FROM population{condition}{grouping}"  # noqa: S608 - compiled elsewhere
            names = (*(one.name for one in by), *(total.name for total in totals), "rows")
            rows = _run(connection, query, params).fetchall()
        return [{name: _plain(value) for name, value in zip(names, row, strict=True)} for row in rows]

    @property
    def columns(self) -> dict[str, str]:
        """DuckDB's type of every column of `population`, which is what a rule compiler needs to know for any dialect."""
        own = {column.name: to_duckdb_type(column.type) for column in self.snapshot.schema.columns}
        for join in self.joins:
            joined = join.snapshot.schema
            own |= {name: to_duckdb_type(joined.column(column).type) for name, column in join.fields.items()}
        return own

    @property
    def dialect(self) -> str:
        """The SQL that `run`, `ask` and `stream` take: `duckdb`, or `spark` where the site analyses with Spark."""
        return self.limits.engine

    def run(self, query: str, params: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of one whole query, compiled elsewhere, over the relation `population`; in no order but its own.

        Cells are as the engine gives them (Decimal, date, datetime), for whoever compiled the query to read.
        """
        with self._open() as connection:
            # in parentheses, so that a query is all it can be
            cursor = self._run_own(connection, f"SELECT * FROM ({query})", params)  # noqa: S608 - compiled elsewhere
            while batch := cursor.fetchmany(_BATCH_ROWS):
                yield from batch

    def ask(self, query: str) -> Answer:
        """Return what a query compiled elsewhere gives; it reads the relation `population` and nothing else.

        For results that fit into memory: aggregates, or rows under a limit.
        """
        with self._open() as connection:
            cursor = self._run_own(connection, query)
            return Answer(tuple(column[0] for column in cursor.description or ()), cursor.fetchall())

    def stream(self, query: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of such a query one by one, by column name; in no order."""
        with self._open() as connection:
            cursor = self._run_own(connection, query)
            names = tuple(column[0] for column in cursor.description or ())
            while batch := cursor.fetchmany(_BATCH_ROWS):
                yield from (dict(zip(names, row, strict=True)) for row in batch)

    def duckdb_type(self, column: str) -> str:
        """Return the engine's type of a column of the population, joined ones included; refuse an unknown one."""
        holder, name = self._holder(column)
        return to_duckdb_type(holder.schema.column(name).type)

    def narrow_type(self, column: str) -> str:
        """Return the narrowest type that holds every value of a column, as its manifest knows their bounds.

        Numbers become decimals of as few digits as there are: products stay exact longer, and in one machine word.
        """
        holder, name = self._holder(column)
        shape = (
            (18, 0) if holder.schema.column(name).type == "integer" else decimal_shape(holder.schema.column(name).type)
        )
        stats = _stats_of(holder, name)
        if shape is None or stats is None or (stats.min is None) != (stats.max is None):
            return self.duckdb_type(column)
        bounds = [bound for bound in self.bounds(column) if bound is not None]
        if not bounds and stats.nulls < holder.manifest.rows:
            return self.duckdb_type(column)
        whole = max([len(str(abs(int(bound)))) for bound in bounds], default=1)
        return f"DECIMAL({whole + shape[1]}, {shape[1]})"

    def bounds(self, column: str) -> tuple[Decimal | None, Decimal | None]:
        """Return the least and the greatest number of a column, as its manifest knows them; None where it does not."""
        holder, name = self._holder(column)
        kind, stats = holder.schema.column(name).type, _stats_of(holder, name)
        if stats is None or stats.min is None or stats.max is None or not (kind == "integer" or decimal_shape(kind)):
            return None, None
        return Decimal(stats.min), Decimal(stats.max)

    def is_never_null(self, column: str) -> bool:
        """Return whether the manifest knows that no row lacks a column; a joined one may always find no partner."""
        if any(column in join.fields for join in self.joins):
            return False
        stats = _stats_of(self.snapshot, column)
        # without bounds it may be that a part did not say how many it lacks
        return stats is not None and stats.nulls == 0 and None not in (stats.min, stats.max)

    def _holder(self, column: str) -> tuple[Snapshot, str]:
        for join in self.joins:
            if column in join.fields:
                return join.snapshot, join.fields[column]
        return self.snapshot, column

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of the snapshots it is made of: what a result must name to be run again."""
        return (self.snapshot.manifest.digest, *(join.snapshot.manifest.digest for join in self.joins))

    def _open(self) -> _Opened:
        return _Opened(self)

    def _run_own(self, connection: Connection, query: str, params: Sequence[Any] = ()) -> Any:
        """Run a query that was compiled in this population's own dialect."""
        return _run(connection, query, params, own=True)


def _stats_of(holder: Snapshot, column: str) -> ColumnStats | None:
    return next((one for one in holder.manifest.columns if one.name == column), None)


class _Opened:
    """A connection with the view `population`, allowed to read its snapshots' files and nothing else."""

    def __init__(self, population: Population) -> None:
        self._population = population
        snapshots = [population.snapshot, *(join.snapshot for join in population.joins)]
        reading = [path for snapshot in snapshots for path in snapshot.paths]
        self._context = analyse(population.limits, reading=reading)

    def __enter__(self) -> Connection:
        connection: Connection = self._context.__enter__()
        try:
            self._make_view(connection)
        except BaseException:
            self._context.__exit__(None, None, None)
            raise
        return connection

    def __exit__(self, *error: Any) -> None:
        self._context.__exit__(*error)

    def _make_view(self, connection: Connection) -> None:
        main, joins = self._population.snapshot, self._population.joins
        columns = [f"m.{ident(name)}" for name in main.schema.names]
        tables = [f"{main.scan()} m"]
        for number, join in enumerate(joins):
            join.snapshot.schema.require([*join.on.values(), *join.fields.values()])
            main.schema.require(join.on)
            _refuse_repeated(connection, join)
            columns += [f"j{number}.{ident(column)} AS {ident(name)}" for name, column in join.fields.items()]
            matches = " AND ".join(f"m.{ident(ours)} = j{number}.{ident(theirs)}" for ours, theirs in join.on.items())
            tables.append(f"LEFT JOIN {join.snapshot.scan()} j{number} ON {matches}")
        connection.execute(f"CREATE VIEW population AS SELECT {', '.join(columns)} FROM {' '.join(tables)}")  # noqa: S608


def _refuse_repeated(connection: Connection, join: Join) -> None:
    """One row of the population must stay one row."""
    keys = ", ".join(ident(column) for column in join.on.values())
    filled = " AND ".join(f"{ident(column)} IS NOT NULL" for column in join.on.values())
    query = f"SELECT 1 FROM {join.snapshot.scan()} WHERE {filled} GROUP BY {keys} HAVING count(*) > 1 LIMIT 1"  # noqa: S608
    if connection.execute(query).fetchall():
        raise Refused(
            "tables.population.repeated-key",
            f"关联数据 {join.snapshot.manifest.resource} 的关联字段有重复取值，会使同一对象被重复计算；请先去重。",
            f"The joined table {join.snapshot.manifest.resource} repeats its key, which would count someone twice; "
            "remove the duplicates first.",
            facts={"resource": join.snapshot.manifest.resource},
        )


def _figure(total: Total) -> str:
    return f"count(*) FILTER ({total.of.sql})" if total.kind == "count" else f"{total.kind}({total.of.sql})"


def _our_type(duckdb_type: str) -> str:
    if duckdb_type.startswith("DECIMAL"):
        return duckdb_type.lower()
    return {"DATE": "date", "TIMESTAMP": "datetime"}.get(duckdb_type, "text")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _run(connection: Connection, query: str, params: Sequence[Any], *, own: bool = False) -> Any:
    try:
        return run_one(connection, query, params, own=own)
    except CANNOT_RUN as error:
        raise Refused(
            "tables.population.cannot-run",
            "规则不能在这份数据上运行，请核对规则所需的字段和类型。",
            "The rule cannot run on this data; compare the fields and types it needs with the schema.",
            facts={"engine": str(error).splitlines()[0][:300]},
        ) from error
