"""Loading takes what fits, says what it decided, and keeps what it could not take."""

from __future__ import annotations

import csv
import decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhengtong.kit import Refused
from zhengtong.tables import Column, DelimitedSource, Limits, Schema, load, source_from_path
from zhengtong.tables.loading import delimited
from zhengtong.tables.loading.encoding import detect_encoding

MESSY = (
    "身份证号,姓名,金额,日期,n\n"
    "990101200001010015,张三,1.20,2024-01-05,1\n"
    '"990101200001010015","李\n四",1.239,2024-02-30,2\n'
    "x,y\n"
    "\n"
    "1,2,3,4,5,6\n"
    '00123,"王""五",9,2024-1-7,3\n'
)
STATED = Schema.of(身份证号="text", 金额="decimal(10,2)", 日期="date")


def write(tmp_path, text, encoding="utf-8", name="in.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def types_of(report):
    return {decision.name: decision.type for decision in report.decisions}


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16-le")],
)
def test_the_same_rows_come_out_of_every_encoding(store, tmp_path, encoding, found):
    report = load(write(tmp_path, MESSY, encoding), store.shelf("r"), STATED)
    assert report.format["encoding"] == found
    assert [row["身份证号"] for row in report.snapshot.rows()] == ["990101200001010015", "00123"]
    assert [(r["line"], r["reason"], r["column"]) for r in report.snapshot.rejects()] == [
        (3, "cell.wrong-type", "金额"),
        (5, "row.too-few-columns", None),
        (7, "row.too-many-columns", None),
    ]
    assert report.rows_read == report.rows_loaded + report.rows_rejected == 5


def test_a_detected_schema_rejects_no_value(store, tmp_path):
    report = load(write(tmp_path, MESSY), store.shelf("r"))
    rows = list(report.snapshot.rows())
    assert [row["金额"] for row in rows] == ["1.200", "1.239", "9.000"]
    assert rows[1]["姓名"] == "李\n四"
    assert rows[2]["姓名"] == '王"五'
    assert rows[1]["日期"] == "2024-02-30"  # not a date, so the column is text


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (["1", "22", "-3"], "integer"),
        (["007", "12"], "text"),
        (["990101200001010015", "12"], "text"),
        (["1234567890123456"], "text"),
        (["13900000000", "13800000000"], "text"),
        (["1.5", "22", "-0.25"], "decimal(18,2)"),
        (["12345678901234567.123", "1.1"], "decimal(38,3)"),
        (["0.12345678901234567", "1.5"], "double"),
        (["是", "否"], "boolean"),
        (["true", "False"], "boolean"),
        (["2024-02-29", "2024-01-01"], "date"),
        (["2024/2/9", "2024年1月5日"], "date"),
        (["20240229", "19991231"], "date"),
        (["20240230", "19991231"], "text"),
        (["2024-02-29 08:00:00", "2024-02-29T08:00"], "datetime"),
        (["", ""], "text"),
        (["1_000", "2"], "text"),
        (["+5", "6"], "text"),
    ],
)
def test_types_are_decided_by_values(store, tmp_path, values, type_):
    text = "v,w\n" + "".join(f"{value},x\n" for value in values)
    report = load(write(tmp_path, text), store.shelf("r"))
    assert types_of(report)["v"] == type_
    assert report.rows_rejected == 0
    decision = report.decisions[0]
    assert decision.zh
    assert decision.en


def test_a_value_past_the_sample_widens_the_type_and_is_not_lost(store, tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "_SAMPLE_ROWS", 2)
    text = "a,b\n1,2024-01-01\n2,2024-01-02\n2.5,unknown\n,\n"
    report = load(write(tmp_path, text), store.shelf("r"))
    assert types_of(report) == {"a": "decimal(18,1)", "b": "text"}
    assert [row["a"] for row in report.snapshot.rows()] == ["1.0", "2.0", "2.5", None]
    assert report.rows_rejected == 0


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        (
            "integer",
            {"1": 1, "+2": 2, " 3 ": 3, "-9223372036854775808": -9223372036854775808},
            ["1.0", "1_000", "1e3", "9223372036854775808", "x"],
        ),
        (
            "decimal(6,2)",
            {"1": "1.00", "1.20": "1.20", "1.2000": "1.20", "-9999.99": "-9999.99"},
            ["1.239", "10000", "1e2", "1_0", "."],
        ),
        ("double", {"1e3": 1000.0, "-2.5": -2.5}, ["nan", "inf", "x", "1_0"]),
        ("boolean", {"是": True, "否": False, "Y": True, "0": False, "TRUE": True}, ["2", "maybe"]),
        (
            "date",
            {
                "2024-02-29": "2024-02-29",
                "2024/2/9": "2024-02-09",
                "2024年12月1日": "2024-12-01",
                "20240105": "2024-01-05",
                "2024.1.5": "2024-01-05",
            },
            ["2023-02-29", "2024-13-01", "5/1/2024", "2024-01-05x"],
        ),
        (
            "datetime",
            {
                "2024-01-05": "2024-01-05T00:00:00",
                "2024/1/5 8:00": "2024-01-05T08:00:00",
                "2024-01-05T00:00:00Z": "2024-01-05T08:00:00",
                "2024-01-05 00:00:00.5": "2024-01-05T00:00:00.5",
            },
            ["2024-01-05 25:00:00", "08:00"],
        ),
    ],
)
def test_a_stated_type_takes_exactly_its_values(store, tmp_path, type_, good, bad):
    lines = ["v;k", *(f"{value};k" for value in good), ";k", *(f"{value};k" for value in bad)]
    report = load(write(tmp_path, "\n".join(lines) + "\n"), store.shelf("r"), Schema.of(v=type_))
    assert [row["v"] for row in report.snapshot.rows()] == [*good.values(), None]
    first = len(good) + 3
    assert [r["line"] for r in report.snapshot.rejects()] == list(range(first, first + len(bad)))


