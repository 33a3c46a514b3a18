"""News of this room（事件）: what happened here, told upward to whoever `site/wiring.py` lists as hearing it.

People lies below evidence, so its actions cannot ask for a receipt; they announce, and evidence hears.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from zhengtong.apps.people.shapes import Actor


@dataclass(frozen=True)
class Event:
    """Something that happened: its kind, who did it and when, whom it is about (subject keys), without clear personal
    particulars in `body`."""

    kind: str
    by: Actor
    at: dt.datetime
    body: dict[str, Any]
    about: tuple[str, ...] = ()
    summary_zh: str = ""
    summary_en: str = ""


Listener = Callable[[Event], object]


@dataclass
class Channel:
    """The listeners of this process; each hears an event inside the transaction that made it, and may undo it."""

    listeners: list[Listener] = field(default_factory=list)

    def subscribe(self, listener: Listener) -> None:
        """Add a listener once, however often it is asked for."""
        if listener not in self.listeners:
            self.listeners.append(listener)

    def announce(self, event: Event) -> None:
        """Tell every listener, in the order they came."""
        for listener in self.listeners:
            listener(event)


channel = Channel()
subscribe = channel.subscribe
announce = channel.announce
