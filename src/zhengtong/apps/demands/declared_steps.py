"""steps.yaml as values（办理环节声明）, read once."""

from __future__ import annotations

import functools
import importlib.resources
from dataclasses import dataclass
from typing import Any

import yaml

from zhengtong.kit import Basis
from zhengtong.kit.calendar import Term, Unit


@dataclass(frozen=True)
class Step:
    """What may be done in a state: by which side, where it leads, what must be told, what happens to the grant."""

    name: str
    zh: str
    en: str
    by: str
    to: str
    needs: tuple[str, ...]
    grant: str
    term: Term | None


@dataclass(frozen=True)
class Kind:
    """A kind of proceeding with its states and steps."""

    name: str
    zh: str
    en: str
    basis: Basis | None
    first: str
    term: Term | None
    states: dict[str, tuple[str, str]]
    ends: frozenset[str]
    steps: dict[str, dict[str, Step]]

    def label(self, step: str) -> tuple[str, str]:
        """Return a step's words, whatever state it was taken in."""
        for steps in self.steps.values():
            if step in steps:
                return steps[step].zh, steps[step].en
        return {"opened": ("提出", "Opened")}.get(step, (step, step))


@functools.cache
def declared() -> dict[str, Any]:
    """Return the file as it stands."""
    text = importlib.resources.files("zhengtong.apps.demands").joinpath("steps.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@functools.cache
def kind_of(name: str) -> Kind:
    """Return a kind by its name."""
    given = declared()[name]
    return Kind(
        name=name,
        zh=given["title"]["zh"],
        en=given["title"]["en"],
        basis=Basis(**given["basis"]) if "basis" in given else None,
        first=given["first"],
        term=_term(given.get("term")),
        states={state: (told["zh"], told["en"]) for state, told in given["states"].items()},
        ends=frozenset(state for state, told in given["states"].items() if told.get("end")),
        steps={
            state: {name: _step(name, told) for name, told in steps.items()} for state, steps in given["steps"].items()
        },
    )


def _step(name: str, told: dict[str, Any]) -> Step:
    return Step(
        name=name,
        zh=told["zh"],
        en=told["en"],
        by=told["by"],
        to=told["to"],
        needs=tuple(told.get("needs", ())),
        grant=told.get("grant", ""),
        term=_term(told.get("term")),
    )


def _term(told: dict[str, Any] | None) -> Term | None:
    return Term(told["n"], Unit[told["unit"]]) if told else None
