"""Generated rules on a Spark cluster of two workers: the same answers as the reference, or refused; all rules in one job."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.generative.rules.test_back_ends_agree import COLUMNS, ROWS, known, rows, rule
from tests.spec.rules.test_columns import differences, in_files
from zhengtong.rules import compile_decision
from zhengtong.tables import Limits

#: the bar is 200 rules of 5,000 rows; the every-day run takes fewer
RULES = int(os.environ.get("ZHENGTONG_GENERATED_RULES", "60"))
#: so many in one query: its text, and the code Spark makes of it, grow with them
_TOGETHER = 30


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore")
def test_generated_rules_answer_on_spark_as_by_reference(spark_master: str, tmp_path: Path) -> None:
    decisions = {f"r{seed}": compile_decision(rule(random.Random(seed))) for seed in range(RULES)}
    data = [{"n": number, **row} for number, row in enumerate(rows(random.Random(RULES))[:ROWS])]
    files = in_files(data, COLUMNS, tmp_path)
    ran = 0
    for start in range(0, RULES, _TOGETHER):
        some = dict(list(decisions.items())[start : start + _TOGETHER])
        limits = Limits(engine="spark", spark_master=spark_master)
        plain = [without_number(row) for row in data]
        asked, stopped, wrong = differences(some, limits, files, known(plain), plain)
        assert wrong == []
        ran += asked - stopped
    assert ran >= RULES * 0.3


def without_number(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "n"}
