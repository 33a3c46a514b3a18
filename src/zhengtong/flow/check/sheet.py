"""What every check looks at（检查表）: the elements by id, the flows with both ends, and how to word a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, cached_property
from importlib.resources import files

from lxml import etree

from zhengtong.flow.check.faults import Fault, fault
from zhengtong.flow.document import Model
from zhengtong.flow.program import Node, Program
from zhengtong.flow.program.names import NODES, SUB_PROCESSES, children, is_bpmn, is_true, local, reference, text_of

Elements = list[etree._Element]


@cache
def texts() -> dict[str, list[str]]:
    """Return, per fault code, what is wrong and the remedy, in Chinese and in English."""
    found: dict[str, list[str]] = json.loads((files(__package__) / "texts.json").read_text("utf-8"))
    return found


class Sheet:
    """A model laid out for checking."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.root = model.root
        self.all: Elements = [each for each in self.root.iter() if is_bpmn(each)]
        self.by_id: dict[str, etree._Element] = {}
        for each in self.all:
            if each.get("id"):
                self.by_id.setdefault(each.get("id", ""), each)

    def named(self, *names: str) -> Elements:
        """Return the elements of these names, anywhere."""
        return [each for each in self.all if local(each) in names]

    def find(self, ref: str | None) -> etree._Element | None:
        """Return the element a reference points to, or None."""
        return self.by_id.get(reference(ref)) if ref else None

    def find_node(self, ref: str | None) -> etree._Element | None:
        """Return the flow node a reference points to, or None."""
        found = self.find(ref)
        return found if found is not None and local(found) in NODES else None

    def node(self, element: etree._Element) -> Node | None:
        """Return the compiled node of an element, or None when it did not make it into the program."""
        return self.program.nodes.get(element.get("id", ""))

    @cached_property
    def program(self) -> Program:
        """Return the compiled program."""
        return self.model.program

    @cached_property
    def nodes(self) -> Elements:
        """Return all flow nodes of processes (those of choreographies are not run and not checked)."""
        return [each for each in self.all if local(each) in NODES and local(parent(each)) in _CONTAINERS]

    @cached_property
    def containers(self) -> Elements:
        """Return the processes and sub-processes."""
        return [each for each in self.all if local(each) in _CONTAINERS]

    @cached_property
    def flows(self) -> list[tuple[etree._Element, etree._Element, etree._Element]]:
        """Return the sequence flows whose both ends are flow nodes, with their ends."""
        found = []
        for flow in self.named("sequenceFlow"):
            source, target = self.find_node(flow.get("sourceRef")), self.find_node(flow.get("targetRef"))
            if source is not None and target is not None:
                found.append((flow, source, target))
        return found

    @cached_property
    def _ends(self) -> tuple[dict[int, Elements], dict[int, Elements]]:
        into: dict[int, Elements] = {}
        out: dict[int, Elements] = {}
        for flow, source, target in self.flows:
            out.setdefault(id(source), []).append(flow)
            into.setdefault(id(target), []).append(flow)
        return into, out

    def incoming(self, node: etree._Element) -> Elements:
        """Return the sequence flows that lead to a node."""
        return self._ends[0].get(id(node), [])

    def outgoing(self, node: etree._Element) -> Elements:
        """Return the sequence flows that leave a node."""
        return self._ends[1].get(id(node), [])

    def definitions(self, event: etree._Element) -> Elements:
        """Return an event's definitions, referenced ones included."""
        found = []
        for each in children(event):
            if local(each) == "eventDefinitionRef":
                target = self.find(text_of(each))
                if target is not None:
                    found.append(target)
            elif local(each).endswith("EventDefinition"):
                found.append(each)
        return found

    def kinds(self, event: etree._Element) -> set[str]:
        """Return the kinds of an event's definitions."""
        return {local(each).removesuffix("EventDefinition") for each in self.definitions(event)}

    def is_executable(self, element: etree._Element) -> bool:
        """Return whether the element stands in a process said to be executable."""
        process = self.process_of(element)
        return process is not None and is_true(process.get("isExecutable"))

    def process_of(self, element: etree._Element) -> etree._Element | None:
        """Return the process an element stands in, or None."""
        around: etree._Element | None = element
        while around is not None and local(around) != "process":
            around = around.getparent()
        return around

    def is_detached(self, node: etree._Element) -> bool:
        """Return whether a node stands outside the flow by its nature: event sub-process, compensation handler."""
        return is_true(node.get("triggeredByEvent")) or is_true(node.get("isForCompensation"))

    def say(self, code: str, at: etree._Element, *, serious: bool = True, **words: object) -> Fault:
        """Return a worded fault."""
        zh, en, remedy_zh, remedy_en = texts()[code]
        return fault(f"flow.check.{code}", at, (zh, en, remedy_zh, remedy_en), serious=serious, **words)


def parent(element: etree._Element) -> etree._Element:
    """Return the element around; of the root, the root itself."""
    around = element.getparent()
    return element if around is None else around


def ids(elements: Elements) -> Iterator[str]:
    """Yield the ids of elements."""
    return (each.get("id", "") for each in elements)


_CONTAINERS = SUB_PROCESSES | {"process"}
