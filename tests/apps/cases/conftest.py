"""The city of tests/apps/cases/city.py as a fixture."""

from __future__ import annotations

import pytest

from tests.apps.cases.city import found_city


@pytest.fixture
def city(db, now, monkeypatch):
    """澜江市, with its reader in the place of exchange's."""
    founded = found_city(now)
    monkeypatch.setattr("zhengtong.apps.exchange.actions.read", founded.reader.read)
    return founded
