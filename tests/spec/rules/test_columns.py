"""Every expression over columns, on every row: by reference, in DuckDB, and on a Spark cluster of two workers."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.spec.rules.cases import FEEL
from tests.spec.rules.columns import COLUMNS, EXPRESSIONS, INPUTS, rows
from tests.spec.rules.side_by_side import answers, differs, with_a_form
from tests.spec.rules.test_feel import program_of, same, value_of
from zhengtong.kit import Refused
from zhengtong.rules import compile_decision
from zhengtong.rules.decision import Decision
from zhengtong.rules.to_sql import Columns
from zhengtong.rules.to_sql.query import column_type
from zhengtong.rules.to_sql.together import to_sql_together
from zhengtong.rules.values import to_text
from zhengtong.tables import Limits
from zhengtong.tables.engine import analyse, scan_parquet

ROWS = rows()
ON_SPARK = [pytest.mark.xdist_group("spark"), pytest.mark.filterwarnings("ignore")]


def arrow_type(kind: str) -> pa.DataType:
    of = column_type(kind)
    plain = {"string": pa.string(), "boolean": pa.bool_(), "date": pa.date32()}
    return pa.decimal128(of.digits, of.scale) if of.kind == "fixed" else plain[of.kind]


@pytest.fixture(scope="module")
def decisions() -> dict[str, Decision]:
    made = {}
    for number, text in enumerate(EXPRESSIONS):
        made[f"e{number}"] = compile_decision({"id": f"e{number}", "inputs": INPUTS, "expression": text})
    return made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The rows in two files, so that two workers have something to do."""
    return in_files([{"n": number, **row} for number, row in enumerate(ROWS)], COLUMNS, tmp_path_factory.mktemp("rows"))


def in_files(data: list[dict[str, Any]], columns: dict[str, str], folder: Path) -> list[Path]:
    schema = pa.schema([("n", pa.int64()), *((name, arrow_type(kind)) for name, kind in columns.items())])
    paths = []
    for part in range(2):
        paths.append(folder / f"part-{part}.parquet")
        pq.write_table(pa.Table.from_pylist(data[part::2], schema=schema), paths[-1])
    return paths


def differences(
    decisions: dict[str, Decision],
    limits: Limits,
    files: list[Path],
    columns: Columns,
    data: list[dict[str, Any]],
) -> tuple[int, int, list[tuple[Any, ...]]]:
    """Return how many decisions ran, how many stopped, and every answer that differs from the reference's."""
    with analyse(limits, reading=files) as connection:
        connection.execute(f"CREATE VIEW people AS SELECT * FROM {scan_parquet(files)}")
        run = connection.execute_own if limits.engine == "spark" else connection.execute
        asked = with_a_form(decisions, limits.engine, columns)
        found = answers(asked, limits.engine, columns, lambda query: run(query).fetchall(), (Refused, duckdb.Error))
    wrong = []
    for label, theirs in found.items():
        expected = [decisions[label].decide_by_reference(row) for row in data]
        for row, ours, one in zip(data, expected, theirs or expected, strict=True):
            if differs(ours, one):
                wrong.append((label, row, ours, one))
    return len(asked), sum(theirs is None for theirs in found.values()), wrong


def test_columns_answer_in_duckdb_as_by_reference(decisions: dict[str, Decision], files: list[Path]) -> None:
    ran, stopped, wrong = differences(decisions, Limits(threads=2, engine="duckdb"), files, COLUMNS, ROWS)
    assert [(EXPRESSIONS[int(label[1:])], *rest) for label, *rest in wrong] == []
    assert ran == len(EXPRESSIONS) - 1  # all but the rounding to a computed scale
    assert stopped == 1  # upper case of letters that engines write in their own ways stops the query, loudly


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore")
def test_columns_answer_on_spark_as_by_reference(
    decisions: dict[str, Decision], files: list[Path], spark_master: str
) -> None:
    limits = Limits(engine="spark", spark_master=spark_master)
    ran, stopped, wrong = differences(decisions, limits, files, COLUMNS, ROWS)
    assert [(EXPRESSIONS[int(label[1:])], *rest) for label, *rest in wrong] == []
    assert ran >= len(EXPRESSIONS) * 0.8
    assert stopped == 0


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore")
def test_what_spark_cannot_say_exactly_stops_the_query(files: list[Path], spark_master: str) -> None:
    far = {"far": compile_decision({"id": "far", "inputs": INPUTS, "expression": "date(b, 2, 29)"})}
    limits = Limits(engine="spark", spark_master=spark_master)
    assert differences(far, limits, files, COLUMNS, ROWS) == (1, 1, [])


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore")
def test_the_feel_table_has_its_values_on_spark(files: list[Path], spark_master: str) -> None:
    asked, expected = {}, {}
    for number, (text, value) in enumerate(FEEL):
        try:
            to_sql_together({"f": (program_of(text), "it")}, dialect="spark", columns={})
        except Refused as refusal:
            assert refusal.code == "rules.sql.no-form", text  # noqa: PT017 - either a query or this refusal
            continue
        asked[f"f{number}"] = (program_of(text), "it")
        expected[f"f{number}"] = (text, value)
    query = to_sql_together(asked, dialect="spark", source="people", columns={})
    with analyse(Limits(engine="spark", spark_master=spark_master), reading=files) as connection:
        connection.execute(f"CREATE VIEW people AS SELECT n FROM {scan_parquet(files)}")
        told = connection.execute_own(query.text).fetchall()
    assert len(told) == len(ROWS)
    wrong = []
    for row in itertools.islice(told, 0, None, 60):
        for name, found in query.read(row).items():
            text, value = expected[name.split(".")[0]]
            if not same(found, value_of(value)):
                wrong.append((text, value, to_text(found)))
    assert wrong == []
    assert len(asked) >= 90
