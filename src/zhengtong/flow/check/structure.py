"""Does the document keep to the grammar, and does every reference point to something fitting?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from zhengtong.flow.check.faults import Fault
from zhengtong.flow.check.grammar import Shape, is_a, shape_of, table
from zhengtong.flow.check.sheet import Sheet
from zhengtong.flow.program.names import BPMN, children, is_bpmn, local, reference, text_of

_ID = re.compile(r"^[^\W\d][\w.\-·]*$")
_KINDS = {
    "boolean": re.compile(r"^(true|false|0|1)$"),
    "integer": re.compile(r"^[+-]?\d+$"),
    "int": re.compile(r"^[+-]?\d+$"),
}
_ELSEWHERE = ("definition", "structureRef", "implementationRef", "endPointRef", "calledElement")
_SCHEMA = "http://www.w3.org/2001/XMLSchema"
_DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}"


def check_grammar(sheet: Sheet) -> Iterator[Fault]:
    """Yield what the BPMN 2.0 schema does not allow: elements, attributes, numbers of children, values."""
    found = shape_of(sheet.root)
    if found is not None:
        yield from _element(sheet, sheet.root, found)
        if not children(sheet.root):
            yield sheet.say("empty-model", sheet.root)


def _element(sheet: Sheet, element: etree._Element, found: Shape) -> Iterator[Fault]:
    yield from _attributes(sheet, element, found)
    counts: dict[str, int] = {}
    place = -1
    for child in element:
        if not is_bpmn(child):
            continue
        name = local(child)
        allowed = found.children.get(name)
        if allowed is None:
            if not found.is_open:
                yield sheet.say("misplaced-element", child, child=name, parent=local(element))
            continue
        counts[name] = counts.get(name, 0) + 1
        if found.order[name] < place:
            yield sheet.say("wrong-order", child, child=name, serious=False)
        place = max(place, found.order[name])
        inner = shape_of(child, allowed[2])
        if inner is not None:
            yield from _element(sheet, child, inner)
    yield from _numbers(sheet, element, found, counts)


def _attributes(sheet: Sheet, element: etree._Element, found: Shape) -> Iterator[Fault]:
    for name, (kind, must) in found.attributes.items():
        value = element.get(name)
        if value is None:
            if must:
                yield sheet.say("missing-attribute", element, attribute=name)
            continue
        enum = table()["enums"].get(kind)
        pattern = _KINDS.get(kind)
        if (enum and value not in enum) or (pattern and not pattern.match(value.strip())):
            allowed = "、".join(enum) if enum else kind
            yield sheet.say("bad-value", element, attribute=name, value=value, allowed=allowed)
        elif must and not value.strip() and name != "targetNamespace":
            yield sheet.say("missing-attribute", element, attribute=name)
    for key in element.attrib:
        if not str(key).startswith("{") and key not in found.attributes:
            yield sheet.say("unknown-attribute", element, attribute=key)


def _numbers(sheet: Sheet, element: etree._Element, found: Shape, counts: dict[str, int]) -> Iterator[Fault]:
    for name, (least, most, _) in found.children.items():
        count = counts.get(name, 0)
        if count < least:
            yield sheet.say("missing-child", element, child=name)
        elif 0 <= most < count:
            yield sheet.say("too-many-children", element, child=name, most=most)
    for group in ("loopCharacteristics", "expression"):
        members = [each for each in table()["groups"][group] if counts.get(each)]
        if len(members) > 1:
            yield sheet.say("too-many-children", element, child=group, most=1)
    timers = sum(counts.get(name, 0) for name in ("timeDate", "timeDuration", "timeCycle"))
    if timers > 1:
        yield sheet.say("too-many-children", element, child="timeDate | timeDuration | timeCycle", most=1)


def check_ids(sheet: Sheet) -> Iterator[Fault]:
    """Yield ids used twice, in the model or in its diagrams, and ids that XML does not allow."""
    seen: dict[str, etree._Element] = {}
    for each in sheet.root.iter():
        name = each.get("id") if isinstance(each.tag, str) else None
        if name is None or not (is_bpmn(each) or each.tag.startswith(_DIAGRAM)):
            continue
        if name in seen:
            yield sheet.say("duplicate-id", each, line=seen[name].sourceline)
        elif is_bpmn(each) and not _ID.match(name):
            yield sheet.say("bad-id", each, value=name)
        seen.setdefault(name, each)


def check_references(sheet: Sheet) -> Iterator[Fault]:
    """Yield references that point nowhere or to the wrong kind of element."""
    for each in sheet.all:
        found = shape_of(each, _expected(each))
        if found is None:
            continue
        for name, wanted in found.references.items():
            values = (
                [each.get(name)] if name in found.attributes else [text_of(child) for child in children(each, name)]
            )
            for value in values:
                if value is not None:
                    yield from _reference(sheet, each, name, value, wanted)


def _expected(element: etree._Element) -> str:
    around = element.getparent()
    if around is None or not is_bpmn(around):
        return ""
    outer = shape_of(around)
    return outer.children[local(element)][2] if outer is not None and local(element) in outer.children else ""


def _reference(sheet: Sheet, each: etree._Element, name: str, value: str, wanted: str) -> Iterator[Fault]:
    if name in _ELSEWHERE or not value.strip() or _is_imported(sheet, each, value):
        if not value.strip():
            yield sheet.say("dangling-reference", each, attribute=name, target="")
        return
    target = sheet.find(value)
    if target is None or _is_foreign(sheet, each, value):
        yield sheet.say("dangling-reference", each, attribute=name, target=value)
    elif not is_a(target, wanted):
        yield sheet.say("wrong-reference", each, attribute=name, target=value, found=local(target), wanted=wanted)


def _is_imported(sheet: Sheet, each: etree._Element, value: str) -> bool:
    """Return whether a reference's prefix names an imported document or XML Schema, which are not here to look into."""
    space = _space(each, value)
    return bool(space) and (
        space == _SCHEMA or any(other.get("namespace") == space for other in children(sheet.root, "import"))
    )


