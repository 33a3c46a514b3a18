"""Every assessable indicator counts what Python counts, and names the rows that fail."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal

import pytest

from tests.unit.tables.people import MAKERS, seeded
from zhengtong.kit import Refused
from zhengtong.kit.identifiers import is_credit_code, is_resident_id
from zhengtong.tables import Schema, load
from zhengtong.tables import quality as q

ROWS = 600
SCHEMA = Schema.of(
    id="text",
    person="text",
    firm="text",
    sex="text",
    amount="decimal(12,2)",
    since="date",
    until="date",
    seen="datetime",
    code="text",
)


def make_rows():
    draw = seeded(3)
    rows = []
    for n in range(ROWS):
        person = MAKERS["resident-id"](draw)
        firm = MAKERS["credit-code"](draw)
        rows.append(
            {
                "id": f"{n - (n % 50 == 7):04d}",
                "person": person[:-1] + "5" if n % 9 == 0 else person if n % 11 else "",
                "firm": firm[:-1] + "3" if n % 13 == 0 else firm,
                "sex": ["男", "女", "不详", "", " \u3000"][n % 5],
                "amount": "" if n % 17 == 0 else f"{n - 100}.25",
                "since": f"2020-01-{1 + n % 28:02d}",
                "until": "" if n % 3 else f"20{19 + n % 4}-02-01",
                "seen": f"2026-01-{1 + n % 28:02d} 08:00:00",
                "code": f"99{n % 40:02d}",
            }
        )
    return rows


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def rows():
    return make_rows()


@pytest.fixture
def snapshot(store, tmp_path, rows):
    return load(write(tmp_path / "in.csv", rows), store.shelf("r"), SCHEMA).snapshot


@pytest.fixture
def reference(store, tmp_path):
    rows = [{"code": f"99{n:02d}", "person": "x"} for n in range(30)]
    return load(write(tmp_path / "ref.csv", rows), store.shelf("ref")).snapshot


CASES = [
    (q.filled("sex"), lambda r: True, lambda r: r["sex"].strip() != ""),
    (
        q.record_filled(["person", "sex"]),
        lambda r: True,
        lambda r: r["person"].strip() != "" and r["sex"].strip() != "",
    ),
    (q.one_of("sex", ["男", "女"]), lambda r: r["sex"], lambda r: r["sex"] in ("男", "女")),
    (q.of_length("sex", 1, 1), lambda r: r["sex"], lambda r: len(r["sex"]) == 1),
    (q.of_type("id", "integer"), lambda r: r["id"], lambda r: True),
    (q.of_type("sex", "date"), lambda r: r["sex"], lambda r: False),
    (q.like("id", "0[0-4]\\d\\d"), lambda r: True, lambda r: r["id"] < "0500"),
    (
        q.between("amount", Decimal("0"), Decimal("300")),
        lambda r: r["amount"],
        lambda r: 0 <= Decimal(r["amount"]) <= 300,
    ),
    (q.identifier("person", "resident-id"), lambda r: r["person"], lambda r: is_resident_id(r["person"])),
    (q.identifier("firm", "credit-code"), lambda r: True, lambda r: is_credit_code(r["firm"])),
    (q.in_order("since", "until"), lambda r: r["until"], lambda r: r["since"] <= r["until"]),
    (
        q.valid_on("since", "until", "2021-06-01"),
        lambda r: True,
        lambda r: r["since"] <= "2021-06-01" and (not r["until"] or r["until"] >= "2021-06-01"),
    ),
    (q.updated_since("seen", "2026-01-10T00:00:00"), lambda r: True, lambda r: r["seen"] >= "2026-01-10"),
    (
        q.Check(
            "rule",
            "0104",
            ("amount", "sex"),
            '"amount" > ? OR "sex" = ?',
            (Decimal(100), "女"),
            when='"sex" <> ?',
            when_params=("不详",),
        ),
        lambda r: r["sex"] not in ("不详", ""),
        lambda r: (r["amount"] and Decimal(r["amount"]) > 100) or r["sex"] == "女",
    ),
]


@pytest.mark.parametrize(("check", "judged", "passes"), CASES, ids=lambda value: getattr(value, "id", ""))
def test_a_rule_counts_what_python_counts(snapshot, rows, check, judged, passes):
    result = q.assess(snapshot, [check], key=["id"]).result(check.id)
    expected = [(place, row) for place, row in enumerate(rows, 1) if judged(row)]
    failing = [place for place, row in expected if not passes(row)]
    assert (result.a, result.b) == (len(expected) - len(failing), len(expected))
    assert [row["row"] for row in result.sample] == failing[:20]
    assert all(row["id"] == rows[row["row"] - 1]["id"] for row in result.sample)
    assert result.holds == (not failing)


def test_all_rules_at_once_count_the_same_as_alone(snapshot):
    checks = [check for check, _, _ in CASES] + [q.distinct(["id"]), q.no_duplicates(["sex"])]
    together = q.assess(snapshot, checks, key=["id"])
    for check in checks:
        assert together.result(check.id) == q.assess(snapshot, [check], key=["id"]).result(check.id)


def test_uniqueness_counts_rows_whose_value_occurs_once(snapshot, rows):
    seen = Counter(row["id"] for row in rows)
    once = sum(count == 1 for count in seen.values())
    report = q.assess(snapshot, [q.distinct(["id"]), q.no_duplicates(["id"], id="dup")])
    unique, duplicates = report.results
    assert (unique.a, unique.b) == (once, ROWS)
    assert (duplicates.a, duplicates.b) == (ROWS - once, ROWS)  # 0303 counts the repeated ones
    assert unique.x == duplicates.x == (Decimal(once) / ROWS).quantize(Decimal("0.000001"))
    assert [row["row"] for row in unique.sample] == [p for p, row in enumerate(rows, 1) if seen[row["id"]] > 1][:20]


def test_reference_and_other_tables_are_consulted(snapshot, reference, rows):
    found = q.assess(
        snapshot,
        [q.in_reference("code", reference, "code"), q.same_elsewhere("person", "code", reference, "person", "code")],
    )
    inside = sum(row["code"] < "9930" for row in rows)
    assert (found.results[0].a, found.results[0].b) == (inside, ROWS)
    assert (found.results[1].a, found.results[1].b) == (0, inside)


def test_scores_are_weighted_means_and_leave_out_what_cannot_be_judged(snapshot):
    report = q.assess(
        snapshot,
        [
            q.filled("id", weight=3),
            q.of_type("sex", "date", weight=1),
            q.filled("sex", when="false", id="never", weight=100),
        ],
    )
    assert report.result("never").x is None
    assert report.result("never").holds is None
    assert report.dimensions["02"] == 1
    assert report.dimensions["01"] == 0
    assert report.dimensions["04"] is None
    assert report.score == Decimal("0.75")
    assert report.to_json()["score"] == "0.750000"


def test_a_blocking_rule_keeps_a_snapshot_from_being_served(snapshot):
    assert q.assess(snapshot, [q.filled("sex", severity="error")]).may_be_served
    assert not q.assess(snapshot, [q.filled("sex", severity="blocking")]).may_be_served
    assert q.assess(snapshot, [q.filled("sex", severity="blocking", least=Decimal("0.6"))]).may_be_served


def test_one_bad_row_in_a_million_is_not_rounded_away(store, tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("n\n" + "1\n" * 2_999_999 + "0\n", encoding="utf-8")
    snapshot = load(path, store.shelf("n")).snapshot
    result = q.assess(snapshot, [q.between("n", 1)]).results[0]
    assert (result.failing, result.holds) == (1, False)
    assert result.sample[0]["row"] == 3_000_000


@pytest.mark.parametrize(
    "make",
    [
        lambda: q.Check("x", "9999", ("id",), "true"),
        lambda: q.Check("x", "0601", ("id",), "true"),
        lambda: q.Check("x", "0104", ("id",)),
        lambda: q.Check("x", "0104", ("id",), "true", unique=True),
        lambda: q.Check("x", "0104", ("id",), "true", severity="fatal"),
        lambda: q.identifier("id", "blood-group"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(make):
    with pytest.raises(Refused):
        make()


def test_rules_that_do_not_fit_the_data_are_refused(snapshot):
    for checks in (
        [q.filled("nowhere")],
        [q.filled("id"), q.filled("id")],
        [q.Check("x", "0104", ("id",), '"nowhere" = 1')],
        [q.Check("x", "0104", ("id",), "id IN (SELECT column0 FROM read_csv('/etc/passwd'))")],
    ):
        with pytest.raises(Refused):
            q.assess(snapshot, checks)


def test_an_empty_snapshot_is_not_assessable(store, tmp_path):
    (tmp_path / "e.csv").write_text("a,b\n", encoding="utf-8")
    report = q.assess(load(tmp_path / "e.csv", store.shelf("e")).snapshot, [q.filled("a"), q.distinct(["a"])])
    assert [result.x for result in report.results] == [None, None]
    assert report.score is None
