"""Who gets a message（消息投递）in a headless run: by message flow where one is drawn, else by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zhengtong.flow.document import Model
from zhengtong.flow.engine import listening
from zhengtong.flow.program.shapes import Node
from zhengtong.flow.stage.shapes import Instance


@dataclass(slots=True, eq=False)
class Letter:
    """A message on its way: thrown where, by which instance, with what."""

    source: str
    name: str
    payload: dict[str, Any]
    sender: int


class Post:
    """The letters nobody has taken yet."""

    def __init__(self, model: Model) -> None:
        self.model, self.program = model, model.program
        self.letters: list[Letter] = []

    def routes(self, letter: Letter) -> set[str]:
        """Return the nodes and processes the message flows of the thrower lead to; empty when none is drawn."""
        targets = {flow.target for flow in self.program.message_flows if flow.source == letter.source}
        return {self.program.participants.get(each, each) for each in targets}

    def catcher(self, letter: Letter, instance: Instance) -> str | None:
        """Return the element of an instance that waits for this letter, or None."""
        routes = self.routes(letter)
        for node in listening(self.model, instance.state, "message"):
            if self.fits(letter, node, routes, instance):
                return node.id
        return None

    def fits(self, letter: Letter, node: Node, routes: set[str], instance: Instance) -> bool:
        """Return whether a listening node takes a letter."""
        if routes:
            if node.id in routes:
                return True
            process = instance.state["process"]
            return process in routes and _hears(node, letter.name)
        return bool(letter.name) and _hears(node, letter.name)

    def opening(self, letter: Letter, running: dict[int, str]) -> Node | None:
        """Return the start event a letter starts a process with, or None; a process does not start itself anew."""
        routes = self.routes(letter)
        for process in self.program.processes:
            for node in process.triggered:
                named = bool(letter.name) and _hears(node, letter.name)
                if node.id in routes or (named and (not routes or process.id in routes)):
                    return node if process.id != running.get(letter.sender) else None
        return None


def _hears(node: Node, name: str) -> bool:
    return any(trigger.kind == "message" and trigger.name == name for trigger in node.triggers)
