"""The indicators of GB/T 36344—2018（数据质量评价指标）, as indicators.yaml lists them."""

from __future__ import annotations

import functools
import importlib.resources
from dataclasses import dataclass
from typing import Any

import yaml

from zhengtong.kit import Refused


@dataclass(frozen=True)
class Indicator:
    """One indicator; `inverse` ones count the bad: X = 1 − A/B. `by` says what can judge it."""

    code: str
    zh: str
    en: str
    by: str
    inverse: bool

    @property
    def dimension(self) -> str:
        return self.code[:2]


def get_indicator(code: str) -> Indicator:
    """Return the indicator, refusing a code the standard does not have or that rows cannot judge."""
    found = list_indicators().get(code)
    if found is None or found.by != "check":
        raise Refused(
            "tables.quality.unknown-indicator",
            f"指标“{code}”不在 GB/T 36344—2018 中，或不能按数据行评价。",
            f"Indicator {code!r} is not one of GB/T 36344—2018 that rows can be judged by.",
            field="metric",
            facts={"code": code},
        )
    return found


@functools.cache
def list_indicators() -> dict[str, Indicator]:
    """Return every indicator by its code."""
    return {code: Indicator(code, **body) for code, body in _read()["indicators"].items()}


@functools.cache
def list_dimensions() -> dict[str, dict[str, str]]:
    """Return the six dimensions by code, each with zh and en."""
    dimensions: dict[str, dict[str, str]] = _read()["dimensions"]
    return dimensions


@functools.cache
def _read() -> dict[str, Any]:
    text = importlib.resources.files("zhengtong.tables.quality").joinpath("indicators.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content
