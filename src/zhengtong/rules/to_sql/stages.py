"""Stages of a query（分步）: a value used more than once becomes a column, computed once before the rest.

`WITH s1 AS (SELECT *, … AS v1 FROM source), s2 AS (SELECT *, f(v1) AS v2 FROM s1) SELECT …`: columns that depend only on
earlier stages share one. Text stays linear in the rule's size, engines compute each column once, vectorised.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_COLUMN = re.compile(r"\bzt\d+\b")


class Stages:
    """Collects the columns of one query. Inside a list's lambda nothing can become a column: `depth` counts those.

    `fence` keeps an engine from pulling the stages into one again.
    """

    def __init__(self, fence: str = "") -> None:
        self.fence = fence
        self._level: dict[str, int] = {}
        self._by_text: dict[str, str] = {}
        self._columns: dict[int, list[tuple[str, str]]] = {}
        self.depth = 0

    def name(self, sql: str) -> str:
        """Return the column that holds the value of `sql`."""
        if sql in self._by_text:
            return self._by_text[sql]
        column = f"zt{len(self._level) + 1}"
        level = 1 + max((self._level[used] for used in _COLUMN.findall(sql)), default=0)
        self._level[column] = level
        self._columns.setdefault(level, []).append((column, sql))
        self._by_text[sql] = column
        return column

    def render(self, source: str, outputs: str) -> str:
        """Return the whole query over a source relation."""
        if not self._columns:
            return f"SELECT {outputs} FROM {source}"  # noqa: S608 - built from quoted names and literals
        parts, before = [], source
        for level in sorted(self._columns):
            columns = ", ".join(f"{sql} AS {column}" for column, sql in self._columns[level])
            parts.append(f"zts{level} AS (SELECT *, {columns} FROM {before}{self.fence})")  # noqa: S608
            before = f"zts{level}"
        return "WITH " + ",\n".join(parts) + f"\nSELECT {outputs} FROM {before}"  # noqa: S608


Let = Callable[[str, Callable[[str], str]], str]
