"""Simulations: three rule sets over 10,000,000 persons beside hand-written SQL; reform, both at once, memory; openfisca-core."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.figures import Figure, median_seconds
from bench.peers.environment import NoPeer, environment
from zhengtong.declared.rule_sets import RuleSet, load_rule_sets
from zhengtong.rules import Decision, sql_side_by_side
from zhengtong.simulation import simulate
from zhengtong.simulation.asked import ask_for
from zhengtong.tables import Limits, Store
from zhengtong.tables.population import Population, make_sample

ROOT = Path(__file__).resolve().parents[1]
#: smaller numbers are for trying the bench out; the bars are for ten million
ROWS = int(os.environ.get("ZHENGTONG_BENCH_ROWS", "10000000"))
RUNS = int(os.environ.get("ZHENGTONG_BENCH_RUNS", "5"))
FOLDER = os.environ.get("ZHENGTONG_BENCH_FOLDER")
#: a Python that has openfisca-core already; without one the bench makes an environment of its own (AGPL: no dependency)
OPENFISCA = os.environ.get("ZHENGTONG_BENCH_OPENFISCA", "")
OPENFISCA_ROWS = min(ROWS, 1_000_000)
GIB = 1 << 30
LIMITS = Limits(threads=2, memory_bytes=3 * GIB)
ON = dt.date(2026, 11, 2)
PEER = "hand-written DuckDB"
REFORMS: Mapping[str, Mapping[str, Decimal]] = {
    "income-tax": {"basic deduction": Decimal(6000)},
    "minimum-living-allowance": {"urban standard": Decimal(900)},
    "enterprise-subsidy": {"cap": Decimal(300000)},
}

#: the same rules as an analyst would write them for these columns and this day
BY_HAND = {
    "income-tax": """
        SELECT sum(amount), count(*) FILTER (amount > 0) FROM (
          SELECT greatest(round(t * rate - quick, 2) - already_withheld, 0) AS amount FROM (
            SELECT t, already_withheld,
              CASE WHEN t <= 36000 THEN 0.03 WHEN t <= 144000 THEN 0.10 WHEN t <= 300000 THEN 0.20 WHEN t <= 420000 THEN 0.25
                   WHEN t <= 660000 THEN 0.30 WHEN t <= 960000 THEN 0.35 ELSE 0.45 END AS rate,
              CASE WHEN t <= 36000 THEN 0 WHEN t <= 144000 THEN 2520 WHEN t <= 300000 THEN 16920 WHEN t <= 420000 THEN 31920
                   WHEN t <= 660000 THEN 52920 WHEN t <= 960000 THEN 85920 ELSE 181920 END AS quick
            FROM (
              SELECT already_withheld, greatest(
                cumulative_income - exempt_income - cumulative_insurance - other_deductions
                - months * (5000 + 2000 * children + 2000 * infants + CASE WHEN continuing_education THEN 400 ELSE 0 END
                  + CASE WHEN housing_loan THEN 1000 ELSE
                      CASE rent_level WHEN 1 THEN 1500 WHEN 2 THEN 1100 WHEN 3 THEN 800 ELSE 0 END END
                  + elderly_share), 0) AS t
              FROM population)))""",
    "minimum-living-allowance": """
        SELECT sum(amount), count(*) FILTER (amount > 0) FROM (
          SELECT CASE WHEN local_hukou AND shortfall > 0 AND savings - 20000 * household_size <= 0 AND vehicles <= 0
                       AND NOT second_home
                 THEN round(shortfall + standard * 0.2 * members_to_protect, 2) ELSE 0 END AS amount FROM (
            SELECT *, standard * household_size - household_income AS shortfall FROM (
              SELECT *, CASE area WHEN 'urban' THEN 830 WHEN 'rural' THEN 680 END AS standard FROM population)))""",
    "enterprise-subsidy": """
        SELECT sum(amount), count(*) FILTER (amount > 0) FROM (
          SELECT CASE WHEN industry IN ('26','27','34','35','36','37','38','39','40','64','65','73')
                       AND credit_grade IN ('A','B','M') AND NOT dishonest AND age_months >= 12
                       AND research_spending - revenue * CASE size_class WHEN 'micro' THEN 0.03 WHEN 'small' THEN 0.03
                           WHEN 'medium' THEN 0.04 ELSE 0.05 END >= 0
                       AND research_spending > 0
                 THEN least(round(research_spending
                        * CASE WHEN size_class IN ('micro', 'small') THEN 0.12 ELSE 0.08 END, 2), 500000)
                 ELSE 0 END AS amount FROM population)""",
}


def run() -> list[Figure]:
    """Measure each rule set in a process of its own, so that its memory is its own."""
    figures = [figure for name in BY_HAND for figure in measured(name)]
    return [*figures, beside_openfisca()]


def measured(name: str) -> list[Figure]:
    """Return the figures of one rule set."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        with context.Pool(1) as pool:
            pool.apply(make, (name, folder, ROWS))
        with context.Pool(1) as pool:
            told = pool.apply(time_all, (name, folder))
    hand, ours, reform, both = (told[kind] for kind in ("hand", "compiled", "reform", "both"))
    beside = ratio(ours, hand)
    told_ratio, told_both = ratio(reform, ours), ratio(both, ours)
    memory = told["memory"] / GIB
    rows = f"{ROWS:,} rows, 2 threads, same answer to the fen"
    return [
        Figure(
            f"{name}: compiled SQL",
            statistics.median(ours),
            "s",
            PEER,
            statistics.median(hand),
            beside,
            "<= 1.2 ×",
            beside <= 1.2,
            rows,
        ),
        Figure(f"{name}: reform", told_ratio, "× baseline", bar="<= 1.1", holds=told_ratio <= 1.1),
        Figure(f"{name}: both at once", told_both, "× one", bar="<= 1.7", holds=told_both <= 1.7),
        Figure(f"{name}: whole simulation", told["simulate"], "s", note="winners, losers, deciles, by region and more"),
        Figure(f"{name}: peak memory", round(memory, 2), "GiB", bar="<= 4 GiB", holds=memory <= 4),
    ]


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Return the median of the ratios of runs that stood beside each other: a noisy machine disturbs both alike."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def rule_set_of(name: str) -> RuleSet:
    return next(one for one in load_rule_sets(ROOT / "packs") if one.id == name)


