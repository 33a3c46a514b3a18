"""A fictional population is the same for the same seed, and has the shares it was declared with."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhengtong.kit import Refused
from zhengtong.tables.population import Population, make_sample

COLUMNS = {
    "no": {"id": "P"},
    "region": {"choose": {"a": 3, "b": 1}},
    "local_one": {"chance": 20},
    "income": {"low": "100", "high": "1000", "skew": 2, "type": "decimal(9,2)"},
    "insured": {"share_of": "income", "share": "0.1", "type": "decimal(9,2)"},
    "children": {"number": "2", "type": "integer"},
}


@pytest.fixture
def people(store):
    return Population(make_sample(store.shelf("p"), COLUMNS, 4000))


def test_it_has_the_shares_it_was_declared_with(people):
    row = next(
        people.ask(
            "SELECT count(*) AS n, count(DISTINCT no) AS keys, count(*) FILTER (region = 'a') AS a, "
            "count(*) FILTER (local_one) AS here, min(income) AS low, max(income) AS high, median(income) AS middle, "
            "max(abs(insured - income * 0.1)) AS off, sum(children) AS c "
            "FROM population"
        ).records()
    )
    assert (row["n"], row["keys"], row["c"]) == (4000, 4000, 8000)
    assert 2800 < row["a"] < 3200
    assert 700 < row["here"] < 900
    assert Decimal(100) <= row["low"] <= row["high"] <= Decimal(1000)
    assert row["middle"] < 400  # skewed towards the low end
    assert row["off"] < Decimal("0.01")


def test_the_same_seed_gives_the_same_rows(store, people):
    again = make_sample(store.shelf("q"), COLUMNS, 4000)
    other = make_sample(store.shelf("r"), COLUMNS, 4000, seed=2)
    files = [[part.sha256 for part in one.manifest.parts] for one in (people.snapshot, again, other)]
    assert files[0] == files[1] != files[2]


def test_a_column_of_no_known_kind_is_refused(store):
    with pytest.raises(Refused) as refused:
        make_sample(store.shelf("s"), {"x": {"magic": 1}}, 10)
    assert refused.value.code == "tables.sample.unknown"


def test_types_are_as_narrow_as_the_values(people):
    assert people.narrow_type("children") == "DECIMAL(1, 0)"
    assert people.narrow_type("income") in ("DECIMAL(5, 2)", "DECIMAL(6, 2)")
    assert people.narrow_type("region") == "VARCHAR"


def test_queries_handed_in_read_nothing_else(people, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(Refused):
        people.ask(f"SELECT * FROM read_csv('{tmp_path}/secret.csv')")
