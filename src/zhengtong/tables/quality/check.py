"""A quality rule（数据质量规则）, ready to run: SQL handed in by whoever compiled it, or one of the makers below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.engine import ident, literal
from zhengtong.tables.quality.identifiers_sql import IDENTIFIER_SQL
from zhengtong.tables.quality.indicators import get_indicator
from zhengtong.tables.schema import to_duckdb_type
from zhengtong.tables.snapshot import Snapshot

SEVERITIES = ("notice", "warning", "error", "blocking")


@dataclass(frozen=True)
class Check:
    """A rule on rows, run by DuckDB.

    `predicate` is true of a row that satisfies it (null counts as not), its `?` bound to `params` in order; `when`, if
    given, says which rows are judged at all. `unique` instead of a predicate: the columns' values occur once. `least` is
    the smallest X with which the rule holds; a `blocking` rule that does not hold keeps a snapshot from being served. `reads`: other files the predicate reads. `let`: a column (name, SQL) to compute first. `quick`:
    the predicate in words of DuckDB's own that cost less; without parameters.
    """

    id: str
    metric: str
    columns: tuple[str, ...]
    predicate: str = ""
    params: tuple[Any, ...] = ()
    when: str = ""
    when_params: tuple[Any, ...] = ()
    unique: bool = False
    weight: int = 1
    severity: str = "warning"
    least: Decimal = Decimal(1)
    zh: str = ""
    en: str = ""
    reads: tuple[Path, ...] = ()
    let: tuple[str, str] | None = None
    quick: str = ""

    def __post_init__(self) -> None:
        get_indicator(self.metric)
        if bool(self.predicate) == self.unique or self.severity not in SEVERITIES or self.weight < 1:
            raise Refused(
                "tables.quality.bad-check",
                f"质量规则“{self.id}”不完整：须有判断条件或唯一性之一，权重为正，严重程度为 {'、'.join(SEVERITIES)} 之一。",
                f"Check {self.id!r} needs a predicate or uniqueness, a positive weight, a severity of {SEVERITIES}.",
                field="checks",
                facts={"check": self.id},
            )


def filled(column: str, **more: Any) -> Check:
    """Return the rule that a cell expected to be filled is（0201）: neither null nor blank."""
    return _make("filled", "0201", (column,), _is_filled(column), **more)


def record_filled(columns: Sequence[str], **more: Any) -> Check:
    """Return the rule that a record has all its expected cells（0202）."""
    predicate = " AND ".join(_is_filled(column) for column in columns)
    return _make("record-filled", "0202", tuple(columns), predicate, **more)


def of_type(column: str, type_: str, **more: Any) -> Check:
    """Return the rule that a filled cell is of a type（010101）."""
    predicate = f"TRY_CAST({ident(column)} AS {to_duckdb_type(type_)}) IS NOT NULL"
    return _make(f"type-{type_}", "010101", (column,), predicate, **_on_filled(column, more))


def one_of(column: str, values: Sequence[Any], **more: Any) -> Check:
    """Return the rule that a filled cell is one of the values（010102 值域）."""
    marks = ", ".join("?" * len(values)) or "NULL"
    return _make(
        "one-of", "010102", (column,), f"{ident(column)} IN ({marks})", tuple(values), **_on_filled(column, more)
    )


def of_length(column: str, least: int, most: int, **more: Any) -> Check:
    """Return the rule that a filled cell has between least and most characters（010103）."""
    predicate = f"length(CAST({ident(column)} AS VARCHAR)) BETWEEN ? AND ?"
    return _make("length", "010103", (column,), predicate, (least, most), **_on_filled(column, more))


def like(column: str, pattern: str, **more: Any) -> Check:
    """Return the rule that a filled cell matches a regular expression (RE2) from end to end（0302）."""
    predicate = f"regexp_full_match(CAST({ident(column)} AS VARCHAR), {literal(pattern)})"
    return _make("like", "0302", (column,), predicate, **_on_filled(column, more))


def between(column: str, low: Any = None, high: Any = None, **more: Any) -> Check:
    """Return the rule that a filled cell lies between two values, either of which may be open（0302）."""
    bounds = [(f"{ident(column)} >= ?", low), (f"{ident(column)} <= ?", high)]
    given = [(text, value) for text, value in bounds if value is not None]
    predicate = " AND ".join(text for text, _ in given) or "true"
    return _make(
        "between", "0302", (column,), predicate, tuple(value for _, value in given), **_on_filled(column, more)
    )


def identifier(column: str, kind: str, **more: Any) -> Check:
    """Return the rule that a filled cell is a number whose check digit holds（0301）: resident-id, credit-code."""
    if kind not in IDENTIFIER_SQL:
        raise Refused(
            "tables.quality.unknown-kind",
            f"没有“{kind}”的校验规则；可用 {'、'.join(IDENTIFIER_SQL)}。",
            f"There is no check of {kind!r}; use one of {', '.join(IDENTIFIER_SQL)}.",
            facts={"kind": kind},
        )
    told = IDENTIFIER_SQL[kind](column)
    return _make(kind, "0301", (column,), told.predicate, let=told.let, quick=told.quick, **_on_filled(column, more))


def distinct(columns: Sequence[str], **more: Any) -> Check:
    """Return the rule that the values of these columns together occur once（0304）; a row with an empty one is not judged."""
    when = " AND ".join(f"{ident(column)} IS NOT NULL" for column in columns)
    return Check(
        **{
            "id": _id("distinct", columns),
            "metric": "0304",
            "columns": tuple(columns),
            "unique": True,
            "when": when,
            **more,
        }
    )


def no_duplicates(columns: Sequence[str], **more: Any) -> Check:
    """Return the rule that no record stands twice（0303）; empty cells compare as equal."""
    return Check(
        **{"id": _id("duplicates", columns), "metric": "0303", "columns": tuple(columns), "unique": True, **more}
    )


def in_reference(column: str, reference: Snapshot, reference_column: str, **more: Any) -> Check:
    """Return the rule that a filled cell is found in an authoritative table（0105）."""
    (name,) = reference.schema.require([reference_column])
    predicate = f"{_text(column)} IN (SELECT {_text(name)} FROM {reference.scan()} WHERE {ident(name)} IS NOT NULL)"  # noqa: S608
    return _make(
        "reference", "0105", (column,), predicate, **{"reads": tuple(reference.paths), **_on_filled(column, more)}
    )


def in_order(earlier: str, later: str, **more: Any) -> Check:
    """Return the rule that one time is not after another where both are filled（0503）."""
    both = f"{ident(earlier)} IS NOT NULL AND {ident(later)} IS NOT NULL"
    return _make("order", "0503", (earlier, later), f"{ident(earlier)} <= {ident(later)}", **{"when": both, **more})


def valid_on(since: str, until: str, day: str, **more: Any) -> Check:
    """Return the rule that a record's period covers a day (ISO 8601), an empty end being open（0501）."""
    started = f"({ident(since)} IS NULL OR {ident(since)} <= CAST(? AS DATE))"
    going_on = f"({ident(until)} IS NULL OR {ident(until)} >= CAST(? AS DATE))"
    return _make("valid", "0501", (since, until), f"{started} AND {going_on}", (day, day), **more)


