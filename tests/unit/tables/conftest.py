"""A store in a folder of its own, with small limits."""

from __future__ import annotations

import pytest

from zhengtong.tables import Limits, Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store", Limits(threads=2, memory_bytes=512 << 20))
