"""The population a command asks（人群）: a fresh fictional sample, kept only while the command runs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhengtong.declared.rule_sets import RuleSet
from zhengtong.tables import Store
from zhengtong.tables.population import Population, make_sample


@contextmanager
def population(rule_set: RuleSet, rows: int | None) -> Iterator[Population]:
    """Yield the population of a rule set's declared sample, of so many rows, or as many as it declares."""
    with tempfile.TemporaryDirectory(prefix="zhengtong-rules-") as folder:
        shelf = Store(Path(folder)).shelf(rule_set.id)
        yield Population(make_sample(shelf, rule_set.sample["columns"], rows or int(rule_set.sample["rows"])))
