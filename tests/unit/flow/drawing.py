"""Models drawn in a few words, and a run of them, for the tests of this room."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from zhengtong.flow import Model, Play, Stage, read_model
from zhengtong.rules import compile_expression

_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:zt="urn:zhengtong:flow" id="D" targetNamespace="urn:test">'
)


@cache
def _compiled(text: str) -> Any:
    return compile_expression(text)


def evaluate(text: str, scope: Mapping[str, Any]) -> Any:
    """Evaluate FEEL by the real compiler."""
    return _compiled(text).evaluate(scope)


def document(body: str, roots: str = "", executable: str = "true") -> bytes:
    """Return a document with one process P, and further root elements before it."""
    return f'{_HEAD}{roots}<process id="P" isExecutable="{executable}">{body}</process></definitions>'.encode()


def model(body: str, roots: str = "", executable: str = "true") -> Model:
    """Return a read model with one process P."""
    return read_model(document(body, roots, executable))


def flows(*chains: str) -> str:
    """Return sequence flows for chains such as `s>a?x > 1>e`... written `a -> b [condition] -> c`."""
    drawn = []
    for chain in chains:
        parts = [part.strip() for part in chain.split("->")]
        for source, target in zip(parts, parts[1:], strict=False):
            name, _, condition = target.partition(" [")
            source = source.partition(" [")[0]
            inner = condition.rstrip("]").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            inner = f'<conditionExpression xsi:type="tFormalExpression">{inner}</conditionExpression>' if inner else ""
            drawn.append(
                f'<sequenceFlow id="{source}-{name}" sourceRef="{source}" targetRef="{name}">{inner}</sequenceFlow>'
            )
    return "".join(drawn)


def nodes(kind: str, names: str, inner: str = "", **attributes: str) -> str:
    """Return one element of a kind per name."""
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return "".join(f'<{kind} id="{name}"{said}>{inner}</{kind}>' for name in names.split())


def event(kind: str, name: str, definition: str, **attributes: str) -> str:
    """Return an event with one definition, given as `signal:S`, `timer:PT1S` or just `terminate`."""
    trigger, _, subject = definition.partition(":")
    inner = {
        "timer": f'<timeDuration xsi:type="tFormalExpression">{subject}</timeDuration>',
        "cycle": f'<timeCycle xsi:type="tFormalExpression">{subject}</timeCycle>',
        "conditional": f'<condition xsi:type="tFormalExpression">{subject}</condition>',
    }.get(trigger, "")
    said = f' {trigger}Ref="{subject}"' if trigger in ("signal", "message", "error", "escalation") and subject else ""
    said = (
        f' name="{subject}"'
        if trigger == "link"
        else f' activityRef="{subject}"'
        if trigger == "compensate" and subject
        else said
    )
    trigger = "timer" if trigger == "cycle" else trigger
    return nodes(kind, name, f"<{trigger}EventDefinition{said}>{inner}</{trigger}EventDefinition>", **attributes)


def play(drawn: Model, variables: Mapping[str, Any] | None = None, **more: Any) -> Play:
    """Run a model headless."""
    return Stage(drawn, evaluate=evaluate, variables=variables, **more).play()


def told(result: Play) -> str:
    """Return the activities entered and completed and the events, in order, in one line: `+a -a !thrown ?caught xgone`."""
    signs = {"entered": "+", "completed": "-", "thrown": "!", "caught": "?", "cancelled": "x"}
    return " ".join(signs[line.what] + line.element for line in result.lines if line.what in signs)
