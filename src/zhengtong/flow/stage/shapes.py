"""What a headless run tells（无界面运行的记录）."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zhengtong.flow.engine.board import State


@dataclass(slots=True)
class Line:
    """One line of a trace: what happened at which element, when on the virtual clock, in which instance."""

    what: str
    element: str
    type: str = ""
    name: str = ""
    event: str = ""
    at: str = ""
    instance: int = 1
    more: dict[str, Any] = field(default_factory=dict)

    def to_dict(self, number: int) -> dict[str, Any]:
        """Return the line for JSON, empty entries left out."""
        entries = {
            "n": number,
            "what": self.what,
            "element": self.element,
            "type": self.type,
            "name": self.name,
            "event": self.event,
            "instance": self.instance,
            "at": self.at,
            **self.more,
        }
        return {key: value for key, value in entries.items() if value not in ("", None)}


@dataclass(slots=True)
class Instance:
    """A running process on the stage, and why it stopped if it was the engine that refused to go on."""

    number: int
    state: State
    trouble: str = ""

    @property
    def is_active(self) -> bool:
        """Return whether the instance can still move."""
        return self.state["status"] == "active" and not self.trouble


@dataclass(slots=True)
class Play:
    """A finished headless run: its lines, its instances and how it ended."""

    lines: list[Line]
    instances: list[Instance]
    state: str
    waiting: list[dict[str, Any]]

    @property
    def variables(self) -> dict[str, Any]:
        """Return the final variables of the first instance."""
        return dict(self.instances[0].state["scopes"].get("0", {}).get("vars", {})) if self.instances else {}

    def elements(self, what: str) -> list[str]:
        """Return the ids of the elements something happened at, in order."""
        return [line.element for line in self.lines if line.what == what]

    def to_dict(self) -> dict[str, Any]:
        """Return the run for JSON."""
        return {
            "state": self.state,
            "entered": self.elements("entered"),
            "completed": self.elements("completed"),
            "cancelled": self.elements("cancelled"),
            "thrown": self.elements("thrown"),
            "caught": self.elements("caught"),
            "variables": self.variables,
            "instances": [
                {
                    "instance": each.number,
                    "process": each.state["process"],
                    "state": each.trouble or each.state["status"],
                    **({"error": each.state["error"]} if "error" in each.state else {}),
                    "variables": each.state["scopes"].get("0", {}).get("vars", {}),
                }
                for each in self.instances
            ],
            "waiting": self.waiting,
            "trace": [line.to_dict(number) for number, line in enumerate(self.lines, 1)],
        }
