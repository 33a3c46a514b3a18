"""Codes of the national standard as the site's packs declare them（代码表）: types of matter, levels."""

from __future__ import annotations

import functools
from pathlib import Path

from django.conf import settings

from zhengtong.declared import Text, load_shared
from zhengtong.declared.shared import CodeList


def task_types() -> CodeList:
    """Return the types of matter（事项类型，GB/T 39046—2020 A.1）."""
    return _code_lists(_folders())["task-type"]


def level_of(task_code: str) -> Text | None:
    """Return the level a composite implementation code names, or None when it does not say."""
    parts = task_code.rsplit("-", 2)
    return _code_lists(_folders())["task-level"].label(parts[1]) if len(parts) == 3 else None


def _folders() -> tuple[str, ...]:
    return tuple(str(folder) for folder in settings.ZHENGTONG_PACKS)


@functools.lru_cache(maxsize=4)
def _code_lists(folders: tuple[str, ...]) -> dict[str, CodeList]:
    found: dict[str, CodeList] = {}
    for folder in reversed(folders):
        found |= load_shared(Path(folder)).codes
    return found
