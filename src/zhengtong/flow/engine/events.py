"""Events（事件）: catching, throwing, and what they interrupt."""

from __future__ import annotations

from typing import Any

from zhengtong.flow.engine.board import ROOT
from zhengtong.flow.engine.listeners import Listener, Listeners
from zhengtong.flow.program.names import ACTIVITIES, THROWS
from zhengtong.flow.program.paths import is_link_target
from zhengtong.flow.program.shapes import Node, Trigger

_LAST = ("compensate", "error", "cancel", "terminate")


class Events(Listeners):
    """What a token at an event does."""

    def enter(self, token: str, node: Node) -> None:
        """Enter an activity with a newly arrived token."""
        raise NotImplementedError

    def complete(self, token: str, variables: dict[str, Any]) -> None:
        """Complete a waiting activity."""
        raise NotImplementedError

    def compensate(self, scope: str, token: str, trigger: Trigger) -> bool:
        """Undo what the trigger names; return whether the token must wait for it."""
        raise NotImplementedError

    def cancel_transaction(self, scope: str, token: str) -> None:
        """Undo and leave the transaction around a scope."""
        raise NotImplementedError

    def raise_error(self, scope: str, code: str, payload: dict[str, Any]) -> None:
        """Let an error rise from a scope to whoever catches it."""
        raise NotImplementedError

    def escalate(self, scope: str, code: str, payload: dict[str, Any]) -> None:
        """Let an escalation rise from a scope to whoever catches it."""
        raise NotImplementedError

    def reach(self, token: str, node: Node) -> None:
        """Let a node that is not a splitting or joining gateway act on an arriving token."""
        if node.kind in ACTIVITIES:
            self.enter(token, node)
        elif node.kind in THROWS:
            if any(trigger.kind == "signal" for trigger in node.triggers):
                self.later.append(token)
            else:
                self.act(token)
        elif node.kind == "eventBasedGateway":
            self.emit("passed", node, token=token)
            self.wait(token, node)
        elif node.kind == "intermediateCatchEvent" and any(trigger.kind != "link" for trigger in node.triggers):
            self.wait(token, node)
        else:
            self.emit("caught", node, event=_kind(node), token=token)
            self.leave(token)

    def wait(self, token: str, node: Node) -> None:
        """Stand and listen."""
        self.emit("waits", node, token=token)
        timers = list(self.at_token(token, node, "timer"))
        if timers:
            self.arm(self.tokens[token], timers, self.tokens[token]["in"], token)

    # -- catching ---------------------------------------------------------------------------------------------------

    def fire(self, listener: Listener, payload: dict[str, Any]) -> None:
        """Let a listener react to its event."""
        if listener.way == "sub":
            self.start_sub(listener, payload)
        elif listener.way == "edge":
            self.cross_edge(listener, payload)
        else:
            self.catch(listener, payload)

    def catch(self, listener: Listener, payload: dict[str, Any]) -> None:
        """Go on from a catch event, a receive task, or the branch of an event gateway whose event came first."""
        token, node = self.tokens[listener.holder], listener.node
        if node.all_triggers and len(node.triggers) > 1 and not self.is_last(token, listener):
            self.caught(listener, token["in"], payload)
            return
        if self.rings_again(token, listener):
            self.rearm(token, listener)
            self.caught(listener, token["in"], payload)
            self.leave(self.spawn(node, token["in"]))
            return
        for key in ("timers", "held", "got"):
            token.pop(key, None)
        token["at"] = node.id
        if node.kind in ACTIVITIES:
            if listener.way == "gate":
                self.emit("entered", node, token=listener.holder)
            self.caught(listener, token["in"], payload)
            self.complete(listener.holder, {})
            return
        self.caught(listener, token["in"], payload)
        self.leave(listener.holder)

    def rings_again(self, token: dict[str, Any], listener: Listener) -> bool:
        """Return whether a catch event waits on for further rounds of a cycle (`R4/PT1H`); an endless cycle rings once."""
        if listener.way != "catch" or listener.trigger.kind != "timer":
            return False
        return bool(token.get("timers", {}).get(listener.key, ("", 0, ""))[1] > 0)

    def is_last(self, token: dict[str, Any], listener: Listener) -> bool:
        """Return whether this was the last of the events a parallel multiple catch waits for."""
        got = sorted({*token.get("got", ()), listener.index})
        token["got"] = got
        timers = {key: timer for key, timer in token.get("timers", {}).items() if key != listener.key}
        token["timers"] = timers
        return len(got) == len(listener.node.triggers)

    def caught(self, listener: Listener, scope: str, payload: dict[str, Any]) -> None:
        """Record an event caught and give its data to the scope."""
        trigger, node = listener.trigger, listener.node
        more = {"name": trigger.name} if trigger.name else {}
        self.emit("caught", node, event=trigger.kind, **more)
        self.take_payload(node, scope, payload)

    def take_payload(self, node: Node, scope: str, payload: dict[str, Any]) -> None:
        """Assign what came with an event, and what the node maps from it."""
        self.assign(scope, payload)
        if node.outputs:
            self.assign(scope, self.carried(node, node.outputs, scope))

    def cross_edge(self, listener: Listener, payload: dict[str, Any]) -> None:
        """Leave an activity by a boundary event, or beside it when the event does not interrupt."""
        host, node = listener.holder, listener.node
        scope = self.tokens[host]["in"]
        if not self.collects_all(listener, self.tokens[host]):
            return
        if node.interrupting or listener.trigger.kind in ("error", "cancel"):
            self.cancel(host)
        elif listener.trigger.kind == "timer":
            self.rearm(self.tokens[host], listener)
        self.go_beside(listener, scope, payload)

    def go_beside(self, listener: Listener, scope: str, payload: dict[str, Any]) -> None:
        """Go on from a boundary event, whatever becomes of its activity."""
        self.caught(listener, scope, payload)
        self.leave(self.spawn(listener.node, scope))

    def collects_all(self, listener: Listener, holder: dict[str, Any]) -> bool:
        """Return whether a parallel multiple event has now seen all its events; others need only one."""
        if not listener.node.all_triggers or len(listener.node.triggers) < 2:
            return True
        seen = {*holder.get("got", {}).get(listener.node.id, ()), listener.index}
        full = len(seen) == len(listener.node.triggers)
        holder["got"] = {**holder.get("got", {}), listener.node.id: [] if full else sorted(seen)}
        if not full and listener.trigger.kind == "timer":
            holder["timers"] = {key: timer for key, timer in holder["timers"].items() if key != listener.key}
        return full

    def start_sub(self, listener: Listener, payload: dict[str, Any]) -> None:
        """Start an event sub-process; an interrupting one stops everything else in its scope and all other listeners."""
        scope, sub = listener.holder, listener.sub
        if sub is None or not self.collects_all(listener, self.scopes[scope]):
            return
        if listener.node.interrupting or listener.trigger.kind == "error":
            self.clear(scope)
            self.scopes[scope]["closed"] = True
            self.scopes[scope].pop("timers", None)
        elif listener.trigger.kind == "timer":
            self.rearm(self.scopes[scope], listener)
        host = self.spawn(sub, scope)
        self.emit("entered", sub, token=host)
        inner = self.open(self.program.containers[sub.id], scope, host, {})
        self.arm_scope(inner)
        self.caught(listener, inner, payload)
        self.leave(self.spawn(listener.node, inner))

    def arm_scope(self, scope: str) -> None:
        """Set the clocks of a scope's event sub-processes."""
        timers = list(self.at_scope(scope, "timer"))
        if timers:
            self.arm(self.scopes[scope], timers, scope)

    # -- throwing ---------------------------------------------------------------------------------------------------

    def act(self, token: str) -> None:
        """Throw everything a throw or end event says, the events that end things last."""
        node, scope = self.node_of(token), self.tokens[token]["in"]
        ordered = sorted(node.triggers, key=lambda trigger: trigger.kind in _LAST)
        if not ordered:
            self.emit("thrown", node, event="none", token=token)
        for trigger in ordered:
            self.throw(scope, token, trigger)
            if token not in self.tokens or "queue" in self.tokens[token]:
                return
        self.after_throw(token)

    def after_throw(self, token: str) -> None:
        """Go on after an intermediate throw; a token at an end is used up."""
        node = self.node_of(token)
        if node.kind == "endEvent":
            del self.tokens[token]
        else:
            self.leave(token)

    def throw(self, scope: str, token: str, trigger: Trigger) -> None:
        """Throw one event from a token's place."""
        node = self.node_of(token)
        payload = self.carried(node, node.inputs, scope, token)
        more = {"name": trigger.name} if trigger.name else {}
        self.emit("thrown", node, event=trigger.kind, **more, **({"payload": payload} if payload else {}))
        if trigger.kind == "signal":
            self.broadcast(trigger.name, payload)
        elif trigger.kind == "escalation":
            self.escalate(scope, trigger.name, payload)
        elif trigger.kind == "error":
            del self.tokens[token]
            self.raise_error(scope, trigger.name, payload)
        elif trigger.kind == "compensate":
            self.compensate(scope, token, trigger)
        elif trigger.kind == "cancel":
            self.cancel_transaction(scope, token)
        elif trigger.kind == "terminate":
            self.terminate(scope)
        elif trigger.kind == "link":
            self.jump(scope, token, trigger.name)

    def broadcast(self, name: str, payload: dict[str, Any]) -> int:
        """Give a signal to everyone in this instance who listens; return how many did."""
        heard = 0
        for listener in [each for each in self.listeners("signal") if each.trigger.name == name]:
            if self.still_listens(listener):
                self.fire(listener, payload)
                heard += 1
        return heard

    def still_listens(self, listener: Listener) -> bool:
        """Return whether a listener found before is still open."""
        if listener.way == "sub":
            return listener.holder in self.scopes and "closed" not in self.scopes[listener.holder]
        token = self.tokens.get(listener.holder)
        return token is not None and (
            token["at"] == listener.node.id
            or listener.way == "edge"
            or self.nodes[token["at"]].kind == "eventBasedGateway"
        )

    def terminate(self, scope: str) -> None:
        """End a scope at once with all that runs in it."""
        self.clear(scope)
        if scope == ROOT:
            self.scopes[scope]["ended"] = "terminated"

    def jump(self, scope: str, token: str, name: str) -> None:
        """Go on at the catching end of a link."""
        node = self.node_of(token)
        targets = [each for each in self.program.containers[node.container].nodes if is_link_target(each, {name})]
        if not targets:
            return
        del self.tokens[token]
        for target in targets[:1]:
            self.emit("caught", target, event="link", name=name)
            self.leave(self.spawn(target, scope))

    # -- taking away ------------------------------------------------------------------------------------------------

    def cancel(self, token: str) -> None:
        """Take a token away with the scope it hosts and the instances of its loop."""
        if token not in self.tokens:
            return
        gone = self.tokens.pop(token)
        for key in [key for key, other in self.tokens.items() if other.get("of") == token or other.get("for") == token]:
            self.cancel(key)
        if "child" in gone:
            self.clear(gone["child"])
            self.scopes.pop(gone["child"], None)
        node = self.nodes[gone["at"]]
        if node.kind in ACTIVITIES and "loop" not in gone and "via" not in gone:
            self.emit("cancelled", node, token=token)

    def clear(self, scope: str) -> None:
        """Take every token of a scope away; the scope itself stays."""
        for token in self.tokens_in(scope):
            self.cancel(token)
        self.agenda = type(self.agenda)(move for move in self.agenda if move[0] != scope)


def _kind(node: Node) -> str:
    return node.triggers[0].kind if node.triggers else "none"
