"""Worked examples（范例）of a pack: what is given, what must come out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhengtong.declared.bilingual import Text


@dataclass(frozen=True)
class Expectation:
    """What a golden case must show; None means "not stated", so it is not compared."""

    questions: tuple[str, ...] | None = None
    pages: tuple[str, ...] | None = None
    prefilled: dict[str, Any] | None = None
    missing: tuple[str, ...] | None = None
    materials: tuple[str, ...] | None = None
    spared: tuple[str, ...] | None = None
    parts: tuple[str, ...] | None = None
    order: tuple[tuple[str, ...], ...] | None = None
    part_forms: dict[str, dict[str, Any]] | None = None
    certificates: dict[str, dict[str, Any]] | None = None
    suggested: dict[str, Any] | None = None
    terms: dict[str, Any] | None = None
    refused: str = ""
    field: str = ""


@dataclass(frozen=True)
class GoldenCase:
    """One worked example（范例）: acceptance test, demonstration and documentation in one.

    `data` gives, by data use, the row the resource holds (or null); `outcomes` what officers enter, by part id
    (by "" in a single matter).
    """

    id: str
    title: Text
    on: date
    expect: Expectation
    applicant: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    data: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)
    materials: tuple[str, ...] = ()
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)
