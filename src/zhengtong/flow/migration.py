"""Moving running instances to another version of their model（在办流程迁移）: looked at first, done, and undone.

Nothing is guessed: a token moves to the element of the same id, or to the one a mapping names, if that element can hold it.
What cannot move is listed with the reason, and then nothing of that instance is moved.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhengtong.flow.document import Model
from zhengtong.flow.engine.board import State, refuse
from zhengtong.flow.engine.loops import Loops
from zhengtong.flow.program.shapes import Container, Node, Program
from zhengtong.flow.program.times import AddWorkdays, Evaluate

_OFFERED = frozenset({"userTask", "serviceTask", "businessRuleTask"})
_HOLDERS = ("tokens", "scopes")


@dataclass(frozen=True, slots=True)
class Move:
    """One token's or scope's way: from which element to which, and why it cannot go if it cannot."""

    key: str
    source: str
    target: str
    zh: str = ""
    en: str = ""

    @property
    def is_possible(self) -> bool:
        """Return whether nothing stands in the way."""
        return not self.en


@dataclass(frozen=True, slots=True)
class Preview:
    """What a migration would do to one instance（迁移预览）."""

    moves: tuple[Move, ...]
    timers_dropped: tuple[str, ...] = ()
    timers_added: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Move, ...]:
        """Return the moves that cannot be made."""
        return tuple(move for move in self.moves if not move.is_possible)

    @property
    def is_possible(self) -> bool:
        """Return whether the instance can migrate."""
        return not self.problems


@dataclass(slots=True)
class Survey:
    """What a migration would do to many instances: how many can go, from where to where, and which cannot and why."""

    possible: int = 0
    ended: int = 0
    ways: Counter[tuple[str, str]] = field(default_factory=Counter)
    stuck: dict[str, list[Hashable]] = field(default_factory=dict)


def plan_migration(old: Model, new: Model, state: State, mapping: Mapping[str, str] | None = None) -> Preview:
    """Return what moving one instance from `old` to `new` would do; `mapping` names old id → new id where they differ."""
    mapping = mapping or {}
    moves = [_scope_move(new.program, key, scope, mapping) for key, scope in state["scopes"].items()]
    for key, token in state["tokens"].items():
        moves.append(_token_move(old.program, new.program, state, key, token, mapping))
    dropped, added = [], []
    for key, token in state["tokens"].items():
        target = new.program.nodes.get(mapping.get(token["at"], token["at"]))
        wanted = _timer_keys(target) if target is not None and "of" not in token else set()
        kept = {mapping.get(name, name) for name in token.get("timers", {})}
        dropped += [f"{key}:{name}" for name in sorted(kept - wanted)]
        added += [f"{key}:{name}" for name in sorted(wanted - kept)]
    for key, scope in state["scopes"].items():
        container = new.program.containers.get(mapping.get(scope["of"], scope["of"]))
        wanted = set() if container is None or "closed" in scope else _guard_timer_keys(new.program, container)
        kept = {mapping.get(name, name) for name in scope.get("timers", {})}
        dropped += [f"{key}:{name}" for name in sorted(kept - wanted)]
        added += [f"{key}:{name}" for name in sorted(wanted - kept)]
    return Preview(tuple(moves), tuple(dropped), tuple(added))


def survey_migration(
    old: Model, new: Model, states: Iterable[tuple[Hashable, State]], mapping: Mapping[str, str] | None = None
) -> Survey:
    """Return the preview of many instances, given with any key of the caller's."""
    survey = Survey()
    for key, state in states:
        if state["status"] != "active":
            survey.ended += 1
            continue
        preview = plan_migration(old, new, state, mapping)
        survey.possible += preview.is_possible
        survey.ways.update((move.source, move.target) for move in preview.moves)
        for problem in preview.problems:
            survey.stuck.setdefault(problem.en, []).append(key)
    return survey


def migrate(
    old: Model,
    new: Model,
    state: State,
    *,
    evaluate: Evaluate,
    mapping: Mapping[str, str] | None = None,
    workdays: AddWorkdays | None = None,
) -> tuple[State, dict[str, Any]]:
    """Return the instance's state under `new`, and a receipt with which `revert` takes it back.

    Timers of elements that stay keep their instants; those of new boundary events are set from the instance's own time.
    Refused, with the reasons, when anything cannot move.
    """
    mapping = dict(mapping or {})
    preview = plan_migration(old, new, state, mapping)
    if not preview.is_possible:
        zh = "；".join(dict.fromkeys(move.zh for move in preview.problems))
        en = "; ".join(dict.fromkeys(move.en for move in preview.problems))
        refuse(
            "cannot-migrate", f"不能迁移：{zh}。请补充元素对应关系。", f"Cannot migrate: {en}. Complete the mapping."
        )
    moved = _renamed(state, mapping)
    board = Loops(new.program, moved, evaluate, workdays, None)
    for key in list(board.tokens):
        _rearm(board, key)
    for key in list(board.scopes):
        _rearm_scope(board, key)
    receipt = {
        "back": {target: source for source, target in mapping.items()},
        "before": state,
        "after": digest(board.state),
    }
    return board.state, receipt


def revert(
    old: Model,
    new: Model,
    state: State,
    receipt: Mapping[str, Any],
    *,
    evaluate: Evaluate,
    workdays: AddWorkdays | None = None,
) -> State:
    """Return an instance to `old`: exactly as it was if it has not moved since, else by the mapping backwards."""
    if digest(state) == receipt["after"]:
        before: State = receipt["before"]
        return before
    return migrate(new, old, state, evaluate=evaluate, mapping=receipt["back"], workdays=workdays)[0]


