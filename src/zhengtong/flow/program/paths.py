"""From where a token can still reach a join（汇聚可达性）, computed once per inclusive or complex join."""

from __future__ import annotations

from zhengtong.flow.program.shapes import Container, Node


def reach_of(join: Node, container: Container) -> dict[str, frozenset[str]]:
    """Return, per incoming flow of `join`, the nodes from which a path not visiting the join ends with that flow."""
    back = _backwards(container)
    return {flow.id: frozenset(_upstream(flow.source, join, back)) for flow in join.incoming}


def _upstream(source: Node, join: Node, back: dict[str, set[str]]) -> set[str]:
    if source is join:
        return set()
    seen, todo = {source.id}, [source.id]
    while todo:
        for before in back.get(todo.pop(), ()):
            if before not in seen and before != join.id:
                seen.add(before)
                todo.append(before)
    return seen


def _backwards(container: Container) -> dict[str, set[str]]:
    """Return each node's predecessors: by flow, from host to boundary event, and from link throw to link catch."""
    back: dict[str, set[str]] = {}
    for node in container.nodes:
        for flow in node.outgoing:
            back.setdefault(flow.target.id, set()).add(node.id)
        for boundary in node.boundaries:
            back.setdefault(boundary.id, set()).add(node.id)
        for link in _link_targets(node, container):
            back.setdefault(link.id, set()).add(node.id)
    return back


def _link_targets(node: Node, container: Container) -> list[Node]:
    if node.kind not in ("intermediateThrowEvent", "endEvent"):
        return []
    names = {trigger.name for trigger in node.triggers if trigger.kind == "link"}
    return [other for other in container.nodes if is_link_target(other, names)] if names else []


def is_link_target(node: Node, names: set[str]) -> bool:
    """Return whether a node is the catching end of a link of one of these names."""
    return node.kind == "intermediateCatchEvent" and any(
        trigger.kind == "link" and trigger.name in names for trigger in node.triggers
    )
