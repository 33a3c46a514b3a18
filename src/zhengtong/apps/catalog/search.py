"""The catalogue found by words（目录检索）: characters, pinyin, initials, codes; one index table, no rows read.

FTS5 on SQLite, a tsvector with GIN on PostgreSQL. Tokens are those of `kit.grams`; every token of every word must stand in
an entry, so what is found contains the words (within a bigram's doubt) and the index answers by intersection alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import connection

from zhengtong.kit.grams import HAN, bigrams, document_grams, letter_grams, spell
from zhengtong.kit.text import to_search_key

TABLE = "catalog_search"
LONGEST_QUERY = 80
CREATE = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(grams, detail=none, "
        "tokenize = \"unicode61 remove_diacritics 0 tokenchars '_'\")",
    ),
    "postgresql": (
        f"CREATE TABLE {TABLE} (rowid bigint PRIMARY KEY, grams tsvector NOT NULL)",
        f"CREATE INDEX {TABLE}_grams ON {TABLE} USING gin (grams)",
    ),
}
#: what an entry is found by: id, texts, and the titles that are also found by their sound
ENTRIES = (
    "SELECT r.id, r.title_zh, r.title_en, r.name, r.code, r.summary_zh, r.summary_en, o.name_zh "
    "FROM catalog_resource r JOIN people_organisation o ON o.id = r.provider_id"
)
FIELDS = "SELECT resource_id, title_zh, title_en, name FROM catalog_resourcefield"


def create(connection: Any) -> None:
    """Create the index in a database."""
    with connection.cursor() as cursor:
        for statement in CREATE[connection.vendor]:
            cursor.execute(statement)


def drop(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def fill(connection: Any) -> None:
    """Index every entry there is."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM catalog_resource WHERE id NOT IN (SELECT rowid FROM {TABLE})")  # noqa: S608
        ids = [id for (id,) in cursor.fetchall()]
    for start in range(0, len(ids), 500):
        reindex(ids[start : start + 500], connection)


def reindex(ids: Iterable[int], connection: Any = connection) -> None:
    """Write entries into the index in place of what it held of them, in the caller's transaction."""
    wanted = list(ids)
    if not wanted:
        return
    marks = ", ".join(["%s"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(f"{FIELDS} WHERE resource_id IN ({marks})", wanted)
        named: dict[int, list[str]] = {}
        for resource_id, *texts in cursor.fetchall():
            named.setdefault(resource_id, []).extend(texts)
        cursor.execute(f"{ENTRIES} WHERE r.id IN ({marks})", wanted)
        documents = [(id, _tokens(texts, named.get(id, []))) for id, *texts in cursor.fetchall()]
        cursor.execute(f"DELETE FROM {TABLE} WHERE rowid IN ({marks})", wanted)  # noqa: S608
        value = "%s" if connection.vendor == "sqlite" else "array_to_tsvector(%s)"
        rows = [(id, " ".join(tokens) if connection.vendor == "sqlite" else tokens) for id, tokens in documents]
        cursor.executemany(f"INSERT INTO {TABLE} (rowid, grams) VALUES (%s, {value})", rows)  # noqa: S608


def _tokens(texts: list[str], fields: list[str]) -> list[str]:
    title_zh, title_en, name, code, *rest = texts
    grams = document_grams([title_zh, title_en, name.replace("-", " "), *rest, *fields], spell(title_zh))
    # bigrams cannot find a lone character: those of titles stand for themselves
    return sorted({*grams, _code(code), *(f"u_{char}" for run in HAN.findall(title_zh) for char in run)})


def _code(code: str) -> str:
    return "c_" + re.sub(r"[^0-9a-z]", "_", code.lower())


def where(q: str) -> tuple[str, list[str]] | None:
    """Return SQL (and its parameters) of the ids that a query finds; None when it asks for nothing."""
    written = q.strip()[:LONGEST_QUERY]
    if not written:
        return None
    if re.fullmatch(r"\d{3,}(/\w*)?", written):
        groups = [[[_code(written) + "*"]]]
    else:
        groups = [[way for way in _alternatives(word) if way] for word in to_search_key(written).split()]
    groups = [group for group in groups if group]  # signs among words narrow nothing
    if not groups:
        return f"SELECT rowid FROM {TABLE} WHERE 1 = 0", []  # noqa: S608 - signs alone stand in no entry
    sqlite = connection.vendor == "sqlite"
    either, both = (" OR ", " AND ") if sqlite else (" | ", " & ")
    quoted = _fts5 if sqlite else _tsquery
    match = both.join(
        "(" + either.join("(" + both.join(map(quoted, way)) + ")" for way in group) + ")" for group in groups
    )
    found = f"{TABLE} MATCH %s" if sqlite else "grams @@ CAST(%s AS tsquery)"
    return f"SELECT rowid FROM {TABLE} WHERE {found}", [match]  # noqa: S608


def _alternatives(word: str) -> list[list[str]]:
    """Return the ways an entry may have a word: its grams, and letters also as pinyin or initials; `*` marks a beginning."""
    if HAN.fullmatch(word) and len(word) == 1:
        return [
            [
                f"u_{word}",
            ],
            [word],
        ]
    ways = [[gram if HAN.search(gram) else f"{gram}*" for gram in sorted(bigrams(word))]]
    if re.fullmatch(r"[a-z]{2,}", word):
        ways += [sorted(letter_grams(word))] if len(word) >= 3 else []
        ways.append(sorted({f"i_{word[at : at + 2]}" for at in range(len(word) - 1)}))
    return ways


def _fts5(token: str) -> str:
    bare = token.rstrip("*").replace('"', '""')
    return f'"{bare}"' + ("*" if token.endswith("*") else "")


def _tsquery(token: str) -> str:
    bare = token.rstrip("*").replace("'", "''").replace("\\", "\\\\")
    return f"'{bare}'" + (":*" if token.endswith("*") else "")
