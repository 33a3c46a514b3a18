"""A compiled rule finds everyone it is true of, and totals are exact."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhengtong.kit import Refused
from zhengtong.tables import Schema, load
from zhengtong.tables.population import Expression, Join, Population, Total

PEOPLE = Schema.of(id="text", age="integer", region="text", income="decimal(12,2)", born="date")


@pytest.fixture
def people(store, tmp_path):
    lines = ["id,age,region,income,born"]
    lines += [f"p{n:04d},{n % 100},99{n % 3:02d},{n}.10,2000-01-{1 + n % 28:02d}" for n in range(1000)]
    (tmp_path / "p.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load(tmp_path / "p.csv", store.shelf("people"), PEOPLE).snapshot


@pytest.fixture
def cards(store, tmp_path):
    lines = ["holder,level", *(f"p{n:04d},{n % 4}" for n in range(0, 1000, 2))]
    (tmp_path / "c.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load(tmp_path / "c.csv", store.shelf("cards"), Schema.of(holder="text", level="integer")).snapshot


def test_everyone_a_rule_is_true_of_is_found(people):
    subsidy = Expression("subsidy", '"income" * CAST(? AS DECIMAL(4,2))', (Decimal("0.10"),))
    where = Expression("", '"age" >= ? AND "region" = ?', (80, "9901"))
    found = list(Population(people).find(["id", "born"], [subsidy], where))
    expected = [n for n in range(1000) if n % 100 >= 80 and n % 3 == 1]
    assert sorted(row["id"] for row in found) == [f"p{n:04d}" for n in expected]
    first = min(found, key=lambda row: row["id"])
    assert first == {"id": "p0082", "born": "2000-01-27", "subsidy": "8.2100"}


def test_totals_are_exact_and_in_order(people):
    rows = Population(people).total(
        [Total("old", "count", Expression("", '"age" >= ?', (60,))), Total("money", "sum", Expression("", '"income"'))],
        by=[Expression("region", '"region"')],
    )
    for group, row in enumerate(rows):
        members = [n for n in range(1000) if n % 3 == group]
        assert row == {
            "region": f"99{group:02d}",
            "old": sum(n % 100 >= 60 for n in members),
            "money": str(sum(Decimal(f"{n}.10") for n in members)),
            "rows": len(members),
        }


def test_what_another_table_knows_joins_without_doubling_anyone(people, cards):
    population = Population(people, [Join(cards, {"id": "holder"}, {"card": "level"})])
    assert population.total([Total("high", "count", Expression("", '"card" = 2'))]) == [{"high": 250, "rows": 1000}]


def test_a_joined_table_that_repeats_its_key_is_refused(people, cards):
    with pytest.raises(Refused) as refused:
        Population(people, [Join(cards, {"age": "level"}, {"who": "holder"})]).total([])
    assert refused.value.code == "tables.population.repeated-key"


@pytest.mark.parametrize(
    "sql",
    [
        '"nowhere" = 1',
        "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0",
        "(SELECT 1 FROM read_text('/etc/hostname')) > 0",
        "1 +",
    ],
)
def test_sql_that_reaches_beyond_its_data_is_refused(people, sql):
    with pytest.raises(Refused) as refused:
        list(Population(people).find(["id"], where=Expression("", sql)))
    assert refused.value.code == "tables.population.cannot-run"


def test_a_whole_query_runs_over_everyone_and_only_as_a_query(people, cards):
    population = Population(people, [Join(cards, {"id": "holder"}, {"card": "level"})])
    assert population.columns["income"] == "DECIMAL(12,2)"
    assert population.columns["card"] == "BIGINT"
    query = "WITH s AS (SELECT id, income * ? AS half FROM population WHERE card = 3) SELECT id, half FROM s ORDER BY id LIMIT 1"
    assert list(population.run(query, [Decimal("0.5")])) == []  # even numbers never leave 3 of 4
    query = query.replace("card = 3", "card = 2")
    assert list(population.run(query, [Decimal("0.5")])) == [("p0002", Decimal("1.050"))]
    for bad in ("SELECT 1); DROP VIEW population; (SELECT 1", "DROP VIEW population", "COPY population TO 'x.csv'"):
        with pytest.raises(Refused):
            list(population.run(bad))


def test_an_unknown_total_is_refused():
    with pytest.raises(Refused):
        Total("x", "string_agg", Expression("", "1"))
