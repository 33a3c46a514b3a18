"""The BPMN 2.0 grammar（元素文法）: which element may hold what, from `grammar.json`.

The table was derived from the OMG schema of BPMN 2.0 and the metamodel of bpmn-moddle (MIT): per type its own attributes
(type, required), children (least, most, type) and the class each reference must point to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree

from zhengtong.flow.program.names import XSI_TYPE, local

# Classes of the metamodel that are not types of their own in XML.
_ROLES = {
    "InteractionNode": frozenset({"Participant", "Activity", "Event", "ConversationNode"}),
    "BoundInput": frozenset({"InputSet", "DataInput"}),
    "BoundOutput": frozenset({"OutputSet", "DataOutput"}),
    "ItemAwareElement": frozenset(
        {"DataObject", "DataObjectReference", "DataStore", "DataStoreReference", "DataInput", "DataOutput", "Property"},
    ),
}
_EVERYTHING = frozenset({"BaseElement", "Element", "ExtensionDefinition"})


@dataclass(frozen=True, slots=True)
class Shape:
    """Everything one type may hold, inherited parts included; `order` is the place of each child in the sequence."""

    type: str
    classes: frozenset[str]
    attributes: dict[str, tuple[str, bool]]
    children: dict[str, tuple[int, int, str]]
    order: dict[str, int]
    references: dict[str, str]
    is_open: bool


@cache
def table() -> dict[str, Any]:
    """Return the grammar as stored."""
    found: dict[str, Any] = json.loads((files(__package__) / "grammar.json").read_text("utf-8"))
    return found


def shape_of(element: etree._Element, expected: str = "") -> Shape | None:
    """Return the shape of an element: by `xsi:type`, else by the type its parent expects, else by its name."""
    said = (element.get(XSI_TYPE) or "").rpartition(":")[2]
    name = said if said in table()["types"] else expected or table()["elements"].get(local(element), "")
    return shape(name) if name in table()["types"] else None


@cache
def shape(name: str) -> Shape:
    """Return the shape of a type."""
    own = table()["types"][name]
    base = shape(own["base"]) if "base" in own else None
    children: dict[str, tuple[int, int, str]] = dict(base.children) if base else {}
    order = dict(base.order) if base else {}
    for child, (least, most, type_name) in own.get("children", {}).items():
        members = _members(child)
        place = len(set(order.values()))
        for member in members:
            member_type = table()["elements"].get(member, type_name)
            children[member] = (least if len(members) == 1 else 0, most, member_type if len(members) > 1 else type_name)
            order[member] = place
    return Shape(
        name,
        (base.classes if base else frozenset()) | {name[1:]},
        {
            **(base.attributes if base else {}),
            **{key: (kind, bool(must)) for key, (kind, must) in own.get("attributes", {}).items()},
        },
        children,
        order,
        {**(base.references if base else {}), **own.get("references", {})},
        bool(own.get("any")) or (base.is_open if base else False),
    )


def is_a(element: etree._Element, wanted: str) -> bool:
    """Return whether an element may stand where a reference asks for a class."""
    if wanted in _EVERYTHING:
        return True
    name = local(element)
    expected = {"inputDataItem": "tDataInput", "outputDataItem": "tDataOutput"}.get(name, "")
    found = shape_of(element, expected)
    if found is None:
        return False
    return bool(found.classes & _ROLES.get(wanted, frozenset({wanted})))


@cache
def _members(name: str) -> tuple[str, ...]:
    """Return an element name and all that may stand in its place, abstract ones left out."""
    found = [name]
    for member in table()["groups"].get(name, ()):
        found += [each for each in _members(member) if each not in found]
    return tuple(found)
