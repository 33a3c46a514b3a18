"""The statements of the hot path write what `save()` would, in the caller's transaction, and fail as Django's fail."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from zhengtong.apps.people import statements
from zhengtong.apps.people.models import Region

GIVEN = {
    "name_zh": "澜县",
    "name_en": "Lan",
    "level": 3,
    "parent_code": "990100000000",
    "valid_from": dt.date(2020, 1, 1),
}


def held(record: Region) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name != "_state"}


def test_a_new_record_is_what_the_model_makes() -> None:
    ours, theirs = statements.new(Region, code="990199000000", **GIVEN), Region(code="990199000000", **GIVEN)
    assert held(ours) == held(theirs)
    assert ours._state.adding
    with pytest.raises(TypeError, match="has no colour"):
        statements.new(Region, colour="red")


@pytest.mark.django_db
def test_what_is_inserted_is_read_back_whole() -> None:
    written = statements.new(Region, code="990199000000", **GIVEN)
    statements.insert_with_key(written)
    [read] = statements.records_of(Region, statements.select(Region, "code = %s", ["990199000000"]))
    assert held(read) == held(Region.objects.get(pk=written.pk)) == held(written)
    assert not read._state.adding


@pytest.mark.django_db
def test_statements_sent_in_one_go_each_see_what_came_before() -> None:
    statements.insert_with_key(statements.new(Region, code="990199000000", **GIVEN))
    renamed, found = statements.execute_all(
        ("UPDATE people_region SET name_en = %s WHERE code = %s", ["Renamed", "990199000000"]),
        ("SELECT name_en, valid_to FROM people_region WHERE code = %s", ["990199000000"]),
    )
    assert renamed.rowcount == 1
    assert found.fetchall() == [("Renamed", None)]


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_djangos_takes_its_transaction_with_it_and_leaves_the_connection_usable() -> None:
    counted = "SELECT count(*) FROM people_region WHERE code = %s"

    def write_and_fail() -> None:
        with transaction.atomic():
            statements.insert_with_key(statements.new(Region, code="990199000000", **GIVEN))
            assert statements.execute(counted, ["990199000000"]).fetchone() == (1,)
            statements.execute("UPDATE people_region SET code = NULL WHERE code = %s", ["990199000000"])

    with pytest.raises(IntegrityError):
        write_and_fail()
    assert statements.execute(counted, ["990199000000"]).fetchone() == (0,)
