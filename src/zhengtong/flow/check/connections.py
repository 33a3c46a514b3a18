"""Are the nodes connected as BPMN 2.0 allows?"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from zhengtong.flow.check.faults import Fault
from zhengtong.flow.check.sheet import Sheet, ids, parent
from zhengtong.flow.program.names import (
    ACTIVITIES,
    CATCHES,
    GATEWAYS,
    THROWS,
    child,
    children,
    is_true,
    local,
    reference,
    text_of,
    text_under,
)

_CONDITIONAL_SOURCES = ACTIVITIES | {"exclusiveGateway", "inclusiveGateway", "complexGateway"}


def check_flow_ends(sheet: Sheet) -> Iterator[Fault]:
    """Yield sequence flows across borders, into starts, out of ends, and into or out of what has no flow."""
    for flow, source, target in sheet.flows:
        if parent(source) is not parent(target):
            same_pool = sheet.process_of(source) is sheet.process_of(target)
            code = "flow-crosses-border" if same_pool else "flow-crosses-pool"
            yield sheet.say(code, flow, source=source.get("id"), target=target.get("id"))
        elif parent(flow) is not parent(source):
            yield sheet.say("flow-outside", flow, source=source.get("id"))
        if local(target) == "startEvent":
            yield sheet.say("start-with-incoming", target, flow=flow.get("id"))
        if local(target) == "boundaryEvent":
            yield sheet.say("boundary-with-incoming", target, flow=flow.get("id"))
        if local(source) == "endEvent":
            yield sheet.say("end-with-outgoing", source, flow=flow.get("id"))
        for end in (source, target):
            if is_true(end.get("triggeredByEvent")):
                yield sheet.say("event-sub-with-flow", end, flow=flow.get("id"))
            elif is_true(end.get("isForCompensation")):
                yield sheet.say("handler-with-flow", end, flow=flow.get("id"))


def check_listing(sheet: Sheet) -> Iterator[Fault]:
    """Yield nodes whose `incoming` and `outgoing` disagree with the flows; a model that lists none at all is in order."""
    if not sheet.named("incoming", "outgoing"):
        return
    for node in sheet.nodes:
        for name, flows in (("incoming", sheet.incoming(node)), ("outgoing", sheet.outgoing(node))):
            listed = {reference(text_of(each)) for each in children(node, name)}
            drawn = set(ids(flows))
            for flow in sorted(listed - drawn):
                if flow in sheet.by_id:
                    yield sheet.say("listed-but-not-drawn", node, listing=name, flow=flow)
            for flow in sorted(drawn - listed):
                yield sheet.say("drawn-but-not-listed", node, listing=name, flow=flow)


def check_starts_and_ends(sheet: Sheet) -> Iterator[Fault]:
    """Yield containers with starts but no ends or the reverse, and nodes that are not connected though they must be."""
    for container in sheet.containers:
        nodes = [each for each in sheet.nodes if parent(each) is container]
        starts = [each for each in nodes if local(each) == "startEvent"]
        ends = [each for each in nodes if local(each) == "endEvent"]
        if not nodes:
            if is_true(container.get("isExecutable")):
                yield sheet.say("empty-process", container)
            continue
        if local(container) == "adHocSubProcess":
            continue
        if starts and not ends:
            yield sheet.say("no-end", container)
        if ends and not starts:
            yield sheet.say("no-start", container)
        if not starts and not ends and local(container) == "process" and is_true(container.get("isExecutable")):
            yield sheet.say("no-start", container)
        for node in nodes:
            yield from _unconnected(sheet, node, bool(starts), bool(ends))


def _unconnected(sheet: Sheet, node: etree._Element, has_starts: bool, has_ends: bool) -> Iterator[Fault]:
    kind = local(node)
    if sheet.is_detached(node) or (kind == "boundaryEvent" and "compensate" in sheet.kinds(node)):
        return
    link = "link" in sheet.kinds(node) if kind.endswith("Event") else False
    into, out = sheet.incoming(node), sheet.outgoing(node)
    begins = kind in ("startEvent", "boundaryEvent") or is_true(node.get("instantiate"))
    begins = begins or (link and kind == "intermediateCatchEvent")
    if not into and not out and has_starts and kind != "boundaryEvent":
        yield sheet.say("unconnected", node)
        return
    if has_starts and not into and not begins:
        yield sheet.say("no-incoming", node)
    if kind == "boundaryEvent" and not out:
        yield sheet.say("boundary-without-outgoing", node)
    elif kind in GATEWAYS and not out:
        yield sheet.say("gateway-without-outgoing", node)
    elif has_ends and not out and kind != "endEvent" and not (link and kind == "intermediateThrowEvent"):
        yield sheet.say("no-outgoing", node)


def check_conditions(sheet: Sheet) -> Iterator[Fault]:
    """Yield conditions where none may stand, missing where a choice is made, and faulty defaults."""
    for flow, source, _ in sheet.flows:
        if child(flow, "conditionExpression") is None:
            continue
        if local(source) not in _CONDITIONAL_SOURCES:
            yield sheet.say("condition-not-allowed", flow, source=source.get("id"), kind=local(source))
        elif source.get("default") and reference(source.get("default")) == flow.get("id"):
            yield sheet.say("default-with-condition", flow, source=source.get("id"))
        elif not text_under(flow, "conditionExpression") and sheet.is_executable(flow):
            yield sheet.say("empty-condition", flow)
        elif local(source) in ACTIVITIES and len(sheet.outgoing(source)) < 2:
            yield sheet.say("lonely-condition", flow, source=source.get("id"))
    for node in sheet.nodes:
        yield from _default(sheet, node)
        yield from _choice(sheet, node)
        if _may_lose(sheet, node):
            yield sheet.say("may-lose-token", node, serious=sheet.is_executable(node))


def _may_lose(sheet: Sheet, node: etree._Element) -> bool:
    """Return whether every way out of an activity has a condition, so that none may hold."""
    out = sheet.outgoing(node)
    conditional = [each for each in out if child(each, "conditionExpression") is not None]
    return local(node) in ACTIVITIES and len(out) > 1 and len(conditional) == len(out)


def _default(sheet: Sheet, node: etree._Element) -> Iterator[Fault]:
    default = reference(node.get("default"))
    if default and default in sheet.by_id and default not in ids(sheet.outgoing(node)):
        yield sheet.say("default-not-outgoing", node, flow=default)


def _choice(sheet: Sheet, node: etree._Element) -> Iterator[Fault]:
    out = sheet.outgoing(node)
    if local(node) not in ("exclusiveGateway", "inclusiveGateway") or len(out) < 2:
        return
    default = reference(node.get("default"))
    bare = [each for each in out if child(each, "conditionExpression") is None and each.get("id") != default]
    if bare and (sheet.is_executable(node) or len(bare) < len(out) - bool(default)):
        yield sheet.say("missing-condition", node, flows="、".join(ids(bare)))


def check_gateways(sheet: Sheet) -> Iterator[Fault]:
    """Yield gateways whose direction or number of flows is not what they say."""
    for node in sheet.nodes:
        if local(node) not in GATEWAYS:
            continue
        into, out = len(sheet.incoming(node)), len(sheet.outgoing(node))
        says = node.get("gatewayDirection", "Unspecified")
        wrong = {
            "Converging": into < 2 or out > 1,
            "Diverging": into > 1 or out < 2,
            "Mixed": into < 2 or out < 2,
        }.get(says, False)
        if wrong:
            yield sheet.say("gateway-direction", node, says=says, into=into, out=out)
        elif into < 2 and out == 1 and local(node) != "eventBasedGateway":
            yield sheet.say("idle-gateway", node)
        if local(node) == "eventBasedGateway":
            yield from _event_gateway(sheet, node)


def _event_gateway(sheet: Sheet, node: etree._Element) -> Iterator[Fault]:
    out = sheet.outgoing(node)
    if len(out) < 2:
        yield sheet.say("event-gateway-too-few", node)
    if is_true(node.get("instantiate")) and sheet.incoming(node):
        yield sheet.say("instantiating-with-incoming", node)
    if node.get("eventGatewayType") == "Parallel" and not is_true(node.get("instantiate")):
        yield sheet.say("parallel-event-gateway", node)
    targets = [target for _, source, target in sheet.flows if source is node]
    messages = [each for each in targets if local(each) == "intermediateCatchEvent" and "message" in sheet.kinds(each)]
    receives = [each for each in targets if local(each) == "receiveTask"]
    if messages and receives:
        yield sheet.say("event-gateway-mixes", node)
    for target in targets:
        yield from _event_gateway_target(sheet, node, target)
    if is_true(node.get("instantiate")):
        for target in targets:
            if local(target) == "intermediateCatchEvent" and not sheet.kinds(target) <= {"message"}:
                yield sheet.say("instantiating-target", target, gateway=node.get("id"))


def _event_gateway_target(sheet: Sheet, node: etree._Element, target: etree._Element) -> Iterator[Fault]:
    kind = local(target)
    fits = kind == "receiveTask" or (
        kind == "intermediateCatchEvent"
        and bool(sheet.kinds(target))
        and sheet.kinds(target) <= {"message", "signal", "timer", "conditional"}
    )
    if not fits:
        yield sheet.say("event-gateway-target", target, gateway=node.get("id"), kind=kind)
    elif len(sheet.incoming(target)) > 1:
        yield sheet.say("event-gateway-target-shared", target, gateway=node.get("id"))
    if kind == "receiveTask" and any(each.get("attachedToRef") == target.get("id") for each in sheet.nodes):
        yield sheet.say("event-gateway-target-boundary", target, gateway=node.get("id"))


def check_message_flows(sheet: Sheet) -> Iterator[Fault]:
    """Yield message flows inside one pool, or between what cannot send and receive."""
    for flow in sheet.named("messageFlow"):
        source, target = sheet.find(flow.get("sourceRef")), sheet.find(flow.get("targetRef"))
        if source is None or target is None or local(parent(flow)) == "choreography":
            continue
        pools = [_pool(sheet, end) for end in (source, target)]
        if pools[0] is not None and pools[0] == pools[1]:
            yield sheet.say("message-flow-in-pool", flow)
        if not _sends(sheet, source):
            yield sheet.say("message-flow-source", flow, end=source.get("id"), kind=local(source))
        if not _receives(sheet, target):
            yield sheet.say("message-flow-target", flow, end=target.get("id"), kind=local(target))


def _pool(sheet: Sheet, end: etree._Element) -> str | None:
    if local(end) == "participant":
        return reference(end.get("processRef")) or end.get("id")
    process = sheet.process_of(end)
    return process.get("id") if process is not None else None


def _sends(sheet: Sheet, end: etree._Element) -> bool:
    kind = local(end)
    if kind in THROWS:
        return "message" in sheet.kinds(end)
    return kind in ("participant", "subConversation", "callConversation") or (
        kind in ACTIVITIES and kind != "receiveTask"
    )


def _receives(sheet: Sheet, end: etree._Element) -> bool:
    kind = local(end)
    if kind in CATCHES:
        return "message" in sheet.kinds(end)
    return kind in ("participant", "subConversation", "callConversation") or (kind in ACTIVITIES and kind != "sendTask")
