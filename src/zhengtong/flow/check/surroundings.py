"""Do processes keep to themselves（流程之外）: choreographies, conversations, and what a process may say of itself?"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from zhengtong.flow.check.faults import Fault
from zhengtong.flow.check.sheet import Sheet, parent
from zhengtong.flow.program.names import SUB_PROCESSES, child, children, is_true, local, reference, text_of

_DANCES = ("choreographyTask", "subChoreography", "callChoreography")
_BARE = ("participant", "messageFlow", "documentation", "extensionElements", "choreographyRef")


def check_choreographies(sheet: Sheet) -> Iterator[Fault]:
    """Yield choreography activities inside processes, and choreographies named by what may not name one."""
    for each in sheet.named(*_DANCES):
        if local(parent(each)) in SUB_PROCESSES | {"process"}:
            yield sheet.say("misplaced-element", each, child=local(each), parent=local(parent(each)))
    for each in sheet.named("choreography", "globalConversation", "globalChoreographyTask"):
        for ref in children(each, "choreographyRef"):
            yield sheet.say("misplaced-element", ref, child="choreographyRef", parent=local(each))
    for each in sheet.named("globalConversation"):
        for inner in children(each):
            if local(inner) not in _BARE:
                yield sheet.say("misplaced-element", inner, child=local(inner), parent="globalConversation")


def check_processes(sheet: Sheet) -> Iterator[Fault]:
    """Yield public processes said to be executable, and sequence flows of executable ones that are not immediate."""
    for process in sheet.named("process"):
        if is_true(process.get("isExecutable")) and process.get("processType") == "Public":
            yield sheet.say("public-executable", process)
    for flow in sheet.named("sequenceFlow"):
        if sheet.is_executable(flow) and not is_true(flow.get("isImmediate"), True):
            yield sheet.say("not-immediate", flow)


def check_link_ends(sheet: Sheet) -> Iterator[Fault]:
    """Yield links whose two ends name each other on one side only."""
    for definition in sheet.named("linkEventDefinition"):
        name = definition.get("id", "")
        for end, other in (("target", "source"), ("source", "target")):
            for ref in children(definition, end):
                partner = sheet.find(text_of(ref))
                if partner is None or local(partner) != "linkEventDefinition":
                    continue
                back = {reference(text_of(each)) for each in children(partner, other)}
                if name not in back:
                    yield sheet.say("link-one-sided", _event_of(partner), partner=name, end=other)


def _event_of(definition: etree._Element) -> etree._Element:
    around = parent(definition)
    return around if around.get("id") else definition


def check_data_names(sheet: Sheet) -> Iterator[Fault]:
    """Yield references that do not bear the name of their data object, and data where only its parts may have any."""
    for ref in sheet.named("dataObjectReference"):
        target = sheet.find(ref.get("dataObjectRef"))
        name = target.get("name") if target is not None and local(target) == "dataObject" else None
        state = child(ref, "dataState")
        said = f"{name} [{state.get('name', '')}]" if state is not None else name
        if name and ref.get("name") and ref.get("name") not in (name, said):
            yield sheet.say("name-of-other-data", ref, wanted=said)
    for sub in sheet.named(*SUB_PROCESSES):
        for specification in children(sub, "ioSpecification"):
            yield sheet.say("misplaced-element", specification, child="ioSpecification", parent=local(sub))
    for association in sheet.named("dataInputAssociation", "dataOutputAssociation"):
        yield from _process_data(sheet, association)


def _process_data(sheet: Sheet, association: etree._Element) -> Iterator[Fault]:
    """Yield associations that write the process's own input or read its own output."""
    takes = local(association) == "dataInputAssociation"
    end, wrong = ("sourceRef", "dataOutput") if takes else ("targetRef", "dataInput")
    for ref in children(association, end):
        data = sheet.find(text_of(ref))
        if data is not None and local(data) == wrong and local(parent(parent(data))) == "process":
            yield sheet.say("process-data-turned", association, data=data.get("id"), kind=wrong)


def check_set_pairs(sheet: Sheet) -> Iterator[Fault]:
    """Yield input and output sets that name each other on one side only."""
    for specification in sheet.named("ioSpecification"):
        pairs = (("inputSet", "outputSetRefs", "inputSetRefs"), ("outputSet", "inputSetRefs", "outputSetRefs"))
        for kind, refs, back in pairs:
            for each in children(specification, kind):
                for ref in children(each, refs):
                    partner = sheet.find(text_of(ref))
                    if partner is not None and each.get("id") not in {
                        reference(text_of(other)) for other in children(partner, back)
                    }:
                        yield sheet.say("sets-one-sided", specification, set=each.get("id"), partner=partner.get("id"))
