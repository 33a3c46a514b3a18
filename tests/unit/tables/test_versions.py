"""Versions can be compared, found by time, and removed when their term is over."""

from __future__ import annotations

import datetime

import pyarrow.parquet as pq
import pytest

from zhengtong.kit import Refused
from zhengtong.tables import Column, Projection, Schema, diff, load, project

HOUR = datetime.timedelta(hours=1)


def publish(store, tmp_path, text, schema=None, name="r"):
    path = tmp_path / "in.csv"
    path.write_text(text, encoding="utf-8")
    return load(path, store.shelf(name), schema).snapshot


def test_a_difference_names_every_change(store, tmp_path):
    old = publish(store, tmp_path, "id,name,n,on\na,甲,1,2024-01-01\nb,乙,2,\nc,丙,3,2024-01-03\n")
    new = publish(store, tmp_path, "id,name,n,on\nb,乙,2,\nc,丙丙,4,2024-01-03\nd,丁,5,2024-01-04\n")
    found = diff(old, new, "id", changes_to=tmp_path / "changes.parquet")
    assert (found.added, found.removed, found.changed, found.unchanged) == (1, 1, 1, 1)
    assert found.fields == {"name": 1, "n": 1}
    assert [(c.change, c.key, c.before, c.after) for c in found.sample] == [
        ("removed", ("a",), {"name": "甲", "n": 1, "on": "2024-01-01"}, None),
        ("changed", ("c",), {"name": "丙", "n": 3, "on": "2024-01-03"}, {"name": "丙丙", "n": 4, "on": "2024-01-03"}),
        ("added", ("d",), None, {"name": "丁", "n": 5, "on": "2024-01-04"}),
    ]
    written = pq.read_table(tmp_path / "changes.parquet").to_pylist()
    assert [(row["change"], row["id"], row["after.n"]) for row in written] == [
        ("removed", "a", None),
        ("changed", "c", 4),
        ("added", "d", 5),
    ]


def test_the_same_rows_in_another_order_do_not_differ(store, tmp_path):
    old = publish(store, tmp_path, "id,n\n" + "".join(f"k{n},{n}\n" for n in range(5000)))
    new = publish(store, tmp_path, "id,n\n" + "".join(f"k{n},{n}\n" for n in reversed(range(5000))))
    found = diff(old, new, ("id",))
    assert (found.added, found.removed, found.changed, found.unchanged, found.sample) == (0, 0, 0, 5000, ())


def test_a_widened_or_new_column_does_not_change_every_row(store, tmp_path):
    old = publish(store, tmp_path, "id,n\na,1\nb,2\n", Schema.of(id="text", n="decimal(10,2)"))
    new = publish(store, tmp_path, "id,n,more\na,1,x\nb,2.5,y\n", Schema.of(id="text", n="decimal(12,3)", more="text"))
    found = diff(old, new, "id")
    assert (found.changed, found.unchanged) == (1, 1)
    assert found.schema.kind == "compatible"
    assert (found.schema.added, found.schema.widened) == (("more",), ("n",))


@pytest.mark.parametrize("text", ["id,n\na,1\na,2\n", "id,n\na,1\n,2\n"])
def test_a_key_that_is_no_key_is_refused(store, tmp_path, text):
    good = publish(store, tmp_path, "id,n\na,1\nb,2\n")
    bad = publish(store, tmp_path, text)
    for pair in ((good, bad), (bad, good)):
        with pytest.raises(Refused) as refused:
            diff(*pair, "id")
        assert refused.value.code == "tables.diff.repeated-key"


def test_the_past_is_found_by_its_instant(store, tmp_path):
    first = publish(store, tmp_path, "id\na\n")
    between = datetime.datetime.now(datetime.UTC)
    second = publish(store, tmp_path, "id\nb\n")
    shelf = store.shelf("r")
    assert shelf.as_of(between) == first
    assert shelf.as_of(between + HOUR) == second
    with pytest.raises(Refused) as refused:
        shelf.as_of(between - HOUR)
    assert refused.value.code == "tables.store.no-version-then"


def test_retention_removes_versions_with_their_projections_but_never_the_last(store, tmp_path):
    for n in range(5):
        snapshot = publish(store, tmp_path, f"id\nk{n}\n")
        Projection(project(snapshot, "id")).close()
    shelf = store.shelf("r")
    assert shelf.retain(versions=2, protect={"v000002"}) == ["v000001", "v000003"]
    assert shelf.versions() == ["v000002", "v000004", "v000005"]
    assert len(list((shelf.directory / "projections").iterdir())) == 3
    assert shelf.retain(versions=1, since=datetime.datetime.now(datetime.UTC) - HOUR) == []
    assert shelf.retain(versions=0) == ["v000002", "v000004"]
    assert [row["id"] for row in shelf.open().rows()] == ["k4"]
    assert publish(store, tmp_path, "id\nnext\n").manifest.version == "v000006"


def test_a_projection_is_built_once_for_a_layout(store, tmp_path):
    snapshot = publish(store, tmp_path, "id,b\na,1\n")
    path = project(snapshot, "id", indexes=("b",))
    made = path.stat().st_mtime_ns
    assert project(snapshot, "id", indexes=("b",)).stat().st_mtime_ns == made
    assert project(snapshot, "id") != path


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("integer", "integer", "same"),
        ("integer", "decimal(21,2)", "compatible"),
        ("integer", "decimal(18,2)", "breaking"),
        ("decimal(10,2)", "decimal(12,3)", "compatible"),
        ("decimal(10,2)", "decimal(10,3)", "breaking"),
        ("date", "datetime", "compatible"),
        ("text", "integer", "breaking"),
        ("integer", "double", "breaking"),
    ],
)
def test_a_type_change_is_compatible_only_if_no_value_is_lost(old, new, kind):
    assert Schema.of(a=old).change_to(Schema.of(a=new)).kind == kind


def test_a_removed_column_breaks_and_an_added_one_does_not():
    one, two = Schema((Column("a"),)), Schema((Column("a"), Column("b")))
    assert one.change_to(two).kind == "compatible"
    assert two.change_to(one).kind == "breaking"


@pytest.mark.parametrize("bad", ["number", "decimal(40,2)", "decimal(4,5)", "decimal(0,0)"])
def test_an_unknown_type_is_refused(bad):
    with pytest.raises(Refused):
        Column("a", bad)


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(Refused):
        Schema((Column("a"), Column("a")))
