"""The bureau of the exchange's tests, for this room's."""

from __future__ import annotations

import pytest

from tests.apps.exchange.bureau import Bureau, make_bureau
from zhengtong.apps.catalog import queries as catalog


@pytest.fixture
def bureau(db, now, tmp_path, settings) -> Bureau:
    """Three organisations and a published resource of births."""
    settings.ZHENGTONG_HOME = tmp_path
    catalog.opened.cache_clear()
    return make_bureau(now, tmp_path)
