"""YAML and JSON read with the line of every value（带行号的读取）, so that a finding can point at it.

YAML here is the small, unsurprising part: `yes` is text, `01` is text, a date is text; only true/false, whole and
decimal numbers and null are not text. A key written twice is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from zhengtong.kit import Refused

Place = tuple[str | int, ...]


# libyaml reads ten times faster; both give the same nodes and marks
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_Base):
    """SafeLoader with the resolvers of JSON only."""


_PlainLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", ["t", "f"]),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789")),
    ("tag:yaml.org,2002:float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", list("-0123456789")),
):
    _PlainLoader.add_implicit_resolver(_tag, re.compile(_pattern), _first)


@dataclass(frozen=True)
class Source:
    """A file's value and where each member stands: `line(("uses", 0, "key"))` is 1-based."""

    file: str
    value: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, place: Place = ()) -> int:
        """Return the line of the member, or of its nearest ancestor that stands in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_source(path: Path, shown_as: str) -> Source:
    """Read a YAML or JSON file; refused when it cannot be parsed, with file and line."""
    text = path.read_text(encoding="utf-8")
    try:
        loader = _PlainLoader(text)
        try:
            node = loader.get_single_node()
            lines: dict[Place, int] = {}
            if node is None:
                return Source(shown_as, None, {(): 1})
            value = _gather(loader, node, (), lines)
        finally:
            loader.dispose()
        if path.suffix == ".json":
            value = json.loads(text)
    except (yaml.YAMLError, json.JSONDecodeError) as fault:
        line = _fault_line(fault)
        raise Refused(
            code="declared.source.unreadable",
            zh=f"{shown_as}:{line} 这一行的格式读不懂。请检查缩进、引号和冒号后的空格",
            en=f"{shown_as}:{line} cannot be parsed. Check indentation, quotes and the space after each colon",
            facts={"file": shown_as, "line": line, "problem": str(fault).splitlines()[0]},
        ) from fault
    return Source(shown_as, value, lines)


def _gather(loader: Any, node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        members: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in members:
                raise yaml.MarkedYAMLError(problem=f"the key {key} stands twice", problem_mark=key_node.start_mark)
            lines[(*place, key)] = key_node.start_mark.line + 1
            members[key] = _gather(loader, value_node, (*place, key), lines)
        return members
    if isinstance(node, yaml.SequenceNode):
        return [_gather(loader, item, (*place, at), lines) for at, item in enumerate(node.value)]
    return loader.construct_object(node)


def _fault_line(fault: Exception) -> int:
    if isinstance(fault, json.JSONDecodeError):
        return fault.lineno
    mark = getattr(fault, "problem_mark", None)
    return mark.line + 1 if mark else 1
