"""Functions as Spark writes them（函数对照）: each in the one form that answers as DuckDB's does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from zhengtong.tables.engine.spark.errors import CannotRun
from zhengtong.tables.engine.spark.families import family
from zhengtong.tables.engine.spark.patterns import to_java


def _call(name: str, *arguments: Any, of: Any) -> Any:
    made = exp.Anonymous(this=name, expressions=list(arguments))
    made.type = of.type
    return made


def _text_argument(node: Any) -> Any:
    if family(node.this) not in ("text", "null"):
        raise CannotRun(f"{node.sql('duckdb')[:200]} of what is no text")
    return node.this


def _pattern(node: Any, place: str = "expression", *, whole: bool = False, flags: str = "") -> Any:
    given = node.args[place]
    if not (isinstance(given, exp.Literal) and given.is_string):
        raise CannotRun("a regular expression that is computed")
    made = to_java(given.this, dot_all="s" in flags)
    return exp.Literal.string(rf"\A(?:{made})\z" if whole else made)


def _flags(node: Any, place: str) -> str:
    given = node.args.get(place)
    flags = given.this if given is not None else ""
    if set(flags) - set("sg"):
        raise CannotRun(f"regular expressions with {flags!r}")
    return str(flags)


def _full_match(node: Any) -> Any:
    if node.args.get("options"):
        raise CannotRun("a regular expression with options")
    made = exp.RegexpLike(this=_text_argument(node), expression=_pattern(node, whole=True))
    made.type = exp.DataType.build("BOOLEAN")
    return _in_parentheses(made)


def _in_parentheses(node: Any) -> Any:
    made = exp.Paren(this=node)
    made.type = node.type
    return made


def _extract(node: Any) -> Any:
    pattern = _pattern(node, flags=_flags(node, "parameters"))
    group = node.args.get("group") or exp.Literal.number(0)
    return _call("regexp_extract", _text_argument(node), pattern, group, of=node)


def _replace_pattern(node: Any) -> Any:
    if "g" not in _flags(node, "modifiers"):
        raise CannotRun("replacing only the first match")
    with_ = node.args.get("replacement")
    if not (isinstance(with_, exp.Literal) and not set(with_.this) & set("\\$")):
        raise CannotRun("a replacement that refers to groups")
    return _call("regexp_replace", _text_argument(node), _pattern(node), with_, of=node)


def _replace(node: Any) -> Any:
    what = node.expression
    if not (isinstance(what, exp.Literal) and what.is_string and what.this):
        raise CannotRun("replacing a text that is computed or empty")
    return _call("replace", _text_argument(node), what, node.args["replacement"], of=node)


def _substring(node: Any) -> Any:
    start = node.args.get("start")
    if isinstance(start, exp.Literal):
        if not (start.is_int and int(start.this) > 0):
            raise CannotRun("a part of a text that begins before it")
    else:
        start = _from_first(start)
    rest = [node.args["length"]] if node.args.get("length") is not None else []
    return _call("substring", _text_argument(node), start, *rest, of=node)


def _from_first(start: Any) -> Any:
    """A computed place; one before the text stops the query, for there the engines part."""
    if family(start) != "integer":
        raise CannotRun("a part of a text from a place that is no whole number")
    before = exp.LT(this=start.copy(), expression=exp.Literal.number(1))
    stop = exp.Anonymous(this="raise_error", expressions=[exp.Literal.string("a place before the text")])
    return exp.cast(exp.Case(ifs=[exp.If(this=before, true=stop)], default=start.copy()), "INT")


def _cut(name: str) -> Callable[[Any], Any]:
    def cut(node: Any) -> Any:
        count = node.expression
        if isinstance(count, (exp.Literal, exp.Least)):
            return _call(name, _text_argument(node), count, of=node)
        raise CannotRun(f"{name}() of a computed number of letters")

    return cut


def _place(node: Any) -> Any:
    return _call("instr", _text_argument(node), node.args["substr"], of=node)


def _divided(node: Any) -> Any:
    """By a number that is not 0: DuckDB answers null there, and so must be asked."""
    divisor = node.expression
    if (
        not (isinstance(divisor, exp.Literal) and divisor.is_int and int(divisor.this))
        or family(node.this) != "integer"
    ):
        raise CannotRun(f"{node.sql('duckdb')[:200]}: dividing by what may be 0, or what is no whole number")
    return node


def _sum(node: Any) -> Any:
    if family(node.this) == "double":
        raise CannotRun("the sum of doubles, which hangs on their order")
    return node


def _day_text(node: Any) -> Any:
    if node.args["format"].this != "%Y%m%d" or not isinstance(node.this, exp.CurrentDate):
        raise CannotRun(f"{node.sql('duckdb')[:200]} has no form that Spark answers alike")
    return _call("date_format", node.this, exp.Literal.string("yyyyMMdd"), of=node)


FUNCTIONS: dict[type, Callable[[Any], Any]] = {
    exp.Length: lambda node: _call("length", _text_argument(node), of=node),
    exp.Left: _cut("left"),
    exp.Right: _cut("right"),
    exp.Repeat: lambda node: _call("repeat", _text_argument(node), node.args["times"], of=node),
    exp.RegexpFullMatch: _full_match,
    exp.RegexpExtract: _extract,
    exp.RegexpReplace: _replace_pattern,
    exp.Replace: _replace,
    exp.Substring: _substring,
    exp.StrPosition: _place,
    exp.StartsWith: lambda node: _call("startswith", _text_argument(node), node.expression, of=node),
    exp.Abs: lambda node: node,
    exp.IntDiv: _divided,
    exp.Mod: _divided,
    exp.Sum: _sum,
    # an estimate, as it is on every engine: nobody may rest an answer on it
    exp.ApproxDistinct: lambda node: _call("approx_count_distinct", node.this, of=node),
    exp.TimeToStr: _day_text,
}
