"""An increment adds, replaces, deletes — and everything else is the same bytes as before."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhengtong.kit import Refused
from zhengtong.tables import Increment, Limits, Schema, Store, load

SCHEMA = Schema.of(id="text", n="integer", seen="datetime")


def write(tmp_path, rows, head="id,n,seen"):
    path = tmp_path / "in.csv"
    path.write_text(head + "\n" + "".join(row + "\n" for row in rows), encoding="utf-8")
    return path


def rows_of(snapshot):
    return [(row["id"], row["n"]) for row in snapshot.rows(["id", "n"])]


def test_appending_shares_the_old_parts(store, tmp_path):
    shelf = store.shelf("r")
    first = load(write(tmp_path, ["a,1,2026-01-01", "b,2,2026-01-02"]), shelf, SCHEMA).snapshot
    report = load(write(tmp_path, ["c,3,2026-01-03"]), shelf, increment=Increment("append"))
    assert rows_of(report.snapshot) == [("a", 1), ("b", 2), ("c", 3)]
    assert report.effect == {"inserted": 1, "skipped": 0}
    assert report.snapshot.paths[0].stat().st_ino == first.paths[0].stat().st_ino
    report.snapshot.check()
    stats = {column.name: column for column in report.snapshot.manifest.columns}
    assert (stats["n"].min, stats["n"].max, stats["seen"].max) == ("1", "3", "2026-01-03T00:00:00")


def test_a_watermark_takes_only_what_is_above_it(store, tmp_path):
    shelf, plan = store.shelf("r"), Increment("append", watermark="seen")
    assert (
        load(
            write(tmp_path, ["a,1,2026-01-01", "b,2,2026-01-02 08:00:00"]), shelf, SCHEMA, increment=plan
        ).snapshot.manifest.watermark
        == "2026-01-02T08:00:00"
    )
    report = load(
        write(tmp_path, ["a,1,2026-01-01", "b,9,2026-01-02 08:00:00", "c,3,2026-01-02 08:00:01"]), shelf, increment=plan
    )
    assert rows_of(report.snapshot) == [("a", 1), ("b", 2), ("c", 3)]
    assert report.effect == {"inserted": 1, "skipped": 2}
    again = load(write(tmp_path, ["a,1,2026-01-01"]), shelf, increment=plan)
    assert again.effect == {"inserted": 0, "skipped": 1}
    assert again.snapshot.manifest.watermark == "2026-01-02T08:00:01"


def test_a_full_load_sets_the_watermark_for_the_next(store, tmp_path):
    shelf = store.shelf("r")
    load(
        write(tmp_path, ["a,10,2026-01-01", "b,9,2026-01-02"]),
        shelf,
        SCHEMA,
        increment=Increment("full", watermark="n"),
    )
    report = load(write(tmp_path, ["x,10,", "y,11,"]), shelf, increment=Increment("append", watermark="n"))
    assert rows_of(report.snapshot) == [("a", 10), ("b", 9), ("y", 11)]


def test_upserts_replace_by_key_and_the_last_counts(store, tmp_path):
    shelf = store.shelf("r")
    load(write(tmp_path, ["a,1,", "b,2,", "c,3,"]), shelf, SCHEMA)
    report = load(write(tmp_path, ["b,20,", "d,4,", "b,21,"]), shelf, increment=Increment("upsert", key=("id",)))
    assert sorted(rows_of(report.snapshot)) == [("a", 1), ("b", 21), ("c", 3), ("d", 4)]
    assert report.effect == {"inserted": 1, "updated": 1, "deleted": 0, "superseded": 1, "deleted_unknown": 0}


def test_a_change_set_may_delete(store, tmp_path):
    shelf = store.shelf("r")
    load(write(tmp_path, ["a,1,", "b,2,", "c,3,"]), shelf, SCHEMA)
    changes = write(tmp_path, ["D,a,,", "新增,d,4,", "U,b,22,", "delete,zz,,"], head="op,id,n,seen")
    report = load(changes, shelf, increment=Increment("changes", key=("id",), operation="op"))
    assert sorted(rows_of(report.snapshot)) == [("b", 22), ("c", 3), ("d", 4)]
    assert report.effect == {"inserted": 1, "updated": 1, "deleted": 1, "superseded": 0, "deleted_unknown": 1}
    assert report.snapshot.schema == SCHEMA
    assert report.change.kind == "same"


def test_untouched_parts_are_shared_and_touched_ones_rewritten(store, tmp_path):
    table = pa.table({"id": [f"{n:04d}" for n in range(1000)], "n": range(1000)})
    pq.write_table(table, tmp_path / "in.parquet")
    shelf = store.shelf("r")
    first = load(tmp_path / "in.parquet", shelf).snapshot
    second = load(write(tmp_path, ["x,5"], head="id,n"), shelf, increment=Increment("append")).snapshot
    third = load(write(tmp_path, ["x,6"], head="id,n"), shelf, increment=Increment("upsert", key=("id",))).snapshot
    assert third.paths[0].stat().st_ino == first.paths[0].stat().st_ino
    assert ("x", 6) in rows_of(third)
    assert second.manifest.rows == third.manifest.rows == 1001
    assert rows_of(second)[-1] == ("x", 5)  # the version before is as it was


@pytest.mark.parametrize(
    ("rows", "plan"),
    [
        (["Z,a,1,"], Increment("changes", key=("id",), operation="op")),
        ([",a,1,"], Increment("changes", key=("id",), operation="op")),
        (["U,,1,"], Increment("changes", key=("id",), operation="op")),
    ],
)
def test_a_change_set_with_odd_rows_changes_nothing(store, tmp_path, rows, plan):
    shelf = store.shelf("r")
    load(write(tmp_path, ["a,1,"]), shelf, SCHEMA)
    with pytest.raises(Refused) as refused:
        load(write(tmp_path, rows, head="op,id,n,seen"), shelf, increment=plan)
    assert refused.value.code == "tables.load.bad-changes"
    assert shelf.versions() == ["v000001"]


@pytest.mark.parametrize(
    "bad",
    [
        {"mode": "upsert"},
        {"mode": "changes", "key": ("id",)},
        {"mode": "sideways"},
        {"mode": "upsert", "key": ("id",), "operation": "op"},
    ],
)
def test_an_incomplete_increment_is_refused(bad):
    with pytest.raises(Refused):
        Increment(**bad)


KEYS = st.sampled_from("abcdefgh")
BATCHES = st.lists(
    st.lists(st.tuples(st.sampled_from("IUD"), KEYS, st.integers(-9, 9)), min_size=1, max_size=8),
    min_size=1,
    max_size=4,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES)
def test_change_sets_end_where_a_dictionary_ends(tmp_path_factory, batches):
    folder = tmp_path_factory.mktemp("changes")
    shelf = Store(folder, Limits(threads=1, memory_bytes=256 << 20)).shelf("r")
    load(write(folder, []), shelf, SCHEMA)
    model = {}
    for batch in batches:
        changes = write(folder, [f"{op},{key},{n}," for op, key, n in batch], head="op,id,n,seen")
        report = load(changes, shelf, increment=Increment("changes", key=("id",), operation="op"))
        last = {key: (op, n) for op, key, n in batch}
        model = {key: n for key, n in model.items() if key not in last} | {
            key: n for key, (op, n) in last.items() if op != "D"
        }
        assert dict(rows_of(report.snapshot)) == model
        assert report.snapshot.manifest.rows == len(model)
