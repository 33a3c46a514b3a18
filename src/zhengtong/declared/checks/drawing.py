"""A pack's drawing is sound and asks of the platform only what it can do（流程图检查）."""

from __future__ import annotations

from collections.abc import Iterator

from zhengtong.declared.checks.ground import FUNCTIONS, Ground
from zhengtong.declared.shapes import Finding, Text
from zhengtong.flow import Model, check_model, read_model
from zhengtong.flow.program.shapes import Node
from zhengtong.kit import Refused
from zhengtong.rules import compile_expression

CONCERN = "flow"
STANDARD = "standard"
SETTLE = "settle"
#: what a service task may ask for, by `zt:verb`
VERBS = frozenset({"notify", "check-data", "pause-clock", "resume-clock", SETTLE})


def check_drawing(ground: Ground) -> Iterator[Finding]:
    """Yield what the flow check finds in flow.bpmn, verbs the platform does not have, and functions nobody has."""
    if ground.pack.flow == STANDARD:
        return
    try:
        model = read_model(ground.pack.flow.encode())
    except Refused as refused:
        yield _finding(ground, 1, (refused.zh, refused.en), ("改正后再检查", "correct it and check again"))
        return
    faults = [fault for fault in check_model(model, compile_expression) if fault.is_serious]
    for fault in faults:
        wrong = (f"{fault.element}：{fault.zh}", f"{fault.element}: {fault.en}")
        yield _finding(ground, fault.line, wrong, (fault.remedy_zh, fault.remedy_en))
    if not faults:
        yield from _asked(ground, model)


def _asked(ground: Ground, model: Model) -> Iterator[Finding]:
    for node in model.program.nodes.values():
        verb, function = node.attributes.get("verb", ""), node.attributes.get("function", "")
        allowed = _verbs_of(node)
        if allowed is not None and verb not in allowed:
            known = "、".join(sorted(filter(None, allowed)))
            yield _finding(
                ground,
                1,
                (f"{node.id}：没有平台会做的动作“{verb}”", f"{node.id}: {verb!r} is nothing the platform does"),
                (f"zt:verb 写：{known}", f"write zt:verb as one of: {known}"),
            )
        if function and function not in FUNCTIONS:
            yield _finding(
                ground,
                1,
                (f"{node.id}：没有“{function}”这种机构职能", f"{node.id}: no organisation has the function {function}"),
                (
                    "zt:function 写机构职能代码，如 health",
                    "write zt:function as the code of a function, such as health",
                ),
            )


def _verbs_of(node: Node) -> frozenset[str] | None:
    """Return what an element may ask for; None where it asks for nothing."""
    if node.kind == "userTask":
        return frozenset({"", SETTLE})
    if node.kind == "businessRuleTask" and node.attributes.get("decision"):
        return frozenset({""})
    return VERBS if node.kind in ("serviceTask", "businessRuleTask") else None


def _finding(ground: Ground, line: int, wrong: tuple[str, str], instead: tuple[str, str]) -> Finding:
    return Finding(
        file=f"{ground.pack.id}/flow.bpmn",
        line=line or 1,
        concern=CONCERN,
        wrong=Text(*wrong),
        why=Text("办件会停在这里", "cases would stand still here"),
        instead=Text(*instead),
    )
