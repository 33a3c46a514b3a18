"""Run every rule over a snapshot（质量评估）: one pass for the counts, one for the samples of what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.engine import CANNOT_RUN, Connection, Limits, analyse, connect, engine_of, ident, literal
from zhengtong.tables.plain import plain_sql
from zhengtong.tables.quality.check import Check
from zhengtong.tables.quality.compiled import PLACE, Compiled, count_compiled, sample_compiled
from zhengtong.tables.quality.indicators import get_indicator, list_dimensions
from zhengtong.tables.snapshot import Snapshot

_PLACES = Decimal("0.000001")
_SAMPLES = 20
_FIRST_ROWS = 200_000


@dataclass(frozen=True)
class CheckResult:
    """A rule's outcome: B rows judged, of which A count by the standard's formula, X the larger the better.

    X is None when nothing was judged（not assessable）. `sample` has at most twenty failing rows as plain values of the
    rule's columns and the key, with `row`, their 1-based place in the snapshot; they may be personal data: mask them.
    """

    id: str
    metric: str
    severity: str
    weight: int
    a: int
    b: int
    x: Decimal | None
    failing: int
    holds: bool | None
    sample: tuple[dict[str, Any], ...]
    zh: str
    en: str


@dataclass(frozen=True)
class QualityReport:
    """A snapshot's assessment（质量评估报告）: rules, dimensions by code, and the score, each X from 0 to 1 or None.

    A dimension is the weighted mean of its assessable rules, the score that of the dimensions by the same weights.
    """

    resource: str
    version: str
    digest: str
    rows: int
    results: tuple[CheckResult, ...]
    dimensions: dict[str, Decimal | None]
    score: Decimal | None

    @property
    def may_be_served(self) -> bool:
        """Whether every blocking rule holds."""
        return all(result.holds is not False for result in self.results if result.severity == "blocking")

    def result(self, id_: str) -> CheckResult:
        return next(result for result in self.results if result.id == id_)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object; decimals as text."""
        body = asdict(self)
        for result in body["results"]:
            result["x"] = None if result["x"] is None else str(result["x"])
        body["dimensions"] = {code: None if x is None else str(x) for code, x in self.dimensions.items()}
        return {**body, "score": None if self.score is None else str(self.score), "may_be_served": self.may_be_served}


def assess(
    snapshot: Snapshot,
    checks: Sequence[Check],
    *,
    compiled: Compiled | None = None,
    key: Sequence[str] = (),
    limits: Limits | None = None,
) -> QualityReport:
    """Return the assessment of a snapshot by the rules; `key` columns are added to the samples of failing rows.

    `compiled` rules are judged in a pass of their own.
    """
    others = compiled.checks if compiled else ()
    keys = snapshot.schema.require(key)
    for check in (*checks, *others):
        snapshot.schema.require(check.columns)
    if len({check.id for check in (*checks, *others)}) != len(checks) + len(others):
        raise Refused(
            "tables.quality.repeated-id",
            "质量规则的编号重复，请为每条规则起不同的编号。",
            "Two checks have the same id; give each its own.",
            field="checks",
        )
    reading = [*snapshot.paths, *(path for check in checks for path in check.reads)]
    with analyse(limits, reading=reading) as connection:
        if engine_of(connection) == "duckdb":
            checks = [replace(check, predicate=check.quick) if check.quick else check for check in checks]
        counts = _count(connection, snapshot, checks)
        failing = [check for check in checks if counts[check.id][1] < counts[check.id][0]]
        samples = _sample(connection, snapshot, failing, keys)
    if compiled:
        # FEEL is compiled for DuckDB, whatever engine runs the other rules
        with connect(limits, ordered=False) as connection:
            numbered = f"(SELECT *, {_ROW} AS {PLACE} FROM {_numbered(snapshot)})"  # noqa: S608 - quoted names
            counts |= count_compiled(connection, numbered, compiled)
            wrong = [check for check in others if counts[check.id][1] < counts[check.id][0]]
            samples |= sample_compiled(connection, snapshot, numbered, _ROW, compiled, wrong, keys, _SAMPLES)
    results = tuple(_to_result(check, *counts[check.id], samples.get(check.id, ())) for check in (*checks, *others))
    dimensions = {code: _mean([r for r in results if r.metric[:2] == code]) for code in list_dimensions()}
    manifest = snapshot.manifest
    return QualityReport(
        manifest.resource, manifest.version, manifest.digest, manifest.rows, results, dimensions, _mean(results)
    )


