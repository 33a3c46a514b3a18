"""Hypothesis looks for a filter that a projection, an export and plain Python read differently: grants hang on them."""

from __future__ import annotations

import csv
import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhengtong.tables import Filter, Limits, Projection, Schema, Store, build_projection, export_snapshot, load

SCHEMA = Schema.of(
    id="text",
    word="text",
    n="integer",
    money="decimal(8,2)",
    wide="decimal(30,4)",
    flag="boolean",
    day="date",
    at="datetime",
    score="double",
)
WORDS = ["", "a", "ab", "abc", "b", "李", "李敏", "A", "ａ", "'", "%", "0", "00"]
DAY = datetime.date(2024, 2, 28)
START = datetime.datetime.fromisoformat("2024-02-28T23:59:58")


def make_rows():
    rows = []
    for n in range(120):
        rows.append(
            {
                "id": f"{n:03d}",
                "word": WORDS[n % len(WORDS)] or None,
                "n": None if n % 11 == 0 else n - 60,
                "money": None if n % 7 == 0 else Decimal(n - 60) / 4,
                "wide": Decimal(n).scaleb(15) + Decimal("0.0001"),
                "flag": [True, False, None][n % 3],
                "day": None if n % 5 == 0 else DAY + datetime.timedelta(days=n % 4),
                "at": START + datetime.timedelta(seconds=n % 5) / 2,
                "score": None if n % 13 == 0 else (n - 60) / 8,
            }
        )
    return rows


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("filters")
    rows = make_rows()
    with (folder / "in.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, SCHEMA.names)
        writer.writeheader()
        writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    snapshot = load(folder / "in.csv", Store(folder / "s", Limits(threads=1)).shelf("r"), SCHEMA).snapshot
    assert snapshot.manifest.rejected_rows == 0
    projection = Projection(build_projection(snapshot, "id", folder / "p.sqlite", indexes=("word", "day")).path)
    yield folder, rows, snapshot, projection
    projection.close()


VALUES = {
    "word": st.sampled_from(WORDS) | st.text(max_size=3),
    "n": st.integers(-70, 70) | st.sampled_from(["5", "2.5", -(10**25), 10**25]),
    "money": st.decimals(-20, 20, places=3) | st.sampled_from(["-3.25", "1e1", 0.5, 10**12]),
    "wide": st.integers(0, 130).map(lambda n: Decimal(n).scaleb(15) + Decimal("0.0001")),
    "flag": st.sampled_from([True, False, "true", "0"]),
    "day": st.dates(DAY - datetime.timedelta(days=2), DAY + datetime.timedelta(days=5)),
    "at": st.integers(-2, 12).map(lambda n: START + datetime.timedelta(seconds=n) / 4),
    "score": st.floats(-8, 8, allow_nan=False).map(lambda x: round(x * 8) / 8) | st.floats(-8, 8, allow_nan=False),
}
ORDERED = ["=", "!=", "<", "<=", ">", ">=", "in"]


@st.composite
def conditions(draw):
    column = draw(st.sampled_from(list(VALUES)))
    operators = (
        ["=", "!=", "in"]
        if column == "wide"
        else ["=", "!=", "in", "is_null", "not_null"]
        if column == "flag"
        else [*ORDERED, "is_null", "not_null"]
    )
    operator = draw(st.sampled_from([*operators, "prefix"] if column == "word" else operators))
    if operator == "in":
        return Filter(column, operator, draw(st.lists(VALUES[column], min_size=1, max_size=4)))
    return Filter(column, operator, None if operator.endswith("null") else draw(VALUES[column]))


def to_value(column, value):
    if column in ("n", "money", "wide"):
        return Decimal(str(value))
    if column == "flag":
        return {"true": True, "0": False}.get(value, value)
    return float(value) if column == "score" else value


def admits(row, condition):
    cell, operator = row[condition.column], condition.operator
    if operator in ("is_null", "not_null"):
        return (cell is None) == (operator == "is_null")
    if operator == "in":
        return cell is not None and cell in [to_value(condition.column, value) for value in condition.value]
    value = to_value(condition.column, condition.value)
    if operator == "!=":
        return cell is None or cell != value
    if cell is None:
        return False
    return {"=": cell == value, "prefix": operator == "prefix" and cell.startswith(value)}.get(operator) if operator in ("=", "prefix") else {
        "<": lambda: cell < value, "<=": lambda: cell <= value, ">": lambda: cell > value, ">=": lambda: cell >= value
    }[operator]()  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=st.lists(conditions(), min_size=1, max_size=3))
def test_a_filter_admits_the_same_rows_everywhere(made, filters):
    folder, rows, snapshot, projection = made
    expected = [row["id"] for row in rows if all(admits(row, condition) for condition in filters)]
    assert [row["id"] for row in projection.page(filters, limit=1000, fields=["id"]).rows] == expected
    assert projection.count(filters) == len(expected)
    done = export_snapshot(snapshot, folder / "out.csv", fields=["id"], filters=filters, limits=Limits(threads=1))
    assert done.path.read_text("utf-8").split()[1:] == expected
