"""The board（令牌盘）of one running instance: tokens, scopes, variables, effects; a working copy that never shares writes.

A state is plain JSON. `tokens` and `scopes` are keyed by serial numbers written as text; a board puts them in ascending order
first, so that a store which reorders keys changes nothing. Nested values are replaced,
never changed in place, so a copy two levels deep is enough for `advance` to be pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from zhengtong.flow.program.shapes import Container, Flow, Node, Program, Trigger
from zhengtong.flow.program.times import AddWorkdays, Evaluate
from zhengtong.kit import Refused

State = dict[str, Any]
Token = dict[str, Any]
Effect = dict[str, Any]
ROOT = "0"
_MISSING = object()


class Board:
    """One step's working copy of a state; the layers above add moves, events, activities."""

    def __init__(
        self, program: Program, state: State, evaluate: Evaluate, workdays: AddWorkdays | None, at: str | None
    ) -> None:
        self.program = program
        self.nodes = program.nodes
        self.state = dict(state)
        self.tokens: dict[str, Token] = {key: dict(state["tokens"][key]) for key in in_order(state["tokens"])}
        self.scopes: dict[str, Token] = {key: dict(state["scopes"][key]) for key in in_order(state["scopes"])}
        self.state["tokens"], self.state["scopes"] = self.tokens, self.scopes
        if at is not None:
            self.state["at"] = at
        self.evaluate = evaluate
        self.workdays = workdays
        self.effects: list[Effect] = []
        self.agenda: deque[tuple[str, Flow | None, str]] = deque()
        self.later: deque[str] = deque()
        self.moves = 0
        self.told: set[tuple[str, str]] = set()

    # -- the seams: what lower layers ask of higher ones ------------------------------------------------------------

    def begin(self, token: str) -> None:
        """Enter an activity with the token that stands at it."""
        raise NotImplementedError

    def leave(self, token: str) -> None:
        """Move a token on along the node's outgoing flows."""
        raise NotImplementedError

    def cancel(self, token: str) -> None:
        """Take a token away with all that runs under it."""
        raise NotImplementedError

    def throw(self, scope: str, token: str, trigger: Trigger) -> None:
        """Throw one event from a token's place."""
        raise NotImplementedError

    def finished(self, token: str) -> None:
        """Say that the activity instance of a token has done its work and its outputs are assigned."""
        raise NotImplementedError

    def close(self, scope: str) -> None:
        """End a scope in which no token is left."""
        raise NotImplementedError

    # -- tokens and scopes ------------------------------------------------------------------------------------------

    @property
    def at(self) -> datetime:
        """Return the instant of this step."""
        return datetime.fromisoformat(self.state["at"])

    def serial(self) -> str:
        """Return a number no token or scope of this instance ever had."""
        self.state["serial"] += 1
        return str(self.state["serial"])

    def spawn(self, node: Node, scope: str, **more: Any) -> str:
        """Put a new token on a node."""
        key = self.serial()
        self.tokens[key] = {"at": node.id, "in": scope, **more}
        return key

    def open(self, container: Container, parent: str, host: str, variables: Mapping[str, Any]) -> str:
        """Open a scope for a container under a host token; its own data objects are declared in it."""
        key = self.serial()
        declared = dict.fromkeys(container.locals)
        self.scopes[key] = {"of": container.id, "up": parent, "host": host, "vars": {**declared, **variables}}
        if host in self.tokens:
            self.tokens[host]["child"] = key
        return key

    def node_of(self, token: str) -> Node:
        """Return the node a token stands at."""
        return self.nodes[self.tokens[token]["at"]]

    def tokens_in(self, scope: str) -> list[str]:
        """Return the tokens directly in a scope, oldest first."""
        return [key for key, token in self.tokens.items() if token["in"] == scope]

    def emit(self, kind: str, node: Node, **more: Any) -> None:
        """Record an effect."""
        self.effects.append({"kind": kind, "element": node.id, **more})

    # -- variables --------------------------------------------------------------------------------------------------

    def visible(self, scope: str, token: str = "") -> dict[str, Any]:
        """Return every variable seen from a place: outer scopes first, the token's own last."""
        layers = []
        if token:
            own = self.tokens.get(token, {})
            layers.append(own.get("vars"))
            if "of" in own:
                layers.append(self.tokens[own["of"]].get("vars"))
        layers += [self.scopes[key]["vars"] for key in self.scopes_up(scope)]
        merged: dict[str, Any] = {}
        for layer in reversed(layers):
            if layer:
                merged.update(layer)
        return merged

    def known(self, scope: str, token: str = "") -> dict[str, Any]:
        """Return what expressions see: the variables, data objects both by their name and by their id."""
        seen = self.visible(scope, token)
        for key, name in self.program.aliases:
            if name in seen:
                seen.setdefault(key, seen[name])
            elif key in seen:
                seen[name] = seen[key]
        return seen

    def scopes_up(self, scope: str) -> list[str]:
        """Return a scope and those around it as far as variables are seen: a called process sees none of its caller's.

        The variables of the token that hosts a scope (a loop's item, mapped inputs) are copied into the scope as it
        opens, so that looking upwards need only follow scopes.
        """
        found = [scope]
        while self.program.containers[self.scopes[scope]["of"]].kind != "process" and "up" in self.scopes[scope]:
            scope = self.scopes[scope]["up"]
            found.append(scope)
        return found

    def assign(self, scope: str, values: Mapping[str, Any], token: str = "") -> None:
        """Set variables where each is known, else in the process around."""
        if not values:
            return
        levels = self.scopes_up(scope)
        for name, value in values.items():
            own = self.tokens.get(token, {}).get("vars")
            if own is not None and name in own:
                self.tokens[token]["vars"] = {**own, name: value}
                continue
            home = next((key for key in levels if name in self.scopes[key]["vars"]), levels[-1])
            self.scopes[home]["vars"] = {**self.scopes[home]["vars"], name: value}

    def value(self, text: str, scope: str, token: str = "", more: Mapping[str, Any] | None = None) -> Any:
        """Return the value of a FEEL text seen from a place; a plain variable is looked up without the evaluator."""
        seen = self.known(scope, token)
        if more:
            seen.update(more)
        plain = text[1:] if text[:1] == "@" and text[1:2] != '"' else text
        if plain in seen:
            return seen[plain]
        return None if plain is not text else plain_value(self.evaluate(text, seen))

    def holds(self, text: str, scope: str, token: str = "", more: Mapping[str, Any] | None = None) -> bool:
        """Return whether a condition is true; null and anything but true is not."""
        return self.value(text, scope, token, more) is True

    def shows(self, text: str, node: Node, scope: str, token: str = "", more: Mapping[str, Any] | None = None) -> bool:
        """Return whether a condition beside the flow holds; one that cannot be read is told and does not hold."""
        try:
            return self.holds(text, scope, token, more)
        except Refused as refusal:
            if (node.id, text) not in self.told:
                self.emit("incident", node, code=refusal.code, zh=refusal.zh, en=refusal.en)
            self.told.add((node.id, text))
            return False

    def mapped(self, pairs: tuple[tuple[str, str], ...], scope: str, token: str = "") -> dict[str, Any]:
        """Return the values of (name, FEEL) pairs; data that is not there yet gives no entry."""
        seen = self.known(scope, token)
        found = {}
        for name, text in pairs:
            if text[:1] == "@" and text[1:2] != '"' and text[1:] not in seen:
                continue
            found[name] = self.value(text, scope, token)
        return found

    def carried(self, node: Node, pairs: tuple[tuple[str, str], ...], scope: str, token: str = "") -> dict[str, Any]:
        """Return what a node hands out or sends along; an entry that cannot be read is told and left out."""
        found: dict[str, Any] = {}
        for pair in pairs:
            try:
                found.update(self.mapped((pair,), scope, token))
            except Refused as refusal:
                self.emit("incident", node, code=refusal.code, zh=refusal.zh, en=refusal.en)
        return found

    def incident(self, token: str, code: str, zh: str, en: str) -> None:
        """Stop a token where it is, with the reason; `retry` runs it again, `complete` passes over it."""
        self.tokens[token]["incident"] = {"code": code, "zh": zh, "en": en}
        self.emit("incident", self.node_of(token), token=token, code=code, zh=zh, en=en)


def in_order(numbered: Mapping[str, Any]) -> list[str]:
    """Return serial numbers written as text, the smallest first."""
    return sorted(numbered, key=lambda key: (len(key), key))


def plain_value(value: Any) -> Any:
    """Return a value as JSON keeps it: whole numbers as int, other numbers as float, dates as ISO text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(inner) for inner in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "as_integer_ratio"):
        return int(value) if value == int(value) else float(value)
    return str(value)


def refuse(reason: str, zh: str, en: str, **facts: Any) -> NoReturn:
    """Refuse an event the instance is not in a state for."""
    raise Refused(f"flow.advance.{reason}", zh, en, status=409, facts=facts)
