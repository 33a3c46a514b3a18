"""The SQL back-end for the TCK runner: each case becomes one query over a one-row table, run on DuckDB."""

from __future__ import annotations

from typing import Any

import duckdb

from tests.conformance.dmn_tck import PythonBackend
from tests.conformance.dmn_tck_cases import Case, NoForm, as_input
from zhengtong.kit import Refused
from zhengtong.rules.to_sql import kinds, to_sql
from zhengtong.rules.to_sql.compiler import Compiler
from zhengtong.rules.to_sql.dialect import Dialect


class SqlBackend:
    """Evaluates on DuckDB; nothing is computed beforehand, inputs stand in a table of typed columns."""

    name = "sql"

    def __init__(self) -> None:
        self._python = PythonBackend()
        self._connection = duckdb.connect()
        self._connection.execute("SET threads = 1")

    def evaluate(self, case: Case, name: str) -> Any:
        program = self._python.program(case)
        columns, cells = self._columns(case)
        if case.kind != "decision":
            raise NoForm("calling a decision service or BKM from outside")
        try:
            query = to_sql(program, program.names[name], source="inputs", columns=columns, flat=False)
        except Refused as refusal:
            if refusal.code != "rules.sql.no-form":
                raise
            raise NoForm(refusal.facts["construct"]) from refusal
        table = "SELECT " + (", ".join(cells) or "1 AS nothing")
        with_, _, rest = query.text.partition("WITH ")
        text = f"WITH inputs AS ({table}), {rest}" if not with_ else f"WITH inputs AS ({table}) {query.text}"
        row = self._connection.execute(text).fetchone()
        return query.read(row)

    def _columns(self, case: Case) -> tuple[dict[str, Any], list[str]]:
        """Return the column types and cells of the case's inputs, each in the smallest type that holds it."""
        columns: dict[str, Any] = {}
        cells: list[str] = []
        compiler = Compiler(Dialect())
        compiler.dialect.stages.depth = 1  # the cells are written out whole
        for name, value in case.inputs.items():
            if value is None:
                continue
            try:
                literal = compiler.constant(as_input(value))
            except kinds.NoForm as error:
                raise NoForm(f"input: {error.construct}") from error
            columns[name] = literal.type
            cells.append(f"{literal.sql} AS {compiler.dialect.quote(name)}")
        return columns, cells
