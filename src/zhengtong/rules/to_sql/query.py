"""A decision as one query（查询）: inputs from columns, decisions as stages, the answer as columns; and rows back as values."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from zhengtong.kit import Refused
from zhengtong.rules.core import ir
from zhengtong.rules.core.passes.constants import known_values
from zhengtong.rules.core.program import Definition, Input, Program
from zhengtong.rules.core.types import Type
from zhengtong.rules.to_sql import tables
from zhengtong.rules.to_sql.column import Column, Columns
from zhengtong.rules.to_sql.compiler import Compiler, family_of
from zhengtong.rules.to_sql.dialect import Dialect
from zhengtong.rules.to_sql.kinds import (
    BOOLEAN,
    DATE,
    MOMENT,
    MONTHS,
    NANOS,
    NULL,
    STRING,
    TIME,
    NoForm,
    RangeValue,
    SqlType,
    Value,
    fixed,
    no_form_refusal,
)
from zhengtong.rules.to_sql.postgres import Postgres
from zhengtong.rules.to_sql.spark import Spark
from zhengtong.rules.values.numbers import CONTEXT
from zhengtong.rules.values.temporal import Date, DateTime, Months, Nanos, Time, make_date

DIALECTS: dict[str, Callable[[], Dialect]] = {"duckdb": Dialect, "postgres": Postgres, "spark": Spark}
_DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", re.IGNORECASE)
_INTEGERS = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "INT": 10, "BIGINT": 19, "LONG": 19}
#: integers whose sums and products an engine would not widen by itself: they are read as decimals
_SMALL = ("TINYINT", "SMALLINT", "INTEGER", "INT")
_COLUMN_TYPES = {
    "BOOLEAN": BOOLEAN,
    "VARCHAR": STRING,
    "TEXT": STRING,
    "STRING": STRING,
    "DATE": DATE,
    "TIME": TIME,
    "TIMESTAMP": MOMENT,
}
_DECLARED = {
    "string": STRING,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "date and time": MOMENT,
    "years and months duration": MONTHS,
    "days and time duration": NANOS,
}


@dataclass(frozen=True, slots=True)
class SqlQuery:
    """A query over `source` whose columns are the decision's answer: one named `outcome`, or one per output."""

    text: str
    dialect: str
    outputs: tuple[tuple[str, SqlType], ...]
    source: str

    @property
    def is_single(self) -> bool:
        return len(self.outputs) == 1 and self.outputs[0][0] == "outcome"

    def read(self, row: Sequence[Any]) -> Any:
        """Return the value of the FEEL domain that a fetched row means."""
        values = {name: read_value(cell, kind) for (name, kind), cell in zip(self.outputs, row, strict=True)}
        return values["outcome"] if self.is_single else values


def column_type(text: str) -> SqlType:
    """Return the type of a column as its engine names it; floats are refused: money never passes through one."""
    plain = text.strip().upper()
    found = _DECIMAL.fullmatch(plain)
    if found:
        digits, scale = int(found[1]), int(found[2] or 0)
        return fixed(digits - scale, scale)
    if plain in _INTEGERS:
        return fixed(_INTEGERS[plain], 0)
    if plain in _COLUMN_TYPES:
        return _COLUMN_TYPES[plain]
    raise Refused(
        "rules.sql.column",
        f"规则不能读取类型为 {text} 的列。请改用 DECIMAL、整数、文本、布尔、日期或时间类型。",
        f"A rule cannot read a column of type {text}. Use DECIMAL, an integer, text, boolean, date or time type.",
        facts={"type": text},
    )


def to_sql(
    program: Program,
    key: str,
    *,
    dialect: str = "duckdb",
    source: str = "source",
    columns: Columns | None = None,
    flat: bool = True,
) -> SqlQuery:
    """Return the query of a decision over a relation whose columns are its inputs.

    `columns` gives the column type of each input by name, as the engine names it, or what more is known of it; an
    input left out is a null. `flat`: an answer with named outputs becomes one column each. Refuses `rules.sql.no-form`, naming construct and place.
    """
    made = DIALECTS[dialect]()
    compiler = Compiler(made, known_values(program))
    scope: dict[str, Any] = {
        item.variable.key: _input(compiler, item, columns or {}) for item in program.inputs.values()
    }
    current, outputs = "", None
    try:
        for definition in program.order_for([key]):
            current = definition.variable.name
            if definition.variable.key not in scope:
                outputs = (
                    table_columns(compiler, definition, scope) if flat and definition.variable.key == key else None
                )
                if outputs is not None:
                    break
                found = compiler.meaning(definition.node, scope)
                scope[definition.variable.key] = compiler.named(found) if isinstance(found, Value) else found
        outputs = outputs or _outputs(compiler, scope[key], flat)
    except NoForm as error:
        raise no_form_refusal(error, current, dialect) from error
    texts = ", ".join(f"{value.sql} AS {made.quote(name)}" for name, value in outputs)
    kinds = tuple((name, value.type) for name, value in outputs)
    return SqlQuery(made.stages.render(source, texts), dialect, kinds, source)


