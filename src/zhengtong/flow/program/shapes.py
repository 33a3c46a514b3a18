"""What the engine runs（流程程序）: flat, linked records compiled once from a document and never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Flow:
    """A sequence flow（顺序流）; `condition` is FEEL, empty when unconditional."""

    id: str
    source: Node
    target: Node
    condition: str = ""
    name: str = ""


@dataclass(slots=True, eq=False)
class Trigger:
    """An event definition（事件定义）: its kind and what it speaks of.

    `name` is the message's or signal's name, the error's or escalation's code, or the link's name; `text` a condition or
    a timer expression, `timer` which of date, duration, cycle or workdays; `activity` the target of a compensation.
    """

    kind: str
    name: str = ""
    text: str = ""
    timer: str = ""
    activity: str = ""
    waits: bool = True


@dataclass(slots=True, eq=False)
class Loop:
    """How often an activity runs（循环与多实例）: `kind` is standard, parallel or sequential; expressions are FEEL."""

    kind: str
    condition: str = ""
    cardinality: str = ""
    collection: str = ""
    item: str = ""
    output: str = ""
    output_item: str = ""
    test_before: bool = False
    maximum: int | None = None
    behavior: str = "All"
    events: tuple[tuple[str, Trigger], ...] = ()


@dataclass(slots=True, eq=False)
class Script:
    """What an activity computes by itself: FEEL texts whose values go to variables; a step named `!throw` raises an error."""

    steps: tuple[tuple[str, str], ...]


@dataclass(slots=True, eq=False)
class Node:
    """A flow node（流程节点）, linked to its flows and boundaries."""

    id: str
    kind: str
    container: str
    name: str = ""
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    default: str = ""
    branching: bool = False
    triggers: tuple[Trigger, ...] = ()
    all_triggers: bool = False
    interrupting: bool = True
    host: str = ""
    boundaries: list[Node] = field(default_factory=list)
    handler: str = ""
    is_handler: bool = False
    undoable: bool = False
    loop: Loop | None = None
    start_quantity: int = 1
    completion_quantity: int = 1
    inner: str = ""
    event_sub: bool = False
    called: str = ""
    shares_all: bool = True
    script: Script | None = None
    activation: str = ""
    ordering: str = ""
    completion: str = ""
    cancel_rest: bool = True
    instantiates: bool = False
    inputs: tuple[tuple[str, str], ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Container:
    """A process or sub-process（流程、子流程）: what starts in it and what may interrupt it."""

    id: str
    kind: str
    parent: str = ""
    name: str = ""
    executable: bool | None = None
    nodes: list[Node] = field(default_factory=list)
    starts: list[Node] = field(default_factory=list)
    triggered: list[Node] = field(default_factory=list)
    event_subs: list[Node] = field(default_factory=list)
    locals: tuple[str, ...] = ()
    initial: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class MessageFlow:
    """A message flow（消息流）between pools; ends are ids of nodes or participants."""

    id: str
    source: str
    target: str
    message: str = ""


@dataclass(slots=True, eq=False)
class Program:
    """Everything the engine needs of a model, indexed by id."""

    nodes: dict[str, Node]
    containers: dict[str, Container]
    processes: list[Container]
    participants: dict[str, str]
    message_flows: list[MessageFlow]
    reach: dict[str, dict[str, frozenset[str]]]
    has_conditions: bool = False
    joins: frozenset[str] = frozenset()
    aliases: tuple[tuple[str, str], ...] = ()
