"""A table of awkward cells in two versions, and every kind of question asked of it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.spec.tables.test_masks_agree import AWKWARD, KINDS
from zhengtong.tables import (
    Expression,
    FieldMask,
    Filter,
    Join,
    Limits,
    Population,
    Schema,
    Snapshot,
    Store,
    Total,
    diff,
    export_snapshot,
    load,
    profile,
    quality,
)
from zhengtong.tables.filters import compile_filters
from zhengtong.tables.masking import masked_sql
from zhengtong.tables.schema import Column

SCHEMA = Schema.of(
    id="text", word="text", area="text", n="integer", money="decimal(10,2)", wide="decimal(30,4)", flag="boolean",
    day="date", at="datetime", score="double", resident="text",
)  # fmt: skip
_RESIDENTS = [
    "11010519491231002X",
    "440524188001010014",
    "110105194912310021",
    "1101051949123100",
    "x",
    "110105194902300020",
]
ROWS = 400


def cells(number: int, version: int) -> dict[str, Any]:
    """Return one row; every seventh has another word in the second version, every eleventh another amount."""
    word = AWKWARD[(number + version * (number % 7 == 0)) % len(AWKWARD)]
    cents = number * 37 - 5000 + version * (number % 11 == 0)
    return {
        "id": f"{number:05d}",
        "word": word,
        "area": f"99010{number % 4}",
        "n": "" if number % 9 == 0 else number - 60,
        "money": "" if number % 8 == 0 else f"{cents / 100:.2f}",
        "wide": f"{number}000000000000000.0001",
        "flag": ["true", "false", ""][number % 3],
        "day": "" if number % 5 == 0 else f"2024-02-{1 + number % 29:02d}",
        "at": f"2024-02-{1 + number % 29:02d}T23:59:{number % 60:02d}{'.5' if number % 2 else ''}",
        "score": "" if number % 13 == 0 else [number / 8, -0.1, 1e20, 1e-7, 123456.789][number % 5],
        "resident": _RESIDENTS[number % len(_RESIDENTS)],
    }


def versions(folder: Path) -> tuple[Snapshot, Snapshot]:
    """Return two versions of the table, the second with rows taken, given and changed."""
    shelf = Store(folder / "store", Limits(threads=1, engine="duckdb")).shelf("awkward")
    made = []
    for version in (0, 1):
        rows = [cells(number, version) for number in range(version * 3, ROWS + version * 5)]
        with (folder / "in.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, SCHEMA.names)
            writer.writeheader()
            writer.writerows(rows)
        made.append(load(folder / "in.csv", shelf, SCHEMA).snapshot)
        assert made[-1].manifest.rejected_rows == 0
    return made[0], made[1]


FILTERS = [
    *(Filter("word", operator, text) for operator in ("=", "!=", "<", ">=", "prefix") for text in ("李", "a@", "'", "𠮷", "")),
    *(Filter("n", operator, bound) for operator in ("=", "!=", "<", "<=", ">", ">=") for bound in (5, "2.5", -(10**25))),
    *(Filter("money", operator, bound) for operator in ("=", "<", ">=") for bound in ("-3.25", "1e1", "0.005", 10**12)),
    *(Filter("day", operator, "2024-02-28") for operator in ("=", "!=", "<", ">")),
    *(Filter("at", operator, "2024-02-28T23:59:27.5") for operator in ("=", "<", ">=")),
    *(Filter("score", operator, bound) for operator in ("=", "<", ">") for bound in (0.125, -0.1, 1e20)),
    Filter("flag", "=", True),
    Filter("flag", "!=", False),
    Filter("wide", "=", "7000000000000000.0001"),
    Filter("word", "in", ["李", "*", ""]),
    Filter("n", "in", [1, 2, "2.5"]),
    Filter("money", "is_null"),
    Filter("day", "not_null"),
]  # fmt: skip


def checks(other: Snapshot) -> list[quality.Check]:
    """Return rules of every maker, and one handed in as SQL."""
    return [
        quality.filled("word"),
        quality.record_filled(["word", "n", "day"]),
        quality.of_type("id", "integer"),
        quality.of_type("n", "decimal(4,1)", id="type-of-n"),
        quality.one_of("area", ["990100", "990103"]),
        quality.of_length("word", 2, 12),
        quality.like("id", r"0{2}\d+[^13]"),
        quality.like("word", r".*[a-z@李]+.?", id="like-word"),
        quality.between("money", "-20", "55.555"),
        quality.between("day", "2024-02-10", None, id="between-days"),
        quality.identifier("resident", "resident-id"),
        quality.identifier("resident", "credit-code", id="credit"),
        quality.distinct(["id"]),
        quality.distinct(["word", "n"], id="distinct-two"),
        quality.no_duplicates(["area", "flag"]),
        quality.in_reference("id", other, "id"),
        quality.same_elsewhere("word", "id", other, "word", "id"),
        quality.in_order("day", "at"),
        quality.valid_on("day", "at", "2024-02-15"),
        quality.updated_since("at", "2024-02-20"),
        quality.Check("sql", "0104", ("n", "money"), 'coalesce("n", 0) % 7 > ? AND "money" + "n" > ?', (2, 10)),
    ]


def questions(old: Snapshot, new: Snapshot, folder: Path) -> Iterator[tuple[str, Callable[[Limits], Any]]]:
    """Yield each question by name: what is asked of an engine, the answer in a form that can be compared."""
    clauses = [compile_filters([one], SCHEMA, stored=False) for one in FILTERS]
    counted = [Total(f"f{n}", "count", Expression("f", sql, tuple(given))) for n, (sql, given) in enumerate(clauses)]
    yield "filters", lambda limits: Population(old, limits=limits).total(counted)
    masked = [Expression(f"{kind} {name}", masked_sql(Column("word"), FieldMask(kind, name))) for kind, name in KINDS]
    masked += [
        Expression(f"masked {column.name}", masked_sql(column, FieldMask("name"))) for column in SCHEMA.columns[3:10]
    ]
    yield "masks", lambda limits: sorted(map(str, Population(old, limits=limits).find(["id", "word"], masked)))
    plain = [Expression("double", '"money" * 2'), Expression("later", '"day" < ?', ("2024-02-20",))]
    where = Expression("w", '"n" > ? OR "flag"', (100,))
    joined = [Join(new, {"id": "id"}, {"word then": "word", "money then": "money"})]
    yield (
        "find",
        lambda limits: sorted(
            map(str, Population(old, joined, limits).find([*SCHEMA.names, "word then"], plain, where))
        ),
    )
    sums = [Total(kind, kind, Expression("m", '"money"')) for kind in ("sum", "min", "max")]
    by = [Expression("area", '"area"'), Expression("flag", '"flag"')]
    yield "total", lambda limits: Population(old, joined, limits).total(sums, by, where)
    yield "profile", lambda limits: profile(new, limits=limits).to_json()
    yield "difference", lambda limits: diff(old, new, "id", limits=limits).to_json()
    yield "quality", lambda limits: quality.assess(new, checks(old), key=["id"], limits=limits).to_json()
    masks = {"word": FieldMask("name"), "resident": FieldMask("resident-id")}
    for form in ("csv", "parquet"):
        yield (
            f"export to {form}",
            lambda limits, form=form: (
                export_snapshot(
                    old, folder / "out", fields=SCHEMA.names, filters=[Filter("n", ">", 3)], masks=masks, form=form,
                    limits=limits,
                ).sha256
            ),
        )  # fmt: skip
