"""An exported Iceberg table reads back as the snapshots it was made of, version by version."""

from __future__ import annotations

import pytest

from zhengtong.tables import Schema, export_iceberg, load

pyiceberg = pytest.importorskip("pyiceberg.table", reason="the extra `iceberg` is not installed")


def read(exported, snapshot_id=None):
    from pyiceberg.table import StaticTable

    table = StaticTable.from_metadata(exported.metadata)
    return table.scan(snapshot_id=snapshot_id).to_arrow().sort_by("id").to_pylist()


@pytest.mark.filterwarnings("ignore")
def test_each_version_reads_back_and_the_same_one_is_exported_once(store, tmp_path):
    schema = Schema.of(id="text", born="date", at="datetime", fee="decimal(8,2)", rows="integer", on="boolean")
    source = tmp_path / "in.csv"
    source.write_text("id,born,at,fee,rows,on\na,2001-02-03,2026-01-02 03:04:05,1.50,3,true\nb,,,,,\n", "utf-8")
    first = load(source, store.shelf("some-rows"), schema).snapshot
    exported = export_iceberg(first, tmp_path / "iceberg")
    assert export_iceberg(first, tmp_path / "iceberg").snapshot_id == exported.snapshot_id
    rows = read(exported)
    assert [(row["id"], str(row["born"]), str(row["fee"]), row["rows"]) for row in rows] == [
        ("a", "2001-02-03", "1.50", 3),
        ("b", "None", "None", None),
    ]
    source.write_text("id,born,more\nb,2002-03-04,x\nc,,y\n", "utf-8")
    second = load(source, store.shelf("some-rows"), Schema.of(id="text", born="date", more="text")).snapshot
    again = export_iceberg(second, tmp_path / "iceberg")
    store.shelf("some-rows").retain(versions=1)
    assert [(row["id"], row["more"]) for row in read(again)] == [("b", "x"), ("c", "y")]
    assert set(read(again)[0]) == {"id", "born", "more"}
    assert [row["id"] for row in read(again, exported.snapshot_id)] == ["a", "b"]
