"""Activities（活动）: entering, computing, offering work, opening sub-processes, completing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zhengtong.flow.engine.board import ROOT
from zhengtong.flow.engine.undo import Undo
from zhengtong.flow.program.shapes import Node, Trigger
from zhengtong.kit import Refused

_QUANTITY = (
    "flow.activity.bad-quantity",
    "startQuantity 和 completionQuantity 应为 1 以上的整数。请改正模型。",
    "startQuantity and completionQuantity must be whole numbers from 1; correct the model.",
)


class Activities(Undo):
    """What a token at an activity does."""

    def begin_loop(self, token: str, node: Node) -> None:
        """Start a looping activity."""
        raise NotImplementedError

    def instance_done(self, token: str, node: Node) -> None:
        """Count a finished instance of a loop."""
        raise NotImplementedError

    def enter(self, token: str, node: Node) -> None:
        """Enter an activity with a newly arrived token; some wait for several tokens first."""
        if min(node.start_quantity, node.completion_quantity) < 1:
            self.incident(token, *_QUANTITY)
            return
        if node.start_quantity > 1 and not self.gathered(token, node):
            return
        if node.loop is None:
            self.begin(token)
            return
        try:
            self.begin_loop(token, node)
        except Refused as refusal:
            self.incident(token, refusal.code, refusal.zh, refusal.en)

    def gathered(self, token: str, node: Node) -> bool:
        """Return whether as many tokens have come as the activity needs; they become one."""
        own = self.tokens[token]
        own["via"] = ""
        waiting = [
            key
            for key, other in self.tokens.items()
            if other["at"] == node.id and other["in"] == own["in"] and other.get("via") == ""
        ]
        if len(waiting) < node.start_quantity:
            return False
        for key in waiting[:-1]:
            del self.tokens[key]
        del own["via"]
        return True

    def begin(self, token: str) -> None:
        """Enter an activity once: take its inputs, set its boundaries' clocks, do its kind's work."""
        node, own = self.node_of(token), self.tokens[token]
        self.emit("entered", node, token=token)
        self.run(token, node, own)

    def run(self, token: str, node: Node, own: dict[str, Any]) -> None:
        """Do an activity's work; what cannot be evaluated is an incident that keeps the token."""
        try:
            if node.inputs:
                own["vars"] = {**own.get("vars", {}), **self.mapped(node.inputs, own["in"], token)}
            if node.boundaries and "of" not in own:
                self.arm_edges(token, node)
            if "incident" not in own:
                _BEGIN[node.kind](self, token, node)
        except Refused as refusal:
            self.incident(token, refusal.code, refusal.zh, refusal.en)

    def arm_edges(self, token: str, node: Node) -> None:
        """Set the clocks of an activity's boundary events."""
        timers = [each for each in self.at_token(token, node, "timer") if each.way == "edge"]
        if timers:
            self.arm(self.tokens[token], timers, self.tokens[token]["in"], token)

    # -- kinds of work ----------------------------------------------------------------------------------------------

    def pass_through(self, token: str, node: Node) -> None:  # noqa: ARG002
        """An abstract or manual task is done as soon as it is reached: nothing in it is the engine's to wait for."""
        self.complete(token, {})

    def offer(self, token: str, node: Node) -> None:
        """Offer work to the outside and wait until it is completed."""
        self.tokens[token]["waits"] = "task"
        self.emit("task", node, token=token)

    def compute(self, token: str, node: Node) -> None:
        """Run a script; without one the work is offered to the outside, a script task's is empty."""
        if node.script is None:
            if node.kind == "scriptTask":
                self.complete(token, {})
            else:
                self.offer(token, node)
            return
        scope = self.tokens[token]["in"]
        for name, text in node.script.steps:
            if name == "!throw":
                self.raise_at(token, text, {})
                return
            value = self.value(text, scope, token)
            if name:
                self.assign(scope, {name: value}, token)
            elif isinstance(value, dict):
                self.assign(scope, value, token)
            elif value is not None:
                self.keep(token, node, value)
        self.complete(token, {})

    def keep(self, token: str, node: Node, value: Any) -> None:
        """Make the value of a script without a variable its data output, if exactly one is associated."""
        sources = [text[1:] for _, text in node.outputs if text[:1] == "@"]
        if len(sources) == 1:
            self.tokens[token]["vars"] = {**self.tokens[token].get("vars", {}), sources[0]: value}

    def send(self, token: str, node: Node) -> None:
        """Send a task's message and go on."""
        scope = self.tokens[token]["in"]
        for trigger in node.triggers:
            self.throw(scope, token, Trigger("message", trigger.name))
        if token in self.tokens:
            self.complete(token, {})

    def listen(self, token: str, node: Node) -> None:
        """Wait for a receive task's message."""
        self.tokens[token]["waits"] = "message"
        self.emit("waits", node, token=token)

    def descend(self, token: str, node: Node) -> None:
        """Open a sub-process or a called process of this model; a call to elsewhere is offered to the outside."""
        if node.inner not in self.program.containers:
            self.offer(token, node)
            return
        container = self.program.containers[node.inner]
        own = self.tokens[token]
        calls = node.kind == "callActivity"
        given = self.visible(own["in"], token) if calls and node.shares_all else own.get("vars", {})
        scope = self.open(container, own["in"], token, given)
        for name, text in container.initial.items():
            self.scopes[scope]["vars"] = {**self.scopes[scope]["vars"], name: self.value(text, scope)}
        self.arm_scope(scope)
        starts = container.starts or (container.triggered[:1] if calls else [])
        if node.kind == "adHocSubProcess" and node.ordering == "Sequential":
            self.scopes[scope]["todo"] = [start.id for start in starts[1:]]
            starts = starts[:1]
        for start in starts:
            self.place(start, scope)

    def place(self, start: Node, scope: str) -> None:
        """Put the first token of a scope on its start."""
        token = self.spawn(start, scope)
        if start.kind == "startEvent":
            self.emit("caught", start, event="none", token=token)
            self.leave(token)
        elif start.kind in ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway"):
            self.pass_gateway(token, start)
        else:
            self.reach(token, start)

    # -- completing -------------------------------------------------------------------------------------------------

    def complete(self, token: str, variables: dict[str, Any]) -> None:
        """Take an activity's results and go on."""
        node, own = self.node_of(token), self.tokens[token]
        own.pop("waits", None)
        self.assign(own["in"], variables, token)
        if node.outputs and "child" not in own:
            own["vars"] = {**own.get("vars", {}), **variables}
            self.assign(own["in"], self.carried(node, node.outputs, own["in"], token))
        self.finished(token)

    def finished(self, token: str) -> None:
        """Record a completed activity and move its token on, or tell the loop or the undoing it belongs to."""
        node, own = self.node_of(token), self.tokens[token]
        self.emit("completed", node, token=token)
        if node.undoable:
            self.record(token, node)
        if "of" in own:
            self.instance_done(token, node)
        else:
            self.done_with(token, own)

    def done_with(self, token: str, own: dict[str, Any]) -> None:
        """Go on after the whole activity, all its instances included."""
        scope = own["in"]
        if "for" in own:
            del self.tokens[token]
            if own["for"] in self.tokens:
                self.undo_next(own["for"])
            return
        self.leave(token)
        container = self.program.containers[self.scopes[scope]["of"]]
        if container.kind == "adHocSubProcess":
            self.check_ad_hoc(scope, self.nodes[container.id])

    def check_ad_hoc(self, scope: str, node: Node) -> None:
        """End an ad-hoc sub-process whose completion condition holds."""
        if node.completion and self.shows(node.completion, node, scope):
            self.scopes[scope].pop("todo", None)
            if node.cancel_rest:
                self.clear(scope)

    # -- closing ----------------------------------------------------------------------------------------------------

    def close(self, scope: str) -> None:
        """End a scope without tokens: the next of an ad-hoc order, else the activity around it completes."""
        own = self.scopes[scope]
        if own.get("todo"):
            following, own["todo"] = own["todo"][0], own["todo"][1:]
            self.place(self.nodes[following], scope)
            return
        if scope == ROOT:
            self.finish(own.get("ended", "completed"))
            return
        host = own["host"]
        node = self.node_of(host)
        self.hand_up(scope, host, node)
        del self.scopes[scope]
        self.tokens[host].pop("child", None)
        if node.event_sub and "for" not in self.tokens[host]:
            self.emit("completed", node, token=host)
            del self.tokens[host]
        else:
            self.finished(host)

    def hand_up(self, scope: str, host: str, node: Node) -> None:
        """Give a closing scope's results to the scope around it and keep what could be undone."""
        own, outer = self.scopes[scope], self.tokens[host]
        results = self.carried(node, node.outputs, scope)
        if node.kind == "callActivity" and node.shares_all:
            results = {**own["vars"], **results}
        self.assign(outer["in"], results, host)
        if own.get("undo") or node.undoable:
            outer["undo"] = own.get("undo", [])
        if "of" in outer or node.undoable:
            outer["vars"] = {**outer.get("vars", {}), **own["vars"]}

    def finish(self, status: str) -> None:
        """End the instance."""
        self.state["status"] = status
        process = self.program.containers[self.state["process"]]
        more = {"error": self.state["error"]} if status == "failed" else {}
        self.effects.append({"kind": "ended", "element": process.id, "status": status, **more})


_BEGIN: dict[str, Callable[[Activities, str, Node], None]] = {
    "task": Activities.pass_through,
    "manualTask": Activities.pass_through,
    "userTask": Activities.offer,
    "scriptTask": Activities.compute,
    "serviceTask": Activities.compute,
    "businessRuleTask": Activities.compute,
    "sendTask": Activities.send,
    "receiveTask": Activities.listen,
    "subProcess": Activities.descend,
    "transaction": Activities.descend,
    "adHocSubProcess": Activities.descend,
    "callActivity": Activities.descend,
}