def _space(each: etree._Element, value: str) -> str:
    """Return the namespace a qualified reference says, the empty string without a prefix."""
    prefix, colon, _ = value.strip().rpartition(":")
    return (each.nsmap.get(prefix) or f"?{prefix}") if colon else ""


def _is_foreign(sheet: Sheet, each: etree._Element, value: str) -> bool:
    """Return whether a reference's prefix says a namespace other than the document's own, and not imported."""
    return _space(each, value) not in ("", sheet.root.get("targetNamespace"), BPMN)


def check_calls(sheet: Sheet) -> Iterator[Fault]:
    """Yield call activities that call something that cannot be called, or nothing although they should run."""
    for each in sheet.named("callActivity"):
        value = each.get("calledElement")
        target = sheet.find(value)
        if target is not None and not is_a(target, "CallableElement"):
            wanted = "process | globalTask"
            yield sheet.say(
                "wrong-reference", each, attribute="calledElement", target=value, found=local(target), wanted=wanted
            )
        elif target is None and (node := sheet.node(each)) and not node.called and sheet.is_executable(each):
            yield sheet.say("call-without-target", each)
        elif target is None and value and not _is_imported(sheet, each, value):
            yield sheet.say("call-elsewhere", each, target=value, serious=False)


def check_diagram(sheet: Sheet) -> Iterator[Fault]:
    """Yield shapes and edges of elements that do not exist, shapes without bounds, edges with less than two points."""
    for each in sheet.root.iter(f"{_DIAGRAM}BPMNShape", f"{_DIAGRAM}BPMNEdge", f"{_DIAGRAM}BPMNPlane"):
        target = each.get("bpmnElement")
        prefix = (target or "").rpartition(":")[0]
        known = target is None or reference(target) in sheet.by_id or _is_imported(sheet, each, target)
        if not known and not (
            prefix and prefix in each.nsmap and each.nsmap[prefix] != sheet.root.get("targetNamespace")
        ):
            yield sheet.say("dangling-reference", each, attribute="bpmnElement", target=target)
        names = [local(child) for child in each]
        if local(each) == "BPMNShape" and "Bounds" not in names:
            yield sheet.say("shape-without-bounds", each)
        if local(each) == "BPMNEdge" and names.count("waypoint") < 2:
            yield sheet.say("edge-without-points", each)
