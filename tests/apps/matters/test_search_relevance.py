"""A hundred everyday questions find their matter（搜索命中率）: first at least 80 %, among the first five 95 %."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest
import yaml

from zhengtong.apps.matters import actions, queries
from zhengtong.apps.people.shapes import SYSTEM

QUERIES = yaml.safe_load((Path(__file__).parent / "everyday_queries.yaml").read_text(encoding="utf-8"))


def rank_of(wanted: list[str], titles: list[str]) -> int | None:
    """Return the place of the first title that begins as one of the wanted does, counted from 1."""
    return next((at for at, title in enumerate(titles, 1) if title.startswith(tuple(wanted))), None)


@pytest.mark.usefixtures("published")
def test_a_hundred_everyday_questions_find_their_matter(real_list: Path, now: dt.datetime) -> None:
    assert len(QUERIES) == 100
    actions.import_items(path=real_list, by=SYSTEM, at=now)
    missed, ranks, seconds = [], [], []
    for query in QUERIES:
        began = time.perf_counter()
        hits = queries.search(query["q"], limit=10).hits
        seconds.append(time.perf_counter() - began)
        rank = rank_of(query["first"], [hit.title_zh for hit in hits])
        ranks.append(rank)
        if rank != 1:
            missed.append((query["q"], rank, [hit.title_zh for hit in hits[:3]]))
    first = sum(rank == 1 for rank in ranks)
    five = sum(rank is not None and rank <= 5 for rank in ranks)
    seconds.sort()
    print(f"hit@1 {first} %, hit@5 {five} %, median {seconds[50] * 1000:.1f} ms, p95 {seconds[94] * 1000:.1f} ms")
    for miss in missed:
        print(miss)
    assert first >= 80, missed
    assert five >= 95, missed
