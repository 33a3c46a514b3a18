"""A connection the server ended is noticed before the next statement, without asking the server each time."""

from __future__ import annotations

import pytest
from django.db import connection

from zhengtong.apps.people import statements


@pytest.fixture
def kept(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is no server that could end a connection")
    connection.ensure_connection()
    connection.health_check_enabled, connection.health_check_done = True, False
    yield connection
    connection.health_check_enabled = False


def end(database) -> None:
    beside = database.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [database.connection.info.backend_pid])
    finally:
        beside.close()


@pytest.mark.parametrize("way", ["cursor", "prepared"])
def test_the_next_statement_finds_a_new_connection(kept, way):
    end(kept)
    if way == "cursor":
        with kept.cursor() as cursor:
            assert cursor.execute("SELECT 7").fetchone() == (7,)
    else:
        assert statements.execute("SELECT 7", []).fetchone() == (7,)


def test_a_quiet_connection_is_not_asked(kept, monkeypatch):
    before = kept.connection
    with monkeypatch.context() as watched:
        watched.setattr(type(before), "cursor", lambda *_a, **_k: pytest.fail("the server was asked"))
        kept.close_if_health_check_failed()
    assert kept.health_check_done
    assert kept.connection is before


def test_a_broken_transaction_is_no_quiet_connection(kept):
    with kept.cursor() as cursor:
        cursor.execute("BEGIN")
    assert kept.is_usable()  # the server was asked, and answered
    with pytest.raises(Exception, match="division by zero"), kept.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert not kept.is_usable()
    kept.close()
