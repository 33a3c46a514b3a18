"""Many rules asked in one query: what the spec tables need to run in seconds on an engine that takes one for every job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zhengtong.kit import Refused
from zhengtong.rules.decision import Decision
from zhengtong.rules.to_sql import Columns, SqlQuery
from zhengtong.rules.to_sql.together import to_sql_together
from zhengtong.rules.values import to_python

Run = Callable[[str], list[tuple[Any, ...]]]


def with_a_form(decisions: Mapping[str, Decision], dialect: str, columns: Columns) -> dict[str, Decision]:
    """Return the decisions that compile for the dialect; the others must be refused as having no form."""
    kept = {}
    for label, decision in decisions.items():
        try:
            decision.sql(dialect, source="people", columns=dict(columns))
        except Refused as refusal:
            if refusal.code != "rules.sql.no-form":
                raise
            continue
        kept[label] = decision
    return kept


def answers(
    decisions: Mapping[str, Decision], dialect: str, columns: Columns, run: Run, stopped: Iterable[type] = ()
) -> dict[str, list[Any] | None]:
    """Return each decision's answers by the row's number `n`, all asked in one query; None where it stops the query.

    `stopped` is what `run` raises then: the decisions are halved until those that stop are found.
    """
    asked = {label: (decision.program, decision.key) for label, decision in decisions.items()}
    query = to_sql_together(asked, dialect=dialect, source="people", columns=columns, keep=["n"])
    try:
        found = sorted(run(query.text))
    except tuple(stopped):
        if len(decisions) == 1:
            return dict.fromkeys(decisions, None)
        labels = list(decisions)
        halves = labels[: len(labels) // 2], labels[len(labels) // 2 :]
        parts = [answers({name: decisions[name] for name in half}, dialect, columns, run, stopped) for half in halves]
        return {**parts[0], **parts[1]}
    return _by_label(query, found)


def _by_label(query: SqlQuery, found: list[tuple[Any, ...]]) -> dict[str, list[Any] | None]:
    places: dict[str, list[tuple[int, str]]] = {}
    for place, (name, _) in enumerate(query.outputs):
        label, output = name.split(".", 1)
        places.setdefault(label, []).append((place, output))
    whole = SqlQuery(query.text, query.dialect, query.outputs, query.source)
    told: dict[str, list[Any] | None] = {}
    read = [whole.read(row[1:]) for row in found]
    for label, outputs in places.items():
        told[label] = [
            to_python(row[f"{label}.outcome"])
            if [output for _, output in outputs] == ["outcome"]
            else {output: to_python(row[f"{label}.{output}"]) for _, output in outputs}
            for row in ([{query.outputs[0][0]: one} for one in read] if whole.is_single else read)
        ]
    return told


def differs(ours: Any, theirs: Any) -> bool:
    """Return whether two answers differ; columns that are all empty are the answer null."""
    if ours is None and isinstance(theirs, dict):
        return set(theirs.values()) != {None}
    return type(ours) is not type(theirs) or ours != theirs
