"""The folded state beside the log（现状快照）: so that the next action reads one row, however long the log has grown.

A snapshot is only a saving: it names the version of the log it was folded from and the rules it was folded by (the
text of this room's lifecycle, of its law and of the calendar). Where either differs, the log is folded anew.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from zhengtong.apps.cases.lifecycle import CaseState
from zhengtong.kit.calendar import Clock, calendar_in_force

#: what was entered, answered, read and decided: long, and changed by few actions, so it has a column of its own
CONTENT = ("values", "answers", "reads", "outcome")
Convert = Callable[[Any], Any]


def keep_state(state: CaseState) -> dict[str, Any]:
    """Return the state without its content, as JSON."""
    kept = {name: to_json(getattr(state, name)) for name, (to_json, _) in _codecs().items()}
    return {"by": rules_mark(), **{name: value for name, value in kept.items() if value not in (None, [], "")}}


def keep_content(state: CaseState) -> dict[str, Any]:
    """Return the content of a state, as JSON."""
    return {name: dict(getattr(state, name)) for name in CONTENT if getattr(state, name)}


def has_new_content(before: CaseState, after: CaseState) -> bool:
    """Return whether an action changed what was entered, read or decided."""
    return any(getattr(before, name) is not getattr(after, name) for name in CONTENT)


def restore(kept: Mapping[str, Any] | None, content: Mapping[str, Any] | None, version: int) -> CaseState | None:
    """Return the state of a snapshot, or None where it is not that of this version of the log under these rules."""
    if not kept or kept.get("by") != rules_mark() or kept.get("version") != version:
        return None
    fields = {name: from_json(kept[name]) for name, (_, from_json) in _codecs().items() if name in kept}
    return CaseState(**fields, **(content or {}))


@cache
def rules_mark() -> str:
    """Return the digest of everything that decides what a log folds to; it changes with this software."""
    mark = hashlib.sha256()
    for text in _texts(files("zhengtong.apps.cases"), ("lifecycle", "law", "shapes", "snapshots")):
        mark.update(text)
    for text in _texts(files("zhengtong.kit.calendar"), ("",)):
        mark.update(text)
    return mark.hexdigest()[:16]


def _texts(folder: Traversable, beginnings: tuple[str, ...]) -> typing.Iterator[bytes]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not entry.name.startswith(beginnings) or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _texts(entry, ("",))
        elif entry.name.endswith((".py", ".yaml")):
            yield entry.read_bytes()


@cache
def _codecs() -> dict[str, tuple[Convert, Convert]]:
    hints = typing.get_type_hints(CaseState)
    return {
        field.name: _codec(hints[field.name]) for field in dataclasses.fields(CaseState) if field.name not in CONTENT
    }


def _codec(hint: Any) -> tuple[Convert, Convert]:
    """Return how a value of a type becomes JSON and comes back; a type it does not know fails when first used."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        to_json, from_json = _codec(next(one for one in inner if one is not types.NoneType))
        return (
            lambda value: None if value is None else to_json(value),
            lambda value: None if value is None else from_json(value),
        )
    if origin in (tuple, frozenset):
        one_to, one_from = _codec(inner[0])
        if origin is frozenset:
            return (lambda value: sorted(map(one_to, value)), lambda value: frozenset(map(one_from, value)))
        return (lambda value: list(map(one_to, value)), lambda value: tuple(map(one_from, value)))
    if origin is not None or hint in (str, int, bool, float, dict, list, Any):
        return _same, _same
    return _codec_of_class(hint)


def _codec_of_class(kind: Any) -> tuple[Convert, Convert]:
    if kind is Clock:  # its calendar is not part of it: a clock counts by the one in force when it is read
        return Clock.to_json, lambda kept: Clock.from_json(kept, calendar=calendar_in_force())
    if hasattr(kind, "from_json"):
        return (lambda value: value.to_json()), kind.from_json
    if dataclasses.is_dataclass(kind):
        return _codec_of_dataclass(kind)
    if issubclass(kind, enum.Enum):
        return (lambda value: value.value), kind
    if kind in (date, datetime):
        return kind.isoformat, kind.fromisoformat
    raise TypeError(f"a state's snapshot cannot hold {kind.__name__}: teach snapshots._codec")


def _codec_of_dataclass(kind: Any) -> tuple[Convert, Convert]:
    hints = typing.get_type_hints(kind)
    codecs = {field.name: _codec(hints[field.name]) for field in dataclasses.fields(kind) if field.compare}
    return (
        lambda value: {name: to_json(getattr(value, name)) for name, (to_json, _) in codecs.items()},
        lambda kept: kind(**{name: codecs[name][1](value) for name, value in kept.items() if name in codecs}),
    )


def _same(value: Any) -> Any:
    return value
