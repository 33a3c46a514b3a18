"""Several decisions in one query（同一查询）: baseline beside reform, sharing what they share; a table with each cell's truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zhengtong.rules.core import ir
from zhengtong.rules.core.passes.constants import known_values
from zhengtong.rules.core.program import Program
from zhengtong.rules.to_sql.column import Columns
from zhengtong.rules.to_sql.compiler import Compiler
from zhengtong.rules.to_sql.kinds import NoForm, Value, no_form_refusal
from zhengtong.rules.to_sql.query import DIALECTS, SqlQuery, _input, _outputs, table_columns
from zhengtong.rules.to_sql.tables import _bind_inputs

Named = list[tuple[str, Value]]


def to_sql_together(
    asked: Mapping[str, tuple[Program, str]],
    *,
    dialect: str = "duckdb",
    source: str = "source",
    columns: Columns,
    keep: Sequence[str] = (),
) -> SqlQuery:
    """Return one query that decides every row by each decision: columns `label.output`, and the columns of `keep`.

    A step that both decisions take with the same values is computed once. Refuses `rules.sql.no-form` as `to_sql` does.
    """
    made = DIALECTS[dialect]()
    compiler = Compiler(made)
    outputs: Named = []
    for label, (program, key) in asked.items():
        compiler.known = known_values(program)
        outputs += [(f"{label}.{name}", value) for name, value in _decided(compiler, program, key, columns)]
    return _query(made, source, outputs, keep)


def to_sql_with_cells(
    program: Program,
    key: str,
    table: ir.Table,
    *,
    dialect: str = "duckdb",
    source: str = "source",
    columns: Columns,
    keep: Sequence[str] = (),
) -> tuple[SqlQuery, list[tuple[int, int, str]]]:
    """Return a query of the decision with the truth of every cell of its table: (row, column, name), rows from 0.

    A cell that asks nothing (`-`) has no truth of its own.
    """
    made = DIALECTS[dialect]()
    compiler = Compiler(made, known_values(program))
    scope = _scope(compiler, program, key, columns, whole=False)
    outputs: Named = _decided(compiler, program, key, columns)
    cells: list[tuple[int, int, str]] = []
    try:
        bound, _ = _bind_inputs(compiler, table, scope)
        for row, rule in enumerate(table.rules):
            for column, cell in enumerate(rule.conditions):
                if isinstance(cell, ir.AnyOf) and not cell.tests:
                    continue
                name = f"cell.{row}.{column}"
                truth = compiler.as_truth(compiler.value(cell, bound))
                outputs.append((name, truth))
                cells.append((row, column, name))
    except NoForm as error:
        raise no_form_refusal(error, table.name, dialect) from error
    return _query(made, source, outputs, keep), cells


def _scope(compiler: Compiler, program: Program, key: str, columns: Columns, *, whole: bool = True) -> dict[str, Any]:
    """Return the meanings of the inputs and of every definition the decision needs, itself among them if `whole`."""
    scope: dict[str, Any] = {item.variable.key: _input(compiler, item, columns) for item in program.inputs.values()}
    current = ""
    try:
        for definition in program.order_for([key]):
            current = definition.variable.name
            if definition.variable.key not in scope and (whole or definition.variable.key != key):
                found = compiler.meaning(definition.node, scope)
                scope[definition.variable.key] = compiler.named(found) if isinstance(found, Value) else found
    except NoForm as error:
        raise no_form_refusal(error, current, compiler.dialect.name) from error
    return scope


def _decided(compiler: Compiler, program: Program, key: str, columns: Columns) -> Named:
    """Return the answer's outputs as columns, without a context between where the decision is a table."""
    scope = _scope(compiler, program, key, columns, whole=False)
    try:
        made = table_columns(compiler, program.definitions[key], scope)
    except NoForm as error:
        raise no_form_refusal(error, program.definitions[key].variable.name, compiler.dialect.name) from error
    if made is not None:
        return made
    return _answer(compiler, program, key, _scope(compiler, program, key, columns))


def _answer(compiler: Compiler, program: Program, key: str, scope: Mapping[str, Any]) -> Named:
    try:
        return _outputs(compiler, scope[key], True)
    except NoForm as error:
        raise no_form_refusal(error, program.definitions[key].variable.name, compiler.dialect.name) from error


def _query(dialect: Any, source: str, outputs: Named, keep: Sequence[str]) -> SqlQuery:
    kept = [dialect.quote(name) for name in keep]
    texts = ", ".join([*kept, *(f"{value.sql} AS {dialect.quote(name)}" for name, value in outputs)])
    kinds = tuple((name, value.type) for name, value in outputs)
    return SqlQuery(dialect.stages.render(source, texts), dialect.name, kinds, source)
