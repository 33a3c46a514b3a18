"""The FEEL table and generated rules on Apache Spark: the same answers as the reference, or refused."""

from __future__ import annotations

import random
import shutil
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from tests.generative.rules.test_back_ends_agree import COLUMNS, rows, rule
from tests.spec.rules.cases import FEEL
from tests.spec.rules.test_feel import program_of, same, value_of
from zhengtong.kit import Refused
from zhengtong.rules import compile_decision
from zhengtong.rules.to_sql import to_sql
from zhengtong.rules.values import to_python, to_text

pytest.importorskip("pyspark", reason="the extra [spark] is not installed")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17 or later")
RULES = 12


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        made = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.ansi.enabled", "true")
            .getOrCreate()
        )
        yield made
        made.stop()


@pytest.mark.filterwarnings("ignore")
def test_the_feel_table_has_its_values_in_spark(session: Any) -> None:
    ran, wrong = 0, []
    for text, expected in FEEL:
        try:
            query = to_sql(program_of(text), "it", dialect="spark", source="(SELECT 1 AS one)", flat=False)
        except Refused as refusal:
            if refusal.code != "rules.sql.no-form":
                raise
            continue
        ran += 1
        found = query.read(list(session.sql(query.text).collect()[0]))
        if not same(found, value_of(expected)):
            wrong.append((text, expected, to_text(found)))
    assert wrong == []
    assert ran >= 60


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(RULES))
def test_a_generated_rule_answers_in_spark_as_by_reference(seed: int, session: Any) -> None:
    draw = random.Random(seed)
    source = rule(draw)
    decision = compile_decision(source)
    data = rows(draw)
    columns = {name: kind.replace("VARCHAR", "STRING") for name, kind in COLUMNS.items()}
    try:
        query = decision.sql("spark", source="people", columns=columns)
    except Refused as refusal:
        assert refusal.code == "rules.sql.no-form"  # noqa: PT017 - either a query or this refusal
        return
    schema = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    session.createDataFrame([tuple(row.values()) for row in data], schema).createOrReplaceTempView("people")
    found = [to_python(query.read(list(row))) for row in session.sql(query.text).collect()]
    for row, theirs in zip(data, found, strict=True):
        ours = decision.decide_by_reference(row)
        nothing = ours is None and isinstance(theirs, dict) and set(theirs.values()) == {None}
        assert nothing or ours == theirs, (source, row, ours, theirs)
