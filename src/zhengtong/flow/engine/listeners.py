"""Who listens（事件监听）: waiting catches, event gateways, boundary events and event sub-processes, found from the tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zhengtong.flow.engine.joins import Joins
from zhengtong.flow.program.names import ACTIVITIES
from zhengtong.flow.program.shapes import Node, Trigger
from zhengtong.flow.program.times import UNLIMITED, first_due, moment
from zhengtong.kit import Refused


@dataclass(slots=True, frozen=True)
class Listener:
    """A place that reacts to an event: `way` is catch, gate, edge or sub; `holder` a token, or a scope for sub."""

    way: str
    holder: str
    node: Node
    index: int
    sub: Node | None = None

    @property
    def trigger(self) -> Trigger:
        """Return the event definition listened for."""
        return self.node.triggers[self.index]

    @property
    def key(self) -> str:
        """Return the name a timer of this listener is kept under."""
        return f"{self.node.id}#{self.index}" if self.index else self.node.id


class Listeners(Joins):
    """Finding listeners, and keeping their timers and conditions."""

    def listeners(self, kind: str) -> Iterator[Listener]:
        """Yield those listening for a kind of event: tokens first, oldest first, then event sub-processes."""
        for key, token in list(self.tokens.items()):
            if key in self.tokens and "via" not in token:
                yield from self.at_token(key, self.nodes[token["at"]], kind)
        for key in list(self.scopes):
            if key in self.scopes and "closed" not in self.scopes[key]:
                yield from self.at_scope(key, kind)

    def at_token(self, key: str, node: Node, kind: str) -> Iterator[Listener]:
        """Yield the listeners one token keeps open."""
        token = self.tokens[key]
        if "incident" not in token:
            if node.kind == "eventBasedGateway":
                for flow in node.outgoing:
                    yield from _matching("gate", key, flow.target, kind)
            elif node.kind == "intermediateCatchEvent" or (node.kind == "receiveTask" and "loop" not in token):
                yield from _matching("catch", key, node, kind)
        if node.kind in ACTIVITIES and "of" not in token:
            for boundary in node.boundaries:
                yield from _matching("edge", key, boundary, kind)

    def at_scope(self, key: str, kind: str) -> Iterator[Listener]:
        """Yield the event sub-processes of a scope that wait for a kind of event."""
        for sub in self.program.containers[self.scopes[key]["of"]].event_subs:
            for start in self.program.containers[sub.id].triggered:
                yield from _matching("sub", key, start, kind, sub)

    # -- timers -----------------------------------------------------------------------------------------------------

    def arm(self, holder: dict[str, Any], found: list[Listener], scope: str, token: str = "") -> None:
        """Set the clocks of listeners on a token or scope; an unreadable timer is an incident, not a lost token."""
        timers = dict(holder.get("timers", {}))
        for listener in found:
            try:
                due, times, step = first_due(
                    listener.trigger, self.at, self.evaluate, self.known(scope, token), self.workdays
                )
            except Refused as refusal:
                if not token:
                    raise
                self.incident(token, refusal.code, refusal.zh, refusal.en)
                return
            timers[listener.key] = [due.isoformat(), times, step]
            self.emit("timer", listener.node, due=due.isoformat(), **({"token": token} if token else {"scope": scope}))
        if timers:
            holder["timers"] = timers

    def rearm(self, holder: dict[str, Any], listener: Listener) -> None:
        """Wind a repeating timer for its next round, or take it away after the last."""
        due, times, step = holder["timers"][listener.key]
        timers = {key: timer for key, timer in holder["timers"].items() if key != listener.key}
        if times:
            following = moment(step, moment(due, self.at, None), self.workdays)
            timers[listener.key] = [following.isoformat(), times if times == UNLIMITED else times - 1, step]
        holder["timers"] = timers

    def holder_of(self, listener: Listener) -> dict[str, Any]:
        """Return the token or scope record a listener hangs on."""
        return (self.scopes if listener.way == "sub" else self.tokens)[listener.holder]

    def due_timers(self) -> list[tuple[str, Listener]]:
        """Return the set timers with their instants, the earliest first."""
        found = []
        for listener in self.listeners("timer"):
            timer = self.holder_of(listener).get("timers", {}).get(listener.key)
            if timer:
                found.append((timer[0], listener))
        return sorted(found, key=lambda each: moment(each[0], self.at, None))

    # -- conditions -------------------------------------------------------------------------------------------------

    def fire_conditions(self) -> bool:
        """Fire one conditional event whose condition has become true since it was last seen."""
        for listener in self.listeners("conditional"):
            holder = self.holder_of(listener)
            scope = listener.holder if listener.way == "sub" else holder["in"]
            token = "" if listener.way == "sub" else listener.holder
            true = self.shows(listener.trigger.text, listener.node, scope, token)
            held = listener.key in holder.get("held", ())
            if true and not held:
                holder["held"] = [*holder.get("held", ()), listener.key]
                self.fire(listener, {})
                return True
            if held and not true:
                holder["held"] = [key for key in holder["held"] if key != listener.key]
        return False

    def fire(self, listener: Listener, payload: dict[str, Any]) -> None:
        """Let a listener react."""
        raise NotImplementedError


def _matching(way: str, holder: str, node: Node, kind: str, sub: Node | None = None) -> Iterator[Listener]:
    for index, trigger in enumerate(node.triggers):
        if trigger.kind == kind:
            yield Listener(way, holder, node, index, sub)
