"""Casts as DuckDB makes them（类型转换）: halves away from zero, texts of numbers as they are written; else refused.

A text in a cell is converted where both engines read it alike, is nothing where neither reads it, and stops the query in
between: `1_000` and ` 12 ` are numbers to one and not to the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from zhengtong.tables.engine.spark.errors import CannotRun
from zhengtong.tables.engine.spark.families import DOUBLE_DIGITS, family, shape

#: the name under which the connection registers what writes a double as text
DOUBLE_TEXT = "zt_double_text"
#: what both engines read alike, and what neither reads: a pair of Java patterns by the family of the target
_READ_ALIKE = {
    "integer": (r"[+-]?[0-9]{1,18}", r"[^0-9]*|.*[^-+0-9_.,eExXbBoOa-fA-F\s].*"),
    "decimal": (r"[+-]?[0-9]{1,%d}(\.[0-9]{1,%d})?", r"[^0-9]*|.*[^-+0-9_.,eE\s].*"),
    "double": (
        r"[+-]?[0-9]{1,17}(\.[0-9]{1,17})?([eE][+-]?[0-9]{1,2})?",
        r"[^0-9iInN]*|.*[^-+0-9_.,eEinftyaINFTYA\s].*",
    ),
    "date": (r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[^0-9ei]*|[^0-9]*[0-9]{1,3}[^0-9]*"),
    "datetime": (
        r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}( ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?)?",
        r"[^0-9ei]*|[^0-9]*[0-9]{1,3}[^0-9]*",
    ),
    "boolean": (r"true|false", r"(?i:(?!t|f|y|n|1|0|o|\s).*)?"),
}


def cast_form(node: Any) -> Any:
    """Return a CAST or TRY_CAST in Spark's form."""
    source = node.this
    if isinstance(source, exp.Anonymous):  # the machinery's own hash
        source.type = node.to
        return source
    target = family(exp.Cast(this=exp.Null(), to=node.to))
    own = family(source)
    if own == "null":
        return node
    if own == "text" and target != "text":
        return _from_text(node, source, target)
    return _form(node, source, own, target)


def _form(node: Any, source: Any, own: str, target: str) -> Any:
    made = _FORMS.get((own, target))
    if made is None:
        raise CannotRun(f"{node.sql('duckdb')[:200]} has no form that Spark answers alike")
    return made(node, source)


def _plainly(node: Any, _: Any) -> Any:
    return node


def _rounded(function: str) -> Callable[[Any, Any], Any]:
    def rounded(node: Any, source: Any) -> Any:
        node.set("this", exp.Anonymous(this=function, expressions=[source.copy()]))
        return node

    return rounded


def _double_text(node: Any, source: Any) -> Any:
    shown = exp.cast(source.copy(), "VARCHAR")
    made = exp.Anonymous(this=DOUBLE_TEXT, expressions=[shown])
    made.type = node.to
    return made


def _to_double(node: Any, source: Any) -> Any:
    if shape(source)[0] > DOUBLE_DIGITS:
        raise CannotRun(f"{node.sql('duckdb')[:200]}: more digits than a double holds")
    return node


_FORMS: dict[tuple[str, str], Callable[[Any, Any], Any]] = {
    ("decimal", "integer"): _rounded("round"),
    ("double", "integer"): _rounded("rint"),
    ("decimal", "double"): _to_double,
    ("double", "text"): _double_text,
}
for _pair in (
    ("integer", "integer"), ("integer", "decimal"), ("integer", "double"), ("integer", "text"), ("decimal", "decimal"),
    ("decimal", "text"), ("double", "double"), ("boolean", "boolean"), ("boolean", "integer"), ("boolean", "text"),
    ("date", "date"), ("date", "text"), ("date", "datetime"), ("datetime", "datetime"), ("datetime", "date"),
    ("datetime", "text"), ("text", "text"),
):  # fmt: skip
    _FORMS[_pair] = _plainly


def _from_text(node: Any, source: Any, target: str) -> Any:
    if target not in _READ_ALIKE:
        raise CannotRun(f"{node.sql('duckdb')[:200]} has no form that Spark answers alike")
    alike, neither = _READ_ALIKE[target]
    if target == "decimal":
        precision, scale = shape(exp.Cast(this=exp.Null(), to=node.to))
        alike = alike % (max(precision - scale, 1), max(scale, 1))
    if isinstance(source, exp.Literal):
        return node
    kind = node.to.copy()
    tried = exp.TryCast(this=source.copy(), to=kind)
    stop = _stop(f"a text that engines read differently as {target}")
    lost = exp.cast(exp.Null(), kind.copy()) if isinstance(node, exp.TryCast) else _stop(f"a text that is no {target}")
    made = exp.Case(
        ifs=[
            exp.If(this=exp.Is(this=source.copy(), expression=exp.Null()), true=exp.cast(exp.Null(), kind.copy())),
            exp.If(this=_matches(source, alike), true=tried),
            exp.If(this=_matches(source, neither), true=lost),
        ],
        default=stop,
    )
    made.type = node.to
    return made


def _matches(source: Any, pattern: str) -> Any:
    return exp.RegexpLike(this=source.copy(), expression=exp.Literal.string(rf"\A(?s:{pattern})\z"))


def _stop(message: str) -> Any:
    return exp.Anonymous(this="raise_error", expressions=[exp.Literal.string(message)])
