"""Every question of the data plane has one answer, in DuckDB and on a Spark cluster of two workers; or Spark refuses it."""

from __future__ import annotations

import sys

import pytest

from tests.spec.tables.awkward import questions, versions
from zhengtong.kit import Refused
from zhengtong.tables import Expression, Limits, Population, Total

DUCKDB = Limits(threads=2, engine="duckdb")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return versions(tmp_path_factory.mktemp("awkward"))


@pytest.fixture
def spark(spark_master):
    return Limits(engine="spark", spark_master=spark_master)


NAMES = ["filters", "masks", "find", "total", "profile", "difference", "quality", "export to csv", "export to parquet"]


def test_every_question_is_named(made, tmp_path):
    assert [name for name, _ in questions(*made, tmp_path)] == NAMES


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_spark_answers_as_duckdb_does(name, made, tmp_path, spark):
    ask = dict(questions(*made, tmp_path))[name]
    assert ask(spark) == ask(DUCKDB)


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "asked",
    [
        Total("mean", "avg", Expression("m", '"money"')),
        Total("middle", "median", Expression("m", '"n"')),
        Total("doubles", "sum", Expression("m", '"score"')),
        Total("words", "count", Expression("m", "lower(\"word\") = 'x'")),
        Total("word", "count", Expression("m", "regexp_matches(\"word\", '\\bx')")),
        Total("other", "count", Expression("m", '"id" IN (SELECT "id" FROM read_parquet(\'/etc/passwd\'))')),
        Total("table", "count", Expression("m", '"id" IN (SELECT "id" FROM "global_temp"."population")')),
        Total("divided", "count", Expression("m", '"n" // "n" = 1')),
        Total("mixed", "count", Expression("m", '"word" = "n"')),
    ],
)
def test_what_spark_would_answer_otherwise_is_refused_before_it_runs(asked, made, spark):
    with pytest.raises(Refused) as caught:
        Population(made[0], limits=spark).total([asked])
    assert caught.value.code == "tables.population.cannot-run"


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore")
def test_an_overflow_stops_the_analysis_and_says_so(made, spark):
    with pytest.raises(Refused) as caught:
        Population(made[0], limits=spark).total([Total("s", "max", Expression("m", '"n" * 9223372036854775807'))])
    assert caught.value.code == "tables.spark.cannot-run"


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore")
def test_one_process_works_on_one_cluster(made, spark):
    Population(made[0], limits=spark).total([])
    with pytest.raises(Refused) as caught:
        Population(made[0], limits=Limits(engine="spark", spark_master="spark://127.0.0.1:1")).total([])
    assert caught.value.code == "tables.spark.another-master"


def test_one_setting_chooses_the_engine(monkeypatch, made):
    monkeypatch.setenv("ZHENGTONG_ENGINE", "spark")
    monkeypatch.setenv("ZHENGTONG_SPARK_MASTER", "spark://cluster:7077")
    assert (Limits().engine, Limits().spark_master) == ("spark", "spark://cluster:7077")
    monkeypatch.setenv("ZHENGTONG_ENGINE", "abacus")
    with pytest.raises(Refused) as caught:
        Population(made[0], limits=Limits()).total([])
    assert caught.value.code == "tables.engine.unknown"


def test_a_site_without_spark_is_told_what_to_install(monkeypatch, made):
    from zhengtong.tables.engine.spark import session

    monkeypatch.setattr(session, "_STARTED", {})
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(Refused) as caught:
        Population(made[0], limits=Limits(engine="spark")).total([])
    assert caught.value.code == "tables.spark.not-installed"
    assert session.HOW_TO_ADD in caught.value.en


def test_a_machine_without_java_is_told_what_to_install(monkeypatch, made):
    pytest.importorskip("pyspark", reason="pip install 'zhengtong[spark]'")
    from zhengtong.tables.engine.spark import session

    monkeypatch.setattr(session, "_STARTED", {})
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Refused) as caught:
        Population(made[0], limits=Limits(engine="spark")).total([])
    assert caught.value.code == "tables.spark.no-java"
