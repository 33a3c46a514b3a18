"""Compensation and transactions（补偿与事务）: what has been completed is undone, the last first."""

from __future__ import annotations

from typing import Any

from zhengtong.flow.engine.board import ROOT
from zhengtong.flow.engine.escape import Escapes
from zhengtong.flow.engine.listeners import Listener
from zhengtong.flow.program.shapes import Node, Trigger

Record = dict[str, Any]


class Undo(Escapes):
    """Records of what could be undone, and the undoing."""

    def record(self, token: str, node: Node) -> None:
        """Remember a completed activity that has a handler of its own or inside."""
        own = self.tokens[token]
        entry = {"of": node.id, "vars": own.get("vars", {}), "undo": own.get("undo", [])}
        scope = self.scopes[own["in"]]
        scope["undo"] = [*scope.get("undo", ()), entry]

    def compensate(self, scope: str, token: str, trigger: Trigger) -> bool:
        """Undo the named activity, or everything completed in the scope; return whether the token waits for it."""
        home, chosen = self.take_records(scope, trigger.activity)
        queue = [item for entry in reversed(chosen) for item in self.handlers(entry)]
        if not queue:
            return False
        runner = token if trigger.waits else self.spawn(self.node_of(token), scope, quiet=True)
        self.tokens[runner].update(queue=queue, home=home)
        self.undo_next(runner)
        return trigger.waits

    def take_records(self, scope: str, activity: str) -> tuple[str, list[Record]]:
        """Take the records to undo out of the scope that keeps them.

        An event sub-process undoes the scope it guards. A named activity is looked for outwards.
        """
        while self.is_guard(scope) and not self.scopes[scope].get("undo"):
            scope = self.scopes[scope]["up"]
        while True:
            kept = self.scopes[scope].get("undo", [])
            chosen = [entry for entry in kept if not activity or entry["of"] == activity]
            if chosen or not activity or scope == ROOT:
                self.scopes[scope]["undo"] = [entry for entry in kept if entry not in chosen]
                return scope, chosen
            scope = self.scopes[scope]["up"]

    def is_guard(self, scope: str) -> bool:
        """Return whether a scope is a running event sub-process."""
        node = self.nodes.get(self.scopes[scope]["of"])
        return node is not None and node.event_sub

    def handlers(self, entry: Record) -> list[list[Any]]:
        """Return the [handler, variables, records inside] that undo one record: its own, else those inside, the last first."""
        node = self.nodes[entry["of"]]
        own = node.handler or self.compensation_sub(node)
        if own:
            return [[own, entry["vars"], entry["undo"]]]
        inner = [item for each in reversed(entry["undo"]) for item in self.handlers(each)]
        return [[handler, {**entry["vars"], **variables}, undo] for handler, variables, undo in inner]

    def compensation_sub(self, node: Node) -> str:
        """Return the compensation event sub-process inside an activity, or the empty string."""
        for sub in self.program.containers[node.inner].event_subs if node.inner else ():
            if any(trigger.kind == "compensate" for start in self.triggered(sub) for trigger in start.triggers):
                return sub.id
        return ""

    def triggered(self, sub: Node) -> list[Node]:
        """Return the triggered starts of an event sub-process."""
        return self.program.containers[sub.id].triggered

    def undo_next(self, runner: str) -> None:
        """Run the next handler of a queue; after the last the thrower goes on."""
        own = self.tokens[runner]
        if not own["queue"]:
            self.undone(runner)
            return
        handler, variables, *inside = own["queue"][0]
        own["queue"] = own["queue"][1:]
        node = self.nodes[handler]
        token = self.spawn(node, own["home"], vars=variables, **{"for": runner})
        if node.event_sub:
            self.start_undo_sub(token, node, variables, inside[0] if inside else [])
            return
        edge = next((each for each in self.nodes.values() if self.is_edge_of(each, handler)), None)
        if edge is not None:
            self.emit("caught", edge, event="compensate")
        if node.loop is None:
            self.agenda.append((own["home"], None, token))
        else:
            self.enter(token, node)

    def is_edge_of(self, edge: Node, handler: str) -> bool:
        """Return whether a compensation boundary event leads to a handler."""
        host = self.nodes.get(edge.host)
        return host is not None and host.handler == handler and any(each.kind == "compensate" for each in edge.triggers)

    def start_undo_sub(self, token: str, node: Node, variables: dict[str, Any], records: list[Record]) -> None:
        """Run a compensation event sub-process with what its scope had when it completed: its variables, what it can undo."""
        self.emit("entered", node, token=token)
        inner = self.open(self.program.containers[node.id], self.tokens[token]["in"], token, variables)
        if records:
            self.scopes[inner]["undo"] = records
        for start in self.triggered(node)[:1]:
            self.caught(Listener("sub", inner, start, 0, node), inner, {})
            self.leave(self.spawn(start, inner))

    def undone(self, runner: str) -> None:
        """Go on after the last handler: the thrower moves, a cancelled transaction is left."""
        own = self.tokens[runner]
        for key in ("queue", "home"):
            own.pop(key, None)
        if "cancels" in own:
            self.leave_transaction(own.pop("cancels"))
        elif own.pop("quiet", False):
            del self.tokens[runner]
        else:
            self.after_throw(runner)

    def cancel_transaction(self, scope: str, token: str) -> None:
        """Stop the transaction around a scope, undo what it completed, and leave by its cancel boundary."""
        home = scope
        while home != ROOT and not self.is_transaction(home):
            home = self.scopes[home]["up"]
        node = self.node_of(token)
        for other in self.tokens_in(home):
            if other != token:
                self.cancel(other)
        self.agenda = type(self.agenda)(move for move in self.agenda if move[0] != home)
        if token not in self.tokens:
            token = self.spawn(node, home)
        entries = self.scopes[home].get("undo", [])
        self.scopes[home]["undo"] = []
        queue = [item for entry in reversed(entries) for item in self.handlers(entry)]
        self.tokens[token].update(queue=queue, home=home, cancels=home)
        self.undo_next(token)

    def is_transaction(self, scope: str) -> bool:
        """Return whether a scope is that of a transaction."""
        return self.program.containers[self.scopes[scope]["of"]].kind == "transaction"

    def leave_transaction(self, scope: str) -> None:
        """Leave a cancelled transaction; without a cancel boundary it simply ends."""
        if scope == ROOT:
            self.terminate(scope)
            return
        host = self.scopes[scope]["host"]
        body = str(self.tokens[host].get("of", host))
        catcher = next(self.at_token(body, self.node_of(body), "cancel"), None)
        if catcher is None:
            self.clear(scope)
        else:
            self.fire(catcher, {})
