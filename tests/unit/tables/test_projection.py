"""A projection answers by key, in pages, in counts, and by yes or no — and only what was asked."""

from __future__ import annotations

import multiprocessing
import threading
from decimal import Decimal

import pytest

from zhengtong.kit import Refused
from zhengtong.tables import Column, Filter, Projection, Schema, build_projection, load

HEAD = "id,name,region,balance,big,flag,born,seen,score"
SCHEMA = Schema(
    (
        Column("id"),
        Column("name"),
        Column("region"),
        Column("balance", "decimal(12,2)"),
        Column("big", "decimal(30,4)"),
        Column("flag", "boolean"),
        Column("born", "date"),
        Column("seen", "datetime"),
        Column("score", "double"),
    )
)


def row_text(n):
    return f"{n:05d},名{n % 7},99{n % 3:02d},{n - 500}.{n % 100:02d},{n}.0001,{'是' if n % 2 else '否'},2000-01-{1 + n % 28:02d},2024-05-01 08:00:{n % 60:02d},{n / 8}"


@pytest.fixture
def snapshot(store, tmp_path):
    lines = [HEAD, *(row_text(n) for n in reversed(range(1000))), ",no key,9900,,,,,,"]
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load(tmp_path / "in.csv", store.shelf("r"), SCHEMA).snapshot


@pytest.fixture
def projection(snapshot, tmp_path):
    built = build_projection(snapshot, "id", tmp_path / "p.sqlite", indexes=("region", "name"))
    assert (built.rows, built.without_key) == (1000, 1)
    opened = Projection(built.path)
    yield opened
    opened.close()


def test_a_row_comes_back_exactly(projection):
    assert projection.lookup("00007", SCHEMA.names) == {
        "id": "00007",
        "name": "名0",
        "region": "9901",
        "balance": "-493.07",
        "big": "7.0001",
        "flag": True,
        "born": "2000-01-08",
        "seen": "2024-05-01T08:00:07",
        "score": 0.875,
    }


def test_every_row_equals_the_snapshot_s(projection, snapshot):
    names = ("id", "balance", "big", "flag", "born", "seen", "score")
    expected = {row["id"]: row for row in snapshot.rows(names) if row["id"]}
    assert {key: projection.lookup(key, names) for key in expected} == expected


def test_only_the_fields_asked_for_leave(projection):
    assert projection.lookup("00007", ["name"]) == {"name": "名0"}
    with pytest.raises(Refused) as refused:
        projection.lookup("00007", [])
    assert refused.value.code == "tables.projection.no-fields"
    with pytest.raises(Refused) as refused:
        projection.lookup("00007", ["name", "passport"])
    assert refused.value.code == "tables.schema.unknown-column"


def test_a_key_that_is_not_there_gives_none(projection):
    assert projection.lookup("7", ["name"]) is None
    assert projection.lookup("' OR 1=1 --", ["name"]) is None
    assert projection.lookup_many(["00001", "zz"], ["id"]) == [{"id": "00001"}, None]


def test_a_row_the_filter_does_not_admit_is_not_there(projection):
    assert projection.lookup("00007", ["name"], [Filter("region", "=", "9902")]) is None
    assert projection.verify("00007", {"name": "名0"}, [Filter("region", "=", "9902")]) == {"name": "absent"}


@pytest.mark.parametrize("limit", [1, 7, 100, 1000])
def test_pages_give_every_row_once_in_order_of_the_key(projection, limit):
    ids, after = [], None
    while True:
        page = projection.page(after=after, limit=limit, fields=["id"])
        ids += [row["id"] for row in page.rows]
        if page.after is None:
            break
        after = page.after
    assert ids == [f"{n:05d}" for n in range(1000)]


ROWS = [
    {
        "id": f"{n:05d}",
        "name": f"名{n % 7}",
        "region": f"99{n % 3:02d}",
        "balance": Decimal(f"{n - 500}.{n % 100:02d}"),
        "flag": bool(n % 2),
        "born": f"2000-01-{1 + n % 28:02d}",
    }
    for n in range(1000)
]


