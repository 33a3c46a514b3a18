"""The drawing a pack brings（流程图）, compiled once a process, and what its elements say to the platform."""

from __future__ import annotations

from functools import lru_cache

from zhengtong.declared.shapes import Pack
from zhengtong.flow import Model, read_model
from zhengtong.flow.program.shapes import Node

STANDARD = "standard"
SETTLE = "settle"


def is_drawn(pack: Pack) -> bool:
    """Return whether the cases of a pack run on a drawing of its own."""
    return pack.flow != STANDARD


def model_of(pack: Pack) -> Model:
    """Return the model of a pack that brings one."""
    return _compiled(pack.flow)


@lru_cache(maxsize=256)
def _compiled(xml: str) -> Model:
    return read_model(xml.encode())


def node_of(pack: Pack, element: str) -> Node:
    """Return an element of the drawing."""
    return model_of(pack).program.nodes[element]


def verb_of(node: Node) -> str:
    """Return what a task asks of the platform, or the empty string."""
    return node.attributes.get("verb", "")


def function_of(node: Node) -> str:
    """Return the function of the organisation whose task it is: as said, else its lane's name where that is an id."""
    lane = node.attributes.get("lane", "")
    return node.attributes.get("function", "") or (lane if lane.isascii() and lane.islower() else "")


def title_of(node: Node) -> str:
    """Return what a task is called."""
    return node.name or node.id
