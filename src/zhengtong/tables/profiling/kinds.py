"""The kinds of value a column can hold（数据项识别类别）, as kinds.yaml declares them."""

from __future__ import annotations

import functools
import importlib.resources
from dataclasses import dataclass
from typing import Any

import yaml


@dataclass(frozen=True)
class Kind:
    """One kind: what it suggests (level 1–4, mask), and how large a share of cells must pass its check."""

    id: str
    zh: str
    en: str
    level: int
    personal: bool
    sensitive: bool
    mask: str
    share: float
    with_heading: float
    hide_values: bool
    headings: tuple[str, ...]
    needs_heading: bool = False

    def is_named_by(self, heading: str) -> bool:
        """Return whether a column's name or title speaks for this kind."""
        lowered = heading.lower()
        return any(word in lowered for word in self.headings)


@functools.cache
def list_kinds() -> tuple[Kind, ...]:
    """Return every kind, the one that checks more first."""
    return tuple(Kind(**{**kind, "headings": tuple(kind["headings"])}) for kind in _read("kinds.yaml")["kinds"])


@functools.cache
def words() -> dict[str, Any]:
    """Return the word lists of the detectors."""
    return _read("words.yaml")


def _read(name: str) -> dict[str, Any]:
    text = importlib.resources.files("zhengtong.tables.profiling").joinpath(name).read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content
