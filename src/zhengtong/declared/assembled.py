"""A pack's plain form while it is being put together（装配中）: sources, texts, findings, and where every member stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhengtong.declared.shapes import Finding, Text
from zhengtong.declared.shared import Shared
from zhengtong.declared.texts import Texts
from zhengtong.declared.yaml_source import Place, Source


@dataclass
class Assembled:
    """The plain form, the findings made on the way, and the sources to point at."""

    plain: dict[str, Any]
    sources: dict[str, Source]
    texts: Texts
    shared: Shared
    folder: Path
    findings: list[Finding] = field(default_factory=list)
    places: dict[Place, tuple[str, Place]] = field(default_factory=dict)

    def where(self, place: Place) -> tuple[str, int]:
        """Return file and line of a member of the plain form, or of its nearest known ancestor."""
        for cut in range(len(place), 0, -1):
            if place[:cut] in self.places:
                name, origin = self.places[place[:cut]]
                source = self.sources[name]
                return source.file, source.line((*origin, *place[cut:]))
        return self.sources["pack"].file, self.sources["pack"].line(place)

    def note(self, concern: str, place: Place, wrong: Text, why: Text, instead: Text) -> None:
        """Add a finding at a member of the plain form."""
        file, line = self.where(place)
        self.findings.append(Finding(file, line, concern, wrong, why, instead))

    def came_from(self, place: Place, name: str, origin: Place) -> None:
        """Remember that the member was read from `origin` of a source."""
        self.places[place] = (name, origin)
