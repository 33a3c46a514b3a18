"""From the document to the program: one pass over the containers, then the links between what was found."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from zhengtong.flow.program import activities as reading
from zhengtong.flow.program.dialect import to_feel
from zhengtong.flow.program.events import read_loop, read_triggers, spoken_name
from zhengtong.flow.program.names import (
    ACTIVITIES,
    EVENTS,
    NODES,
    SUB_PROCESSES,
    child,
    children,
    is_bpmn,
    is_true,
    local,
    reference,
    text_of,
    text_under,
)
from zhengtong.flow.program.paths import reach_of
from zhengtong.flow.program.shapes import Container, Flow, MessageFlow, Node, Program, Trigger

_JOINS = frozenset({"inclusiveGateway", "complexGateway"})


def build_program(root: etree._Element) -> Program:
    """Return the program of a document; flows or references that lead nowhere are left out."""
    return _Builder(root).build()


class _Builder:
    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.index = {each.get("id", ""): each for each in root.iter() if is_bpmn(each) and each.get("id")}
        self.names = reading.read_names(root)
        self.lanes = _lane_names(root)
        self.nodes: dict[str, Node] = {}
        self.containers: dict[str, Container] = {}

    def build(self) -> Program:
        processes = [self.read_container(each, "") for each in children(self.root, "process")]
        for container in self.containers.values():
            self.link_boundaries(container)
        self.link_handlers()
        for container in self.containers.values():
            self.settle_starts(container)
        for container in self.containers.values():
            for node in container.nodes:
                node.undoable = bool(node.handler) or self.holds_undo(node.inner, set())
        joins = [node for node in self.nodes.values() if node.kind in _JOINS and len(node.incoming) > 1]
        triggers = [trigger for node in self.nodes.values() for trigger in node.triggers]
        return Program(
            self.nodes,
            self.containers,
            processes,
            {each.get("id", ""): reference(each.get("processRef")) for each in self.all("participant")},
            [self.message_flow(each) for each in self.all("messageFlow")],
            {join.id: reach_of(join, self.containers[join.container]) for join in joins},
            any(trigger.kind == "conditional" for trigger in triggers),
            frozenset(join.id for join in joins),
            tuple((key, name) for key, name in self.names.items() if key and key != name),
        )

    def all(self, name: str) -> list[etree._Element]:
        return [each for each in self.root.iter() if is_bpmn(each) and local(each) == name]

    def message_flow(self, each: etree._Element) -> MessageFlow:
        message = spoken_name(each.get("messageRef"), "messageRef", self.index)
        return MessageFlow(
            each.get("id", ""), reference(each.get("sourceRef")), reference(each.get("targetRef")), message
        )

    def read_container(self, element: etree._Element, parent: str) -> Container:
        executable = element.get("isExecutable")
        container = Container(
            element.get("id") or f"process~{len(self.containers)}",
            local(element),
            parent,
            element.get("name", ""),
            is_true(executable) if executable is not None else None,
            initial=reading.initial_values(element, self.names),
        )
        if parent:
            data = children(element, "dataObject", "property")
            container.locals = tuple(dict.fromkeys(self.names[each.get("id", "")] for each in data if each.get("id")))
        self.containers[container.id] = container
        for each in children(element):
            if local(each) in NODES and each.get("id") and each.get("id") not in self.nodes:
                self.read_node(each, container)
        for each in children(element, "sequenceFlow"):
            self.read_flow(each)
        return container

    def read_node(self, element: etree._Element, container: Container) -> None:
        kind = local(element)
        node = Node(element.get("id", ""), kind, container.id, element.get("name", ""))
        node.default = reference(element.get("default"))
        node.inputs = reading.read_inputs(element, self.names)
        node.outputs = reading.read_outputs(element, self.names)
        node.attributes = reading.read_attributes(element, self.lanes.get(node.id, ""))
        self.nodes[node.id] = node
        container.nodes.append(node)
        if kind in EVENTS:
            self.read_event(element, node)
        elif kind in ACTIVITIES:
            self.read_activity(element, node)
        node.instantiates = is_true(element.get("instantiate"))
        node.activation = to_feel(text_under(element, "activationCondition"))
        if kind == "eventBasedGateway":
            node.all_triggers = element.get("eventGatewayType") == "Parallel"

    def read_event(self, element: etree._Element, node: Node) -> None:
        node.triggers = read_triggers(element, self.index)
        node.all_triggers = is_true(element.get("parallelMultiple"))
        node.host = reference(element.get("attachedToRef"))
        flag = element.get("cancelActivity" if node.kind == "boundaryEvent" else "isInterrupting")
        node.interrupting = is_true(flag, True)

    def read_activity(self, element: etree._Element, node: Node) -> None:
        node.loop = read_loop(element, self.index, self.names)
        node.is_handler = is_true(element.get("isForCompensation"))
        node.start_quantity, node.completion_quantity = reading.quantities(element)
        node.script = reading.read_script(element)
        if node.kind in ("sendTask", "receiveTask"):
            node.triggers = (Trigger("message", self.task_message(element)),)
        if node.kind in SUB_PROCESSES:
            node.inner = node.id
            node.event_sub = is_true(element.get("triggeredByEvent"))
            node.ordering = element.get("ordering", "Parallel")
            node.completion = to_feel(text_under(element, "completionCondition"))
            node.cancel_rest = is_true(element.get("cancelRemainingInstances"), True)
            self.read_container(element, node.container)
        if node.kind == "callActivity":
            self.read_call(element, node)

    def read_call(self, element: etree._Element, node: Node) -> None:
        node.called = reading.called_id(element)
        node.shares_all = reading.shares_all(element)
        target = self.index.get(node.called)
        if target is not None and local(target) == "process":
            node.inner = node.called
        elif kind := reading.global_kind(target):
            node.kind, node.script = kind, reading.read_script(target)  # type: ignore[arg-type]

    def task_message(self, element: etree._Element) -> str:
        if element.get("messageRef"):
            return spoken_name(element.get("messageRef"), "messageRef", self.index)
        operation = self.index.get(reference(element.get("operationRef")))
        if operation is None:
            return ""
        return spoken_name(text_under(operation, "inMessageRef"), "messageRef", self.index)

    def read_flow(self, element: etree._Element) -> None:
        source = self.nodes.get(reference(element.get("sourceRef")))
        target = self.nodes.get(reference(element.get("targetRef")))
        if source is None or target is None or source.container != target.container:
            return
        condition = to_feel(text_of(child(element, "conditionExpression")))
        name = element.get("id") or f"{source.id}~{len(source.outgoing)}"
        flow = Flow(name, source, target, condition, element.get("name", ""))
        source.outgoing.append(flow)
        target.incoming.append(flow)
        source.branching = source.branching or bool(condition) or flow.id == source.default

    def link_boundaries(self, container: Container) -> None:
        for node in container.nodes:
            host = self.nodes.get(node.host)
            if node.kind == "boundaryEvent" and host is not None and host.container == container.id:
                host.boundaries.append(node)

    def link_handlers(self) -> None:
        """A compensation boundary's handler hangs on an association; some tools draw a sequence flow instead."""
        targets = {
            reference(each.get("sourceRef")): reference(each.get("targetRef")) for each in self.all("association")
        }
        targets |= {
            reference(each.get("targetRef")): reference(each.get("sourceRef"))
            for each in self.all("association")
            if reference(each.get("targetRef")) not in targets
        }
        for node in self.nodes.values():
            if node.kind != "boundaryEvent" or not any(trigger.kind == "compensate" for trigger in node.triggers):
                continue
            handler = targets.get(node.id) or next((flow.target.id for flow in node.outgoing), "")
            if handler in self.nodes and self.nodes[handler].kind in ACTIVITIES and node.host in self.nodes:
                self.nodes[node.host].handler = handler
                self.nodes[handler].is_handler = True

    def settle_starts(self, container: Container) -> None:
        """None starts begin a container; without any start event every node nothing leads to does."""
        events = [node for node in container.nodes if node.kind == "startEvent"]
        container.event_subs = [node for node in container.nodes if node.event_sub]
        container.starts = [node for node in events if not node.triggers]
        container.triggered = [node for node in events if node.triggers]
        container.triggered += [node for node in container.nodes if node.instantiates and not node.incoming]
        if container.parent and not self.nodes[container.id].event_sub and not container.starts:
            container.starts = [node for node in events if node.triggers]
        if not container.starts and not container.triggered:
            container.starts = [node for node in container.nodes if _is_root(node)]

    def holds_undo(self, container_id: str, seen: set[str]) -> bool:
        """Return whether anything inside could be compensated."""
        container = self.containers.get(container_id)
        if container is None or container_id in seen:
            return False
        seen.add(container_id)
        return any(node.handler or node.event_sub or self.holds_undo(node.inner, seen) for node in container.nodes)


def _is_root(node: Node) -> bool:
    linked = any(trigger.kind == "link" for trigger in node.triggers) and node.kind == "intermediateCatchEvent"
    return not (node.incoming or node.kind == "boundaryEvent" or node.event_sub or node.is_handler or linked)


def _lane_names(root: etree._Element) -> Mapping[str, str]:
    """Return the innermost lane each node stands in."""
    found = {}
    for lane in root.iter():
        if is_bpmn(lane) and local(lane) == "lane":
            for ref in children(lane, "flowNodeRef"):
                found[reference(text_of(ref))] = lane.get("name", "") or lane.get("id", "")
    return found
