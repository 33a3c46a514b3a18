"""DuckDB's SQL as Spark's（SQL 转写）: a closed list of constructs, each written so that it answers alike; all else refused.

The query is parsed, every expression gets its static type, and each node is looked up: what is not in the tables below
raises `CannotRun` naming it, before anything runs. Texts go to Spark as bound parameters, so no quoting can be misread.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from zhengtong.tables.engine.spark.casts import cast_form
from zhengtong.tables.engine.spark.errors import CannotRun
from zhengtong.tables.engine.spark.families import agree, family
from zhengtong.tables.engine.spark.functions import FUNCTIONS

Node = Any
Rewrite = Callable[[Node], Node]
_TEXT = {"returns": exp.DataType.Type.VARCHAR}
_TYPES: dict[Any, Any] = {
    **Dialect.get_or_raise("duckdb").EXPRESSION_METADATA,
    **dict.fromkeys((exp.Left, exp.Right, exp.RegexpExtract, exp.RegexpReplace, exp.Replace, exp.Repeat), _TEXT),
}
#: what means the same as it stands
_PLAIN = (
    exp.Select, exp.From, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Subquery, exp.Table,
    exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Star, exp.Paren, exp.And, exp.Or, exp.Not, exp.Is,
    exp.Null, exp.Boolean, exp.Literal, exp.Filter, exp.DataTypeParam, exp.Var, exp.Placeholder, exp.Count, exp.Tuple,
    exp.CurrentDate, exp.Min, exp.Max,
)  # fmt: skip
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)


@dataclass(frozen=True)
class Translated:
    """A query for Spark: its text, the texts and times bound to its `:names`, and the types of its columns."""

    text: str
    parameters: dict[str, Any]


def translate(tree: Node, relations: Mapping[str, Mapping[str, str]], parameters: Sequence[Any] = ()) -> Translated:
    """Return the query for Spark; `relations` are the tables it may name, with DuckDB's types of their columns."""
    bound = _bind(tree.copy(), parameters)
    bound = bound.transform(_hashed)
    _name_all(bound)
    schema: dict[str, object] = {name: dict(columns) for name, columns in relations.items()}
    _refuse_other_tables(bound, schema)
    try:
        qualified = qualify(bound, schema=schema, dialect="duckdb", validate_qualify_columns=False)
        typed = annotate_types(qualified, schema=schema, expression_metadata=_TYPES, dialect="duckdb")
    except SqlglotError as error:
        raise CannotRun(str(error).splitlines()[0]) from error
    made = _rewritten(typed)
    texts: dict[str, Any] = {}
    made = made.transform(lambda node: _named(node, texts))
    return Translated(made.sql(dialect="spark", identify=True, comments=False), texts)


