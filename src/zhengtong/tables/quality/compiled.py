"""Rules compiled to SQL elsewhere（FEEL 质量规则）: one query that judges them all, whatever stages it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhengtong.tables.engine import Connection, ident
from zhengtong.tables.plain import plain_sql
from zhengtong.tables.quality.check import Check
from zhengtong.tables.snapshot import Snapshot

#: the relation that the compiled query reads, and the column of it that says which row one is
ROWS, PLACE = "rows_to_check", "place"


@dataclass(frozen=True)
class Compiled:
    """A query over `rows_to_check` that gives `place` through and a truth a rule; its checks name those columns.

    `predicate` and `when` of these checks are the names of columns of the query, not SQL.
    """

    sql: str
    columns: tuple[str, ...]
    checks: tuple[Check, ...]


def count_compiled(connection: Connection, numbered: str, compiled: Compiled) -> dict[str, tuple[int, int]]:
    """Return rows judged and passed for each rule, all in one pass."""
    parts = []
    for check in compiled.checks:
        judged = f"coalesce({ident(check.when)}, false)" if check.when else "true"
        parts += [f"count(*) FILTER ({judged})", f"count(*) FILTER ({judged} AND {ident(check.predicate)})"]
    row = connection.execute(f"SELECT {', '.join(parts)} FROM {_judged(numbered, compiled)}").fetchall()[0]  # noqa: S608
    return {check.id: (row[2 * n], row[2 * n + 1]) for n, check in enumerate(compiled.checks)}


def sample_compiled(
    connection: Connection,
    snapshot: Snapshot,
    numbered: str,
    row_name: str,
    compiled: Compiled,
    failing: Sequence[Check],
    keys: tuple[str, ...],
    most: int,
) -> dict[str, tuple[dict[str, Any], ...]]:
    """Return the first failing rows of each failing rule: their places first, then the cells of those rows alone."""
    found = {}
    for check in failing:
        judged = f"coalesce({ident(check.when)}, false) AND " if check.when else ""
        wrong = f"SELECT {PLACE} FROM {_judged(numbered, compiled)} WHERE {judged}NOT coalesce({ident(check.predicate)}, false)"  # noqa: S608
        places = [int(row[0]) for row in connection.execute(f"{wrong} ORDER BY 1 LIMIT {most}").fetchall()]
        names = tuple(dict.fromkeys([*keys, *check.columns]))
        listed = ", ".join(
            f"{plain_sql(ident(name), snapshot.schema.column(name).type)} AS {ident(name)}" for name in names
        )
        query = f"SELECT {row_name}, {listed} FROM {numbered} WHERE {row_name} IN ({', '.join(map(str, places))}) ORDER BY 1"  # noqa: S608
        rows = connection.execute(query).fetchall() if places else []
        found[check.id] = tuple(dict(zip(("row", *names), row, strict=True)) for row in rows)
    return found


def _judged(numbered: str, compiled: Compiled) -> str:
    return f"(WITH {ROWS} AS (SELECT * FROM {numbered}) SELECT * FROM ({compiled.sql}))"  # noqa: S608 - compiled rules
