"""Search stays quick among ten thousand matters（搜索速度）: an index, not a scan."""

from __future__ import annotations

import csv
import datetime as dt
import time
from pathlib import Path

import pytest

from tests.apps.matters.test_search_relevance import QUERIES
from zhengtong.apps.matters import actions, queries
from zhengtong.apps.people.shapes import SYSTEM

TOWNS = ("桥头", "青石", "云台", "柳溪", "江口", "白沙", "南坪", "石板", "龙潭")


def make_ten_thousand(real_list: Path, folder: Path) -> Path:
    """Write the real list nine times over, as nine towns would publish it: 10,215 lines."""
    made = folder / "ten_thousand.csv"
    with (
        real_list.open(encoding="utf-8-sig", newline="") as source,
        made.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = list(csv.DictReader(source))
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        for number, town in enumerate(TOWNS):
            for row in rows:
                code = row["item_code"].replace("511602000000", f"99010200{number}000")
                region = f"99010200{number}000"
                code = code if code != row["item_code"] else f"{row['item_code'][:-1]}{number}"
                writer.writerow(
                    {**row, "item_code": code, "region_code": region, "department": town + row["department"]}
                )
    return made


@pytest.mark.usefixtures("published")
def test_search_among_ten_thousand_matters_is_quick(real_list: Path, tmp_path: Path, now: dt.datetime) -> None:
    began = time.perf_counter()
    report = actions.import_items(path=make_ten_thousand(real_list, tmp_path), by=SYSTEM, at=now)
    print(f"imported {report.taken} in {time.perf_counter() - began:.1f} s")
    assert queries.count_matters() > 10_000
    seconds = []
    for query in QUERIES:
        began = time.process_time()
        queries.search(query["q"], limit=10)
        seconds.append(time.process_time() - began)
    seconds.sort()
    print(f"median {seconds[50] * 1000:.1f} ms, p95 {seconds[94] * 1000:.1f} ms, slowest {seconds[-1] * 1000:.1f} ms")
    # the bar is 30 ms on a machine of its own; shared with other tests a second look at the order of magnitude
    assert seconds[94] < 0.12
