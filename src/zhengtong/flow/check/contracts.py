"""Does the data of tasks, calls and events fit what they speak of: the message, the operation, the called element?"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from zhengtong.flow.check.faults import Fault
from zhengtong.flow.check.sheet import Sheet, parent
from zhengtong.flow.program.names import EVENTS, THROWS, child, children, local, reference, text_of, text_under

Elements = list[etree._Element]
_CARRIED = {
    "messageRef": "itemRef",
    "signalRef": "structureRef",
    "errorRef": "structureRef",
    "escalationRef": "structureRef",
}


def check_task_data(sheet: Sheet) -> Iterator[Fault]:
    """Yield service tasks whose data is not that of their operation, and send or receive tasks that carry other data."""
    for task in sheet.named("serviceTask"):
        operation = sheet.find(task.get("operationRef"))
        if operation is not None and local(operation) == "operation":
            for side, message in (("dataInput", "inMessageRef"), ("dataOutput", "outMessageRef")):
                item = _item(sheet, sheet.find(text_under(operation, message)), "itemRef")
                must = item is not None or child(operation, message) is None
                yield from _one_of(sheet, task, side, item, 1 if item is not None else 0, must=must)
    for task in sheet.named("sendTask", "receiveTask"):
        item = _item(sheet, sheet.find(task.get("messageRef")), "itemRef")
        side = "dataInput" if local(task) == "sendTask" else "dataOutput"
        yield from _one_of(sheet, task, side, item, 1, must=False)


def _one_of(
    sheet: Sheet, task: etree._Element, side: str, item: etree._Element | None, wanted: int, *, must: bool
) -> Iterator[Fault]:
    own = _data(task, side)
    if len(own) > wanted or (must and len(own) < wanted):
        yield sheet.say("data-count", task, data=side, count=len(own), wanted=wanted)
    for data in own[:1]:
        if item is not None and not _same(item, _subject(sheet, data)):
            yield sheet.say("data-of-other-type", data, host=task.get("id"), item=item.get("id"))


def _data(activity: etree._Element, side: str) -> Elements:
    specification = child(activity, "ioSpecification")
    return children(specification, side) if specification is not None else []


def _item(sheet: Sheet, carrier: etree._Element | None, attribute: str) -> etree._Element | None:
    """Return the item definition that a message, signal, error or escalation carries, or None."""
    found = sheet.find(carrier.get(attribute)) if carrier is not None else None
    return found if found is not None and local(found) == "itemDefinition" else None


def _subject(sheet: Sheet, data: etree._Element) -> etree._Element | None:
    return _item(sheet, data, "itemSubjectRef")


def _same(left: etree._Element, right: etree._Element | None) -> bool:
    """Return whether two item definitions mean one type: the same one, or the same structure and plurality."""
    if right is None or left is right:
        return right is not None
    structure = left.get("structureRef")
    return bool(structure) and structure == right.get("structureRef")


def check_call_data(sheet: Sheet) -> Iterator[Fault]:
    """Yield call activities whose data is not that of what they call, and calls of processes that only events start."""
    for call in sheet.named("callActivity"):
        target = sheet.find(call.get("calledElement"))
        if target is None:
            continue
        if child(target, "ioSpecification") is not None:
            for side in ("dataInput", "dataOutput"):
                yield from _matched(sheet, call, _data(call, side), _data(target, side), side)
        starts = children(target, "startEvent")
        if starts and all(sheet.kinds(start) for start in starts):
            yield sheet.say("call-without-start", call, target=target.get("id"))


def _matched(sheet: Sheet, call: etree._Element, own: Elements, theirs: Elements, side: str) -> Iterator[Fault]:
    if len(own) != len(theirs):
        yield sheet.say("data-count", call, data=side, count=len(own), wanted=len(theirs))
        return
    for data, called in zip(own, theirs, strict=True):
        item = _subject(sheet, called)
        if item is not None and not _same(item, _subject(sheet, data)):
            yield sheet.say("data-of-other-type", data, host=call.get("id"), item=item.get("id"))


def check_bindings(sheet: Sheet) -> Iterator[Fault]:
    """Yield callable elements whose operations are bound to no data, or to data of another type."""
    for callable_element in [parent(each) for each in sheet.named("supportedInterfaceRef")]:
        interfaces = [sheet.find(text_of(each)) for each in children(callable_element, "supportedInterfaceRef")]
        bound = {reference(each.get("operationRef")) for each in children(callable_element, "ioBinding")}
        if child(callable_element, "ioSpecification") is None:
            continue
        for interface in interfaces:
            for operation in children(interface, "operation") if interface is not None else ():
                if operation.get("id") not in bound:
                    yield sheet.say("operation-not-bound", callable_element, operation=operation.get("id"))
    for binding in sheet.named("ioBinding"):
        yield from _binding(sheet, binding)


def _binding(sheet: Sheet, binding: etree._Element) -> Iterator[Fault]:
    operation = sheet.find(binding.get("operationRef"))
    for end, message in (("inputDataRef", "inMessageRef"), ("outputDataRef", "outMessageRef")):
        carrier = sheet.find(text_under(operation, message)) if operation is not None else None
        item, data = _item(sheet, carrier, "itemRef"), sheet.find(binding.get(end))
        if item is None or data is None or local(data) not in ("dataInput", "dataOutput"):
            continue
        if not _same(item, _subject(sheet, data)):
            yield sheet.say("data-of-other-type", data, host=binding.get("operationRef"), item=item.get("id"))


def check_event_data(sheet: Sheet) -> Iterator[Fault]:
    """Yield events that speak of something with content but have no data for it, or data of another type."""
    for event in sheet.nodes:
        if local(event) not in EVENTS:
            continue
        items = [item for each in sheet.definitions(event) if (item := _carried(sheet, each)) is not None]
        side = "dataInput" if local(event) in THROWS else "dataOutput"
        own = children(event, side)
        if items and len(own) < len(items):
            yield sheet.say("data-count", event, data=side, count=len(own), wanted=len(items))
        for item, data in zip(items, own, strict=False):
            if not _same(item, _subject(sheet, data)):
                yield sheet.say("data-of-other-type", data, host=event.get("id"), item=item.get("id"))


def _carried(sheet: Sheet, definition: etree._Element) -> etree._Element | None:
    for ref, attribute in _CARRIED.items():
        if definition.get(ref):
            return _item(sheet, sheet.find(definition.get(ref)), attribute)
    return None


def check_collections(sheet: Sheet) -> Iterator[Fault]:
    """Yield data that is said to be many where its type is one, and loops over what is no collection or of other items."""
    for data in sheet.named("dataObject", "dataInput", "dataOutput"):
        item = _subject(sheet, data)
        single = local(parent(data)) == "multiInstanceLoopCharacteristics"
        if item is not None and not single and _many(item) and not _many(data):
            yield sheet.say("collection-differs", data, item=item.get("id"))
    for multi in sheet.named("multiInstanceLoopCharacteristics"):
        for ref, item_name in (("loopDataInputRef", "inputDataItem"), ("loopDataOutputRef", "outputDataItem")):
            yield from _loop_data(sheet, multi, ref, item_name)


def _loop_data(sheet: Sheet, multi: etree._Element, ref: str, item_name: str) -> Iterator[Fault]:
    data, item = sheet.find(text_under(multi, ref)), child(multi, item_name)
    whole = _subject(sheet, data) if data is not None else None
    if data is None or whole is None:
        return
    if not (_many(data) or _many(whole)):
        yield sheet.say("no-collection", parent(multi), data=data.get("id"))
    single = _subject(sheet, item) if item is not None else None
    if single is not None and not _same(single, whole):
        yield sheet.say("data-of-other-type", parent(multi), host=data.get("id"), item=single.get("id"))


def _many(element: etree._Element) -> bool:
    return (element.get("isCollection") or "false").strip() in ("true", "1")
