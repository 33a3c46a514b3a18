"""What changed between two versions of a pack, element by element（版本差异）. Pure.

Members with an id, a key or a type are matched by it, so that a question moved is not a question changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, Literal

from zhengtong.declared.shapes import Pack

Step = str | int
NAMES = ("id", "key", "type")
# what is told as one thing however deep it is: a text in two languages, a basis, a term
WHOLE = ({"zh", "en"}, {"law", "article", "since"})


@dataclass(frozen=True)
class PackChange:
    """One element that is new, gone or otherwise（差异项）: its section, where in it, before and after as text."""

    section: str
    where: str
    kind: Literal["added", "removed", "changed"]
    before: str
    after: str


def pack_changes(old: Pack, new: Pack) -> tuple[PackChange, ...]:
    """Return the changes in the order of a pack's members; none when both say the same."""
    before, after = _plain(old), _plain(new)
    return tuple(
        PackChange(str(path[0]), ".".join(map(str, path[1:])), kind, _say(one), _say(other))
        for path, kind, one, other in _differ(before, after, ())
    )


def _plain(value: Any) -> Any:
    """Return a value with every member of every dataclass, given or left to its default."""
    if is_dataclass(value) and not isinstance(value, type):
        return {member.name: _plain(getattr(value, member.name)) for member in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.value if isinstance(value, Enum) else value.isoformat() if isinstance(value, date) else value


def _differ(
    old: Any, new: Any, path: tuple[Step, ...]
) -> Iterator[tuple[tuple[Step, ...], Literal["added", "removed", "changed"], Any, Any]]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and not _is_whole(old) and not _is_whole(new):
        yield from _members(old, new, path)
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple) and path:
        yield from _members(_named(old), _named(new), path)
    elif old in (None, "", (), [], {}):
        yield path, "added", None, new
    elif new in (None, "", (), [], {}):
        yield path, "removed", old, None
    else:
        yield path, "changed", old, new


def _members(
    old: Mapping[Step, Any], new: Mapping[Step, Any], path: tuple[Step, ...]
) -> Iterator[tuple[tuple[Step, ...], Literal["added", "removed", "changed"], Any, Any]]:
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            yield (*path, name), "removed", old[name], None
        elif name not in old:
            yield (*path, name), "added", None, new[name]
        else:
            yield from _differ(old[name], new[name], (*path, name))


def _named(items: Sequence[Any]) -> dict[Step, Any]:
    """Return the items of a list by their own name where every one has one, by the value itself where they are plain."""
    for name in NAMES:
        if items and all(isinstance(item, Mapping) and name in item for item in items):
            return {item[name]: item for item in items}
    if all(isinstance(item, str | int) for item in items):
        return {str(item): item for item in items}
    return dict(enumerate(items))


def _is_whole(value: Mapping[Any, Any]) -> bool:
    return any(set(value) == names for names in WHOLE)


def _say(value: Any) -> str:
    """Return a value as a person compares it: a bilingual text as its Chinese and English, a basis as it is cited."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        if set(value) == WHOLE[0]:
            return f"{value['zh']} / {value['en']}"
        if set(value) == WHOLE[1]:
            return f"《{value['law']}》{value['article']}（{value['since']}）"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
