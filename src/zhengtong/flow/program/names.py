"""Names of BPMN 2.0 XML: namespaces and the families of element names the engine tells apart."""

from __future__ import annotations

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

TASKS = frozenset(
    ["task", "userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask"],
)
SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
GATEWAYS = frozenset(
    ["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"],
)
CATCHES = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
THROWS = frozenset({"endEvent", "intermediateThrowEvent"})
EVENTS = CATCHES | THROWS
NODES = ACTIVITIES | GATEWAYS | EVENTS
GLOBAL_TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


def tag(name: str) -> str:
    """Return the qualified name of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace; comments and instructions have the empty name."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def is_bpmn(element: etree._Element) -> bool:
    """Return whether the element belongs to BPMN 2.0 itself and not to a vendor's extension."""
    return isinstance(element.tag, str) and element.tag.startswith(f"{{{BPMN}}}")


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    """Return the BPMN children, those of the given names if any are given."""
    return [child for child in element if is_bpmn(child) and (not names or local(child) in names)]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """Return the first BPMN child of that name, or None."""
    return element.find(tag(name))


def text_of(element: etree._Element | None) -> str:
    """Return the whole text inside an element, trimmed."""
    return "".join(map(str, element.itertext())).strip() if element is not None else ""


def text_under(element: etree._Element, name: str) -> str:
    """Return the text of the first BPMN child of that name, or the empty string."""
    return text_of(child(element, name))


def reference(value: str | None) -> str:
    """Return the id a reference points to: a qualified name loses its prefix."""
    return (value or "").strip().rpartition(":")[2]


def is_true(value: str | None, default: bool = False) -> bool:
    """Return an xsd:boolean's value."""
    return default if value is None else value.strip() in ("true", "1")


def vendor(element: etree._Element, name: str) -> str | None:
    """Return an attribute of that local name in any vendor's namespace (camunda, flowable, activiti, zt …), or None."""
    for key, value in element.attrib.items():
        if str(key).startswith("{") and str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def extensions(element: etree._Element, *names: str) -> list[etree._Element]:
    """Return the elements of those local names anywhere under the element's own extensionElements."""
    holder = child(element, "extensionElements")
    return [] if holder is None else [inner for inner in holder.iter() if local(inner) in names]
