"""Event definitions and loops, read from XML into triggers."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from zhengtong.flow.program.dialect import to_feel
from zhengtong.flow.program.names import (
    child,
    children,
    extensions,
    is_true,
    local,
    reference,
    text_of,
    text_under,
    vendor,
)
from zhengtong.flow.program.shapes import Loop, Trigger

Index = Mapping[str, etree._Element]
_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_CODES = {"errorRef": "errorCode", "escalationRef": "escalationCode", "signalRef": "name", "messageRef": "name"}


def read_triggers(node: etree._Element, index: Index) -> tuple[Trigger, ...]:
    """Return an event's definitions in order, those it references included."""
    found = []
    for inner in children(node):
        name = local(inner)
        if name == "eventDefinitionRef":
            target = index.get(reference(text_of(inner)))
            if target is not None:
                found.append(read_trigger(target, index))
        elif name.endswith("EventDefinition"):
            found.append(read_trigger(inner, index))
    return tuple(found)


def read_trigger(definition: etree._Element, index: Index) -> Trigger:
    """Return one event definition as a trigger."""
    kind = local(definition).removesuffix("EventDefinition")
    if kind == "timer":
        return _timer(definition)
    if kind == "conditional":
        return Trigger(kind, text=to_feel(text_under(definition, "condition")))
    if kind == "link":
        return Trigger(kind, name=(definition.get("name") or "").strip())
    if kind == "compensate":
        waits = is_true(definition.get("waitForCompletion"), True)
        return Trigger(kind, activity=reference(definition.get("activityRef")), waits=waits)
    attribute = f"{kind}Ref"
    if attribute not in _CODES:
        return Trigger(kind)
    return Trigger(kind, name=spoken_name(definition.get(attribute), attribute, index))


def spoken_name(ref: str | None, attribute: str, index: Index) -> str:
    """Return what a message, signal, error or escalation is called at run time: its name or code, else its id."""
    if not ref:
        return ""
    key = reference(ref)
    target = index.get(key)
    if target is None:
        return key
    return (target.get(_CODES[attribute]) or target.get("name") or key).strip()


def _timer(definition: etree._Element) -> Trigger:
    for working in extensions(definition, "workdays"):
        return Trigger("timer", text=to_feel(working.get("value") or text_of(working)), timer="workdays")
    for name, timer in _TIMERS.items():
        inner = child(definition, name)
        if inner is not None:
            return Trigger("timer", text=to_feel(text_of(inner)), timer=timer)
    return Trigger("timer")


def read_loop(activity: etree._Element, index: Index, names: Mapping[str, str]) -> Loop | None:
    """Return how often an activity runs, or None for once."""
    standard = child(activity, "standardLoopCharacteristics")
    if standard is not None:
        maximum = (standard.get("loopMaximum") or "").strip()
        return Loop(
            "standard",
            condition=to_feel(text_under(standard, "loopCondition")),
            test_before=is_true(standard.get("testBefore")),
            maximum=int(maximum) if maximum.removeprefix("-").isdigit() else None,
        )
    multi = child(activity, "multiInstanceLoopCharacteristics")
    return None if multi is None else _multi(multi, index, names)


def _multi(multi: etree._Element, index: Index, names: Mapping[str, str]) -> Loop:
    zeebe = next(iter(extensions(multi, "loopCharacteristics")), None)
    more = {str(key): str(value) for key, value in zeebe.attrib.items()} if zeebe is not None else {}
    return Loop(
        "sequential" if is_true(multi.get("isSequential")) else "parallel",
        condition=to_feel(text_under(multi, "completionCondition")),
        cardinality=to_feel(text_under(multi, "loopCardinality")),
        collection=_data(multi, "loopDataInputRef", names)
        or to_feel(vendor(multi, "collection") or more.get("inputCollection")),
        item=_item(multi, "inputDataItem") or vendor(multi, "elementVariable") or more.get("inputElement", ""),
        output=_data(multi, "loopDataOutputRef", names) or more.get("outputCollection", ""),
        output_item=_item(multi, "outputDataItem") or to_feel(more.get("outputElement")),
        behavior=multi.get("behavior", "All"),
        events=_behavior_events(multi, index),
    )


def _behavior_events(multi: etree._Element, index: Index) -> tuple[tuple[str, Trigger], ...]:
    """Return the events an instance's end throws, each with its condition (empty: always)."""
    out = []
    for name in ("noneBehaviorEventRef", "oneBehaviorEventRef"):
        target = index.get(reference(multi.get(name)))
        if target is not None:
            out.append((name[:3], read_trigger(target, index)))
    for definition in children(multi, "complexBehaviorDefinition"):
        event = child(definition, "event")
        for trigger in read_triggers(event, index) if event is not None else ():
            out.append((to_feel(text_under(definition, "condition")), trigger))
    return tuple(out)


def _data(multi: etree._Element, name: str, names: Mapping[str, str]) -> str:
    ref = reference(text_under(multi, name))
    return names.get(ref, ref)


def _item(multi: etree._Element, name: str) -> str:
    inner = child(multi, name)
    return (inner.get("name") or inner.get("id") or "") if inner is not None else ""
