"""Tables of several sources become one register of persons（数据关联）: prepare, meet, weigh, settle, name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from zhengtong.tables.engine import connect, ident, literal
from zhengtong.tables.linkage.identities import give_identifiers
from zhengtong.tables.linkage.levels import ONE_SLIP
from zhengtong.tables.linkage.pairing import (
    LinkSource,
    create_scored,
    measure_frequencies,
    prepare_records,
    refuse_repeated_keys,
    score_pairs,
)
from zhengtong.tables.linkage.rules import LinkRules
from zhengtong.tables.linkage.settling import About, Edge, Settled, settle
from zhengtong.tables.parts import ROWS_PER_GROUP, PartWriter, publish_parts
from zhengtong.tables.schema import Schema
from zhengtong.tables.snapshot import Snapshot
from zhengtong.tables.store import Store

MEMBERS = Schema.of(
    entity="text",
    source="text",
    record="text",
    digest="text",
    bits="double",
    reason="text",
    with_source="text",
    with_record="text",
)
REVIEWS = Schema.of(
    source="text", record="text", other_source="text", other_record="text", bits="double", cause="text", reason="text"
)
HISTORY = Schema.of(run="integer", kind="text", entity="text", other="text")


@dataclass(frozen=True)
class Decision:
    """What a person judged of two rows（人工认定）: of one person, or not; it stands before any weight."""

    source: str
    record: str
    other_source: str
    other_record: str
    is_same: bool


@dataclass(frozen=True)
class Linked:
    """One run of linkage（关联结果）, three snapshots.

    `members`: every row of every source with its person's identifier, and its strongest link: log odds, reason
    (`describe_reason` says it in words), with which row. `reviews`: pairs a person must judge, with the cause: uncertain,
    ambiguous, taken, two-numbers, other-name, twins. `history`: identifiers merged into, split to, ended — of all runs.
    """

    members: Snapshot
    reviews: Snapshot
    history: Snapshot
    entities: int
    linked: int
    compared: int

    @property
    def events(self) -> int:
        return self.history.manifest.rows


def link(
    sources: Sequence[LinkSource],
    rules: LinkRules,
    store: Store,
    name: str,
    *,
    decided: Sequence[Decision] = (),
    whole: bool = False,
) -> Linked:
    """Link the rows of the sources and return who is who; kept on the shelves `<name>.members`, `.reviews`, `.history`.

    A later run of the same name looks only at rows that came, changed or went, and at those they touch, unless `whole`;
    identifiers go on either way. Cost: 100,000 × 100,000 rows in seconds; memory as `store.limits`, and some 500 bytes a
    pair found likely.
    """
    previous = store.shelf(f"{name}.members").latest()
    with connect(store.limits, ordered=False) as connection:
        connection.execute(ONE_SLIP)
        prepare_records(connection, sources, rules)
        refuse_repeated_keys(connection, sources)
        measure_frequencies(connection, rules)
        create_scored(connection, rules)
        _recall(connection, store, name, [source.name for source in sources])
        _take_decisions(connection, decided, [source.name for source in sources])
        if previous is None or whole:
            connection.execute("CREATE TABLE touched AS SELECT rid FROM records")
            score_pairs(connection, sources, rules)
        else:
            _score_touched(connection, sources, rules)
        settled = _settle(connection, sources, rules)
        _group(connection, settled)
        give_identifiers(connection, rules.kind)
        return _keep(connection, store, name, rules, [source.name for source in sources], len(settled.links))


def _recall(connection: duckdb.DuckDBPyConnection, store: Store, name: str, names: list[str]) -> None:
    """Leave what the last run knew: `known` and `judged` rows, `before`, `living`, `retired` identifiers."""
    listed = (
        "(VALUES " + ", ".join(f"({place}, {literal(one)})" for place, one in enumerate(names)) + ") s(place, name)"
    )
    members, reviews, history = (store.shelf(f"{name}.{one}").latest() for one in ("members", "reviews", "history"))
    known = _scan(members, MEMBERS)
    connection.execute(
        f"CREATE TABLE known AS SELECT k.*, r.rid, r.digest = k.digest AS is_same FROM {known} k "  # noqa: S608 - quoted
        f"LEFT JOIN {listed} ON s.name = k.source LEFT JOIN records r ON r.source = s.place AND r.key = k.record"
    )
    connection.execute(
        f"CREATE TABLE judged AS SELECT v.*, a.rid AS a, b.rid AS b FROM {_scan(reviews, REVIEWS)} v "  # noqa: S608
        "LEFT JOIN known a ON a.source = v.source AND a.record = v.record "
        "LEFT JOIN known b ON b.source = v.other_source AND b.record = v.other_record"
    )
    connection.execute(f"CREATE TABLE history AS SELECT * FROM {_scan(history, HISTORY)}")  # noqa: S608
    connection.execute("CREATE TABLE before AS SELECT rid, entity FROM known WHERE rid IS NOT NULL")
    connection.execute("CREATE TABLE living AS SELECT DISTINCT entity FROM known")
    connection.execute("CREATE TABLE retired AS SELECT entity FROM known UNION SELECT entity FROM history")


def _take_decisions(connection: duckdb.DuckDBPyConnection, decided: Sequence[Decision], names: list[str]) -> None:
    """Leave in `decided` the rows (a < b) a person judged; of several words on one pair the last counts."""
    connection.execute("CREATE TABLE decided (a BIGINT, b BIGINT, is_same BOOLEAN)")
    last = {frozenset(((one.source, one.record), (one.other_source, one.other_record))): one.is_same for one in decided}
    for pair, is_same in last.items():
        query = (
            "SELECT min(rid), max(rid) FROM records WHERE (source, key) IN (VALUES (?, ?), (?, ?)) HAVING count(*) = 2"
        )
        places = [
            value for source, record in pair for value in (names.index(source) if source in names else -1, record)
        ]
        for a, b in connection.execute(query, places).fetchall() if len(pair) == 2 else []:
            connection.execute("INSERT INTO decided VALUES (?, ?, ?)", [a, b, is_same])


def _scan(snapshot: Snapshot | None, schema: Schema) -> str:
    if snapshot is not None:
        return snapshot.scan()
    nothing = ", ".join(
        f"CAST(NULL AS {'BIGINT' if c.type == 'integer' else 'DOUBLE' if c.type == 'double' else 'VARCHAR'}) AS {ident(c.name)}"
        for c in schema.columns
    )
    return f"(SELECT {nothing} WHERE false)"  # noqa: S608


def _score_touched(connection: duckdb.DuckDBPyConnection, sources: Sequence[LinkSource], rules: LinkRules) -> None:
    """Score what changed against everything, then whatever that could change in turn, until nothing more is touched."""
    connection.execute("""
        CREATE TABLE touched AS
        SELECT rid FROM records ANTI JOIN known USING (rid)
        UNION SELECT rid FROM known WHERE rid IS NOT NULL
            AND entity IN (SELECT entity FROM known WHERE rid IS NULL OR NOT is_same)
        UNION SELECT unnest([a, b]) FROM judged
            WHERE a IS NULL OR b IS NULL OR a IN (SELECT rid FROM known WHERE NOT is_same)
               OR b IN (SELECT rid FROM known WHERE NOT is_same)
        UNION SELECT rid FROM known WHERE entity IN (
            SELECT unnest([ka.entity, kb.entity]) FROM decided d
            JOIN known ka ON ka.rid = d.a JOIN known kb ON kb.rid = d.b WHERE (ka.entity = kb.entity) <> d.is_same)
        UNION SELECT unnest([d.a, d.b]) FROM decided d JOIN judged j ON j.a IN (d.a, d.b) AND j.b IN (d.a, d.b)""")
    connection.execute("DELETE FROM touched WHERE rid IS NULL")
    connection.execute("CREATE TABLE fresh AS FROM touched")
    while connection.execute("SELECT count(*) FROM fresh").fetchall()[0][0]:
        score_pairs(connection, sources, rules, among="fresh")
        connection.execute("""
            CREATE OR REPLACE TABLE fresh AS
            SELECT DISTINCT k.rid FROM known k
            WHERE k.rid IS NOT NULL AND k.entity IN (
                SELECT o.entity FROM known o
                WHERE o.rid IN (SELECT unnest([a, b]) FROM scored) AND o.rid NOT IN (FROM touched))
              AND k.rid NOT IN (FROM touched)""")
        connection.execute("INSERT INTO touched FROM fresh")
    connection.execute("CREATE OR REPLACE TABLE scored AS SELECT DISTINCT * FROM scored")


def _settle(connection: duckdb.DuckDBPyConnection, sources: Sequence[LinkSource], rules: LinkRules) -> Settled:
    weighed = "SELECT a, b, bits, cause FROM scored ANTI JOIN decided USING (a, b) UNION ALL SELECT a, b, NULL, '' FROM decided WHERE is_same"
    # what a person judged to be one weighs more than anything
    edges = [
        Edge(a, b, math.inf if bits is None else bits, cause)
        for a, b, bits, cause in connection.execute(weighed).fetchall()
    ]
    number = ident(rules.identifier)
    query = (
        f"SELECT rid, source, CASE WHEN {ident(rules.identifier + '_ok')} THEN {number} END FROM records "  # noqa: S608
        "WHERE rid IN (SELECT unnest([a, b]) FROM scored UNION SELECT unnest([a, b]) FROM decided)"
    )
    about = {rid: About(source, number) for rid, source, number in connection.execute(query).fetchall()}
    distinct = frozenset(place for place, source in enumerate(sources) if source.is_distinct)
    return settle(edges, about, distinct, rules.link_bits, rules.margin_bits)


def _group(connection: duckdb.DuckDBPyConnection, settled: Settled) -> None:
    """Leave the root of every row in `grouped`, the links in `chosen`, what must be judged in `pending`."""
    roots, links, reviews = settled.roots, settled.links, settled.reviews
    found = pa.table({"rid": pa.array(list(roots), pa.int64()), "root": pa.array(list(roots.values()), pa.int64())})
    chosen = _edges(links)
    pending = _edges([edge for edge, _ in reviews]).append_column(
        "cause", pa.array([cause for _, cause in reviews], pa.string())
    )
    for name, table in (("found", found), ("chosen", chosen), ("pending", pending)):
        connection.register(f"{name}_arrow", table)
        connection.execute(f"CREATE TABLE {name} AS FROM {name}_arrow")
        connection.unregister(f"{name}_arrow")
    # a row nobody touched stays with the rows it was with
    connection.execute("""
        CREATE TABLE grouped AS
        SELECT r.rid, coalesce(f.root, old.root, r.rid) AS root FROM records r
        LEFT JOIN found f USING (rid)
        LEFT JOIN (SELECT rid, min(rid) OVER (PARTITION BY entity) AS root FROM known
                   WHERE rid IS NOT NULL AND rid NOT IN (FROM touched)) old USING (rid)""")


def _edges(edges: Sequence[Edge]) -> pa.Table:
    return pa.table(
        {"a": pa.array([edge.a for edge in edges], pa.int64()), "b": pa.array([edge.b for edge in edges], pa.int64())}
    )


def _keep(
    connection: duckdb.DuckDBPyConnection, store: Store, name: str, rules: LinkRules, names: list[str], linked: int
) -> Linked:
    listed = (
        "(VALUES " + ", ".join(f"({place}, {literal(one)})" for place, one in enumerate(names)) + ") s(place, name)"
    )
    told = " || ' ' || ".join(f"{literal(one.field + '=')} || {ident(one.field)}" for one in rules.comparisons)
    # what was empty on a side says nothing and is left out
    reason = f"trim(regexp_replace({told}, '[a-z-]+=missing ?', '', 'g'))"
    connection.execute(
        f"CREATE TABLE rows AS SELECT r.rid, r.key, r.digest, s.name AS source FROM records r JOIN {listed} ON s.place = r.source"  # noqa: S608
    )
    connection.execute(
        f"CREATE TABLE strongest AS SELECT rid, other, bits, reason FROM ("  # noqa: S608 - quoted names
        f"SELECT unnest([a, b]) AS rid, unnest([b, a]) AS other, bits, coalesce({reason}, 'decided') AS reason FROM chosen LEFT JOIN scored USING (a, b)) "
        "QUALIFY row_number() OVER (PARTITION BY rid ORDER BY bits DESC, other) = 1"
    )
    members = keep_rows(
        connection,
        store,
        f"{name}.members",
        MEMBERS,
        "SELECT n.entity, r.source, r.key, r.digest, coalesce(t.bits, k.bits), coalesce(t.reason, k.reason), "
        "coalesce(o.source, k.with_source), coalesce(o.key, k.with_record) "
        "FROM rows r JOIN grouped g USING (rid) JOIN named n USING (root) LEFT JOIN strongest t USING (rid) "
        "LEFT JOIN rows o ON o.rid = t.other "
        "LEFT JOIN (SELECT * FROM known WHERE rid IS NOT NULL AND rid NOT IN (FROM touched)) k ON k.rid = r.rid "
        "ORDER BY n.entity, r.rid",
    )
    reviews = keep_rows(
        connection,
        store,
        f"{name}.reviews",
        REVIEWS,
        f"SELECT ra.source, ra.key, rb.source, rb.key, s.bits, p.cause, {reason} FROM pending p JOIN scored s USING (a, b) "  # noqa: S608
        "JOIN rows ra ON ra.rid = a JOIN rows rb ON rb.rid = b "
        f"UNION ALL SELECT {', '.join(ident(c) for c in REVIEWS.names)} FROM judged WHERE a IS NOT NULL AND b IS NOT NULL "
        "AND a NOT IN (FROM touched) AND b NOT IN (FROM touched) ORDER BY 5 DESC, 1, 2, 3, 4",
    )
    history = keep_rows(
        connection,
        store,
        f"{name}.history",
        HISTORY,
        "SELECT run, kind, entity, other FROM history UNION ALL "
        "SELECT (SELECT coalesce(max(run), 0) + 1 FROM history), kind, entity, other FROM happened ORDER BY 1, 2, 3, 4",
    )
    entities, compared = (
        connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]  # noqa: S608 - two constants
        for table in ("named", "scored")
    )
    return Linked(members, reviews, history, entities, linked, compared)


def keep_rows(connection: duckdb.DuckDBPyConnection, store: Store, name: str, schema: Schema, query: str) -> Snapshot:
    """Return what a query gives as the next snapshot of a shelf."""
    shelf = store.shelf(name)
    staged = shelf.stage()
    writer = PartWriter(staged, schema)
    for batch in connection.execute(query).to_arrow_reader(ROWS_PER_GROUP):
        writer.write(pa.RecordBatch.from_arrays(batch.columns, names=list(schema.names)))
    return publish_parts(shelf, staged, writer)