def _to_result(check: Check, judged: int, passed: int, sample: tuple[dict[str, Any], ...]) -> CheckResult:
    inverse = get_indicator(check.metric).inverse
    a = judged - passed if inverse else passed
    x = (Decimal(passed) / judged).quantize(_PLACES) if judged else None
    # the exact fraction decides: rounding must not let the last bad row through
    holds = None if x is None else Decimal(passed) >= check.least * judged
    return CheckResult(
        check.id,
        check.metric,
        check.severity,
        check.weight,
        a,
        judged,
        x,
        judged - passed,
        holds,
        sample,
        check.zh,
        check.en,
    )


def _mean(results: Sequence[CheckResult]) -> Decimal | None:
    judged = [(result.x, result.weight) for result in results if result.x is not None]
    if not judged:
        return None
    return (sum((x * weight for x, weight in judged), Decimal(0)) / sum(weight for _, weight in judged)).quantize(
        _PLACES
    )


def _count(connection: Connection, snapshot: Snapshot, checks: Sequence[Check]) -> dict[str, tuple[int, int]]:
    """Return rows judged and passed for each rule: all predicates in one pass, each uniqueness in one of its own."""
    counts: dict[str, tuple[int, int]] = {}
    plain = [check for check in checks if not check.unique]
    if plain:
        flags = ", ".join(f"{_flag(check)} AS f{number}" for number, check in enumerate(plain))
        totals = ", ".join(f"count(f{n}), count(*) FILTER (f{n})" for n in range(len(plain)))
        query = f"SELECT {totals} FROM (SELECT {flags} FROM {_with_lets(snapshot.scan(), plain)})"  # noqa: S608 - compiled rules
        row = _run(connection, query, [value for check in plain for value in _params(check)]).fetchall()[0]
        counts |= {check.id: (row[2 * n], row[2 * n + 1]) for n, check in enumerate(plain)}
    for check in checks:
        if check.unique:
            counts[check.id] = _count_unique(connection, snapshot, check)
    return counts


def _with_lets(source: str, checks: Sequence[Check]) -> str:
    """The source with the columns the checks want computed first."""
    lets = dict(check.let for check in checks if check.let)
    listed = ", ".join(f"{sql} AS {ident(name)}" for name, sql in lets.items())
    return f"(SELECT *, {listed} FROM {source})" if listed else source  # noqa: S608 - compiled rules


def _flag(check: Check) -> str:
    """Null where the row is not judged, else whether it passes."""
    passed = f"coalesce(({check.predicate}), false)"
    return f"CASE WHEN ({check.when}) THEN {passed} END" if check.when else passed


def _params(check: Check) -> list[Any]:
    return [*check.when_params, *check.params] if check.when else list(check.params)


def _count_unique(connection: Connection, snapshot: Snapshot, check: Check) -> tuple[int, int]:
    """Group by a hash first, and by the values only where hashes repeat: exact, in a fraction of the memory."""
    where, params = (check.when or "true"), list(check.when_params)
    hashed = f"hash({', '.join(ident(column) for column in check.columns)})"
    once = f"SELECT {hashed} AS h, count(*) AS n FROM {snapshot.scan()} WHERE {where} GROUP BY 1"  # noqa: S608
    query = f"SELECT coalesce(sum(n), 0), count(*) FILTER (n = 1) FROM ({once})"  # noqa: S608
    judged, single = (int(value) for value in _run(connection, query, params).fetchall()[0])
    if judged == single:
        return judged, judged
    repeated = f"SELECT h FROM ({once}) WHERE n > 1"  # noqa: S608
    groups = ", ".join(ident(column) for column in check.columns)
    query = (
        f"SELECT count(*) FILTER (n = 1) FROM (SELECT count(*) AS n FROM {snapshot.scan()} "  # noqa: S608
        f"WHERE {where} AND {hashed} IN ({repeated}) GROUP BY {groups})"
    )
    return judged, single + int(_run(connection, query, [*params, *params]).fetchall()[0][0])


def _sample(
    connection: Connection, snapshot: Snapshot, failing: Sequence[Check], keys: tuple[str, ...]
) -> dict[str, tuple[dict[str, Any], ...]]:
    """Return the first failing rows of each failing rule, all predicates in one pass."""
    if not failing:
        return {}
    if engine_of(connection) == "spark":
        return {check.id: _sample_one(connection, snapshot, check, keys) for check in failing}
    found = _sample_rows(connection, snapshot, failing, keys, _FIRST_ROWS)
    # most rules fail early; only those that hardly ever fail are looked for in the rest
    rare = [check for check in failing if len(found[check.id]) < _SAMPLES]
    if rare and snapshot.manifest.rows > _FIRST_ROWS:
        found |= _sample_rows(connection, snapshot, rare, keys, snapshot.manifest.rows)
    return found


