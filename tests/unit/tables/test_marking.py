"""A recipient's marks are found again in what is left of its file, and nobody else's are."""

from __future__ import annotations

import csv
import random

import pytest

from zhengtong.tables import MARK, FieldMask, export, export_snapshot, load, trace

SECRETS = {"ours": "1f" * 32, "another": "2e" * 32}
FIELDS = ["id", "name", "born", "weight", "married"]


@pytest.fixture
def snapshot(store, tmp_path):
    source = tmp_path / "people.csv"
    rows = [
        f"{n:06d},张{n} “甲”,19{70 + n % 30}-01-0{1 + n % 9},{n * 0.25},{'true' if n % 3 else ''}" for n in range(400)
    ]
    source.write_text("\n".join(["id,name,born,weight,married", *rows]) + "\n", encoding="utf-8")
    return load(source, store.shelf("people")).snapshot


def exported(snapshot, tmp_path, form="csv"):
    path = tmp_path / f"file.{form}"
    export_snapshot(
        snapshot, path, fields=FIELDS, masks={"name": FieldMask("name")}, form=form, secret=SECRETS["ours"],
        notes={"recipient": "甲局"},
    )  # fmt: skip
    return path


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_whole_file_bears_its_recipients_marks_and_nobody_elses(snapshot, tmp_path, form):
    found = trace(exported(snapshot, tmp_path, form), form, SECRETS)
    assert (found["ours"].rows, found["ours"].marked, found["ours"].in_order) == (400, 400, 1.0)
    assert found["another"].marked == 0
    assert 0.3 < found["another"].in_order < 0.7


def rewritten(path, change):
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(change(head, rows))
    return path


def test_marks_outlive_the_deletion_and_the_shuffling_of_rows(snapshot, tmp_path):
    rng = random.Random(7)
    path = rewritten(exported(snapshot, tmp_path), lambda head, rows: [head, *rng.sample(rows, 25)])
    assert trace(path, "csv", SECRETS)["ours"].marked == 25


def test_the_order_tells_where_the_column_was_cut_off(snapshot, tmp_path):
    rng = random.Random(7)

    def cut(head, rows):
        at = head.index(MARK)
        kept = [row for row in rows if rng.random() < 0.2]
        return [row[:at] + row[at + 1 :] for row in [head, *kept]]

    found = trace(rewritten(exported(snapshot, tmp_path), cut), "csv", SECRETS)
    assert (found["ours"].marked, found["ours"].in_order) == (0, 1.0)
    assert found["another"].in_order < 0.8


def test_a_changed_row_is_not_the_recipients_any_more(snapshot, tmp_path):
    path = rewritten(exported(snapshot, tmp_path), lambda head, rows: [head, *([*row[:2], "2000-01-01", *row[3:]] for row in rows)])  # fmt: skip
    assert trace(path, "csv", SECRETS)["ours"].marked == 0


def test_an_unmarked_file_has_the_snapshots_order_and_no_mark(snapshot, tmp_path):
    path = tmp_path / "plain.csv"
    export_snapshot(snapshot, path, fields=FIELDS)
    assert MARK not in path.read_text("utf-8").splitlines()[0]
    assert trace(path, "csv", SECRETS)["ours"].marked == 0


def test_of_a_large_file_some_rows_are_marked_and_the_order_is_kept(snapshot, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "MOST_ORDERED_ROWS", 100)
    path = exported(snapshot, tmp_path)
    found = trace(path, "csv", SECRETS)
    assert 5 <= found["ours"].marked <= 80
    assert found["another"].marked == 0
    with path.open(encoding="utf-8", newline="") as file:
        numbers = [row["id"] for row in csv.DictReader(file)]
    assert numbers == sorted(numbers)
