"""What an activity takes in, computes and gives out, read from BPMN and from the usual vendors' extensions."""

from __future__ import annotations

import json
from collections.abc import Mapping

from lxml import etree

from zhengtong.flow.program.dialect import is_expression, to_feel, to_steps
from zhengtong.flow.program.names import (
    GLOBAL_TASKS,
    child,
    children,
    extensions,
    local,
    reference,
    text_of,
    text_under,
    vendor,
)
from zhengtong.flow.program.shapes import Script

Mapped = tuple[tuple[str, str], ...]
_STRUCTURE = frozenset({"id", "name", "default", "attachedToRef", "startQuantity", "completionQuantity"})


def read_script(activity: etree._Element) -> Script | None:
    """Return what a script, service or rule task computes itself; None when someone outside must do it."""
    result = vendor(activity, "resultVariable") or ""
    for inner in extensions(activity, "script"):
        if inner.get("expression"):
            return Script(to_steps(to_feel(inner.get("expression")), inner.get("resultVariable") or result))
    script = text_under(activity, "script")
    if script:
        steps = to_steps(to_feel(script) if is_expression(script) else script, result)
        return Script(steps) if steps else None
    expression = vendor(activity, "expression")
    return Script(to_steps(to_feel(expression), result)) if expression else None


def read_inputs(node: etree._Element, names: Mapping[str, str]) -> Mapped:
    """Return (local variable, FEEL) pairs evaluated when the node is entered."""
    found = [pair for each in children(node, "dataInputAssociation") for pair in _association(each, names)]
    for each in extensions(node, "inputParameter"):
        found.append((each.get("name", ""), _literal(text_of(each))))
    found += [(each.get("target", ""), _literal(each.get("source", ""))) for each in extensions(node, "input")]
    found += _passed(node, "in")
    return tuple((target, text) for target, text in found if target and text)


def read_outputs(node: etree._Element, names: Mapping[str, str]) -> Mapped:
    """Return (variable, FEEL) pairs evaluated when the node is left."""
    found = [pair for each in children(node, "dataOutputAssociation") for pair in _association(each, names)]
    for each in extensions(node, "outputParameter"):
        found.append((each.get("name", ""), _literal(text_of(each))))
    found += [(each.get("target", ""), _literal(each.get("source", ""))) for each in extensions(node, "output")]
    found += _passed(node, "out")
    return tuple((target, text) for target, text in found if target and text)


def shares_all(activity: etree._Element) -> bool:
    """Return whether a call passes every variable both ways: so unless the model maps some by name."""
    mappings = extensions(activity, "in", "out", "input", "output")
    return not mappings or any(each.get("variables") == "all" for each in mappings)


def called_id(activity: etree._Element) -> str:
    """Return the id of the process or global task a call activity calls."""
    for each in extensions(activity, "calledElement"):
        return unprefixed(each.get("processId"))
    return unprefixed(activity.get("calledElement"))


def unprefixed(value: str | None) -> str:
    """Return a called element's id, expressions left out (they are resolved by whoever runs the model)."""
    return "" if value and is_expression(value) else reference(value)


def global_kind(target: etree._Element | None) -> str:
    """Return which task a global task stands for, or the empty string."""
    return GLOBAL_TASKS.get(local(target), "") if target is not None else ""


def read_attributes(node: etree._Element, lane: str) -> dict[str, str]:
    """Return what the engine does not interpret but whoever offers the work needs: assignees, forms, decisions, lane."""
    found = {str(key).rpartition("}")[2]: str(value) for key, value in node.attrib.items()}
    for each in extensions(node, "formDefinition", "assignmentDefinition", "taskDefinition", "calledDecision"):
        found.update({str(key): str(value) for key, value in each.attrib.items()})
    for each in children(node, "potentialOwner", "humanPerformer", "performer"):
        found[local(each)] = reference(text_under(each, "resourceRef")) or text_of(each)
    if lane:
        found["lane"] = lane
    return {key: value for key, value in found.items() if key not in _STRUCTURE}


def initial_values(container: etree._Element, names: Mapping[str, str]) -> dict[str, str]:
    """Return data objects that come with a value (a vendor extension), as FEEL."""
    found = {}
    for each in children(container, "dataObject", "property"):
        for value in extensions(each, "value"):
            found[names[each.get("id", "")]] = _literal(text_of(value))
    return found


def read_names(root: etree._Element) -> dict[str, str]:
    """Return which variable each data element stands for: its name, a reference its object's name, else the id."""
    found: dict[str, str] = {}
    objects = [each for each in root.iter() if local(each) in _DATA]
    for each in objects:
        found[each.get("id", "")] = each.get("name", "") or each.get("id", "")
    for each in objects:
        ref = reference(each.get("dataObjectRef"))
        if ref in found:
            own = each.get("name", "")
            found[each.get("id", "")] = own if found[ref] == ref and own else found[ref]
    for each in objects:
        ref = reference(each.get("dataObjectRef"))
        if ref in found and found[ref] == ref:
            found[ref] = found[each.get("id", "")]
    return found


_DATA = frozenset(
    [
        "dataObject",
        "dataObjectReference",
        "dataStore",
        "dataStoreReference",
        "dataInput",
        "dataOutput",
        "property",
        "inputDataItem",
        "outputDataItem",
    ],
)


def _association(association: etree._Element, names: Mapping[str, str]) -> list[tuple[str, str]]:
    sources = [reference(text_of(each)) for each in children(association, "sourceRef")]
    target = reference(text_under(association, "targetRef"))
    target = names.get(target, target)
    assigned = [
        (to_feel(text_under(each, "to")) or target, to_feel(text_under(each, "from")))
        for each in children(association, "assignment")
    ]
    if assigned:
        return [(names.get(to.lstrip("$"), to), value) for to, value in assigned]
    transformation = child(association, "transformation")
    if transformation is not None:
        return [(target, to_feel(text_of(transformation)))]
    return [(target, "@" + names.get(source, source)) for source in sources[:1]]


def _passed(node: etree._Element, name: str) -> list[tuple[str, str]]:
    return [
        (each.get("target", ""), to_feel(each.get("sourceExpression")) or "@" + each.get("source", ""))
        for each in extensions(node, name)
        if each.get("target")
    ]


def _literal(text: str) -> str:
    if is_expression(text):
        return to_feel(text)
    return (
        text
        if text.replace(".", "", 1).isdigit() or text in ("true", "false")
        else json.dumps(text, ensure_ascii=False)
    )


def quantities(node: etree._Element) -> tuple[int, int]:
    """Return how many tokens an activity needs to start and leaves behind."""
    return tuple(_count(node.get(name)) for name in ("startQuantity", "completionQuantity"))  # type: ignore[return-value]


def _count(value: str | None) -> int:
    """Return a quantity, 1 when none is given, 0 for what is no quantity."""
    if value is None:
        return 1
    return int(value) if value.strip().isdigit() else 0
