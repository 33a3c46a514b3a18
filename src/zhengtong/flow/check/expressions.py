"""Can every condition and script be read（表达式）? Asked of the rule compiler that the caller brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from zhengtong.flow.check.faults import Fault
from zhengtong.flow.check.sheet import Sheet
from zhengtong.flow.program.shapes import Node
from zhengtong.kit import Refused

Compile = Callable[[str], object]


def check_expressions(sheet: Sheet, compile_text: Compile) -> Iterator[Fault]:
    """Yield the texts that are not FEEL, after the notation of other tools has been translated."""
    for node in sheet.program.nodes.values():
        for element, text in _texts(node):
            try:
                compile_text(text)
            except Refused as refusal:
                at = sheet.by_id.get(element, sheet.by_id[node.id])
                serious = sheet.is_executable(sheet.by_id[node.id])
                yield sheet.say("unreadable-expression", at, serious=serious, text=text, zh=refusal.zh, en=refusal.en)


def _texts(node: Node) -> Iterator[tuple[str, str]]:
    """Yield (element at fault, FEEL text) of everything a node evaluates."""
    found = [(flow.id, flow.condition) for flow in node.outgoing]
    found += [(node.id, trigger.text) for trigger in node.triggers if trigger.kind == "conditional"]
    found += [(node.id, node.activation), (node.id, node.completion)]
    found += [(node.id, text) for _, text in (*node.inputs, *node.outputs) if not text.startswith("@")]
    if node.loop is not None:
        found += [(node.id, text) for text in (node.loop.condition, node.loop.cardinality)]
    if node.script is not None:
        found += [(node.id, text) for name, text in node.script.steps if name != "!throw"]
    return ((element, text) for element, text in found if text)
