"""Quality rules beside a resource（质量规则）: ready-made checks by name, business rules in FEEL, compiled to one query.

A rule is `{check: filled, column: id}`, `{check: identifier, column: id, kind: resident-id}` … or
`{id: adult, feel: "age >= 18", when: "status = \\"在职\\"", metric: "0104"}`; any may have `severity`, `least`, `weight`, `zh`, `en`.
A `blocking` rule that does not hold keeps the snapshot from being served.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from zhengtong.kit import Refused
from zhengtong.rules import compile_decision
from zhengtong.tables import Column, Schema, quality
from zhengtong.tables.quality import Check, Compiled, QualityReport
from zhengtong.tables.schema import to_duckdb_type

#: check → its maker, and the names of what it takes beside the column
MAKERS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "filled": (quality.filled, ("column",)),
    "record-filled": (quality.record_filled, ("columns",)),
    "type": (quality.of_type, ("column", "type")),
    "one-of": (quality.one_of, ("column", "values")),
    "length": (quality.of_length, ("column", "least_characters", "most_characters")),
    "like": (quality.like, ("column", "pattern")),
    "between": (quality.between, ("column", "low", "high")),
    "identifier": (quality.identifier, ("column", "kind")),
    "distinct": (quality.distinct, ("columns",)),
    "no-duplicates": (quality.no_duplicates, ("columns",)),
    "in-order": (quality.in_order, ("earlier", "later")),
    "valid-on": (quality.valid_on, ("since", "until", "day")),
    "updated-since": (quality.updated_since, ("column", "moment")),
}
COMMON = ("id", "metric", "severity", "least", "weight", "zh", "en")
FEEL_TYPES = {"text": "string", "integer": "number", "boolean": "boolean", "date": "date", "datetime": "date and time"}


def to_rules(declared: Sequence[Mapping[str, Any]], schema: Schema) -> tuple[list[Check], Compiled | None]:
    """Return the checks, and the compiled FEEL rules if there are any; a rule that is wrong is refused with its place."""
    checks, written = [], []
    for place, rule in enumerate(declared, 1):
        try:
            if "feel" in rule:
                written.append({**rule, **_common(rule)})
            else:
                checks.append(_to_check(rule))
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise _wrong(place, str(error)) from error
    for check in checks:
        schema.require(check.columns)
    return checks, _compile(written, schema) if written else None


def to_report_json(report: QualityReport) -> dict[str, Any]:
    """Return the report as it is kept: of failing rows only their places, for their cells may be personal."""
    body = report.to_json()
    for result in body["results"]:
        result["sample"] = [row["row"] for row in result["sample"]]
    return body


def _to_check(rule: Mapping[str, Any]) -> Check:
    maker, names = MAKERS[rule["check"]]
    given = [rule.get(name) if name in ("low", "high") else rule[name] for name in names]
    made: Check = maker(*given, **_common(rule))
    return made


def _common(rule: Mapping[str, Any]) -> dict[str, Any]:
    common = {name: rule[name] for name in COMMON if name in rule}
    return {**common, "least": Decimal(str(common["least"]))} if "least" in common else common


def _compile(rules: Sequence[Mapping[str, Any]], schema: Schema) -> Compiled:
    """Return one query for all FEEL rules: each is a name of a context that the query spreads out."""
    let: dict[str, str] = {}
    checks, used = [], set[str]()
    for number, rule in enumerate(rules, 1):
        names = _names_in(f"{rule['feel']} {rule.get('when', '')}", schema)
        used |= set(names)
        let[f"rule{number}"] = str(rule["feel"])
        if rule.get("when"):
            let[f"when{number}"] = str(rule["when"])
        common = {"id": f"feel:{number}", "metric": "0104", **{name: rule[name] for name in COMMON if name in rule}}
        when = f"when{number}" if rule.get("when") else ""
        checks.append(Check(**common, columns=names, predicate=f"rule{number}", when=when))
    columns = {column.name: column for column in schema.columns if column.name in used}
    decision = compile_decision(
        {
            "id": "quality",
            "title": {"zh": "质量规则", "en": "Quality rules"},
            "inputs": {**{name: _feel_type(column) for name, column in columns.items()}, "place": "number"},
            "let": let,
            "expression": "{" + ", ".join(f"{name}: {name}" for name in ("place", *let)) + "}",
        }
    )
    types = {name: to_duckdb_type(column.type) for name, column in columns.items()}
    query = decision.sql("duckdb", source="rows_to_check", columns={**types, "place": "BIGINT"})
    return Compiled(query.text, tuple(used), tuple(checks))


def _names_in(text: str, schema: Schema) -> tuple[str, ...]:
    return tuple(name for name in schema.names if re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", text))


def _feel_type(column: Column) -> str:
    return FEEL_TYPES.get(column.type, "number")


def _wrong(place: int, what: str) -> Refused:
    return Refused(
        "catalog.quality.wrong",
        f"第 {place} 条质量规则写法不对：{what}。可用的检查：{'、'.join(MAKERS)}，或 feel。",
        f"Quality rule {place} is wrong: {what}. Checks are {', '.join(MAKERS)}, or feel.",
        field="quality",
        facts={"rule": place},
    )
