"""A city that passes（过境城市）: founded in a transaction that is rolled back, so that nothing of it is left for other tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction

from tests.apps.bad_input.city import City, found_city


@contextlib.contextmanager
def requests_keep_the_connection() -> Iterator[None]:
    """Requests in this process stay on the connection that holds the city's transaction, as with Django's own client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with mock.patch("zhengtong.gateway.callable.close_old_connections"):
        yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


class Undo(Exception):
    """Ends the city's transaction without keeping it."""


@contextlib.contextmanager
def passing_city(django_db_blocker, home: Path) -> Iterator[City]:
    """Found the city in a transaction of its own and undo it at the end; every test of it runs in a savepoint."""
    from zhengtong.apps.catalog import queries as catalog

    kept = settings.ZHENGTONG_HOME
    settings.ZHENGTONG_HOME = home
    catalog.opened.cache_clear()
    with django_db_blocker.unblock(), requests_keep_the_connection():
        try:
            outer = transaction.atomic()
            outer._from_testcase = True
            with outer:
                yield found_city()
                raise Undo
        except Undo:
            pass
    settings.ZHENGTONG_HOME = kept
    catalog.opened.cache_clear()