def digest(state: State) -> str:
    """Return the SHA-256 of a state, independent of the order of keys."""
    return hashlib.sha256(json.dumps(state, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _scope_move(new: Program, key: str, scope: Mapping[str, Any], mapping: Mapping[str, str]) -> Move:
    target = mapping.get(scope["of"], scope["of"])
    if target in new.containers:
        return Move(key, scope["of"], target)
    return Move(
        key, scope["of"], target, f"新版没有（子）流程“{target}”", f"the new version has no (sub-)process {target}"
    )


def _token_move(
    old: Program, new: Program, state: State, key: str, token: Mapping[str, Any], mapping: Mapping[str, str]
) -> Move:
    source = token["at"]
    target = mapping.get(source, source)
    node = new.nodes.get(target)
    if node is None:
        return Move(key, source, target, f"新版没有元素“{target}”", f"the new version has no element {target}")
    was = old.nodes[source]
    if not _holds(was, node):
        zh = f"“{source}”（{was.kind}）与“{target}”（{node.kind}）不能互换"
        return Move(
            key, source, target, zh, f"{source} ({was.kind}) and {target} ({node.kind}) are not interchangeable"
        )
    home = state["scopes"][token["in"]]["of"]
    if "for" not in token and node.container != mapping.get(home, home):
        zh = f"“{target}”在新版中属于另一个（子）流程"
        return Move(key, source, target, zh, f"{target} belongs to another (sub-)process in the new version")
    via = token.get("via", "")
    if via and mapping.get(via, via) not in {flow.id for flow in node.incoming}:
        zh = f"汇聚“{target}”在新版中没有进线“{via}”"
        return Move(key, source, target, zh, f"the join {target} has no incoming flow {via} in the new version")
    gone = next((item[0] for item in token.get("queue", ()) if mapping.get(item[0], item[0]) not in new.nodes), None)
    if gone is not None:
        return Move(key, source, target, f"新版没有补偿活动“{gone}”", f"the new version has no handler {gone}")
    return Move(key, source, target)


def _holds(was: Node, node: Node) -> bool:
    """Return whether a token may stand at `node` as it stood at `was`."""
    same = was.kind == node.kind or {was.kind, node.kind} <= _OFFERED
    loops = (was.loop.kind if was.loop else "") == (node.loop.kind if node.loop else "")
    events = [trigger.kind for trigger in was.triggers] == [trigger.kind for trigger in node.triggers]
    return same and loops and events and bool(was.inner) == bool(node.inner)


def _timer_keys(node: Node) -> set[str]:
    """Return the names under which a token at a node keeps timers."""
    if node.kind == "eventBasedGateway":
        sources = [flow.target for flow in node.outgoing]
    else:
        sources = [*node.boundaries, node] if node.kind == "intermediateCatchEvent" else list(node.boundaries)
    return _keys_of(sources)


def _guard_timer_keys(program: Program, container: Container) -> set[str]:
    """Return the names under which a scope keeps the timers of its event sub-processes."""
    return _keys_of([start for sub in container.event_subs for start in program.containers[sub.id].triggered])


def _keys_of(events: list[Node]) -> set[str]:
    return {
        f"{each.id}#{index}" if index else each.id
        for each in events
        for index, trigger in enumerate(each.triggers)
        if trigger.kind == "timer"
    }


def _renamed(state: State, mapping: Mapping[str, str]) -> State:
    """Return a copy of a state with every element id replaced by its counterpart."""

    def name(value: str) -> str:
        element, hash_sign, index = value.partition("#")
        return mapping.get(element, element) + hash_sign + index

    def record(entry: Mapping[str, Any]) -> dict[str, Any]:
        return {**entry, "of": name(entry["of"]), "undo": [record(inner) for inner in entry["undo"]]}

    def queued(item: list[Any]) -> list[Any]:
        handler, variables, *inside = item
        return [name(handler), variables, *[[record(entry) for entry in records] for records in inside]]

    moved = {**state, "process": name(state["process"])}
    moved["tokens"] = {key: dict(token) for key, token in state["tokens"].items()}
    moved["scopes"] = {key: {**scope, "of": name(scope["of"])} for key, scope in state["scopes"].items()}
    for token in moved["tokens"].values():
        token["at"] = name(token["at"])
        if token.get("via"):
            token["via"] = name(token["via"])
        if "queue" in token:
            token["queue"] = [queued(item) for item in token["queue"]]
    for holder in (holder for kind in _HOLDERS for holder in moved[kind].values()):
        if "timers" in holder:
            holder["timers"] = {name(key): timer for key, timer in holder["timers"].items()}
        if "undo" in holder:
            holder["undo"] = [record(entry) for entry in holder["undo"]]
        if "held" in holder:
            holder["held"] = [name(key) for key in holder["held"]]
    return moved


def _rearm(board: Loops, key: str) -> None:
    """Drop the timers of elements that are gone and set those of new ones."""
    token, node = board.tokens[key], board.node_of(key)
    if "of" in token or "via" in token:
        return
    wanted = _timer_keys(node)
    kept = {name: timer for name, timer in token.get("timers", {}).items() if name in wanted}
    token.pop("timers", None)
    if kept:
        token["timers"] = kept
    missing = [listener for listener in board.at_token(key, node, "timer") if listener.key not in kept]
    if missing:
        board.arm(token, missing, token["in"], key)


def _rearm_scope(board: Loops, key: str) -> None:
    """Do the same for the event sub-processes of a scope."""
    scope = board.scopes[key]
    wanted = _guard_timer_keys(board.program, board.program.containers[scope["of"]])
    kept = {name: timer for name, timer in scope.pop("timers", {}).items() if name in wanted}
    if kept:
        scope["timers"] = kept
    missing = [listener for listener in board.at_scope(key, "timer") if listener.key not in kept]
    if missing and "closed" not in scope:
        board.arm(scope, missing, key)