def updated_since(column: str, moment: str, **more: Any) -> Check:
    """Return the rule that a record was updated at or after a moment (ISO 8601, local)（0502）."""
    return _make("updated", "0502", (column,), f"{ident(column)} >= CAST(? AS TIMESTAMP)", (moment,), **more)


def same_elsewhere(column: str, key: str, other: Snapshot, other_column: str, other_key: str, **more: Any) -> Check:
    """Return the rule that the same thing kept in two tables agrees（0401）; rows the other lacks are not judged."""
    other.schema.require([other_column, other_key])
    pairs = f"(SELECT ({_text(other_key)}, {_text(other_column)}) FROM {other.scan()})"  # noqa: S608 - quoted
    known = f"{_text(key)} IN (SELECT {_text(other_key)} FROM {other.scan()} WHERE {ident(other_key)} IS NOT NULL)"  # noqa: S608
    predicate = f"({_text(key)}, {_text(column)}) IN {pairs}"
    return _make(
        "same-elsewhere", "0401", (key, column), predicate, **{"when": known, "reads": tuple(other.paths), **more}
    )


def _make(
    what: str, metric: str, columns: tuple[str, ...], predicate: str, params: tuple[Any, ...] = (), **more: Any
) -> Check:
    fields = {"id": _id(what, columns), "metric": metric, "columns": columns, "predicate": predicate, "params": params}
    return Check(**{**fields, **more})


def _is_filled(column: str) -> str:
    """Not blank: most cells begin with a printing ASCII character or an ideograph, and need no closer look."""
    text = _text(column)
    begins_plainly = f"({text} >= '!' AND {text} < '\x7f') OR {text} >= '一'"
    return f"CASE WHEN {begins_plainly} THEN true ELSE NOT regexp_full_match({text}, '[\\s\\x{{a0}}\\x{{3000}}]*') END"


def _text(column: str) -> str:
    """Tables of different makers keep the same code as text or as a number: they compare as text."""
    return f"CAST({ident(column)} AS VARCHAR)"


def _id(what: str, columns: Sequence[str]) -> str:
    return f"{what}:{'+'.join(columns)}"


def _on_filled(column: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"when": f"{ident(column)} IS NOT NULL", **more}
