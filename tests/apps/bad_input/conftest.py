"""One city for each table of bad input."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.apps.bad_input.city import City
from tests.apps.bad_input.passing import passing_city


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker, tmp_path_factory) -> Iterator[City]:
    """The city, once per file. Never import this fixture: in another folder its scope would be the whole session."""
    with passing_city(django_db_blocker, tmp_path_factory.mktemp("home")) as founded:
        yield founded
