"""A figure（指标）of a bench: what was measured, beside what, and whether the bar holds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value; `bar` compares value or ratio (">= 3", "<= 1.2 s"); `holds` is None where no peer could run."""

    name: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    ratio: float | None = None
    bar: str = ""
    holds: bool | None = None
    note: str = ""

    def to_json(self) -> dict:
        """Return it as the one JSON line of a bench has it."""
        return asdict(self)


def median_seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Return the median seconds of several runs, the first left out as warming up."""
    work()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
