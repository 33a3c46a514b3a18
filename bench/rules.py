"""Rules: ten- and thousand-row tables beside three engines, compiling, three rule sets over 10,000,000 persons, openfisca-core."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench import simulation
from bench.figures import Figure
from bench.peers.decision_engines import Decide, bands, people
from bench.peers.environment import NoPeer, environment
from zhengtong.rules import compile_decision

RUNS = int(os.environ.get("ZHENGTONG_BENCH_RUNS", "3"))
SECONDS = float(os.environ.get("ZHENGTONG_BENCH_SECONDS", "1"))
ENGINES = Path(__file__).parent / "peers/decision_engines.py"
#: engine → what it is imported as; installed as its distribution
PEERS = {
    "zen-engine": ("zen", "zen-engine"),
    "SpiffWorkflow.dmn": ("SpiffWorkflow", "SpiffWorkflow"),
    "pyDMNrules": ("pyDMNrules", "pyDMNrules"),
}


def ours(rows: int) -> Decide:
    rules = [
        {"when": [f"[{low}..{high})", f'"{kind}"'], "then": [f'"{answer}"']} for low, high, kind, answer in bands(rows)
    ]
    return compile_decision(
        {
            "id": "band",
            "inputs": {"income": "number", "category": "string"},
            "table": {"hit policy": "unique", "inputs": ["income", "category"], "outputs": ["band"], "rules": rules},
        }
    ).decide


def per_second(decide: Decide, rows: list[dict[str, Any]], seconds: float = SECONDS) -> float:
    """Return decisions a second, the median of several runs."""
    rates = []
    for _ in range(RUNS):
        done, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            for row in rows:
                decide(row)
            done += len(rows)
        rates.append(done / (time.perf_counter() - began))
    return statistics.median(rates)


def run() -> list[Figure]:
    """Return every figure of the rules' bench, the simulations' among them."""
    data = people(10)
    decide = ours(10)
    rate = per_second(decide, data)
    figures = [
        Figure("ten-row table", rate, "decisions/s", bar=">= 500000", holds=rate >= 500_000, note="Decimal inputs")
    ]
    figures += [_peer(name, decide, data) for name in PEERS]
    return [*figures, *_thousand(), *simulation.run()]


def _peer(name: str, decide: Decide, data: list[dict[str, Any]]) -> Figure:
    """Return our rate beside a peer's on the same table; what it answers must be what we answer."""
    title, bar = f"ten-row table beside {name}", ">= 100 x"
    rate = per_second(decide, data, min(SECONDS, 0.5))
    try:
        told = _beside(name)
    except NoPeer as error:
        return Figure(title, rate, "decisions/s", name, bar=bar, note=str(error))
    if told["answers"] != [decide(row) for row in data[:100]]:
        return Figure(title, rate, "decisions/s", name, bar=bar, note="it answers otherwise")
    ratio = rate / told["rate"]
    return Figure(title, rate, "decisions/s", name, told["rate"], ratio, bar, ratio >= 100)


def _beside(name: str) -> dict[str, Any]:
    """Return answers and rate of a peer, run where it is installed, else in an environment of its own."""
    module, package = PEERS[name]
    here = importlib.util.find_spec(module) is not None
    with nullcontext(sys.executable) if here else environment(package, "lxml") as python:
        command = [str(python), str(ENGINES), name, "10", str(min(SECONDS, 0.5))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoPeer(f"could not run: {(done.stderr.strip().splitlines() or ['no message'])[-1]}"[:160])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _thousand() -> list[Figure]:
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        decide = ours(1000)
        decide({"income": Decimal(5), "category": "A"})
        taken.append(time.perf_counter() - began)
    compiled = statistics.median(taken)
    rate = per_second(decide, people(1000))
    return [
        Figure("parse and compile 1,000 rows", compiled, "s", bar="< 1 s", holds=compiled < 1),
        Figure("1,000-row table", rate, "decisions/s", bar=">= 50000", holds=rate >= 50_000),
    ]
