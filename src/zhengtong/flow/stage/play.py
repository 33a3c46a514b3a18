"""A headless run（无界面运行）of a whole model: every process in it, on a virtual clock, nobody outside.

Work is completed in the order it arrived. Messages thrown are given to whoever waits for them in the model, or kept until
someone does. When nothing else can move the earliest timer fires; when not even a timer is left, a message that nobody in
the model sends comes from the outside.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zhengtong.flow.document import Model
from zhengtong.flow.engine import advance, listening, next_due, start, waiting
from zhengtong.flow.engine.board import Effect
from zhengtong.flow.program.shapes import Container, Node, Trigger
from zhengtong.flow.program.times import AddWorkdays, Evaluate
from zhengtong.flow.stage.post import Letter, Post
from zhengtong.flow.stage.shapes import Instance, Line, Play
from zhengtong.kit import Refused

_SHOWN = frozenset({"entered", "completed", "cancelled", "thrown", "caught", "passed", "incident", "ended"})
_BOUND_STEPS = 10_000


class Stage:
    """The instances of one run and what moves them."""

    def __init__(
        self,
        model: Model,
        *,
        evaluate: Evaluate,
        at: str = "2026-01-01T00:00:00",
        workdays: AddWorkdays | None = None,
        variables: Mapping[str, Any] | None = None,
        results: Mapping[str, Any] | None = None,
        news: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        self.model, self.program = model, model.program
        self.evaluate, self.workdays, self.at = evaluate, workdays, at
        self.variables = dict(variables or {})
        self.results = {
            key: list(value) if isinstance(value, list) else value for key, value in (results or {}).items()
        }
        self.instances: list[Instance] = []
        self.lines: list[Line] = []
        self.work: list[tuple[Instance, str]] = []
        self.signals: deque[tuple[Instance, str, dict[str, Any]]] = deque()
        self.post = Post(model)
        self.news = [dict(item) for item in news]
        self.bound_steps = _BOUND_STEPS

    def play(self, process: str = "", start_event: str = "") -> Play:
        """Run until nothing can move any more."""
        for container, event in self.openings(process, start_event):
            self.start(container, event, self.variables)
        for _ in range(self.bound_steps):
            if not any(move() for move in self.moves()):
                return self.result()
        return self.result("unfinished")

    def moves(self) -> tuple[Callable[[], bool], ...]:
        """Return what can move a run, the first that can goes first."""
        return (self.spread, self.deliver, self.do_work, self.hear_news, self.let_time_pass, self.hear_outside)

    # -- beginning --------------------------------------------------------------------------------------------------

    def openings(self, process: str, start_event: str) -> list[tuple[Container, str]]:
        """Return which processes start of themselves, and where.

        Those with none start events do, called ones left out; if there is none, the first process starts by its event.
        """
        candidates = [each for each in self.program.processes if each.nodes and process in ("", each.id)]
        if start_event in self.program.nodes:
            home = self.program.nodes[start_event].container
            return [(each, start_event) for each in candidates if each.id == home]
        if any(each.executable for each in candidates):
            candidates = [each for each in candidates if each.executable] or candidates
        called = {node.inner for node in self.program.nodes.values() if self.calls_another(node)}
        free = [each for each in candidates if each.id not in called] or candidates
        plain = [(each, "") for each in free if each.starts]
        return plain or [(each, each.triggered[0].id) for each in free[:1] if each.triggered]

    def calls_another(self, node: Node) -> bool:
        """Return whether a node calls a process that is not its own; one that only calls itself still starts."""
        home = node.container
        while self.program.containers[home].parent:
            home = self.program.containers[home].parent
        return node.kind == "callActivity" and node.inner != home

    def start(self, container: Container, event: str, variables: Mapping[str, Any]) -> None:
        """Start an instance of a process."""
        try:
            state, effects = start(
                self.model,
                evaluate=self.evaluate,
                at=self.at,
                process=container.id,
                start_event=event,
                variables=variables,
                workdays=self.workdays,
            )
        except Refused as refusal:
            state = {"process": container.id, "status": "refused", "tokens": {}, "scopes": {}, "at": self.at}
            effects = [{"kind": "incident", "element": container.id, "code": refusal.code, "en": refusal.en}]
        instance = Instance(len(self.instances) + 1, state)
        self.instances.append(instance)
        self.take(instance, effects)

    # -- moving -----------------------------------------------------------------------------------------------------

    def advance(self, instance: Instance, event: dict[str, Any]) -> None:
        """Give an instance an event and take in what it does."""
        try:
            instance.state, effects = advance(
                self.model, instance.state, {"at": self.at, **event}, evaluate=self.evaluate, workdays=self.workdays
            )
        except Refused as refusal:
            instance.trouble = refusal.code
            effects = [
                {"kind": "incident", "element": instance.state["process"], "code": refusal.code, "en": refusal.en}
            ]
        self.take(instance, effects)

    def take(self, instance: Instance, effects: list[Effect]) -> None:
        """Write effects into the trace, queue the work they offer, post what they throw."""
        for effect in effects:
            if effect["kind"] in _SHOWN:
                self.lines.append(self.line(instance, effect))
            if effect["kind"] == "task" or effect["kind"] == "incident" and self.may_skip(effect):
                self.work.append((instance, effect["token"]))
            elif effect["kind"] == "thrown" and effect["event"] == "message":
                letter = Letter(effect["element"], effect.get("name", ""), effect.get("payload", {}), instance.number)
                self.post.letters.append(letter)
            elif effect["kind"] == "thrown" and effect["event"] == "signal":
                self.signals.append((instance, effect.get("name", ""), effect.get("payload", {})))

    def may_skip(self, effect: Effect) -> bool:
        """Return whether the trouble is only a script or service written in another language."""
        node = self.program.nodes.get(effect["element"])
        own = str(effect["code"]).startswith("flow.")
        return node is not None and node.script is not None and "token" in effect and not own

    def line(self, instance: Instance, effect: Effect) -> Line:
        """Return a trace line for an effect."""
        node = self.program.nodes.get(effect["element"])
        rest: dict[str, Any] = {
            key: effect[key] for key in ("status", "error", "code", "en", "payload") if key in effect
        }
        if "name" in effect and effect["kind"] in ("thrown", "caught"):
            rest["subject"] = effect["name"]
        return Line(
            effect["kind"],
            effect["element"],
            node.kind if node else "process",
            node.name if node else "",
            effect.get("event", ""),
            instance.state["at"],
            instance.number,
            rest,
        )

    def spread(self) -> bool:
        """Give the oldest signal to the other instances, and start the processes that begin with it."""
        if not self.signals:
            return False
        source, name, payload = self.signals.popleft()
        for other in list(self.instances):
            if other is not source and other.is_active:
                self.advance(other, {"type": "signal", "name": name, "variables": payload})
        for container in self.program.processes:
            for node in container.triggered if container.id != source.state["process"] else ():
                if any(trigger.kind == "signal" and trigger.name == name for trigger in node.triggers):
                    self.start(container, node.id, payload)
        return True

    def deliver(self) -> bool:
        """Deliver the first letter somebody waits for, or that starts a process."""
        for letter in self.post.letters:
            for instance in self.instances:
                element = self.post.catcher(letter, instance) if instance.is_active else None
                if element is not None:
                    self.post.letters.remove(letter)
                    event = {"type": "message", "name": letter.name, "element": element, "variables": letter.payload}
                    self.advance(instance, event)
                    return True
            opening = self.post.opening(letter, self.running_processes())
            if opening is not None:
                self.post.letters.remove(letter)
                self.start(self.program.containers[opening.container], opening.id, letter.payload)
                return True
        return False

    def running_processes(self) -> dict[int, str]:
        """Return the process of every instance by its number."""
        return {each.number: each.state["process"] for each in self.instances}

    def do_work(self) -> bool:
        """Complete the work that has waited longest."""
        while self.work:
            instance, token = self.work.pop(0)
            if not instance.is_active or token not in instance.state["tokens"]:
                continue
            variables = self.result_for(instance.state["tokens"][token]["at"])
            self.advance(instance, {"type": "complete", "token": token, "variables": variables})
            return True
        return False

    def result_for(self, element: str) -> dict[str, Any]:
        """Return the variables a task is completed with: given per element, in turn when given as a list."""
        given = self.results.get(element, {})
        if isinstance(given, list):
            given = given.pop(0) if len(given) > 1 else (given or [{}])[0]
        return dict(given)

    def hear_news(self) -> bool:
        """Let the first given message or signal in that somebody waits for."""
        for item in self.news:
            kind = "message" if "message" in item else "signal"
            for instance in self.instances:
                nodes = listening(self.model, instance.state, kind) if instance.is_active else []
                triggers = [trigger for node in nodes for trigger in node.triggers]
                if any(trigger.kind == kind and trigger.name == item.get(kind) for trigger in triggers):
                    self.news.remove(item)
                    event = {"type": kind, "name": item[kind], "variables": item.get("variables", {})}
                    self.advance(instance, event)
                    return True
        return False

    def let_time_pass(self) -> bool:
        """Move the clock to the earliest timer and fire it."""
        due = [(next_due(each.state), each) for each in self.instances if each.is_active]
        timed = sorted(((when, each.number, each) for when, each in due if when), key=lambda entry: entry[:2])
        if not timed:
            return False
        when, _, instance = timed[0]
        self.at = max(self.at, when)
        self.advance(instance, {"type": "time"})
        return True

    def hear_outside(self) -> bool:
        """Let a message come in that somebody waits for and nobody in the model sends."""
        for instance in self.instances:
            if not instance.is_active:
                continue
            for each in waiting(self.model, instance.state):
                target = (
                    self.awaited(self.program.nodes[each["element"]]) if each["for"] in ("event", "message") else None
                )
                if target is not None:
                    event = {"type": "message", "element": target.id, "variables": self.result_for(target.id)}
                    self.advance(instance, event)
                    return True
        return False

    def awaited(self, node: Node) -> Node | None:
        """Return the node whose message would let a waiting token go on."""
        targets = [flow.target for flow in node.outgoing] if node.kind == "eventBasedGateway" else [node]
        return next((each for each in targets if any(_is_message(trigger) for trigger in each.triggers)), None)

    # -- ending -----------------------------------------------------------------------------------------------------

    def result(self, state: str = "") -> Play:
        """Return the run with its end state."""
        left = [
            {"instance": each.number, **item}
            for each in self.instances
            if each.is_active
            for item in waiting(self.model, each.state)
        ]
        return Play(self.lines, self.instances, state or self.end_state(left), left)

    def end_state(self, left: list[dict[str, Any]]) -> str:
        """Return how the run ended: the worst of its instances."""
        states = {each.trouble or each.state["status"] for each in self.instances}
        if not states:
            return "not-started"
        if left:
            kinds = {item["for"] for item in left}
            return "incident" if "incident" in kinds else "deadlock" if kinds <= {"join"} else "waiting"
        ranked = ("failed", "terminated", "cancelled", "completed")
        return next((each for each in ranked if each in states), sorted(states)[0])


def _is_message(trigger: Trigger) -> bool:
    return trigger.kind == "message"
