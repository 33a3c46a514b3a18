"""Are activities, loops, data, pools and lanes filled in so that they can mean something?"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from zhengtong.flow.check.faults import Fault
from zhengtong.flow.check.sheet import Sheet, parent
from zhengtong.flow.program.names import (
    ACTIVITIES,
    SUB_PROCESSES,
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


def check_loops(sheet: Sheet) -> Iterator[Fault]:
    """Yield multi-instance activities that do not say how many, and loops that cannot end or run."""
    for multi in sheet.named("multiInstanceLoopCharacteristics"):
        host = parent(multi)
        cardinality = child(multi, "loopCardinality")
        collection = child(multi, "loopDataInputRef")
        foreign = vendor(multi, "collection") or extensions(multi, "loopCharacteristics")
        if cardinality is None and collection is None and not foreign:
            yield sheet.say("loop-without-count", host, serious=sheet.is_executable(host))
        if cardinality is not None and collection is not None:
            yield sheet.say("loop-with-two-counts", host)
        if cardinality is not None and not text_of(cardinality) and sheet.is_executable(host):
            yield sheet.say("loop-without-count", host)
        yield from _behavior(sheet, multi, host)
    for loop in sheet.named("standardLoopCharacteristics"):
        maximum = (loop.get("loopMaximum") or "").strip()
        if maximum.startswith("-"):
            yield sheet.say("bad-value", parent(loop), attribute="loopMaximum", value=maximum, allowed="≥ 0")
        if not maximum and not text_under(loop, "loopCondition") and sheet.is_executable(loop):
            yield sheet.say("loop-without-condition", parent(loop))


def _behavior(sheet: Sheet, multi: etree._Element, host: etree._Element) -> Iterator[Fault]:
    behavior = multi.get("behavior", "All")
    needs = {"One": "oneBehaviorEventRef", "None": "noneBehaviorEventRef"}.get(behavior)
    if needs and not multi.get(needs):
        yield sheet.say("loop-behavior", host, behavior=behavior, needs=needs)
    if behavior == "Complex" and not children(multi, "complexBehaviorDefinition"):
        yield sheet.say("loop-behavior", host, behavior=behavior, needs="complexBehaviorDefinition")


def check_activities(sheet: Sheet) -> Iterator[Fault]:
    """Yield impossible quantities, instantiating tasks with incoming flows, and scripts without text."""
    for activity in sheet.nodes:
        if local(activity) not in ACTIVITIES:
            continue
        for name in ("startQuantity", "completionQuantity"):
            value = (activity.get(name) or "1").strip()
            if value.lstrip("+-").isdigit() and int(value) < 1:
                yield sheet.say("bad-value", activity, attribute=name, value=value, allowed="≥ 1")
        if local(activity) == "receiveTask" and is_true(activity.get("instantiate")) and sheet.incoming(activity):
            yield sheet.say("instantiating-with-incoming", activity)
        if local(activity) == "scriptTask" and sheet.is_executable(activity):
            node = sheet.node(activity)
            if not text_under(activity, "script") and (node is None or node.script is None):
                yield sheet.say("script-without-text", activity)


def check_ad_hoc(sheet: Sheet) -> Iterator[Fault]:
    """Yield ad-hoc sub-processes with start or end events, or with nothing to do."""
    for sub in sheet.named("adHocSubProcess"):
        for event in children(sub, "startEvent", "endEvent"):
            yield sheet.say("ad-hoc-with-events", event, sub=sub.get("id"))
        if not children(sub, *ACTIVITIES):
            yield sheet.say("ad-hoc-empty", sub)
    for sub in sheet.named(*SUB_PROCESSES):
        if local(sub) != "adHocSubProcess" and not any(parent(each) is sub for each in sheet.nodes):
            yield sheet.say("empty-sub-process", sub, serious=False)


def check_data(sheet: Sheet) -> Iterator[Fault]:
    """Yield data associations at the wrong end and input or output sets that do not cover their data."""
    for association in sheet.named("dataInputAssociation", "dataOutputAssociation"):
        yield from _association(sheet, association)
    for specification in sheet.named("ioSpecification"):
        yield from _specification(sheet, specification)
    for ref in sheet.named("dataObjectReference"):
        if not ref.get("dataObjectRef"):
            yield sheet.say("missing-attribute", ref, attribute="dataObjectRef", serious=sheet.is_executable(ref))


def _association(sheet: Sheet, association: etree._Element) -> Iterator[Fault]:
    inputs = local(association) == "dataInputAssociation"
    end = "targetRef" if inputs else "sourceRef"
    wanted = "dataInput" if inputs else "dataOutput"
    host = parent(association)
    for each in children(association, end):
        target = sheet.find(text_of(each))
        if target is None:
            continue
        own = any(around is host for around in target.iterancestors())
        if local(target) not in (wanted, "property") or not own:
            yield sheet.say("data-association-end", association, end=end, target=target.get("id"), wanted=wanted)
    many = len(children(association, "sourceRef")) > 1
    if many and child(association, "transformation") is None and not children(association, "assignment"):
        yield sheet.say("data-association-many", association)


def _specification(sheet: Sheet, specification: etree._Element) -> Iterator[Fault]:
    for data, sets, refs in (("dataInput", "inputSet", "dataInputRefs"), ("dataOutput", "outputSet", "dataOutputRefs")):
        own = {each.get("id") for each in children(specification, data)}
        listed = {reference(text_of(ref)) for each in children(specification, sets) for ref in children(each, refs)}
        if not children(specification, sets):
            continue
        for missing in sorted(str(each) for each in own - listed):
            yield sheet.say("data-not-in-set", specification, data=missing, sets=sets)
        for foreign in sorted(listed - own):
            if foreign in sheet.by_id:
                yield sheet.say("data-of-others", specification, data=foreign, sets=sets)
        for each in children(specification, sets):
            stem = refs.removeprefix("data")
            optional = {reference(text_of(ref)) for ref in children(each, f"optional{stem}", f"whileExecuting{stem}")}
            for stray in sorted(optional - {reference(text_of(ref)) for ref in children(each, refs)}):
                yield sheet.say("data-not-in-set", each, data=stray, sets=sets)


def check_pools(sheet: Sheet) -> Iterator[Fault]:
    """Yield two pools of one process, impossible multiplicities, and lanes that hold nodes of elsewhere or twice."""
    seen: dict[str, str] = {}
    for participant in sheet.named("participant"):
        process = reference(participant.get("processRef"))
        same_sheet = local(parent(participant)) == "collaboration"
        if process and same_sheet:
            key = f"{parent(participant).get('id')}/{process}"
            if key in seen:
                yield sheet.say("process-in-two-pools", participant, other=seen[key], process=process)
            seen.setdefault(key, participant.get("id", ""))
        multiplicity = child(participant, "participantMultiplicity")
        if multiplicity is not None:
            yield from _multiplicity(sheet, multiplicity, participant)
    for lane_set in sheet.named("laneSet", "childLaneSet"):
        yield from _lanes(sheet, lane_set)


def _multiplicity(sheet: Sheet, multiplicity: etree._Element, participant: etree._Element) -> Iterator[Fault]:
    least, most = (multiplicity.get("minimum") or "0").strip(), (multiplicity.get("maximum") or "1").strip()
    if (
        least.lstrip("-").isdigit()
        and most.lstrip("-").isdigit()
        and (int(least) < 0 or int(most) < max(1, int(least)))
    ):
        value = f"{least}..{most}"
        yield sheet.say(
            "bad-value", participant, attribute="participantMultiplicity", value=value, allowed="0 ≤ min ≤ max"
        )


def _lanes(sheet: Sheet, lane_set: etree._Element) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for lane in children(lane_set, "lane"):
        for ref in children(lane, "flowNodeRef"):
            name = reference(text_of(ref))
            node = sheet.find_node(name)
            if node is not None and sheet.process_of(node) is not sheet.process_of(lane):
                yield sheet.say("lane-of-elsewhere", lane, node=name)
            if name in seen and seen[name] != lane.get("id"):
                yield sheet.say("node-in-two-lanes", lane, node=name, other=seen[name])
            seen.setdefault(name, lane.get("id", ""))


def check_declarations(sheet: Sheet) -> Iterator[Fault]:
    """Yield messages, signals, errors and escalations declared twice under one name or code."""
    for name, attribute in (("error", "errorCode"), ("escalation", "escalationCode"), ("signal", "name")):
        seen: dict[str, str] = {}
        for each in children(sheet.root, name):
            value = each.get(attribute)
            if value and value in seen:
                yield sheet.say("declared-twice", each, kind=name, value=value, other=seen[value])
            elif value:
                seen[value] = each.get("id", "")