def test_a_required_cell_left_empty_rejects_its_row(store, tmp_path):
    schema = Schema((Column("a", nullable=False), Column("b", "integer", nullable=False)))
    report = load(write(tmp_path, "a,b\nx,1\n,2\ny,\n"), store.shelf("r"), schema)
    assert [(r["line"], r["reason"], r["column"]) for r in report.snapshot.rejects()] == [
        (3, "cell.required", "a"),
        (4, "cell.required", "b"),
    ]


def test_undecodable_lines_are_rejected_with_their_numbers(store, tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes("姓名,x\n张三,1\n".encode() + b"\xff\xfe\xfa,2\n" + "李四,3\n".encode())
    report = load(path, store.shelf("r"))
    assert report.format["encoding"] == "utf-8"
    assert [row["姓名"] for row in report.snapshot.rows()] == ["张三", "李四"]
    assert [(r["line"], r["reason"]) for r in report.snapshot.rejects()] == [(3, "row.not-text")]
    assert detect_encoding(path).bad_lines == (3,)


def test_line_numbers_hold_far_into_a_file_with_quoted_line_ends(store, tmp_path):
    path = tmp_path / "in.csv"
    expected, line = [], 2
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["n", "text", "filler"])
        for number in range(60_000):
            bad = number % 9_999 == 17
            text = "two\nlines" if number % 7 == 0 else "one, line"
            writer.writerow(["bad" if bad else number, text, "x" * 300])
            if bad:
                expected.append(line)
            line += 2 if number % 7 == 0 else 1
    report = load(path, store.shelf("r"), Schema.of(n="integer", text="text"))
    assert [r["line"] for r in report.snapshot.rejects()] == expected
    assert [row["n"] for row in report.snapshot.rows(["n"])] == [n for n in range(60_000) if n % 9_999 != 17]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("inside", ["\n", "\r\n"])
def test_the_line_of_a_row_that_cannot_be_cut_is_exact(store, tmp_path, end, mark, inside):
    lines = ["a,b", "x", f'1,"p{inside}q"', "y", "2,z", "1,2,3", "", '"q"r,1', "z"]
    path = tmp_path / "in.csv"
    path.write_bytes((mark + end.join(lines) + end).encode())
    report = load(path, store.shelf("r"))
    assert [r["line"] for r in report.snapshot.rejects()] == [2, 5, 7, 9, 10]
    assert [r["raw"] for r in report.snapshot.rejects()] == ["x", "y", "1,2,3", '"q"r,1', "z"]


def test_rows_keep_the_order_of_the_file_over_many_batches(store, tmp_path):
    path = write(tmp_path, "n,pad\n" + "".join(f"{n},{'y' * 60}\n" for n in range(300_000)))
    report = load(path, store.shelf("r"))
    assert [row["n"] for row in report.snapshot.rows(["n"])] == list(range(300_000))


def test_headings_become_distinct_names(store, tmp_path):
    report = load(write(tmp_path, " 姓 名 ,姓 名,,a\n1x,2x,3x,4x\n"), store.shelf("r"))
    assert report.snapshot.schema.names == ("姓 名", "姓 名_2", "column_3", "a")


def test_a_file_without_headings_gets_numbered_columns(store, tmp_path):
    report = load(write(tmp_path, "1\tx\n2\ty\n", name="in.tsv"), store.shelf("r"))
    assert list(report.snapshot.rows()) == [{"column_1": 1, "column_2": "x"}, {"column_1": 2, "column_2": "y"}]


def test_columns_the_schema_does_not_name_are_left_out_and_told(store, tmp_path):
    report = load(write(tmp_path, MESSY), store.shelf("r"), STATED)
    assert report.left_out == ("姓名", "n")


def test_a_heading_may_be_the_column_s_title(store, tmp_path):
    schema = Schema((Column("born", "date", "出生日期"), Column("name", title="姓名")))
    report = load(write(tmp_path, "name,出生日期,x\n张三,2024-01-05,1\n"), store.shelf("r"), schema)
    assert list(report.snapshot.rows()) == [{"born": "2024-01-05", "name": "张三"}]
    assert [(decision.name, decision.source) for decision in report.decisions] == [
        ("born", "出生日期"),
        ("name", "name"),
    ]
    assert report.left_out == ("x",)