def _refuse_other_tables(tree: Node, relations: Mapping[str, Any]) -> None:
    stages = {stage.alias for stage in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.name not in relations and table.name not in stages or table.args.get("db"):
            raise CannotRun(f"the query reads {table.sql('duckdb')}, which it was not given")


def _bind(tree: Node, parameters: Sequence[Any]) -> Node:
    """Put each parameter in place of its `?`, in the order they are written."""
    marks = [node for node in tree.dfs() if isinstance(node, exp.Placeholder)]
    if len(marks) != len(parameters):
        raise CannotRun(f"{len(marks)} parameters are asked for, {len(parameters)} given")
    for mark, value in zip(marks, parameters, strict=True):
        mark.replace(to_literal(value))
    return tree


def to_literal(value: Any) -> Node:
    """Return the literal of a Python value."""
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, str):
        return exp.Literal.string(value)
    if isinstance(value, int):
        return exp.Paren(this=exp.Neg(this=exp.Literal.number(-value))) if value < 0 else exp.Literal.number(value)
    if isinstance(value, float):
        return exp.cast(exp.Literal.string(repr(value)), "DOUBLE")
    if isinstance(value, Decimal):
        _, digits, exponent = value.as_tuple()
        scale = max(0, -int(exponent))
        return exp.cast(exp.Literal.string(f"{value:f}"), f"DECIMAL({max(len(digits), scale, 1)}, {scale})")
    if isinstance(value, datetime.datetime):
        return exp.cast(exp.Literal.string(value.isoformat(" ")), "TIMESTAMP")
    if isinstance(value, datetime.date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    raise CannotRun(f"a parameter of type {type(value).__name__}")


def _name_all(tree: Node) -> None:
    """Give what a query computes a name of its own, or it would take, and hide, that of the column it is computed from."""
    for select in list(tree.find_all(exp.Select)):
        for place, column in enumerate(select.expressions):
            if not isinstance(column, (exp.Alias, exp.Column, exp.Star)):
                select.expressions[place].replace(exp.alias_(column.copy(), f"zt_column_{place}"))


def _hashed(node: Node) -> Node:
    """A hash only tells rows apart within one run: any good one does, as long as empty cells keep their place."""
    if not (isinstance(node, exp.Anonymous) and node.name.lower() == "hash"):
        return node
    flags = [exp.Anonymous(this="isnull", expressions=[cell.copy()]) for cell in node.expressions]
    return exp.cast(exp.Anonymous(this="xxhash64", expressions=[*node.expressions, *flags]), "BIGINT")


def _rewritten(tree: Node) -> Node:
    """Return the tree with every node in Spark's form, inner ones first; the types were written on the nodes before."""

    def rewrite(node: Node) -> Node:
        for name, value in list(node.args.items()):
            if isinstance(value, exp.Expression):
                node.set(name, rewrite(value))
            elif isinstance(value, list):
                node.set(name, [rewrite(item) if isinstance(item, exp.Expression) else item for item in value])
        return _one(node)

    return rewrite(tree)


def _one(node: Node) -> Node:
    kind = type(node)
    if kind in FUNCTIONS:
        return FUNCTIONS[kind](node)
    if kind in (exp.Cast, exp.TryCast):
        return cast_form(node)
    if kind in _COMPARISONS:
        node.set("this", agree(node.this, node.expression))
        node.set("expression", agree(node.expression, node.this))
        return node
    if kind in _CHECKED:
        return _CHECKED[kind](node)
    if kind in _PLAIN or (kind is exp.Anonymous and node.name in ("xxhash64", "isnull")):
        return node
    raise _no_form(node)


def _union(node: Node) -> Node:
    if node.args.get("distinct"):
        raise CannotRun("UNION without ALL")
    return node


def _between(node: Node) -> Node:
    for bound in ("low", "high"):
        node.set(bound, agree(node.args[bound], node.this))
    return node


def _in(node: Node) -> Node:
    query = node.args.get("query")
    if query is None:
        node.set("expressions", [agree(item, node.this) for item in node.expressions])
        return node
    asked = query.unnest().selects[0].unalias()
    if isinstance(node.this, exp.Tuple):
        if not isinstance(asked, exp.Tuple):
            raise CannotRun("several columns among one")
        # as one value: Spark would compare column by column, where an empty cell makes the whole unknown
        node.set("this", _packed(node.this))
        asked.replace(_packed(asked))
    elif family(node.this) != family(asked):
        raise CannotRun(f"{node.sql('duckdb')[:200]} compares different types")
    return node


def _packed(pair: Node) -> Node:
    parts = [part for n, item in enumerate(pair.expressions) for part in (exp.Literal.string(f"c{n}"), item.copy())]
    return exp.Anonymous(this="named_struct", expressions=parts)


def _case(node: Node) -> Node:
    branches = [branch.args["true"] for branch in node.args["ifs"]]
    _one_family(node, [*branches, node.args.get("default")])
    return node


def _numeric(node: Node) -> Node:
    """Numbers only: a day plus a number, or a text plus one, is another thing on each engine."""
    sides = [side for side in (node.this, node.args.get("expression")) if side is not None]
    if not {family(side) for side in sides} <= {"integer", "decimal", "double", "null"}:
        raise _no_form(node)
    return node


def _joined_texts(node: Node) -> Node:
    if not {family(node.this), family(node.expression)} <= {"text", "null"}:
        raise _no_form(node)
    return node


def _branch(node: Node) -> Node:
    if not isinstance(node.parent, exp.Case):
        raise _no_form(node)
    return node


def _join(node: Node) -> Node:
    if node.side not in ("", "LEFT") or node.kind not in ("", "INNER", "CROSS") or node.method:
        raise _no_form(node)
    return node


def _distinct(node: Node) -> Node:
    if node.args.get("on") is not None:
        raise _no_form(node)
    return node


def _no_form(node: Node) -> CannotRun:
    return CannotRun(f"{node.sql('duckdb')[:200]} ({type(node).__name__}) has no form that Spark answers alike")


def _data_type(node: Node) -> Node:
    return exp.DataType.build("DECIMAL(38, 0)") if node.this == exp.DataType.Type.INT128 else node


def _several(node: Node) -> Node:
    _one_family(node, [node.this, *node.expressions])
    return node


def _one_family(node: Node, values: Sequence[Node | None]) -> None:
    kinds = {family(value) for value in values if value is not None} - {"null"}
    numbers = {"integer", "decimal"}
    if len(kinds) > 1 and not kinds <= numbers:
        raise CannotRun(f"{node.sql('duckdb')[:200]} mixes {', '.join(sorted(kinds))}")


_CHECKED: dict[type, Rewrite] = {
    exp.Union: _union,
    exp.Between: _between,
    exp.In: _in,
    exp.Case: _case,
    exp.Coalesce: _several,
    exp.Least: _several,
    exp.Greatest: _several,
    exp.Add: _numeric,
    exp.Sub: _numeric,
    exp.Mul: _numeric,
    exp.Neg: _numeric,
    exp.DPipe: _joined_texts,
    exp.If: _branch,
    exp.Join: _join,
    exp.Distinct: _distinct,
    exp.DataType: _data_type,
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _named(node: Node, texts: dict[str, Any]) -> Node:
    """A text of the query becomes a parameter of its own."""
    if not (isinstance(node, exp.Literal) and node.is_string):
        return node
    name = f"zt{len(texts)}"
    texts[name] = node.this
    return exp.Placeholder(this=name)
