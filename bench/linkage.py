"""Record linkage: two badly written registers of 100,000 rows, their truth known; precision, recall, identifiers that last."""

from __future__ import annotations

import csv
import os
import random
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from bench.figures import Figure
from bench.linked_people import FIELDS, write_registers
from zhengtong.tables import Schema, Store, load
from zhengtong.tables.linkage import Linked, LinkSource, get_rules, link

ROWS = int(os.environ.get("ZHENGTONG_BENCH_LINKED", "100000"))
SEED = int(os.environ.get("ZHENGTONG_BENCH_SEED", "1"))
SCHEMA = Schema.of(**dict.fromkeys(FIELDS, "text"))
MAPPED = {"number": "id_number", "name": "name", "sex": "sex", "born": "born", "phone": "phone", "address": "address"}
SIDES = ("left", "right")


def run() -> list[Figure]:
    """Link, count against the truth, then change one row in a hundred and link again."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("ZHENGTONG_BENCH_FOLDER")) as folder:
        root = Path(folder)
        store, truth = Store(root / "store"), write_registers(root, ROWS, SEED)
        linked, seconds, cpu = timed(root, store)
        precision, recall = score(linked, truth)
        before = members(linked)
        touched = change_rows(root)
        again, seconds_again, cpu_again = timed(root, store)
        after = members(again)
    kept = [record for record in before if record in after and record not in touched]
    stable = sum(before[record] == after[record] for record in kept) / len(kept)
    note = f"{ROWS:,} × {ROWS:,}, seed {SEED}"
    return [
        Figure("precision", round(precision, 5), "", bar=">= 0.999", holds=precision >= 0.999, note=note),
        Figure("recall", round(recall, 5), "", bar=">= 0.99", holds=recall >= 0.99, note=note),
        Figure("linkage", round(seconds, 1), "s", note=f"{cpu:.0f} CPU s"),
        Figure("to judge", linked.reviews.manifest.rows, "pairs", note="left to a person, with the cause"),
        Figure(
            "same identifier",
            round(stable, 6),
            "",
            bar=">= 0.9999",
            holds=stable >= 0.9999,
            note="of rows unchanged, next run",
        ),
        Figure(
            "next run",
            round(seconds_again, 1),
            "s",
            note=f"1 % changed, {again.compared:,} pairs, {cpu_again:.0f} CPU s",
        ),
    ]


def timed(root: Path, store: Store) -> tuple[Linked, float, float]:
    sources = [
        LinkSource(side, load(root / f"{side}.csv", store.shelf(side), SCHEMA).snapshot, "record", MAPPED)
        for side in SIDES
    ]
    started, worked = time.perf_counter(), time.process_time()
    linked = link(sources, get_rules("resident"), store, "register")
    return linked, time.perf_counter() - started, time.process_time() - worked


def members(linked: Linked) -> dict[tuple[str, str], str]:
    return {
        (row["source"], row["record"]): row["entity"] for row in linked.members.rows(["source", "record", "entity"])
    }


def score(linked: Linked, truth: dict[str, dict[str, int]]) -> tuple[float, float]:
    """Return precision and recall over pairs of a row on the left and a row on the right."""
    persons: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for (side, record), entity in members(linked).items():
        persons[entity][side].append(truth[side][record])
    pairs = [(a, b) for sides in persons.values() for a in sides["left"] for b in sides["right"]]
    right = sum(a == b for a, b in pairs)
    both = len(set(truth["left"].values()) & set(truth["right"].values()))
    return right / len(pairs), right / both


def change_rows(root: Path) -> set[tuple[str, str]]:
    """Drop, change and add one row in three hundred each; return those whose link may rightly differ."""
    draw, touched = random.Random(9), set()
    for side in SIDES:
        path = root / f"{side}.csv"
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        some = draw.sample(range(len(rows)), len(rows) // 100)
        third = len(some) // 3
        for place in some[:third]:
            rows[place]["phone"] = f"138{draw.randrange(10**8):08d}"
            touched.add((side, rows[place]["record"]))
        added = [
            {
                **rows[place],
                "record": f"N{rows[place]['record']}",
                "id_number": "",
                "name": "新来者",
                "born": "1901-01-01",
                "phone": "",
                "address": "",
            }
            for place in some[third : 2 * third]
        ]
        gone = set(some[2 * third :])
        rows = [row for place, row in enumerate(rows) if place not in gone] + added
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS)
            writer.writeheader()
            writer.writerows(rows)
    return touched
