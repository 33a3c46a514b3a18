"""Loops and multi-instance activities（循环与多实例）.

The token that came is the body: it carries the count and the boundaries. Each instance is a token of its own that points
to the body with `of` and holds its item and counters as its own variables.
"""

from __future__ import annotations

from typing import Any

from zhengtong.flow.engine.activities import Activities
from zhengtong.flow.engine.listeners import Listener
from zhengtong.flow.program.shapes import Loop, Node
from zhengtong.kit import Refused

_BOUND = 100_000


class Loops(Activities):
    """Repeated activities."""

    def begin_loop(self, token: str, node: Node) -> None:
        """Start a looping activity: count its instances, set its boundaries' clocks, begin the first or all."""
        loop, own = node.loop, self.tokens[token]
        assert loop is not None
        scope = own["in"]
        if node.inputs:
            own["vars"] = {**own.get("vars", {}), **self.mapped(node.inputs, scope, token)}
        own["loop"] = self.counted(loop, scope, token)
        self.arm_edges(token, node)
        if loop.kind == "standard":
            if loop.test_before and not self.goes_on(loop, token):
                self.end_loop(token, node)
            else:
                self.next_instance(token, node)
            return
        count = own["loop"]["n"]
        if count == 0:
            self.end_loop(token, node)
        for _ in range(count if loop.kind == "parallel" else min(count, 1)):
            self.next_instance(token, node)

    def counted(self, loop: Loop, scope: str, token: str) -> dict[str, Any]:
        """Return a fresh count: how many instances, and the items they work on if there are any."""
        if loop.kind == "standard":
            if loop.maximum is not None and loop.maximum < 0:
                raise Refused(
                    "flow.loop.no-maximum",
                    f"循环次数上限 {loop.maximum} 小于 0。请改为 0 以上的整数。",
                    f"The loop maximum {loop.maximum} is below 0; give 0 or more.",
                )
            return {"n": None, "next": 0, "done": 0}
        if loop.collection:
            items = self.value(loop.collection, scope, token)
            items = items if isinstance(items, list) else [] if items is None else [items]
            return {"n": len(items), "next": 0, "done": 0, "items": items, "out": [None] * len(items)}
        count = self.value(loop.cardinality, scope, token) if loop.cardinality else 1
        if isinstance(count, str) and count.strip().isdigit():
            count = int(count)
        if (
            isinstance(count, bool)
            or not isinstance(count, int | float)
            or count != int(count)
            or not 0 <= count <= _BOUND
        ):
            raise Refused(
                "flow.loop.no-count",
                f"多实例次数“{loop.cardinality}”得到 {count!r}，应为 0 到 {_BOUND} 的整数。请改正表达式或变量。",
                f"The loop cardinality {loop.cardinality!r} gives {count!r}, not a whole number from 0 to {_BOUND}.",
            )
        return {"n": int(count), "next": 0, "done": 0, "out": [None] * int(count)}

    def next_instance(self, body: str, node: Node) -> None:
        """Create the next instance and let it begin in its turn."""
        own, loop = self.tokens[body], node.loop
        assert loop is not None
        index = own["loop"]["next"]
        own["loop"] = {**own["loop"], "next": index + 1}
        variables: dict[str, Any] = {"loopCounter": index + 1}
        if "items" in own["loop"] and loop.item:
            variables[loop.item] = own["loop"]["items"][index]
        if loop.output and loop.output_item.isidentifier():
            variables.setdefault(loop.output_item, None)
        token = self.spawn(node, own["in"], of=body, vars=variables, index=index)
        self.agenda.append((own["in"], None, token))

    def counters(self, body: str) -> dict[str, Any]:
        """Return the counters BPMN and the common engines give to conditions."""
        count = self.tokens[body]["loop"]
        active = sum(token.get("of") == body for token in self.tokens.values())
        numbers = {
            "numberOfInstances": count["n"],
            "numberOfActiveInstances": active,
            "numberOfCompletedInstances": count["done"],
            "numberOfTerminatedInstances": 0,
            "nrOfInstances": count["n"],
            "nrOfActiveInstances": active,
            "nrOfCompletedInstances": count["done"],
        }
        return {**numbers, "loopCounter": count["done"]} if count["n"] is None else numbers

    def goes_on(self, loop: Loop, body: str) -> bool:
        """Return whether a standard loop runs again; without condition or maximum it runs once."""
        own = self.tokens[body]
        if loop.maximum is not None and own["loop"]["done"] >= loop.maximum:
            return False
        if loop.condition:
            return self.shows(loop.condition, self.node_of(body), own["in"], body, self.counters(body))
        return loop.maximum is not None or own["loop"]["done"] == 0

    def instance_done(self, token: str, node: Node) -> None:
        """Count a finished instance, keep its output, and begin the next, or end the loop."""
        loop, gone = node.loop, self.tokens[token]
        assert loop is not None
        body = gone["of"]
        count = self.tokens[body]["loop"]
        if loop.output and loop.output_item:
            out = list(count["out"])
            out[gone["index"]] = self.collected(loop, token)
            count = {**count, "out": out}
        scope = gone["in"]
        local = gone.get("vars", {})
        del self.tokens[token]
        self.tokens[body]["loop"] = {**count, "done": count["done"] + 1}
        self.throw_behavior(body, node, loop, scope)
        if body in self.tokens:
            self.after_instance(body, node, loop, local)

    def collected(self, loop: Loop, token: str) -> Any:
        """Return what an instance adds to the collected output; null when it cannot be read."""
        try:
            return self.value(loop.output_item, self.tokens[token]["in"], token)
        except Refused as refusal:
            self.emit("incident", self.node_of(token), code=refusal.code, zh=refusal.zh, en=refusal.en)
            return None

    def after_instance(self, body: str, node: Node, loop: Loop, local: dict[str, Any]) -> None:
        """Decide whether the loop goes on."""
        own = self.tokens[body]
        count = own["loop"]
        if loop.kind == "standard":
            if self.goes_on(loop, body):
                self.next_instance(body, node)
            else:
                self.end_loop(body, node)
            return
        if count.get("enough") or self.is_enough(loop, node, body, local):
            for key in [key for key, other in self.tokens.items() if other.get("of") == body]:
                self.cancel(key)
            self.end_loop(body, node)
        elif count["done"] == count["n"]:
            self.end_loop(body, node)
        elif loop.kind == "sequential":
            self.next_instance(body, node)

    def is_enough(self, loop: Loop, node: Node, body: str, local: dict[str, Any]) -> bool:
        """Return whether the completion condition of a multi-instance activity holds after an instance."""
        seen = {**local, **self.counters(body)}
        return bool(loop.condition) and self.shows(loop.condition, node, self.tokens[body]["in"], body, seen)

    def throw_behavior(self, body: str, node: Node, loop: Loop, scope: str) -> None:
        """Throw the events a multi-instance activity announces its instances' ends with, caught at its boundary."""
        if loop.behavior == "All":
            return
        done = self.tokens[body]["loop"]["done"]
        for condition, trigger in loop.events:
            due = {"non": loop.behavior == "None", "one": loop.behavior == "One" and done == 1}.get(condition)
            if due is None:
                due = loop.behavior == "Complex" and self.shows(condition, node, scope, body, self.counters(body))
            if due and body in self.tokens:
                self.emit("thrown", node, event=trigger.kind, **({"name": trigger.name} if trigger.name else {}))
                self.announce(body, trigger.kind, trigger.name)

    def announce(self, body: str, kind: str, name: str) -> None:
        """Let an instance's event reach the boundary of its own activity, else rise or spread."""
        for listener in list(self.at_token(body, self.node_of(body), kind)):
            if listener.way == "edge" and listener.trigger.name in ("", name):
                self.cross_own_edge(body, listener)
                return
        if kind == "signal":
            self.broadcast(name, {})
        elif kind == "escalation":
            self.escalate(self.tokens[body]["in"], name, {})

    def cross_own_edge(self, body: str, listener: Listener) -> None:
        """Go on from the boundary of the activity that announced an instance's end.

        None and One announce every or the first end and all instances run all the same; what a complex behaviour announces
        ends, through an interrupting boundary, the instances still to come.
        """
        own, loop = self.tokens[body], self.node_of(body).loop
        if listener.node.interrupting and loop is not None and loop.behavior == "Complex":
            own["loop"] = {**own["loop"], "enough": True}
        self.go_beside(listener, own["in"], {})

    def end_loop(self, body: str, node: Node) -> None:
        """Hand over the collected outputs and go on after the whole activity."""
        own, loop = self.tokens[body], node.loop
        assert loop is not None
        count = own.pop("loop")
        if loop.output and loop.output_item:
            self.hand_over(body, node, loop.output, count["out"])
        self.done_with(body, own)

    def hand_over(self, body: str, node: Node, name: str, values: list[Any]) -> None:
        """Give the collected outputs to the data object an association names, else to the variable itself."""
        own = self.tokens[body]
        own["vars"] = {**own.get("vars", {}), name: values}
        carried = self.carried(node, node.outputs, own["in"], body)
        del own["vars"]
        self.assign(own["in"], carried if any(text == f"@{name}" for _, text in node.outputs) else {name: values})