def make(name: str, folder: str, rows: int) -> None:
    """Make the fictional population."""
    rule_set = rule_set_of(name)
    make_sample(Store(Path(folder), LIMITS).shelf(name), rule_set.sample["columns"], rows)


def time_all(name: str, folder: str) -> dict[str, Any]:
    """Return the seconds of each query, run in turn, the simulation's, and the most memory this process held."""
    rule_set = rule_set_of(name)
    population = Population(Store(Path(folder), LIMITS).open(name), limits=LIMITS)
    baseline, reform = rule_set.decision(ON), rule_set.decision(ON, changes=REFORMS[name])
    queries = {
        "hand": BY_HAND[name],
        "compiled": summed(rule_set, population, {"one": baseline}),
        "reform": summed(rule_set, population, {"one": reform}),
        "both": summed(rule_set, population, {"one": baseline, "two": reform}),
    }
    answers = {kind: population.ask(query).rows[0] for kind, query in queries.items()}
    if answers["hand"] != answers["compiled"] or answers["both"] != (*answers["compiled"], *answers["reform"]):
        raise AssertionError(f"{name}: {answers}")
    seconds: dict[str, Any] = {kind: [] for kind in queries}
    for _ in range(RUNS):
        for kind, query in queries.items():
            started = time.perf_counter()
            population.ask(query)
            seconds[kind].append(time.perf_counter() - started)
    started = time.perf_counter()
    simulate(baseline, reform, population, use=_use(rule_set))
    seconds["simulate"] = time.perf_counter() - started
    seconds["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return seconds


def _use(rule_set: RuleSet) -> Any:
    assert rule_set.population is not None
    return rule_set.population


def summed(rule_set: RuleSet, population: Population, decisions: dict[str, Decision]) -> str:
    """Return the compiled rule under the same sums as the hand-written query's."""
    use = _use(rule_set)
    asked = ask_for(population, use.columns, list(decisions.values()), {})
    query = sql_side_by_side(decisions, columns=asked.columns, source=asked.source)
    sums = ", ".join(
        f'sum("{label}.{use.amount}"), count(*) FILTER ("{label}.{use.amount}" > 0)' for label in decisions
    )
    return f"SELECT {sums} FROM ({query.text})"  # noqa: S608 - compiled


def beside_openfisca() -> Figure:
    """Return our seconds for the allowance beside openfisca-core's, and by how much its floats miss the exact total.

    Both are warm: our engine is open with its view made, theirs has its arrays in memory as it holds them; both start
    from the columns and end at the total.
    """
    name = "minimum-living-allowance"
    title, bar = f"{name}: beside openfisca-core", ">= 1 × as fast"
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        make(name, folder, OPENFISCA_ROWS)
        rule_set = rule_set_of(name)
        population = Population(Store(Path(folder), LIMITS).open(name), limits=LIMITS)
        query = summed(rule_set, population, {"one": rule_set.decision(ON)})
        exact = population.ask(query).rows[0][0]
        rows = Path(folder) / "rows.csv"
        export(population, rows)
        try:
            made = nullcontext(OPENFISCA) if OPENFISCA else environment("openfisca-core")
            with made as python, Beside(python, rows) as peer:
                seconds = interleaved(population, query, peer)
        except NoPeer as error:
            taken = median_seconds(lambda: population.ask(query), RUNS)
            return Figure(title, taken, "s", "openfisca-core", bar=bar, note=str(error))
    ours, theirs = (statistics.median(one) for one in seconds)
    times = ratio(seconds[1], seconds[0])
    missed = abs(Decimal(peer.total) - exact)
    note = f"{OPENFISCA_ROWS:,} households; exact {exact}, openfisca's floats are {missed:f} off"
    return Figure(title, ours, "s", f"openfisca-core {peer.version}", theirs, times, bar, times >= 1, note)


class Beside:
    """openfisca-core in a process of its own, its columns in memory: `seconds()` runs it once more."""

    def __init__(self, python: str | Path, rows: Path) -> None:
        self._command = [str(python), str(ROOT / "bench/peers/openfisca_allowance.py"), str(rows)]
        self.version = self.total = ""

    def __enter__(self) -> Beside:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self._answer()["version"]
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()  # type: ignore[union-attr]
        self._process.wait()

    def seconds(self) -> float:
        """Return the seconds from its columns to the total."""
        self._process.stdin.write("again\n")  # type: ignore[union-attr]
        self._process.stdin.flush()  # type: ignore[union-attr]
        told = self._answer()
        self.total = told["total"]
        return float(told["seconds"])

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            raise NoPeer("openfisca-core did not run")
        told: dict[str, Any] = json.loads(line)
        return told


def interleaved(population: Population, query: str, peer: Beside) -> tuple[list[float], list[float]]:
    """Return our seconds and the peer's, run in turn; the first run of each warms it up."""
    ours, theirs = list[float](), list[float]()
    with population._open() as connection:  # opened before, as the peer's process is
        for _ in range(max(RUNS, 9) + 1):
            started = time.perf_counter()
            connection.execute(query).fetchall()
            ours.append(time.perf_counter() - started)
            theirs.append(peer.seconds())
    return ours[1:], theirs[1:]


def export(population: Population, path: Path) -> None:
    """Write the columns the peer reads, numbers as text."""
    columns = ["area", "household_size", "household_income", "savings", "vehicles", "second_home", "local_hukou"]
    names = ", ".join([*columns, "members_to_protect"])
    with path.open("w", encoding="utf-8") as file:
        file.write(names.replace(" ", "") + "\n")
        for row in population.stream(f"SELECT {names} FROM population"):  # noqa: S608 - names above
            file.write(",".join(str(value) for value in row.values()) + "\n")
