"""Which type a column of text is（类型识别）, decided on values and explained.

What looks like a number but is a name stays text: leading zeros, more than 15 digits (a double, and so most readers of
JSON, could not hold it), or all of one length from six digits on (codes, telephone numbers, region codes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from zhengtong.tables.engine import ident
from zhengtong.tables.loading.cells import text_cell
from zhengtong.tables.schema import Column

_INTEGER = "-?(0|[1-9][0-9]*)"
_DECIMAL = r"-?(0|[1-9][0-9]*)\.[0-9]+"
_FLOAT = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"
_MAX_INTEGER_DIGITS, _CODE_DIGITS, _MAX_SCALE = 15, 6, 10


@dataclass(frozen=True)
class ColumnDecision:
    """What was decided for one column: our name, the source's heading, the type, and why in Chinese and English."""

    name: str
    source: str
    type: str
    zh: str
    en: str


_FACTS = {
    "filled": "count({c})",
    "integers": f"count(*) FILTER (regexp_full_match({{c}}, '{_INTEGER}'))",
    "decimals": f"count(*) FILTER (regexp_full_match({{c}}, '{_DECIMAL}'))",
    "floats": f"count(*) FILTER (regexp_full_match({{c}}, '{_FLOAT}'))",
    "shortest": "min(length({c}))",
    "longest": "max(length({c}))",
    "whole": "max(length(split_part(ltrim({c}, '-'), '.', 1)))",
    "scale": "max(length(split_part({c}, '.', 2)))",
    "booleans": "count(*) FILTER (lower({c}) IN ('true','false','是','否'))",
    "dates": "count(*) FILTER ({date} AND (length({c}) <> 8 OR left({c}, 2) IN ('19', '20')))",
    "instants": "count(*) FILTER ({datetime})",
}


def detect_types(connection: duckdb.DuckDBPyConnection, relation: str, names: list[str]) -> dict[str, ColumnDecision]:
    """Return a decision for each text column of the relation; cost: one pass over it."""
    if not names:
        return {}
    selects = []
    for name in names:
        guards = {kind: text_cell(Column("x", kind), name).guard for kind in ("date", "datetime")}
        selects += [fact.format(c=ident(name), **guards) for fact in _FACTS.values()]
    row = connection.execute(f"SELECT {', '.join(selects)} FROM {relation}").fetchone()  # noqa: S608 - quoted
    assert row is not None
    width = len(_FACTS)
    facts = (dict(zip(_FACTS, row[i * width : (i + 1) * width], strict=True)) for i in range(len(names)))
    return {name: _decide(name, fact) for name, fact in zip(names, facts, strict=True)}


def _decide(name: str, fact: dict[str, Any]) -> ColumnDecision:
    filled = fact["filled"]

    def decided(type_: str, zh: str, en: str) -> ColumnDecision:
        return ColumnDecision(name, name, type_, zh, en)

    if not filled:
        return decided("text", "没有取值，按文本", "no values: text")
    if fact["booleans"] == filled:
        return decided("boolean", "全部为是/否", "every value is a yes or a no")
    if fact["dates"] == filled:
        return decided("date", "全部为真实存在的日期", "every value is a date that exists")
    if fact["instants"] == filled:
        return decided("datetime", "全部为日期时间", "every value is a date and time")
    if fact["integers"] == filled:
        return _decide_integer(name, fact)
    if (
        fact["integers"] + fact["decimals"] == filled
        and fact["scale"] <= _MAX_SCALE
        and fact["whole"] + fact["scale"] <= 38
    ):
        precision = 18 if fact["whole"] + fact["scale"] <= 18 else 38
        scale = fact["scale"]
        return decided(f"decimal({precision},{scale})", f"小数，最多 {scale} 位", f"decimals, at most {scale} places")
    if fact["floats"] == filled and fact["scale"] > 0 and fact["integers"] < filled:
        return decided("double", "浮点数", "floating-point numbers")
    return decided("text", "文本", "text")


def _decide_integer(name: str, fact: dict[str, Any]) -> ColumnDecision:
    digits = fact["longest"]
    if digits > _MAX_INTEGER_DIGITS:
        return ColumnDecision(
            name, name, "text", f"有 {digits} 位数字，是编号，按文本", f"up to {digits} digits: a code"
        )
    if digits == fact["shortest"] and digits >= _CODE_DIGITS:
        return ColumnDecision(
            name, name, "text", f"全部为 {digits} 位数字，是编码，按文本", f"all of {digits} digits: a code"
        )
    return ColumnDecision(name, name, "integer", "整数", "whole numbers")
