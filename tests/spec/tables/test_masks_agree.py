"""Every rule of the masking table, on awkward values: Python rows, DuckDB SQL and exported files say the same."""

from __future__ import annotations

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhengtong.kit.masking import builtin_policies
from zhengtong.tables import Filter, Limits, Schema, Store, load
from zhengtong.tables.engine import connect
from zhengtong.tables.export import export_snapshot
from zhengtong.tables.masking import FieldMask, mask_rows, masked_sql
from zhengtong.tables.schema import Column

AWKWARD = [
    "",
    "a",
    "李",
    "李敏",
    "李小敏",
    "欧阳修远",
    "古丽娜尔·买买提",
    "𠮷野家",
    "e\u0301x",
    "👨‍👩‍👧",
    "990101200001010015",
    "13812343210",
    "a@b.cn",
    "@b",
    "ab@",
    "a@b@c.cn",
    "line\nbreak@x",
    "010-12345678",
    " 0571 87654321 ",
    "0571-8765432",
    "澜江市云栖区和平路1号",
    "北京市朝阳区某路",
    "内蒙古自治区某盟某旗",
    "小区里",
    "6228480402564890018",
    "澜A12345",
    "2001-02-03",
    "*",
    "***",
    "  ",
    "x" * 300,
    "'; DROP TABLE rows; --",
]
KINDS = [(kind, profile) for kind, profiles in builtin_policies().items() for profile in profiles]


@pytest.mark.parametrize(("kind", "profile"), KINDS)
def test_sql_and_python_mask_alike(kind, profile):
    mask = FieldMask(kind, profile)
    expected = [row["v"] for row in mask_rows([{"v": value} for value in [*AWKWARD, None]], {"v": mask})]
    with connect(Limits(threads=1)) as connection:
        connection.register("awkward", pa.table({"n": range(len(AWKWARD) + 1), "v": [*AWKWARD, None]}))
        sql = masked_sql(Column("v"), mask)
        found = connection.execute(f"SELECT {sql} FROM awkward ORDER BY n").fetchall()
    assert [row[0] for row in found] == expected


def test_typed_cells_mask_by_their_plain_text(tmp_path):
    (tmp_path / "in.csv").write_text("born,money,flag,n\n2001-02-03,12.50,是,42\n,,,\n", encoding="utf-8")
    schema = Schema.of(born="date", money="decimal(8,2)", flag="boolean", n="integer")
    snapshot = load(tmp_path / "in.csv", Store(tmp_path / "s").shelf("r"), schema).snapshot
    masks = dict.fromkeys(schema.names, FieldMask("birth-date"))
    done = export_snapshot(snapshot, tmp_path / "out.jsonl", fields=schema.names, masks=masks, form="jsonl")
    lines = [json.loads(line) for line in done.path.read_text("utf-8").splitlines()]
    assert lines == list(mask_rows(snapshot.rows(), masks))
    assert lines[0] == {"born": "2001******", "money": "12.5*", "flag": "****", "n": "**"}


@pytest.fixture
def snapshot(tmp_path):
    lines = ["id,name,phone,money,on"]
    lines += [f"{n:05d},李小{n % 10},1390000{n:04d},{n}.10,2024-01-{1 + n % 28:02d}" for n in range(5000)]
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    schema = Schema.of(id="text", name="text", phone="text", money="decimal(10,2)", on="date")
    return load(tmp_path / "in.csv", Store(tmp_path / "s").shelf("r"), schema).snapshot


def read(path, form):
    if form == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if form == "jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [{**row, "money": str(row["money"])} for row in pq.read_table(path).to_pylist()]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_an_export_holds_the_granted_part_and_nothing_else(snapshot, tmp_path, form):
    masks = {"name": FieldMask("name"), "phone": FieldMask("phone")}
    filters = [Filter("money", ">", "4000.105"), Filter("id", "prefix", "04")]
    fields = ("name", "phone", "money")
    done = export_snapshot(snapshot, tmp_path / "out", fields=fields, filters=filters, masks=masks, form=form)
    expected = [row for row in snapshot.rows(["id", *fields]) if row["id"] >= "04001"]
    expected = list(mask_rows([{name: row[name] for name in fields} for row in expected], masks))
    assert read(done.path, form) == expected
    assert done.rows == len(expected) == 999
    assert "李小1" not in done.path.read_bytes().decode("utf-8", "replace")


def test_an_export_that_fails_leaves_nothing(snapshot, tmp_path):
    from zhengtong.kit import Refused

    for bad in (
        {"fields": ["secret"]},
        {"fields": []},
        {"fields": ["id"], "form": "xls"},
        {"fields": ["id"], "masks": {"id": FieldMask("no-such")}},
    ):
        with pytest.raises(Refused):
            export_snapshot(snapshot, tmp_path / "o" / "out", **bad)
    assert not (tmp_path / "o").exists() or list((tmp_path / "o").iterdir()) == []