@pytest.mark.parametrize(
    ("filters", "admits"),
    [
        ([], lambda r: True),
        ([Filter("region", "=", "9901")], lambda r: r["region"] == "9901"),
        ([Filter("region", "!=", "9901")], lambda r: r["region"] != "9901"),
        ([Filter("region", "in", ["9901", "9902"])], lambda r: r["region"] in ("9901", "9902")),
        ([Filter("region", "prefix", "99")], lambda r: True),
        ([Filter("name", "prefix", "名3")], lambda r: r["name"] == "名3"),
        ([Filter("balance", "<", "-9.5")], lambda r: r["balance"] < Decimal("-9.5")),
        ([Filter("balance", ">=", "0.001")], lambda r: r["balance"] >= Decimal("0.001")),
        ([Filter("balance", "=", "-493.07")], lambda r: r["balance"] == Decimal("-493.07")),
        ([Filter("balance", "=", "-493.071")], lambda r: False),
        (
            [Filter("flag", "=", True), Filter("born", ">", "2000-01-20")],
            lambda r: r["flag"] and r["born"] > "2000-01-20",
        ),
        ([Filter("region", "is_null")], lambda r: False),
        ([Filter("region", "not_null")], lambda r: True),
        ([Filter("region", "=", "' OR '1'='1")], lambda r: False),
        ([Filter("region", "=", "nowhere")], lambda r: False),
    ],
)
def test_filters_admit_what_python_would(projection, filters, admits):
    expected = [row["id"] for row in ROWS if admits(row)]
    assert projection.count(filters) == len(expected)
    assert [row["id"] for row in projection.page(filters, limit=1000, fields=["id"]).rows] == expected


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (Filter("secret", "=", 1), "tables.schema.unknown-column"),
        (Filter("region", "like", "9%"), "tables.filter.unsupported"),
        (Filter("balance", "prefix", "1"), "tables.filter.unsupported"),
        (Filter("big", "<", "1"), "tables.filter.unsupported"),
        (Filter("region", "in", []), "tables.filter.too-many-values"),
        (Filter("balance", "=", "abc"), "tables.filter.wrong-type"),
        (Filter("balance", "=", "NaN"), "tables.filter.wrong-type"),
        (Filter("flag", "=", "perhaps"), "tables.filter.wrong-type"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(projection, condition, code):
    with pytest.raises(Refused) as refused:
        projection.page([condition], fields=["id"])
    assert refused.value.code == code


@pytest.mark.parametrize("limit", [0, -1, 10_001])
def test_a_page_of_a_wrong_size_is_refused(projection, limit):
    with pytest.raises(Refused):
        projection.page(limit=limit, fields=["id"])


def test_verification_says_same_different_absent_and_nothing_else(projection):
    claims = {
        "name": " 名０ ",
        "balance": "-493.070",
        "flag": "true",
        "born": "2001-01-01",
        "score": "0.875",
        "seen": "x",
    }
    assert projection.verify("00007", claims) == {
        "name": "same",
        "balance": "same",
        "flag": "same",
        "born": "different",
        "score": "same",
        "seen": "different",
    }
    assert projection.verify("none", {"name": "名0"}) == {"name": "absent"}
    assert projection.verify("00007", {"balance": "not a number"}) == {"balance": "different"}


def test_the_key_of_several_columns(snapshot, tmp_path):
    built = build_projection(snapshot, ("region", "id"), tmp_path / "p2.sqlite")
    projection = Projection(built.path)
    assert projection.lookup(("9901", "00007"), ["id"]) == {"id": "00007"}
    assert projection.lookup(("9902", "00007"), ["id"]) is None
    with pytest.raises(Refused):
        projection.lookup("9901", ["id"])
    projection.close()


def test_a_repeated_key_is_refused_and_leaves_no_file(snapshot, tmp_path):
    with pytest.raises(Refused) as refused:
        build_projection(snapshot, "region", tmp_path / "out" / "p.sqlite")
    assert refused.value.code == "tables.projection.repeated-key"
    assert list((tmp_path / "out").iterdir()) == []


def test_a_missing_projection_is_refused(tmp_path):
    with pytest.raises(Refused) as refused:
        Projection(tmp_path / "none.sqlite")
    assert refused.value.code == "tables.projection.unreadable"


def test_many_threads_read_one_projection(projection):
    wrong = []

    def read(seed):
        for n in range(seed, 1000, 3):
            if projection.lookup(f"{n:05d}", ["id", "name"]) != {"id": f"{n:05d}", "name": f"名{n % 7}"}:
                wrong.append(n)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_forked_child_reads_the_projection_of_its_parent(projection):
    assert projection.lookup("00001", ["id"]) == {"id": "00001"}
    answers = multiprocessing.get_context("fork").SimpleQueue()

    def read():
        answers.put([projection.lookup(f"{n:05d}", ["id"]) for n in range(50)])

    children = [multiprocessing.get_context("fork").Process(target=read) for _ in range(2)]
    for child in children:
        child.start()
    found = [answers.get() for _ in children]
    for child in children:
        child.join()
    assert found == [[{"id": f"{n:05d}"} for n in range(50)]] * 2
