"""Hypothesis looks for cells that a CSV, a JSON lines file or a Parquet file brings in other than they are."""

from __future__ import annotations

import csv
import datetime
import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengtong.tables import DelimitedSource, Limits, Schema, Store, load

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    st.text(",\"\n\r\t ;|'\\李敏a0\ufeff", max_size=8),
    st.sampled_from(["NULL", "null", "NaN", "true", "007", "1e5", "''", '""', "#N/A", "--", "\\N", " ", "\u3000"]),
)
TABLE = st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=25)
SCHEMA = Schema.of(a="text", b="text", c="text")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("trip"), Limits(threads=1, memory_bytes=256 << 20)).shelf("r")


def expected(rows):
    """An empty text is an empty cell."""
    return [tuple(cell or None for cell in row) for row in rows]


def found(report):
    assert report.rows_rejected == 0, list(report.snapshot.rejects())
    return [(row["a"], row["b"], row["c"]) for row in report.snapshot.rows()]


@settings(max_examples=25, deadline=None)
@given(
    rows=TABLE,
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    delimiter=st.sampled_from([",", "\t", ";"]),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
)
def test_a_delimited_file_brings_in_every_cell_as_it_is(shelf, rows, quoting, delimiter, encoding):
    path = shelf.root / "in.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator="\r\n")
        writer.writerow(["a", "b", "c"])
        writer.writerows(rows)
    report = load(DelimitedSource(path, encoding=encoding, delimiter=delimiter, has_heading=True), shelf, SCHEMA)
    assert found(report) == expected(rows)


@settings(max_examples=15, deadline=None)
@given(rows=TABLE)
def test_json_lines_bring_in_every_cell_as_it_is(shelf, rows):
    path = shelf.root / "in.jsonl"
    path.write_text(
        "".join(json.dumps(dict(zip("abc", row, strict=True)), ensure_ascii=False) + "\n" for row in rows),
        encoding="utf-8",
        newline="",
    )
    assert found(load(path, shelf, SCHEMA)) == expected(rows)


@settings(max_examples=10, deadline=None)
@given(rows=TABLE)
def test_parquet_brings_in_every_cell_as_it_is(shelf, rows):
    path = shelf.root / "in.parquet"
    pq.write_table(pa.table({name: [row[place] for row in rows] for place, name in enumerate("abc")}), path)
    assert found(load(path, shelf, SCHEMA)) == list(rows)


NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.decimals(-(10**9), 10**9, places=4).map(lambda x: f"{x:f}"),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.from_regex(r"[-+]?0{0,3}[0-9]{1,6}(\.[0-9]{0,5})?([eE][-+]?[0-9]{1,2})?", fullmatch=True),
    st.dates().map(str),
    st.datetimes().map(lambda x: x.isoformat(" ")),
    st.sampled_from(["是", "否", "true", "", "2024-02-30", "20240230", "1_000", " 5", "5 ", "٣"]),
)


@settings(max_examples=30, deadline=None)
@given(values=st.lists(NUMBERS, min_size=1, max_size=12))
def test_a_detected_type_changes_no_value(shelf, values):
    """Whatever type is chosen, the plain value means exactly what the text said."""
    path = shelf.root / "numbers.csv"
    path.write_text("v,k\n" + "".join(f'"{value}",x\n' for value in values), encoding="utf-8")
    report = load(path, shelf)
    type_ = report.decisions[0].type
    got = [row["v"] for row in report.snapshot.rows()]
    assert report.rows_rejected == 0
    for value, plain in zip(values, got, strict=True):
        assert means(type_, value, plain), (type_, value, plain)


def means(type_, text, plain):
    if text == "":
        return plain is None
    if type_ == "text":
        return plain == text
    if type_ == "integer":
        return str(plain) == text
    if type_.startswith("decimal"):
        return Decimal(plain) == Decimal(text)
    if type_ == "double":
        return plain == float(text)
    if type_ == "boolean":
        return plain is (text in ("是", "true"))
    if type_ == "date":
        return plain.replace("-", "") == text.replace("-", "")
    return datetime.datetime.fromisoformat(plain) == datetime.datetime.fromisoformat(text)
