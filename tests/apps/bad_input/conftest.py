"""One city for the table, in a transaction that is rolled back: nothing of it is left for other tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction

from tests.apps.bad_input.city import City, found_city


class Undo(Exception):
    """Ends the city's transaction without keeping it."""


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker, tmp_path_factory) -> Iterator[City]:
    """The city, once per module; every test of it runs in a savepoint of its own."""
    from zhengtong.apps.catalog import queries as catalog

    kept = settings.ZHENGTONG_HOME
    settings.ZHENGTONG_HOME = tmp_path_factory.mktemp("home")
    catalog.opened.cache_clear()
    with django_db_blocker.unblock():
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
