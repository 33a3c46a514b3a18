"""Records that meet, and how much their agreement weighs（分块与权重）: all of it SQL."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from zhengtong.kit import Refused
from zhengtong.tables.engine import ident, literal
from zhengtong.tables.linkage.levels import LEVELS
from zhengtong.tables.linkage.preparing import PREPARED, TOLD_BY_NUMBER
from zhengtong.tables.linkage.rules import Comparison, LinkRules
from zhengtong.tables.schema import unknown_columns
from zhengtong.tables.snapshot import Snapshot

_SMOOTH = 1000  # a frequency in small data counts as if this many more records had the typical one


@dataclass(frozen=True)
class LinkSource:
    """One table to link（比对来源）: `key` names a row for ever; `fields` maps the rules' fields to its columns.

    `is_distinct`: no two rows are of the same person, so two of them are never linked.
    """

    name: str
    snapshot: Snapshot
    key: str
    fields: dict[str, str]
    is_distinct: bool = True


def prepare_records(connection: duckdb.DuckDBPyConnection, sources: Sequence[LinkSource], rules: LinkRules) -> None:
    """Leave every row of every source, in one written form, in the table `records`, numbered in order of source and key."""
    query = " UNION ALL ".join(_raw(place, source, rules) for place, source in enumerate(sources))
    for replaced, added in _steps(rules):
        star = f"* REPLACE ({replaced})" if replaced else "*"
        query = f"SELECT {', '.join(filter(None, (star, added)))} FROM ({query})"  # noqa: S608 - quoted names
    raw = ", ".join(_raw_name(name) for name in rules.fields)
    kept = ", ".join(f"coalesce(CAST({ident(name)} AS VARCHAR), '')" for name in rules.fields)
    connection.execute(
        f"CREATE TEMP TABLE prepared AS SELECT row_number() OVER (ORDER BY source, key) - 1 AS rid, * EXCLUDE ({raw}), "  # noqa: S608
        f"md5(concat_ws(chr(31), {kept})) AS digest FROM ({query})"
    )
    connection.execute(f"CREATE TABLE records AS SELECT *, {_has_twin(rules)} AS has_twin FROM prepared")  # noqa: S608
    connection.execute("DROP TABLE prepared")


def _raw_name(name: str) -> str:
    return ident(f"raw {name}")


def _raw(place: int, source: LinkSource, rules: LinkRules) -> str:
    """One source's rows; the same thing kept as text, number or date meets as text."""
    if unknown := sorted(set(source.fields) - set(rules.fields)):
        raise unknown_columns(unknown)
    source.snapshot.schema.require([source.key, *source.fields.values()])
    cells = (
        f"CAST({ident(source.fields[name]) if name in source.fields else 'NULL'} AS VARCHAR) AS {_raw_name(name)}"
        for name in rules.fields
    )
    key = f"CAST({ident(source.key)} AS VARCHAR)"
    return f"SELECT {place} AS source, {key} AS key, {', '.join(cells)} FROM {source.snapshot.scan()}"  # noqa: S608


def _steps(rules: LinkRules) -> list[tuple[str, str]]:
    """Return for each step of preparing the columns it replaces and those it adds; the number first, others may read it."""
    number = rules.identifier
    prepared = {name: PREPARED[said["prepare"]](name, _raw_name(name)).steps for name, said in rules.fields.items()}
    plan = [dict(step) for step in prepared[number]]
    others = [name for name in prepared if name != number]
    for depth in range(max((len(prepared[name]) for name in others), default=0)):
        plan.append({})
        for name in others:
            if depth < len(prepared[name]):
                plan[-1] |= prepared[name][depth]
                if depth == 0:
                    plan[-1] |= {f"{name}_told": f"{plan[-1][name]} IS NOT NULL"}
                    plan[-1][name] = _or_told(rules, name, plan[-1][name])
    seen: set[str] = set()
    steps = []
    for columns in plan:
        said = [(name in seen, f"{sql} AS {ident(name)}") for name, sql in columns.items()]
        steps.append((", ".join(sql for old, sql in said if old), ", ".join(sql for old, sql in said if not old)))
        seen.update(columns)
    return steps


