"""A person keeps the identifier（稳定标识）from run to run, whatever rows come, change and go; splits and merges are recorded."""

from __future__ import annotations

import duckdb

from zhengtong.tables.engine import literal

#: prefix of the identifiers of each kind
PREFIXES = {"resident": "R", "legal-entity": "E"}
_DIGITS = 10


def give_identifiers(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Leave in `named` the identifier of each root of `grouped` (rid, root), and in `happened` what befell old ones.

    `before` (rid, entity) has the last run's identifiers of the rows that are still there; `retired` every number ever
    taken. An identifier goes with the most of its rows, to one person only; a person who could have several takes the one
    with most rows, the older of equals. What is left over was merged; what moved elsewhere was split; new ones count on.
    """
    prefix = PREFIXES[kind]
    connection.execute("""
        CREATE TEMP TABLE claims AS
        SELECT entity, root, count(*) AS rows FROM before JOIN grouped USING (rid) GROUP BY ALL""")
    connection.execute("""
        CREATE TEMP TABLE homes AS
        SELECT entity, root, rows FROM claims
        QUALIFY row_number() OVER (PARTITION BY entity ORDER BY rows DESC, root) = 1""")
    connection.execute("""
        CREATE TEMP TABLE inherited AS
        SELECT root, entity FROM homes QUALIFY row_number() OVER (PARTITION BY root ORDER BY rows DESC, entity) = 1""")
    taken = connection.execute(
        f"SELECT coalesce(max(CAST(substr(entity, {len(prefix) + 1}) AS BIGINT)), 0) FROM retired"  # noqa: S608 - a constant
    ).fetchall()[0][0]
    connection.execute(f"""
        CREATE TEMP TABLE named AS
        SELECT root, entity FROM inherited UNION ALL
        SELECT root, {literal(prefix)} || lpad(CAST({taken} + row_number() OVER (ORDER BY root) AS VARCHAR), {_DIGITS}, '0')
        FROM (SELECT DISTINCT root FROM grouped) ANTI JOIN inherited USING (root)""")  # noqa: S608 - numbers and constants
    connection.execute("""
        CREATE TEMP TABLE happened AS
        SELECT 'merged' AS kind, h.entity, n.entity AS other
        FROM homes h JOIN named n USING (root) WHERE n.entity <> h.entity
        UNION ALL
        SELECT DISTINCT 'split', c.entity, n.entity
        FROM claims c JOIN named n USING (root) JOIN homes h ON h.entity = c.entity WHERE h.root <> c.root
        UNION ALL
        SELECT 'ended', r.entity, '' FROM living r ANTI JOIN claims USING (entity)""")