def test_a_file_that_lacks_a_column_is_refused_and_publishes_nothing(store, tmp_path):
    with pytest.raises(Refused) as refused:
        load(write(tmp_path, "a\n1\n"), store.shelf("r"), Schema.of(a="text", b="text"))
    assert refused.value.code == "tables.load.missing-columns"
    assert store.shelf("r").versions() == []
    assert [p for p in store.shelf("r").directory.iterdir() if p.name.startswith(".staging")] == []


def test_too_many_rejects_publish_nothing(store, tmp_path):
    with pytest.raises(Refused) as refused:
        load(write(tmp_path, "a,b\nx,1\ny,1\n3,1\n"), store.shelf("r"), Schema.of(a="integer"), allow_rejected=0.5)
    assert refused.value.code == "tables.load.too-many-rejects"
    assert store.shelf("r").latest() is None


@pytest.mark.parametrize("name", ["in.docx", "missing.csv"])
def test_a_file_we_cannot_read_is_refused(store, tmp_path, name):
    if name == "in.docx":
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(Refused):
        load(tmp_path / name, store.shelf("r"))


def test_an_empty_file_is_refused(store, tmp_path):
    with pytest.raises(Refused) as refused:
        load(write(tmp_path, ""), store.shelf("r"))
    assert refused.value.code == "tables.load.empty"


def test_headings_without_rows_make_an_empty_snapshot(store, tmp_path):
    report = load(write(tmp_path, "a,b\n"), store.shelf("r"))
    assert report.snapshot.manifest.rows == 0
    assert list(report.snapshot.rows()) == []


def test_parquet_keeps_its_types_exactly(store, tmp_path):
    table = pa.table(
        {
            "id": pa.array(["0001", None]),
            "small": pa.array([1, 2], pa.int16()),
            "money": pa.array([decimal.Decimal("1.10"), decimal.Decimal("-2.05")], pa.decimal128(20, 2)),
            "nested": pa.array([[1, 2], []]),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    report = load(tmp_path / "in.parquet", store.shelf("r"))
    assert types_of(report) == {"id": "text", "small": "integer", "money": "decimal(20,2)", "nested": "text"}
    assert list(report.snapshot.rows(["id", "small", "money"])) == [
        {"id": "0001", "small": 1, "money": "1.10"},
        {"id": None, "small": 2, "money": "-2.05"},
    ]


def test_parquet_of_another_shape_rejects_what_does_not_fit(store, tmp_path):
    pq.write_table(pa.table({"v": ["1", "x", None]}), tmp_path / "in.parquet")
    report = load(tmp_path / "in.parquet", store.shelf("r"), Schema.of(v="integer"))
    assert [row["v"] for row in report.snapshot.rows()] == [1, None]
    assert [r["line"] for r in report.snapshot.rejects()] == [2]


def test_a_broken_parquet_file_is_refused(store, tmp_path):
    (tmp_path / "in.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(Refused) as refused:
        load(tmp_path / "in.parquet", store.shelf("r"))
    assert refused.value.code == "tables.load.unreadable"


def test_a_report_tells_what_changed_against_the_version_before(store, tmp_path):
    shelf = store.shelf("r")
    assert load(write(tmp_path, "a,b\nx,1\n"), shelf).change is None
    report = load(write(tmp_path, "a,c\nx,1\n"), shelf)
    assert report.change.kind == "breaking"
    assert report.change.removed == ("b",)
    assert report.to_json()["change"]["kind"] == "breaking"
    assert report.snapshot.manifest.parent == "v000001"


def test_what_the_caller_states_is_not_guessed(store, tmp_path):
    path = write(tmp_path, "a|b\n1|2\n", "gb18030", name="in.dat")
    report = load(DelimitedSource(path, encoding="gb18030", delimiter="|", has_heading=False), store.shelf("r"))
    assert list(report.snapshot.rows()) == [{"column_1": "a", "column_2": "b"}, {"column_1": "1", "column_2": "2"}]


def test_a_source_is_chosen_by_suffix(tmp_path):
    assert isinstance(source_from_path(tmp_path / "x.CSV"), DelimitedSource)


def test_seventy_columns_are_guarded_each(store, tmp_path):
    names = [f"c{n}" for n in range(70)]
    bad = ["1"] * 70
    bad[65] = "x"
    text = "\n".join([",".join(names), ",".join(["1"] * 70), ",".join(bad)]) + "\n"
    report = load(write(tmp_path, text), store.shelf("r"), Schema.of(**dict.fromkeys(names, "integer")))
    assert [(r["line"], r["column"]) for r in report.snapshot.rejects()] == [(3, "c65")]


def test_memory_limits_are_obeyed_by_the_engine(tmp_path):
    from zhengtong.tables.engine import connect

    with connect(Limits(threads=1, memory_bytes=200 << 20)) as connection:
        assert connection.execute("SELECT current_setting('threads')").fetchone() == (1,)
        assert connection.execute("SELECT current_setting('memory_limit')").fetchone() == ("200.0 MiB",)
