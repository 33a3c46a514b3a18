"""Do parts that speak of the same thing agree: messages and operations, data and their types, resources, definitions?"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from zhengtong.flow.check.faults import Fault
from zhengtong.flow.check.sheet import Sheet, parent
from zhengtong.flow.program.names import child, children, is_true, local, reference, text_of, text_under


def check_messages(sheet: Sheet) -> Iterator[Fault]:
    """Yield tasks and events whose message is not the one their operation takes, or their message flow carries."""
    for each in sheet.named("sendTask", "receiveTask", "messageEventDefinition"):
        message = reference(each.get("messageRef"))
        ref = each.get("operationRef") or text_under(each, "operationRef")
        operation = sheet.find(ref)
        taken = reference(text_under(operation, "inMessageRef")) if operation is not None else ""
        if message and taken and message != taken:
            yield sheet.say("operation-message", each, message=message, operation=reference(ref), taken=taken)
    for flow in sheet.named("messageFlow"):
        carried = reference(flow.get("messageRef"))
        for end in ("sourceRef", "targetRef"):
            spoken = _message_of(sheet, sheet.find(flow.get(end)))
            if carried and spoken and spoken != carried:
                yield sheet.say(
                    "message-flow-message", flow, message=carried, end=reference(flow.get(end)), spoken=spoken
                )


def _message_of(sheet: Sheet, end: etree._Element | None) -> str:
    if end is None:
        return ""
    if end.get("messageRef"):
        return reference(end.get("messageRef"))
    refs = [reference(each.get("messageRef")) for each in sheet.definitions(end) if each.get("messageRef")]
    return refs[0] if len(refs) == 1 else ""


def check_sets(sheet: Sheet) -> Iterator[Fault]:
    """Yield service, send and receive tasks with more input or output than a message can carry."""
    for task in sheet.named("serviceTask", "sendTask", "receiveTask"):
        specification = child(task, "ioSpecification")
        if specification is None:
            continue
        inputs, outputs = len(children(specification, "inputSet")), len(children(specification, "outputSet"))
        if inputs > 1 or outputs > 1:
            yield sheet.say("one-set-only", task, kind=local(task))
        if local(task) == "receiveTask" and children(specification, "dataInput"):
            yield sheet.say("data-on-wrong-side", task, kind="receiveTask", data="dataInput")
        if local(task) == "sendTask" and children(specification, "dataOutput"):
            yield sheet.say("data-on-wrong-side", task, kind="sendTask", data="dataOutput")


def check_data_kinds(sheet: Sheet) -> Iterator[Fault]:
    """Yield states on data objects, types on their references, and associations between different types."""
    for data in sheet.named("dataObject"):
        if child(data, "dataState") is not None:
            yield sheet.say("state-on-data-object", data)
    for ref in sheet.named("dataObjectReference"):
        if ref.get("itemSubjectRef"):
            yield sheet.say("type-on-reference", ref)
    for association in sheet.named("dataInputAssociation", "dataOutputAssociation"):
        yield from _types(sheet, association)


def _types(sheet: Sheet, association: etree._Element) -> Iterator[Fault]:
    if child(association, "transformation") is not None or children(association, "assignment"):
        return
    ends = [text_of(each) for each in children(association, "sourceRef", "targetRef")]
    kinds = {kind for kind in (_type_of(sheet, sheet.find(end)) for end in ends) if kind}
    structures = {each.get("structureRef") for kind in kinds if (each := sheet.find(kind)) is not None}
    plural = any(is_true(each.get("isCollection")) for end in ends if (each := sheet.find(end)) is not None)
    if len(kinds) > 1:
        sure = len(structures) > 1 and None not in structures and not plural
        yield sheet.say("data-types-differ", association, types="、".join(sorted(kinds)), serious=sure)


def _type_of(sheet: Sheet, data: etree._Element | None) -> str:
    if data is None:
        return ""
    own = reference(data.get("itemSubjectRef"))
    behind = sheet.find(data.get("dataObjectRef") or data.get("dataStoreRef"))
    return own or (reference(behind.get("itemSubjectRef")) if behind is not None else "")


def check_resources(sheet: Sheet) -> Iterator[Fault]:
    """Yield roles that are given twice over, and parameters bound without their resource."""
    for role in sheet.named("resourceRole", "performer", "humanPerformer", "potentialOwner"):
        resource = child(role, "resourceRef")
        bindings = children(role, "resourceParameterBinding")
        if resource is not None and child(role, "resourceAssignmentExpression") is not None:
            yield sheet.say("role-given-twice", role, host=parent(role).get("id"))
        if bindings and resource is None:
            yield sheet.say("binding-without-resource", role, host=parent(role).get("id"))
        target = sheet.find(text_of(resource)) if resource is not None else None
        for binding in bindings:
            parameter = sheet.find(binding.get("parameterRef"))
            if target is not None and parameter is not None and parent(parameter) is not target:
                yield sheet.say("foreign-parameter", binding, parameter=parameter.get("id"), resource=target.get("id"))


def check_definitions(sheet: Sheet) -> Iterator[Fault]:
    """Yield references to event definitions that are not the document's own, and message flows that come back."""
    for ref in sheet.named("eventDefinitionRef"):
        target = sheet.find(text_of(ref))
        if target is not None and parent(target) is not sheet.root:
            yield sheet.say("inner-definition-referenced", parent(ref), target=target.get("id"))
    for flow in sheet.named("messageFlow"):
        if flow.get("sourceRef") and reference(flow.get("sourceRef")) == reference(flow.get("targetRef")):
            yield sheet.say("flow-to-itself", flow)


def check_instance_data(sheet: Sheet) -> Iterator[Fault]:
    """Yield multi-instance activities with items but no collection, or a collection that is no data of theirs."""
    for multi in sheet.named("multiInstanceLoopCharacteristics"):
        host = parent(multi)
        for item, collection in (("inputDataItem", "loopDataInputRef"), ("outputDataItem", "loopDataOutputRef")):
            if child(multi, item) is not None and child(multi, collection) is None:
                yield sheet.say("item-without-collection", host, item=item, collection=collection)
