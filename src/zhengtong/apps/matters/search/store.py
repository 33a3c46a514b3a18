"""Where the index lives（索引存储）: FTS5 on SQLite, a tsvector with GIN on PostgreSQL; the same four functions on both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

TABLE = "matters_search"
CREATE = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(grams, tokenize = \"unicode61 remove_diacritics 0 tokenchars '_'\")",
        f"CREATE VIRTUAL TABLE {TABLE}_terms USING fts5vocab({TABLE}, 'row')",
    ),
    "postgresql": (
        f"CREATE TABLE {TABLE} (rowid bigint PRIMARY KEY, grams tsvector NOT NULL)",
        f"CREATE INDEX {TABLE}_grams ON {TABLE} USING gin (grams)",
    ),
}
DROP = {
    "sqlite": (f"DROP TABLE IF EXISTS {TABLE}_terms", f"DROP TABLE IF EXISTS {TABLE}"),
    "postgresql": (f"DROP TABLE IF EXISTS {TABLE}",),
}


def create(connection: Any) -> None:
    """Create the index in a database."""
    _run(connection, CREATE[connection.vendor])


def drop(connection: Any) -> None:
    """Remove the index from a database."""
    _run(connection, DROP[connection.vendor])


def write(documents: Mapping[int, Iterable[str]]) -> None:
    """Put documents into the index, id → tokens, in place of what it held under these ids. In the caller's transaction."""
    if not documents:
        return
    joined = [(id, sorted(grams)) for id, grams in documents.items()]
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(id,) for id, _ in joined])  # noqa: S608
        if connection.vendor == "sqlite":
            rows: list[tuple[int, Any]] = [(id, " ".join(grams)) for id, grams in joined]
            cursor.executemany(f"INSERT INTO {TABLE} (rowid, grams) VALUES (%s, %s)", rows)  # noqa: S608
        else:
            cursor.executemany(
                f"INSERT INTO {TABLE} (rowid, grams) VALUES (%s, array_to_tsvector(%s))",  # noqa: S608
                joined,
            )


def count_by_gram(grams: Sequence[str]) -> dict[str, int]:
    """Return in how many documents each token stands; tokens that stand in none are left out."""
    if not grams:
        return {}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(grams))
            cursor.execute(f"SELECT term, doc FROM {TABLE}_terms WHERE term IN ({marks})", list(grams))  # noqa: S608
        else:
            cursor.execute(
                f"SELECT gram, (SELECT count(*) FROM {TABLE} WHERE grams @@ quote_literal(gram)::tsquery)"  # noqa: S608
                " FROM unnest(%s::text[]) AS gram",
                [list(grams)],
            )
        return {gram: count for gram, count in cursor.fetchall() if count}


def find(grams: Sequence[str], limit: int) -> list[int]:
    """Return the ids of documents with any of the tokens, those with more and rarer ones first."""
    if not grams:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            query = " OR ".join(f'"{gram}"' for gram in grams)
            cursor.execute(
                f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s ORDER BY rank, rowid LIMIT %s",  # noqa: S608
                [query, limit],
            )
        else:
            query = " | ".join("'" + gram.replace("'", "''") + "'" for gram in grams)
            cursor.execute(
                f"SELECT rowid FROM {TABLE}, CAST(%s AS tsquery) AS query WHERE grams @@ query"  # noqa: S608
                " ORDER BY ts_rank(grams, query) DESC, rowid LIMIT %s",
                [query, limit],
            )
        return [id for (id,) in cursor.fetchall()]


def count() -> int:
    """Return how many documents the index holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {TABLE}")  # noqa: S608
        return int(cursor.fetchone()[0])


def _run(connection: Any, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