def _or_told(rules: LinkRules, name: str, sql: str) -> str:
    """What the row says, else what its number tells."""
    number = rules.identifier
    if rules.fields[name].get("else_from") != number:
        return sql
    told = TOLD_BY_NUMBER[rules.fields[name]["prepare"], rules.fields[number]["prepare"]](ident(number))
    return f"coalesce({sql}, CASE WHEN {ident(number + '_ok')} THEN {told} END)"


def _has_twin(rules: LinkRules) -> str:
    """Whether the same source has somebody of another name so alike that only the name tells them apart."""
    if rules.twins is None:
        return "false"
    alike = []
    for place in rules.twins.and_one_of:
        window = f"PARTITION BY source, {', '.join(ident(name) for name in rules.twins.same)}, {ident(place)}"
        alike.append(f"({ident(place)} IS NOT NULL AND min(name) OVER ({window}) <> max(name) OVER ({window}))")
    known = " AND ".join(f"{ident(name)} IS NOT NULL" for name in rules.twins.same)
    return f"coalesce({known} AND ({' OR '.join(alike)}), false)"


def measure_frequencies(connection: duckdb.DuckDBPyConnection, rules: LinkRules) -> None:
    """Leave in `weights` the bits that each value weighs where two records have the same（词频）."""
    columns = []
    for one in rules.comparisons:
        level, name = one.levels[0], ident(one.field)
        if level.u is None:
            seen = f"count(*) OVER (PARTITION BY {name}) - 1 + {_SMOOTH * level.typical}"
            columns.append(f"log2({level.m} * (count({name}) OVER () + {_SMOOTH}) / ({seen})) AS {name}")
    connection.execute(f"CREATE TABLE weights AS SELECT rid, {', '.join(columns)} FROM records")  # noqa: S608


def create_scored(connection: duckdb.DuckDBPyConnection, rules: LinkRules) -> None:
    fields = ", ".join(f"{ident(one.field)} VARCHAR" for one in rules.comparisons)
    connection.execute(f"CREATE TABLE scored (a BIGINT, b BIGINT, bits DOUBLE, cause VARCHAR, {fields})")