def _sample_rows(
    connection: Connection, snapshot: Snapshot, failing: Sequence[Check], keys: tuple[str, ...], most: int
) -> dict[str, tuple[dict[str, Any], ...]]:
    """Return the first failing rows among the first `most` rows of the snapshot."""
    flags, picks, params = [], [], []
    for number, check in enumerate(failing):
        names = tuple(dict.fromkeys([*keys, *check.columns]))
        packed = ", ".join(f"{literal(name)}: {_plain(snapshot, name)}" for name in names)
        flags.append(f"{_sample_flag(snapshot, check)} AS f{number}")
        picks.append(f"arg_min({{'row': {_ROW}, {packed}}}, {_ROW}, {_SAMPLES}) FILTER (NOT f{number})")
        params += _sample_params(check)
    first = f"(SELECT * FROM {_numbered(snapshot)} WHERE {_ROW} <= {most})"  # noqa: S608 - quoted names, a number
    source = f"SELECT *, {', '.join(flags)} FROM {_with_lets(first, failing)}"  # noqa: S608 - compiled rules
    some = " OR ".join(f"NOT f{number}" for number in range(len(failing)))
    row = _run(connection, f"SELECT {', '.join(picks)} FROM ({source}) WHERE {some}", params).fetchall()[0]  # noqa: S608
    return {check.id: tuple(row[number] or ()) for number, check in enumerate(failing)}


def _sample_one(
    connection: Connection, snapshot: Snapshot, check: Check, keys: tuple[str, ...]
) -> tuple[dict[str, Any], ...]:
    """Return the first failing rows of one rule: a cluster keeps only each part's first, where one aggregate holds all."""
    names = tuple(dict.fromkeys([*keys, *check.columns]))
    listed = ", ".join(f"{_plain(snapshot, name)} AS {ident(name)}" for name in names)
    flagged = f"SELECT *, {_sample_flag(snapshot, check)} AS f FROM {_with_lets(_numbered(snapshot), [check])}"  # noqa: S608
    query = f'SELECT {_ROW} AS "row", {listed} FROM ({flagged}) WHERE NOT f ORDER BY {_ROW} LIMIT {_SAMPLES}'  # noqa: S608
    rows = _run(connection, query, _sample_params(check)).fetchall()
    return tuple(dict(zip(("row", *names), row, strict=True)) for row in rows)


_ROW = '"row of snapshot"'


def _numbered(snapshot: Snapshot) -> str:
    """The snapshot's rows with their 1-based place in it."""
    parts, offset = [], 1
    for part, path in zip(snapshot.manifest.parts, snapshot.paths, strict=True):
        names = snapshot.select_list(snapshot.schema.names)
        scan = f"read_parquet({literal(str(path))}, file_row_number=true)"
        parts.append(f"SELECT {names}, file_row_number + {offset} AS {_ROW} FROM {scan}")  # noqa: S608
        offset += part.rows
    return f"({' UNION ALL '.join(parts)})"


def _plain(snapshot: Snapshot, name: str) -> str:
    return plain_sql(ident(name), snapshot.schema.column(name).type)


def _sample_flag(snapshot: Snapshot, check: Check) -> str:
    if not check.unique:
        return _flag(check)
    where = check.when or "true"
    hashed = f"hash({', '.join(ident(column) for column in check.columns)})"
    repeated = f"SELECT {hashed} FROM {snapshot.scan()} WHERE {where} GROUP BY 1 HAVING count(*) > 1"  # noqa: S608
    return f"CASE WHEN ({where}) THEN {hashed} NOT IN ({repeated}) END"


def _sample_params(check: Check) -> list[Any]:
    return [*check.when_params, *check.when_params] if check.unique else _params(check)


def _run(connection: Connection, query: str, params: list[Any]) -> Any:
    try:
        return connection.execute(query, params)
    except CANNOT_RUN as error:
        raise Refused(
            "tables.quality.cannot-run",
            "有质量规则不能在这份数据上运行，请核对规则中的字段和类型。",
            "A check cannot run on this data; compare its columns and types with the schema.",
            field="checks",
            facts={"engine": str(error).splitlines()[0][:300]},
        ) from error
