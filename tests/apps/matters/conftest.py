"""The site's own packs, published; and the real list of items, where it lies beside the project."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from zhengtong.apps.matters import actions
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.declared import Pack, load_packs

ROOT = Path(__file__).parents[3]
REAL_LIST = ROOT.parent / "shared/data/matters/service_items.csv"


@pytest.fixture(scope="session")
def packs() -> dict[str, Pack]:
    """Every pack of the site, by id."""
    return {pack.id: pack for pack in load_packs(ROOT / "packs")}


@pytest.fixture
def published(db: None, packs: dict[str, Pack], now: dt.datetime) -> None:
    """All packs in force."""
    for pack in packs.values():
        actions.publish_pack(pack=pack, by=SYSTEM, at=now)


@pytest.fixture
def real_list() -> Path:
    """The 1,135 real items."""
    if not REAL_LIST.exists():
        pytest.skip("the real list of items does not lie beside the project")
    return REAL_LIST
