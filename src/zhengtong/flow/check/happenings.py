"""Do events stand where their kind may stand, and are they told what they wait for or throw?"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from zhengtong.flow.check.faults import Fault
from zhengtong.flow.check.sheet import Sheet, parent
from zhengtong.flow.program.events import read_trigger
from zhengtong.flow.program.names import (
    ACTIVITIES,
    EVENTS,
    SUB_PROCESSES,
    child,
    children,
    is_true,
    local,
    reference,
    text_under,
)
from zhengtong.flow.program.times import is_readable

_ALLOWED = {
    "startEvent": {"message", "timer", "conditional", "signal"},
    "event sub-process": {"message", "timer", "conditional", "signal", "error", "escalation", "compensate"},
    "intermediateCatchEvent": {"message", "timer", "conditional", "link", "signal"},
    "intermediateThrowEvent": {"message", "escalation", "compensate", "link", "signal"},
    "endEvent": {"message", "error", "escalation", "cancel", "compensate", "signal", "terminate"},
    "boundaryEvent": {"message", "timer", "error", "escalation", "cancel", "compensate", "conditional", "signal"},
}
_REFS = {"message": "messageRef", "signal": "signalRef", "error": "errorRef", "escalation": "escalationRef"}


def check_positions(sheet: Sheet) -> Iterator[Fault]:
    """Yield event definitions that may not stand at their event."""
    for event in sheet.nodes:
        kind = local(event)
        if kind not in EVENTS:
            continue
        kinds = sheet.kinds(event)
        for wrong in sorted(kinds - _allowed(event)):
            yield sheet.say("event-kind", event, kind=wrong, position=kind)
        if kind in ("intermediateCatchEvent", "boundaryEvent") and not kinds:
            yield sheet.say("event-without-trigger", event)
        if is_true(event.get("parallelMultiple")) and len(sheet.definitions(event)) < 2:
            yield sheet.say("parallel-multiple-alone", event)


def _allowed(event: etree._Element) -> set[str]:
    around = parent(event)
    if local(event) != "startEvent" or local(around) == "process":
        return _ALLOWED[local(event)]
    return _ALLOWED["event sub-process"] if is_true(around.get("triggeredByEvent")) else set()


def check_subjects(sheet: Sheet) -> Iterator[Fault]:
    """Yield events that do not say which message, signal, error, escalation, time or condition they mean."""
    for event in sheet.nodes:
        if local(event) not in EVENTS:
            continue
        for definition in sheet.definitions(event):
            kind = local(definition).removesuffix("EventDefinition")
            if kind in _REFS:
                yield from _subject(sheet, event, definition, kind)
            elif kind == "timer":
                yield from _timer(sheet, event, definition)
            elif kind == "conditional" and child(definition, "condition") is not None:
                if not text_under(definition, "condition") and sheet.is_executable(event):
                    yield sheet.say("empty-condition", event)
            elif kind == "compensate" and definition.get("activityRef"):
                yield from _compensation_target(sheet, event, definition)
    for task in sheet.named("sendTask", "receiveTask"):
        if sheet.is_executable(task) and not (task.get("messageRef") or task.get("operationRef")):
            yield sheet.say("task-without-message", task, serious=False)


def _subject(sheet: Sheet, event: etree._Element, definition: etree._Element, kind: str) -> Iterator[Fault]:
    ref = definition.get(_REFS[kind])
    if not ref:
        throws = local(event) in ("endEvent", "intermediateThrowEvent")
        job = throws and any(child(each, "extensionElements") is not None for each in (event, definition))
        catch_all = job or kind in ("error", "escalation") and not throws
        flows = kind == "message" and any(
            reference(each.get(end)) == event.get("id")
            for each in sheet.named("messageFlow")
            for end in ("sourceRef", "targetRef")
        )
        if not catch_all and not flows:
            yield sheet.say(
                "event-without-subject", event, kind=kind, attribute=_REFS[kind], serious=_must(sheet, event)
            )
        return
    target = sheet.find(ref)
    code = {"error": "errorCode", "escalation": "escalationCode"}.get(kind)
    if (
        target is not None
        and code
        and local(event) in ("endEvent", "intermediateThrowEvent")
        and not (kind == "error" and local(event) == "intermediateThrowEvent")
        and not target.get(code)
        and sheet.is_executable(event)
    ):
        yield sheet.say("subject-without-code", target, attribute=code)


def _must(sheet: Sheet, event: etree._Element) -> bool:
    return sheet.is_executable(event)


def _timer(sheet: Sheet, event: etree._Element, definition: etree._Element) -> Iterator[Fault]:
    trigger = read_trigger(definition, sheet.by_id)
    if not trigger.text:
        yield sheet.say("timer-without-time", event, serious=sheet.is_executable(event) or not trigger.timer)
    elif not is_readable(trigger):
        yield sheet.say("timer-unreadable", event, text=trigger.text, serious=sheet.is_executable(event))


def _compensation_target(sheet: Sheet, event: etree._Element, definition: etree._Element) -> Iterator[Fault]:
    target = sheet.find(definition.get("activityRef"))
    if target is None or local(target) not in ACTIVITIES:
        return
    around = parent(event)
    scopes = [around, parent(around)] if is_true(around.get("triggeredByEvent")) else [around]
    if parent(target) not in scopes and sheet.process_of(target) is not sheet.process_of(event):
        yield sheet.say("compensation-out-of-reach", event, target=target.get("id"))
    node = sheet.program.nodes.get(target.get("id", ""))
    if node is not None and not node.undoable:
        yield sheet.say("compensation-without-handler", event, target=target.get("id"))


def check_boundaries(sheet: Sheet) -> Iterator[Fault]:
    """Yield boundary events on the wrong thing, or that cannot work as they are."""
    seen: dict[tuple[str | None, str, str], str] = {}
    for event in sheet.named("boundaryEvent"):
        host, kinds = sheet.find(event.get("attachedToRef")), sheet.kinds(event)
        if host is not None and local(host) in ACTIVITIES:
            if parent(host) is not parent(event):
                yield sheet.say("boundary-elsewhere", event, host=host.get("id"))
            if is_true(host.get("triggeredByEvent")):
                yield sheet.say("boundary-on-event-sub", event, host=host.get("id"))
            if "cancel" in kinds and local(host) != "transaction":
                yield sheet.say("cancel-outside-transaction", event)
        if kinds & {"error", "cancel"} and not is_true(event.get("cancelActivity"), True):
            yield sheet.say("must-interrupt", event, kind="、".join(sorted(kinds & {"error", "cancel"})))
        if "compensate" in kinds:
            yield from _compensation_edge(sheet, event)
        for definition in sheet.definitions(event):
            trigger = read_trigger(definition, sheet.by_id)
            if trigger.kind in ("error", "escalation"):
                key = (event.get("attachedToRef"), trigger.kind, trigger.name)
                if key in seen:
                    yield sheet.say("caught-twice", event, other=seen[key], kind=trigger.kind)
                seen.setdefault(key, event.get("id", ""))


def _compensation_edge(sheet: Sheet, event: etree._Element) -> Iterator[Fault]:
    if sheet.outgoing(event):
        yield sheet.say("compensation-with-flow", event)
    targets = [
        sheet.find(each.get(end))
        for each in sheet.named("association")
        for end, other in (("targetRef", "sourceRef"), ("sourceRef", "targetRef"))
        if reference(each.get(other)) == event.get("id")
    ]
    activities = [each for each in targets if each is not None and local(each) in ACTIVITIES]
    if not activities and not sheet.outgoing(event):
        yield sheet.say("compensation-without-handler", event, target=event.get("attachedToRef"))
    if len(activities) > 1:
        yield sheet.say("compensation-many-handlers", event)
    for handler in activities:
        if not is_true(handler.get("isForCompensation")):
            yield sheet.say("handler-not-marked", handler, event=event.get("id"))
        if parent(handler) is not parent(event):
            yield sheet.say("handler-elsewhere", handler, event=event.get("id"))


def check_handlers(sheet: Sheet) -> Iterator[Fault]:
    """Yield compensation handlers that no compensation event leads to, and cancels outside a transaction."""
    for node in sheet.nodes:
        if is_true(node.get("isForCompensation")) and local(node) in ACTIVITIES:
            linked = any(other.handler == node.get("id") for other in sheet.program.nodes.values())
            if not linked:
                yield sheet.say("handler-unlinked", node)
        inside = any(local(around) == "transaction" for around in node.iterancestors())
        if local(node) == "endEvent" and "cancel" in sheet.kinds(node) and not inside:
            yield sheet.say("cancel-outside-transaction", node)


def check_links(sheet: Sheet) -> Iterator[Fault]:
    """Yield link events without a partner, with two targets, or with flows on the wrong side."""
    for container in sheet.containers:
        ends: dict[str, dict[str, list[etree._Element]]] = {"intermediateThrowEvent": {}, "intermediateCatchEvent": {}}
        for event in sheet.nodes:
            if parent(event) is not container or local(event) not in ends:
                continue
            for definition in sheet.definitions(event):
                if local(definition) == "linkEventDefinition":
                    ends[local(event)].setdefault(definition.get("name", ""), []).append(event)
                    yield from _link_flows(sheet, event)
        throws, catches = ends["intermediateThrowEvent"], ends["intermediateCatchEvent"]
        for name, events in [*throws.items(), *catches.items()]:
            if (name in throws) != (name in catches):
                yield sheet.say("link-without-partner", events[0], link=name)
        for name, events in catches.items():
            for extra in events[1:]:
                yield sheet.say("link-many-targets", extra, link=name)


def _link_flows(sheet: Sheet, event: etree._Element) -> Iterator[Fault]:
    throws = local(event) == "intermediateThrowEvent"
    if throws and sheet.outgoing(event):
        yield sheet.say("link-source-with-outgoing", event)
    if not throws and sheet.incoming(event):
        yield sheet.say("link-target-with-incoming", event)


def check_event_subs(sheet: Sheet) -> Iterator[Fault]:
    """Yield event sub-processes without exactly one fitting start, and starts that interrupt wrongly."""
    for sub in sheet.named(*SUB_PROCESSES):
        starts = children(sub, "startEvent")
        if not is_true(sub.get("triggeredByEvent")):
            if len(starts) > 1:
                yield sheet.say("many-starts", sub, serious=False)
            continue
        if len(starts) != 1:
            yield sheet.say("event-sub-starts", sub, count=len(starts))
        for start in starts:
            kinds = sheet.kinds(start)
            if not kinds:
                yield sheet.say("event-sub-none-start", start)
            if kinds & {"error", "compensate"} and not is_true(start.get("isInterrupting"), True):
                yield sheet.say("must-interrupt", start, kind="、".join(sorted(kinds & {"error", "compensate"})))
            if "compensate" in kinds and local(parent(sub)) == "process":
                yield sheet.say("compensation-sub-in-process", start)
        if local(sub) != "subProcess":
            yield sheet.say("event-sub-kind", sub, kind=local(sub))