def score_pairs(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[LinkSource], rules: LinkRules, *, among: str = ""
) -> None:
    """Add to `scored` the pairs that meet and may be of one person; `among` names a table of rid, one of each pair's.

    Columns: a, b (rid, a < b), bits (log odds), cause (why it may not be linked by itself, else empty), a level a field.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE met AS {_meetings(sources, rules, among)}")
    levels = ", ".join(f"{_level(one)} AS {ident(one.field)}" for one in rules.comparisons)
    bits = " + ".join(_bits(one) for one in rules.comparisons)
    fields = ", ".join(ident(one.field) for one in rules.comparisons)
    number = ident(rules.identifier)
    connection.execute(
        f"INSERT INTO scored SELECT a, b, bits, {_cause(rules)}, {fields} FROM ("  # noqa: S608 - quoted names
        f"SELECT p.*, {_prior(connection)} + {bits} AS bits FROM ("
        f"SELECT met.a, met.b, a.has_twin OR b.has_twin AS has_twin, {_both_told(rules)} AS both_told, {levels} FROM met "
        f"JOIN records a ON a.rid = met.a JOIN records b ON b.rid = met.b) p JOIN weights w ON w.rid = p.a) "
        f"WHERE bits >= {rules.review_bits} OR {number} = 'same'"
    )


def _prior(connection: duckdb.DuckDBPyConnection) -> float:
    """The log odds before any evidence: of the records of the largest source one may be the person."""
    query = "SELECT max(n) FROM (SELECT count(*) AS n FROM records GROUP BY source)"
    return -math.log2(max(2, connection.execute(query).fetchall()[0][0] or 0))


def _meetings(sources: Sequence[LinkSource], rules: LinkRules, among: str) -> str:
    """SQL of the pairs (a < b) that share a block; a checked number meets by its first record, however often it stands."""
    number = ident(rules.identifier)
    checked = f"SELECT rid, min(rid) OVER (PARTITION BY {number}) AS first FROM records WHERE {ident(rules.identifier + '_ok')}"  # noqa: S608
    pairs = [f"SELECT first AS a, rid AS b FROM ({checked}) WHERE first < rid"]  # noqa: S608
    if among:
        pairs[0] += f" AND (first IN (FROM {among}) OR rid IN (FROM {among}))"
    for block in rules.blocks:
        keys = ", ".join(ident(name) for name in block)
        filled = " AND ".join(f"{ident(name)} IS NOT NULL" for name in block)
        groups = f"SELECT {keys} FROM records WHERE {filled} GROUP BY ALL HAVING count(*) BETWEEN 2 AND {rules.largest_block}"  # noqa: S608
        some = f"(SELECT * FROM records WHERE rid IN (FROM {among}))" if among else "records"  # noqa: S608
        side = "x.rid <> y.rid" if among else "x.rid < y.rid"
        pairs.append(
            f"SELECT least(x.rid, y.rid), greatest(x.rid, y.rid) FROM ({groups}) JOIN {some} x USING ({keys}) "  # noqa: S608
            f"JOIN records y USING ({keys}) WHERE {side} AND {_may_meet(sources, 'x.source', 'y.source')}"
        )
    return " UNION ".join(pairs)


def _may_meet(sources: Sequence[LinkSource], left: str, right: str) -> str:
    repeated = [str(place) for place, source in enumerate(sources) if not source.is_distinct]
    return f"({left} <> {right}" + (f" OR {left} IN ({', '.join(repeated)}))" if repeated else ")")


def _level(one: Comparison) -> str:
    name = ident(one.field)
    arms = " ".join(
        f"WHEN {LEVELS[one.prepare][level.is_](one.field)} THEN {literal(level.is_)}" for level in one.levels
    )
    return f"CASE WHEN a.{name} IS NULL OR b.{name} IS NULL THEN 'missing' {arms} END"


def _bits(one: Comparison) -> str:
    """The level's weight; that of the same value is the value's own."""
    name = ident(one.field)
    arms = " ".join(
        f"WHEN {literal(level.is_)} THEN {f'w.{name}' if level.u is None else round(level.bits, 6)}"
        for level in one.levels
    )
    return f"CASE p.{name} {arms} ELSE 0 END"


def _both_told(rules: LinkRules) -> str:
    """Whether both rows say for themselves what else their number would have told: only then it is evidence of its own."""
    told = [
        f"a.{ident(name + '_told')} AND b.{ident(name + '_told')}" for name in rules.vouched_by if name in rules.fields
    ]
    return " AND ".join(told) or "true"


def _is_vouched(rules: LinkRules) -> str:
    """Whether other fields speak for one person where number and name are at odds（号同名异的旁证）."""
    if not rules.vouched_by:
        return "false"
    agree = (f"{ident(name)} IN ({', '.join(map(literal, levels))})" for name, levels in rules.vouched_by.items())
    return f"(both_told AND {' AND '.join(agree)})"


def _cause(rules: LinkRules) -> str:
    """Why a person must look, whatever the weight: two numbers, one number and another name, a twin."""
    number = ident(rules.identifier)
    arms = [f"WHEN {number} = 'contradicts' THEN 'two-numbers'"]
    arms += [
        f"WHEN {number} = 'same' AND {ident(name)} = 'other' AND NOT {_is_vouched(rules)} THEN 'other-name'"
        for name in rules.identifier_needs
    ]
    if rules.twins:
        told = " OR ".join(
            f"{ident(name)} IN ({', '.join(map(literal, levels))})" for name, levels in rules.twins.unless.items()
        )
        arms.append(f"WHEN has_twin AND NOT ({told}) THEN 'twins'")
    return f"CASE {' '.join(arms)} ELSE '' END"


def refuse_repeated_keys(connection: duckdb.DuckDBPyConnection, sources: Sequence[LinkSource]) -> None:
    """Refuse a source whose key is empty or repeated: its rows could not be known again."""
    query = "SELECT source, count(*) FROM (SELECT source, key FROM records GROUP BY ALL HAVING count(*) > 1 OR key IS NULL) GROUP BY 1 LIMIT 1"
    for place, count in connection.execute(query).fetchall():
        source = sources[place]
        raise Refused(
            "tables.linkage.repeated-key",
            f"来源 {source.name} 的主键 {source.key} 有 {count} 个取值重复或为空，下次无法认出同一行；请换用唯一的字段。",
            f"{count} values of {source.key} in {source.name} are repeated or empty, so its rows could not be known again; "
            "use a unique key.",
            facts={"source": source.name, "key": source.key, "count": count},
        )
