"""Stages of a query（分步）: a value used more than once becomes a column, computed once before the rest.

`WITH s1 AS (SELECT *, … AS v1 FROM source), s2 AS (SELECT *, f(v1) AS v2 FROM s1) SELECT …`: columns that depend only on
earlier stages share one. Text stays linear in the rule's size, engines compute each column once, vectorised.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

_COLUMN = re.compile(r"\bzt\d+\b")
#: a column's name outside quoted text
_USED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\b(zt\d+)\b""")
#: what is evaluated once for each item of a list; nothing is moved into it
_REPEATED = re.compile(r"lambda |->|\bSELECT\b")
#: expressions nested deeper are kept apart: engines limit the depth of what they parse
_DEEPEST = 60
#: a value written twice in one branch of a CASE may be up to so long: twice for the few is less than once for everybody
_LONGEST_TWICE = 600


class Stages:
    """Collects the columns of one query. Inside a list's lambda nothing can become a column: `depth` counts those.

    `fence` keeps an engine from pulling the stages into one again.
    """

    def __init__(self, fence: str = "") -> None:
        self.fence = fence
        self._level: dict[str, int] = {}
        self._by_text: dict[str, str] = {}
        self._columns: dict[int, list[tuple[str, str]]] = {}
        self._only_where: list[tuple[str, str]] = []
        self.depth = 0

    def only_where(self, hit: str, branch: str) -> None:
        """Tell that a text of the outputs is evaluated only for the rows where the column `hit` is true."""
        self._only_where.append((hit, branch))

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
        levels, outputs = self._settled(outputs)
        if not levels:
            return f"SELECT {outputs} FROM {source}"  # noqa: S608 - built from quoted names and literals
        parts, before = [], source
        for level in sorted(levels):
            columns = ", ".join(f"{sql} AS {column}" for column, sql in levels[level])
            parts.append(f"zts{level} AS (SELECT *, {columns} FROM {before}{self.fence})")  # noqa: S608
            before = f"zts{level}"
        return "WITH " + ",\n".join(parts) + f"\nSELECT {outputs} FROM {before}"  # noqa: S608

    def _settled(self, outputs: str) -> tuple[dict[int, list[tuple[str, str]]], str]:
        """Return the columns that stay, by level, and the outputs: what is used once stands where it is used.

        There a CASE evaluates it only for the rows that come so far, and no stage has to carry it.
        """
        texts, only_for = self._guarded(
            [pair for level in sorted(self._columns) for pair in self._columns[level]], outputs
        )
        uses: Counter[str] = Counter()
        for _, sql in [*texts, ("", outputs)]:
            weight = 2 if _REPEATED.search(sql) else 1
            uses.update({name: weight * count for name, count in _names_in(sql).items()})
        uses.update(only_for.values())
        spared = {name for _, sql in texts for name in _only_in_branches(sql) if uses[name] == _names_in(sql)[name]}
        once: dict[str, tuple[str, int]] = {}
        levels: dict[int, list[tuple[str, str]]] = {}
        level_of: dict[str, int] = {}
        for column, sql in texts:
            text, depth = _moved_in(sql, once)
            is_spared = len(text) <= _LONGEST_TWICE and column in spared
            if (uses[column] <= 1 or is_spared) and depth < _DEEPEST:
                once[column] = (text, depth)
                continue
            if (hit := only_for.get(column)) is not None:
                text = f"(CASE WHEN {hit} THEN {text} END)"
            level = 1 + max((level_of.get(name, 0) for name in _names_in(text)), default=0)
            level_of[column] = level
            levels.setdefault(level, []).append((column, text))
        return levels, _moved_in(outputs, once)[0]

    def _guarded(self, texts: list[tuple[str, str]], outputs: str) -> tuple[list[tuple[str, str]], dict[str, str]]:
        """Return the columns in an order that can be run, and for those only branches use the column that says for whom.

        Two rules beside each other share what they share, yet what concerns the few is not computed for everybody.
        """
        total, branches = _names_in(outputs), [(hit, _names_in(branch)) for hit, branch in self._only_where]
        hits: dict[str, set[str]] = {}
        for hit, names in branches:
            for name in names:
                hits.setdefault(name, set()).add(hit)
        inside = sum((names for _, names in branches), Counter[str]())
        only_for = {name: min(found) for name, found in hits.items() if len(found) == 1 and inside[name] >= total[name]}
        everybody = total.keys() - only_for.keys()
        for column, sql in reversed(texts):
            wanted = None if column in everybody or _REPEATED.search(sql) else only_for.get(column)
            if wanted is None:
                only_for.pop(column, None)
            for name in _names_in(sql):
                if wanted is None or only_for.setdefault(name, wanted) != wanted:
                    everybody |= {name}
        return _in_order(texts, only_for), only_for


def _in_order(texts: list[tuple[str, str]], only_for: dict[str, str]) -> list[tuple[str, str]]:
    """Return the columns, each behind those its text names and the one that says for whom it is computed."""
    waiting, ordered = dict(texts), dict[str, str]()

    def put(column: str) -> None:
        sql = waiting.pop(column)
        for name in (*_names_in(sql), only_for.get(column)):
            if name in waiting:
                put(name)
        ordered[column] = sql

    for column, _ in texts:
        if column in waiting:
            put(column)
    return list(ordered.items())


def _only_in_branches(sql: str) -> list[str]:
    """Return the columns a CASE uses exactly twice and only behind its first condition: for the rows that come so far."""
    start = sql.find(" THEN ")
    if not sql.startswith("(CASE WHEN") or start < 0 or _REPEATED.search(sql):
        return []
    before = _names_in(sql[:start])
    return [name for name, count in _names_in(sql).items() if count == 2 and name not in before]


def _names_in(sql: str) -> Counter[str]:
    return Counter(found[1] for found in _USED.finditer(sql) if found[1])


def _moved_in(sql: str, once: dict[str, tuple[str, int]]) -> tuple[str, int]:
    """Return the text with the columns used once put in place of their names, and how deep it nests."""
    depth = 0

    def put(found: re.Match[str]) -> str:
        nonlocal depth
        if not found[1] or found[1] not in once:
            return found[0]
        text, inner = once[found[1]]
        depth = max(depth, inner + 1)
        return f"({text})"

    return _USED.sub(put, sql), depth


Let = Callable[[str, Callable[[str], str]], str]
