"""The FEEL table and generated rules on PostgreSQL: the same answers as the reference, or refused."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.generative.rules.test_back_ends_agree import COLUMNS, RULES, known, rows, rule
from tests.postgres import HOW_TO_ADD, find_binaries, postgres_server
from tests.spec.rules.cases import FEEL
from tests.spec.rules.test_feel import program_of, same, value_of
from zhengtong.kit import Refused
from zhengtong.rules import compile_decision
from zhengtong.rules.to_sql import to_sql
from zhengtong.rules.values import to_python, to_text

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(find_binaries() is None, reason=f"PostgreSQL is not installed: {HOW_TO_ADD}"),
]


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection[Any]]:
    with postgres_server() as address, psycopg.connect(address, autocommit=True) as made:
        yield made


def test_the_feel_table_has_its_values_in_postgres(connection: psycopg.Connection[Any]) -> None:
    ran, wrong = 0, []
    for text, expected in FEEL:
        try:
            query = to_sql(program_of(text), "it", dialect="postgres", source="(SELECT 1) AS one", flat=False)
        except Refused as refusal:
            if refusal.code != "rules.sql.no-form":
                raise
            continue
        ran += 1
        found = query.read(connection.execute(query.text).fetchone())  # type: ignore[arg-type,call-overload]
        if not same(found, value_of(expected)):
            wrong.append((text, expected, to_text(found)))
    assert wrong == []
    assert ran >= 80


@pytest.mark.parametrize("seed", range(RULES))
def test_a_generated_rule_answers_in_postgres_as_by_reference(seed: int, connection: psycopg.Connection[Any]) -> None:
    draw = random.Random(seed)
    source = rule(draw)
    decision = compile_decision(source)
    data = rows(draw)
    try:
        query = decision.sql("postgres", source="rows", columns=known(data))
    except Refused as refusal:
        assert refusal.code == "rules.sql.no-form"  # noqa: PT017 - either a query or this refusal
        return
    connection.execute("DROP TABLE IF EXISTS rows")
    connection.execute(f"CREATE TABLE rows (n INTEGER, {', '.join(f'{n} {t}' for n, t in COLUMNS.items())})")  # type: ignore[arg-type]
    with connection.cursor() as cursor, cursor.copy("COPY rows FROM STDIN") as copy:
        for number, row in enumerate(data):
            copy.write_row([number, *row.values()])
    stages, word, outputs = query.text.rpartition("SELECT ")
    numbered = sorted(connection.execute(f"{stages}{word}n, {outputs}").fetchall(), key=lambda row: row[0])  # type: ignore[arg-type,call-overload]
    found = [to_python(query.read(row[1:])) for row in numbered]
    for row, theirs in zip(data, found, strict=True):
        ours = decision.decide_by_reference(row)
        nothing = ours is None and isinstance(theirs, dict) and set(theirs.values()) == {None}
        assert nothing or ours == theirs, (source, row, ours, theirs)
