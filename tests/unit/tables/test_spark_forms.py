"""How DuckDB's SQL is written for Spark: each construct's form, and the refusal of what has none. Needs no Java."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest

sqlglot = pytest.importorskip("sqlglot", reason="pip install 'zhengtong[spark]'")

from zhengtong.tables.engine.spark.errors import CannotRun  # noqa: E402 - needs the extra
from zhengtong.tables.engine.spark.patterns import to_java  # noqa: E402
from zhengtong.tables.engine.spark.translate import translate  # noqa: E402

TABLE = {
    "t": {
        "word": "VARCHAR", "other": "VARCHAR", "n": "BIGINT", "money": "DECIMAL(10,2)", "flag": "BOOLEAN", "day": "DATE",
        "at": "TIMESTAMP", "score": "DOUBLE",
    }
}  # fmt: skip


def spark(expression: str, *parameters: object) -> str:
    """Return the form of one expression over the table, its parameters put back as quoted text."""
    tree = sqlglot.parse_one(f"SELECT {expression} AS x FROM t", read="duckdb")
    made = translate(tree, TABLE, parameters)
    text = re.sub(r":zt(\d+)", lambda name: repr(made.parameters[f"zt{name[1]}"]), made.text)
    return text.removeprefix("SELECT ").removesuffix(" AS `x` FROM `t` AS `t`").replace("`t`.", "").replace("`", "")


@pytest.mark.parametrize(
    ("duckdb", "expected"),
    [
        ("CAST(money AS BIGINT)", "CAST(ROUND(money) AS BIGINT)"),  # Spark alone would cut
        ("CAST(score AS BIGINT)", "CAST(RINT(score) AS BIGINT)"),
        ("CAST(score AS VARCHAR)", "ZT_DOUBLE_TEXT(CAST(score AS STRING))"),
        ("hash(word, n)", "XXHASH64(word, n, ISNULL(word), ISNULL(n))"),  # an empty cell keeps its place
        ("regexp_full_match(word, 'a.c')", "(word RLIKE '\\\\A(?:a[^\\\\n]c)\\\\z')"),
        ("strpos(word, other)", "INSTR(word, other)"),
        ("n // 10 % 7", "n DIV 10 % 7"),
        ("money > '1.005'", "money > CAST('1.01' AS DECIMAL(10, 2))"),  # what DuckDB makes of the text
        ("day >= '2024-02-29'", "day >= CAST('2024-02-29' AS DATE)"),
        ("CAST(n AS HUGEINT)", "CAST(n AS DECIMAL(38, 0))"),
        ("word = 'it''s \\'", 'word = "it\'s \\\\"'),
    ],
)
def test_a_construct_has_the_form_that_answers_alike(duckdb, expected):
    assert spark(duckdb) == expected


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("x' OR 1=1 --", '"x\' OR 1=1 --"'),
        (Decimal("-1.50"), "CAST('-1.50' AS DECIMAL(3, 2))"),
        (-(2**70), f"(-{2**70})"),
        (datetime.date(2024, 2, 29), "CAST('2024-02-29' AS DATE)"),
        (True, "TRUE"),
        (None, "NULL"),
    ],
)
def test_a_parameter_is_bound_as_the_value_it_is(parameter, expected):
    assert spark("coalesce(?, ?)", parameter, parameter) == f"COALESCE({expected}, {expected})"


@pytest.mark.parametrize(
    "duckdb",
    [
        "lower(word)",
        "avg(money)",
        "median(n)",
        "sum(score)",
        "money / 3",
        "n // n",
        "n % 0",
        "substr(word, 0, 2)",
        "left(word, n)",
        "word = n",
        "flag = 1",
        "money > 'much'",
        "CASE WHEN flag THEN word ELSE n END",
        "regexp_matches(word, 'a')",
        "regexp_full_match(word, other)",
        "regexp_full_match(word, '(?i)a')",
        "regexp_replace(word, 'a', 'b')",
        "CAST(score AS DECIMAL(10,2))",
        "CAST(CAST(money AS DECIMAL(30,2)) AS DOUBLE)",
        "n IN (SELECT word FROM t)",
        "(SELECT max(a) FROM elsewhere)",
        "(SELECT max(n) FROM somewhere.t)",
        "random()",
        "getenv('HOME')",
        "word || ?",
        "word || n",
        "word + 1",
        "day - day",
        "day + 1",
        "if(flag, 1, 'x')",
        "CAST(money AS DECIMAL(30,2)) > score",
        "row_number() OVER (ORDER BY n)",
        "list_sum([n])",
    ],
)
def test_what_could_answer_otherwise_is_refused(duckdb):
    with pytest.raises(CannotRun):
        spark(duckdb)


def test_an_unnamed_column_does_not_hide_the_one_it_is_computed_from():
    tree = sqlglot.parse_one("SELECT CAST(n AS VARCHAR) FROM t ORDER BY n DESC, day", read="duckdb")
    assert "ORDER BY `t`.`n` DESC, `t`.`day` NULLS LAST" in translate(tree, TABLE).text


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (r"a.c", "a\rc", True),
        (r"a.c", "a\nc", False),
        (r"^a$", "a\n", False),
        (r"[[a]+", "[a", True),
        (r"[a&&b]+", "a&&b", True),
        (r"\s", "\x0b", False),
        (r"\p{Nd}{2}", "٣4", None),  # Python's re has no classes of Unicode
    ],
)
def test_a_pattern_means_what_re2_means(pattern, text, matches):
    import duckdb

    told = duckdb.execute("SELECT regexp_full_match(?, ?)", [text, pattern]).fetchone()[0]
    if matches is not None:
        assert told is matches
        assert bool(re.search(rf"\A(?:{to_java(pattern)})\Z".replace("\\z", "\\Z"), text)) is matches


@pytest.mark.parametrize(
    "pattern", ["a++", r"\bx", "(?i)x", "(?P<n>x)", "[[:alpha:]]", "a{,3}", r"\pN", r"\Qx\E", "[a"]
)
def test_a_pattern_that_java_reads_otherwise_is_refused(pattern):
    with pytest.raises(CannotRun):
        to_java(pattern)
