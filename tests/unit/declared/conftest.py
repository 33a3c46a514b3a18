"""A copy of the site's packs that a test may spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

PACKS = Path(__file__).parents[3] / "packs"

Spoil = Callable[[str, str, str], Path]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The packs folder, copied."""
    return Path(shutil.copytree(PACKS, tmp_path / "packs"))


@pytest.fixture
def spoil(root: Path) -> Spoil:
    """`spoil("birth/pack.yaml", "owner: health", "owner: nobody")` changes one place, and fails if it is not there."""

    def change(file: str, old: str, new: str) -> Path:
        path = root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return root

    return change