def table_columns(compiler: Compiler, definition: Definition, scope: dict[str, Any]) -> list[tuple[str, Value]] | None:
    """Return the answer's outputs as columns when it is a table whose declared type asks for no conversion."""
    node, kind = definition.node, definition.type
    if isinstance(node, ir.Convert):
        node = node.value
    if not isinstance(node, ir.Table) or kind.kind != "Any":
        return None
    return tables.columns(compiler, node, scope)


def _input(compiler: Compiler, item: Input, columns: Columns) -> Value:
    name = item.variable.name
    if name not in columns:
        return compiler.fit(Value("NULL", NULL, True, None), _declared(item.type))
    given = columns[name]
    column = given if isinstance(given, Column) else Column(given)
    kind = column_type(column.type) if isinstance(column.type, str) else column.type
    own = compiler.dialect.quote(name)
    if isinstance(column.type, str) and column.type.strip().upper() in _SMALL:
        own = compiler.dialect.cast(own, kind)
    declared = item.type
    if kind.kind == "fixed" and declared.allowed is not None and column.keeps_to(declared.allowed):
        declared = replace(declared, allowed=None)
    try:
        return compiler.named(compiler.convert(Value(own, kind, True, sure=column.never_null), declared))
    except NoForm as error:
        raise no_form_refusal(error, name, compiler.dialect.name) from error


def _declared(kind: Type) -> SqlType:
    """Return the SQL type of an input no column feeds."""
    if kind.kind == "number":
        return fixed(1, 0)
    return _DECLARED.get(kind.kind, NULL) if kind.kind in _DECLARED else SqlType(family_of("null"))


def _outputs(compiler: Compiler, found: Any, flat: bool) -> list[tuple[str, Value]]:
    if not isinstance(found, Value):
        what = "a range as the answer" if isinstance(found, RangeValue) else "a function as the answer"
        raise NoForm(what, "以区间或函数为结果")
    if flat and found.type.kind == "context":
        return [(name, compiler.entry(found, name)) for name, _ in found.type.fields]
    solid = compiler.decimals.as_wide(found) if found.type.kind == "ratio" else found
    return [("outcome", solid)]


def read_value(cell: Any, kind: SqlType) -> Any:
    """Return the value of the FEEL domain that a cell of that type means."""
    return None if cell is None else _CELLS[kind.kind](cell, kind)


def _read_date(cell: Any, _: SqlType) -> Date | None:
    """Return a date; engines hand over years outside 1…9999 as text, those before 1 with `(BC)`."""
    if not isinstance(cell, str):
        return Date(cell.year, cell.month, cell.day)
    year, month, day = (int(part) for part in cell.removesuffix(" (BC)").split("-"))
    return make_date(1 - year if cell.endswith("(BC)") else year, month, day)


def _read_moment(cell: datetime.datetime, _: SqlType) -> DateTime:
    time = Time(cell.hour, cell.minute, cell.second, cell.microsecond * 1000)
    return DateTime(Date(cell.year, cell.month, cell.day), time)


def _read_context(cell: Mapping[str, Any], kind: SqlType) -> dict[str, Any]:
    return {name: read_value(cell[name], of) for name, of in kind.fields}


def _read_wide(cell: Any, _: SqlType) -> Decimal:
    if isinstance(cell, Mapping):
        return CONTEXT.scaleb(Decimal(cell["c"]), cell["e"])
    return CONTEXT.create_decimal(cell)


_CELLS: dict[str, Callable[[Any, SqlType], Any]] = {
    "null": lambda cell, _: cell,
    "boolean": lambda cell, _: bool(cell),
    "string": lambda cell, _: cell,
    "fixed": lambda cell, _: Decimal(cell),
    "wide": _read_wide,
    "date": _read_date,
    "time": lambda cell, _: Time(cell.hour, cell.minute, cell.second, cell.microsecond * 1000),
    "date and time": _read_moment,
    "months": lambda cell, _: Months(int(cell)),
    "nanos": lambda cell, _: Nanos(int(cell)),
    "list": lambda cell, kind: [read_value(item, kind.of or NULL) for item in cell],
    "context": _read_context,
}
