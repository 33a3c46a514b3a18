"""The kinds of action（动作种类）as actions.yaml declares them: when allowed, by whom, what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from zhengtong.apps.cases.shapes import State


@dataclass(frozen=True)
class Kind:
    """One kind of action: see the head of actions.yaml for its members."""

    name: str
    zh: str
    en: str
    from_: frozenset[State]
    to: State | None
    effect: str
    by: str
    permits: tuple[str, ...]
    verb: str
    needs: tuple[str, ...]
    is_office: bool


@cache
def list_kinds() -> Mapping[str, Kind]:
    """Return every kind of action by name, in the order of actions.yaml."""
    text = files("zhengtong.apps.cases.lifecycle").joinpath("actions.yaml").read_text("utf-8")
    source = yaml.safe_load(text)
    return {name: _kind(name, given, source["groups"]) for name, given in source["actions"].items()}


def _kind(name: str, given: Mapping[str, Any], groups: Mapping[str, list[str]]) -> Kind:
    states = given["from"]
    return Kind(
        name=name,
        zh=given["zh"],
        en=given["en"],
        from_=frozenset(State(state) for state in (groups[states] if isinstance(states, str) else states)),
        to=State(given["to"]) if "to" in given else None,
        effect=given.get("effect", "settled"),
        by=given["by"],
        permits=tuple(given.get("permits", ())),
        verb=given.get("verb", ""),
        needs=tuple(given.get("needs", ())),
        is_office=given.get("office", False),
    )


# kind of action → states in which it is allowed; a case begins with "submitted"
TRANSITIONS: Mapping[str, frozenset[State]] = {
    name: kind.from_ for name, kind in list_kinds().items() if name != "submitted"
}
