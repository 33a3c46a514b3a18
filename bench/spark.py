"""Spark beside DuckDB: the same reform over 1,000,000 persons on a standalone cluster of two workers, the same digest."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from pathlib import Path

from tests.spark import missing, spark_cluster

from bench.figures import Figure, median_seconds
from bench.simulation import ON, REFORMS, ROOT
from zhengtong.declared.rule_sets import load_rule_sets
from zhengtong.simulation import simulate
from zhengtong.tables import Limits, Store
from zhengtong.tables.population import Population, make_sample

ROWS = int(os.environ.get("ZHENGTONG_BENCH_ROWS", "1000000"))
RUNS = 3
RULE_SET = "income-tax"


def run() -> list[Figure]:
    """Return the seconds of one simulation on each engine, and whether both gave the same result to the last digit."""
    if lacking := missing():
        return [Figure("simulation on Spark", 0, "s", note=f"not run: {lacking} is missing")]
    rule_set = next(one for one in load_rule_sets(ROOT / "packs") if one.id == RULE_SET)
    pair = rule_set.decision(ON), rule_set.decision(ON, changes=dict(REFORMS[RULE_SET]))
    with tempfile.TemporaryDirectory() as folder, spark_cluster() as master:
        shelf = Store(Path(folder)).shelf(rule_set.population.resource)
        people = Population(make_sample(shelf, rule_set.sample["columns"], ROWS), limits=Limits(engine="duckdb"))
        spread = dataclasses.replace(people, limits=Limits(engine="spark", spark_master=master))
        digests, seconds = {}, {}
        for engine, population in (("duckdb", people), ("spark", spread)):

            def ask(population: Population = population) -> str:
                return simulate(*pair, population, use=rule_set.population).digest

            digests[engine] = ask()
            seconds[engine] = median_seconds(ask, RUNS)
    same = digests["duckdb"] == digests["spark"]
    ratio = seconds["spark"] / seconds["duckdb"]
    note = f"{ROWS:,} persons, {RULE_SET}, baseline and reform; cluster and DuckDB share the same cores"
    return [
        Figure("simulation on Spark", seconds["spark"], "s", "DuckDB", seconds["duckdb"], ratio, note=note),
        Figure("equal digests", float(same), "", bar="= 1", holds=same, note="every sum, group and decile"),
    ]
