"""One step of an instance: an event comes in, a new state and its effects go out; the old state is never touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zhengtong.flow.document import Model
from zhengtong.flow.engine.board import ROOT, Effect, State, in_order, refuse
from zhengtong.flow.engine.listeners import Listener
from zhengtong.flow.engine.loops import Loops
from zhengtong.flow.program.names import ACTIVITIES
from zhengtong.flow.program.shapes import Container, Node, Program
from zhengtong.flow.program.times import AddWorkdays, Evaluate, moment

Event = Mapping[str, Any]


def start(
    model: Model,
    *,
    evaluate: Evaluate,
    at: str,
    process: str = "",
    start_event: str = "",
    variables: Mapping[str, Any] | None = None,
    workdays: AddWorkdays | None = None,
) -> tuple[State, list[Effect]]:
    """Return a new instance's state and its first effects.

    `process` defaults to the first executable process, `start_event` to its first none start event (start events are
    alternatives), else to every node nothing leads to; `at` is an ISO 8601 instant. Refused when the process or the start event does not exist.
    """
    program = model.program
    container = _chosen(program, process)
    state: State = {"process": container.id, "status": "active", "serial": 0, "at": at, "tokens": {}, "scopes": {}}
    state["scopes"][ROOT] = {"of": container.id, "vars": dict(variables or {})}
    board = Loops(program, state, evaluate, workdays, at)
    for name, text in container.initial.items():
        board.scopes[ROOT]["vars"].setdefault(name, board.value(text, ROOT))
    board.arm_scope(ROOT)
    for node in _starts(program, container, start_event):
        _place(board, node)
    board.settle()
    return board.state, board.effects


def advance(
    model: Model, state: State, event: Event, *, evaluate: Evaluate, workdays: AddWorkdays | None = None
) -> tuple[State, list[Effect]]:
    """Return the state after an event, and the effects in the order they happened.

    Events are mappings with `type`, an optional `at`, and: complete (token, variables), error and escalation (token, code,
    variables), message (name, variables, optionally element or token), signal (name, variables), time (fires every timer
    due by `at`), variables (variables), retry (token), cancel. Refused with status 409 when the instance is not in a
    state for the event. Pure: equal arguments give equal results, and `state` is left as it was.
    """
    handler = _HANDLERS.get(event["type"])
    if handler is None:
        refuse("unknown-event", f"没有“{event['type']}”这种事件。", f"There is no event {event['type']!r}.")
    if state["status"] != "active":
        refuse(
            "ended", "流程已经结束，不能再推进。", "The instance has ended and cannot advance.", status=state["status"]
        )
    board = Loops(model.program, state, evaluate, workdays, event.get("at"))
    handler(board, event)
    board.settle()
    return board.state, board.effects


def waiting(model: Model, state: State) -> list[dict[str, Any]]:
    """Return what an instance waits for: tasks to complete, events to catch, timers, joins and incidents, oldest first."""
    found = []
    for key in in_order(state["tokens"]):
        token = state["tokens"][key]
        node = model.program.nodes[token["at"]]
        if "child" in token or "loop" in token:
            continue
        kind = "incident" if "incident" in token else "join" if "via" in token else token.get("waits", "event")
        found.append({"token": key, "element": node.id, "type": node.kind, "for": kind, "name": node.name})
    return found


def listening(model: Model, state: State, kind: str) -> list[Node]:
    """Return the nodes that react to a kind of event (message, signal, timer …) now, in the order they would."""
    board = Loops(model.program, state, lambda *_: None, None, None)
    return [listener.node for listener in board.listeners(kind)]


def read_variables(model: Model, state: State, token: str = "") -> dict[str, Any]:
    """Return the variables of an instance, or those seen from where a token stands: its sub-process's, its item's."""
    board = Loops(model.program, state, lambda *_: None, None, None)
    return board.visible(state["tokens"][token]["in"] if token else ROOT, token)


def next_due(state: State) -> str | None:
    """Return the instant of the earliest timer of an instance, or None."""
    holders = [*state["tokens"].values(), *state["scopes"].values()]
    timers = [timer[0] for holder in holders for timer in holder.get("timers", {}).values()]
    return min(timers, default=None)


def _chosen(program: Program, process: str) -> Container:
    found = [each for each in program.processes if process in ("", each.id)]
    if not found:
        refuse("no-process", f"模型中没有流程“{process}”。", f"The model has no process {process!r}.")
    return next((each for each in found if each.executable), found[0])


def _starts(program: Program, container: Container, start_event: str) -> list[Node]:
    if not start_event:
        events = [node for node in container.starts if node.kind == "startEvent"]
        return events[:1] or container.starts or container.triggered[:1]
    node = program.nodes.get(start_event)
    if node is None or node.container != container.id:
        refuse("no-start", f"流程中没有开始事件“{start_event}”。", f"The process has no start event {start_event!r}.")
    return [node]


def _place(board: Loops, node: Node) -> None:
    if node.kind == "startEvent" and node.triggers:
        trigger = node.triggers[0]
        board.emit("caught", node, event=trigger.kind, **({"name": trigger.name} if trigger.name else {}))
        if node.outputs:
            board.assign(ROOT, board.carried(node, node.outputs, ROOT))
        board.leave(board.spawn(node, ROOT))
    elif node.instantiates and node.kind == "receiveTask":
        token = board.spawn(node, ROOT)
        board.emit("entered", node, token=token)
        board.emit("caught", node, event="message", name=node.triggers[0].name)
        board.complete(token, {})
    elif node.instantiates and node.all_triggers:
        for flow in node.outgoing:
            board.reach(board.spawn(flow.target, ROOT), flow.target)
    else:
        board.place(node, ROOT)


def _token(board: Loops, event: Event) -> str:
    key = str(event.get("token", ""))
    if key not in board.tokens:
        refuse("no-token", "这一步已经不在办理中。", "That step is no longer open.", token=key)
    return key


def _complete(board: Loops, event: Event) -> None:
    token = _token(board, event)
    own = board.tokens[token]
    node = board.node_of(token)
    passes_over = "incident" in own and node.kind in ACTIVITIES
    if own.get("waits") != "task" and not passes_over:
        refuse(
            "not-a-task",
            f"“{node.name or node.id}”不是待办的任务。",
            f"{node.id} is not a task waiting to be completed.",
        )
    own.pop("incident", None)
    board.complete(token, dict(event.get("variables") or {}))


def _error(board: Loops, event: Event) -> None:
    token = _token(board, event)
    board.emit("thrown", board.node_of(token), event="error", name=event.get("code", ""))
    board.raise_at(token, event.get("code", ""), dict(event.get("variables") or {}))


def _escalation(board: Loops, event: Event) -> None:
    token = _token(board, event)
    board.emit("thrown", board.node_of(token), event="escalation", name=event.get("code", ""))
    board.escalate_at(token, event.get("code", ""), dict(event.get("variables") or {}))


def _message(board: Loops, event: Event) -> None:
    for listener in board.listeners("message"):
        if _is_meant(listener, event):
            board.fire(listener, dict(event.get("variables") or {}))
            return
    name = event.get("name", "")
    refuse("nobody-listens", f"没有人在等消息“{name}”。", f"Nobody waits for the message {name!r}.", name=name)


def _is_meant(listener: Listener, event: Event) -> bool:
    if "element" in event:
        return bool(listener.node.id == event["element"])
    if "token" in event and (listener.way == "sub" or listener.holder != str(event["token"])):
        return False
    return bool(listener.trigger.name == event.get("name", ""))


def _signal(board: Loops, event: Event) -> None:
    board.broadcast(event.get("name", ""), dict(event.get("variables") or {}))


def _time(board: Loops, _event: Event) -> None:
    """Fire what is due, the earliest first; each settles before the next, for it may take the others away."""
    until = board.state["at"]
    while board.state["status"] == "active":
        due = [each for each in board.due_timers() if moment(each[0], board.at, None) <= moment(until, board.at, None)]
        if not due:
            break
        instant, listener = due[0]
        board.state["at"] = instant
        board.fire(listener, {})
        board.settle()
        board.state["at"] = until


def _variables(board: Loops, event: Event) -> None:
    board.assign(ROOT, dict(event.get("variables") or {}))


def _retry(board: Loops, event: Event) -> None:
    token = _token(board, event)
    own, node = board.tokens[token], board.node_of(token)
    if own.pop("incident", None) is None:
        refuse("no-incident", "这一步没有故障，无需重试。", "That step has no incident to retry.", token=token)
    if node.kind in ("intermediateCatchEvent", "eventBasedGateway"):
        board.wait(token, node)
    elif node.kind not in ACTIVITIES:
        board.leave(token)
    elif node.loop is not None and "of" not in own:
        board.begin_loop(token, node)
    else:
        board.run(token, node, own)


def _cancel(board: Loops, _event: Event) -> None:
    board.clear(ROOT)
    board.scopes[ROOT]["ended"] = "cancelled"


_HANDLERS: dict[str, Callable[[Loops, Event], None]] = {
    "complete": _complete,
    "error": _error,
    "escalation": _escalation,
    "message": _message,
    "signal": _signal,
    "time": _time,
    "variables": _variables,
    "retry": _retry,
    "cancel": _cancel,
}
