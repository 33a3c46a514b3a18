"""A quota counted by several processes is never passed, and what is left unused of it is next to nothing."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from zhengtong.apps.exchange.serving.quota import MOST_AHEAD, Counters

DAY = dt.date(2026, 6, 1)


@pytest.fixture
def processes(tmp_path) -> list[Counters]:
    """Three processes that count in one file; each has what it took in advance to itself."""
    return [Counters(tmp_path, DAY, lambda _day: {}) for _ in range(3)]


@pytest.mark.parametrize("most", [1, 7, 1000, 1024, 20_000, 70_000])
def test_together_they_take_the_quota_and_no_more(processes, most):
    rng, taken = random.Random(most), 0
    while True:
        calls = rng.choice([1, 100, 1000])
        if rng.choice(processes).take(3, calls, most):
            taken += calls
        elif calls == 1 and not any(one.take(3, 1, most) for one in processes):
            break
    assert most - taken < len(processes)  # a refusal tries each once more, so that nothing taken in advance is left


def test_the_last_thousand_are_counted_one_by_one(processes):
    first, second, _third = processes
    assert first.take(1, 500, 1500)
    assert sum(second.take(1, 1, 1500) for _ in range(1200)) == 1000
    assert not first.take(1, 1, 1500)


def test_what_was_taken_in_advance_stays_counted_after_a_restart(processes, tmp_path):
    processes[0].take(1, 1, 1_000_000)
    after = Counters(tmp_path, DAY, lambda _day: {})
    assert after.used(1) == 1 + MOST_AHEAD
    assert after.take(1, 1, 1_000_000)


def test_without_a_quota_nothing_is_refused(processes):
    assert all(one.take(1, 1000, 0) for one in processes for _ in range(5))
