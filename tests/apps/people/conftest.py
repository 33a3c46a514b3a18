"""A small town for this room's tests, made through its doors."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.apps.people.town import Town, make_town
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import events


@pytest.fixture(autouse=True)
def evidence_hears() -> None:
    """What this room announces leaves receipts, as `site/wiring.py` has it."""
    events.subscribe(evidence.hear)


@pytest.fixture
def town(db: None, now: dt.datetime) -> Town:
    """A county with a health bureau, a police bureau, two residents and an enterprise."""
    return make_town(now)
