"""Errors and escalations（错误与升级）rise through the scopes until someone catches them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhengtong.flow.engine.board import ROOT
from zhengtong.flow.engine.events import Events
from zhengtong.flow.engine.listeners import Listener


class Escapes(Events):
    """What leaves a scope against the flow."""

    def raise_error(self, scope: str, code: str, payload: dict[str, Any]) -> None:
        """Let an error rise; uncaught it fails the instance."""
        for listeners in self.rising(scope, "error"):
            catcher = _best(listeners, code)
            if catcher is not None:
                self.fire(catcher, payload)
                return
        self.clear(ROOT)
        self.scopes[ROOT]["ended"] = "failed"
        self.state["error"] = code

    def raise_at(self, token: str, code: str, payload: dict[str, Any]) -> None:
        """Let an error rise from an activity itself, its own boundary first."""
        body = self.tokens[token].get("of", token)
        catcher = _best(list(self.at_token(body, self.node_of(body), "error")), code)
        if catcher is not None:
            self.fire(catcher, payload)
            return
        scope = self.tokens[token]["in"]
        self.cancel(body)
        self.raise_error(scope, code, payload)

    def escalate(self, scope: str, code: str, payload: dict[str, Any]) -> None:
        """Let an escalation rise; nobody need catch it."""
        for listeners in self.rising(scope, "escalation"):
            catcher = _best(listeners, code)
            if catcher is not None:
                self.fire(catcher, payload)
                return

    def escalate_at(self, token: str, code: str, payload: dict[str, Any]) -> None:
        """Let an escalation rise from an activity itself."""
        body = self.tokens[token].get("of", token)
        catcher = _best(list(self.at_token(body, self.node_of(body), "escalation")), code)
        if catcher is not None:
            self.fire(catcher, payload)
        else:
            self.escalate(self.tokens[token]["in"], code, payload)

    def rising(self, scope: str, kind: str) -> Iterator[list[Listener]]:
        """Yield the listeners met on the way out: a scope's event sub-processes, then its host's boundary.

        What is thrown inside an event sub-process passes by its siblings: they guard the scope, not one another.
        """
        beside = False
        while True:
            if not beside and "closed" not in self.scopes[scope]:
                yield list(self.at_scope(scope, kind))
            if scope == ROOT:
                return
            host = self.scopes[scope]["host"]
            if host not in self.tokens:
                return
            node = self.node_of(host)
            beside = node.event_sub
            if not beside:
                body = str(self.tokens[host].get("of", host))
                yield list(self.at_token(body, node, kind))
            scope = self.tokens[host]["in"]


def _best(listeners: list[Listener], code: str) -> Listener | None:
    """Return the listener for exactly this code, else one that catches all."""
    exact = [each for each in listeners if each.trigger.name == code]
    return next(iter(exact or [each for each in listeners if not each.trigger.name]), None)
