"""What every checker stands on（检查基础）: the pack, its sources, its neighbours, and one way to report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhengtong.declared.assembled import Assembled
from zhengtong.declared.shapes import Finding, Pack, Text
from zhengtong.declared.yaml_source import Place

Words = tuple[str, str]

# functions of organisations that a pack may name as owner or consumer（机构职能）
FUNCTIONS = frozenset(
    [
        "government",
        "data-bureau",
        "health",
        "public-security",
        "human-resources",
        "medical-insurance",
        "disease-control",
        "civil-affairs",
        "market-regulation",
        "housing",
        "education",
        "natural-resources",
        "transport",
        "ecology",
        "emergency",
        "justice",
        "finance",
        "tax",
        "agriculture",
        "culture-tourism",
        "science",
    ]
)


@dataclass(frozen=True)
class Ground:
    """A pack under inspection; `neighbours` are the other packs of the folder, by id."""

    pack: Pack
    work: Assembled
    neighbours: Mapping[str, Pack]

    def finding(self, concern: str, place: Place, wrong: Words, why: Words, instead: Words) -> Finding:
        """Return a finding at a member of the pack, with the file and line it was read from."""
        file, line = self.work.where(place)
        return Finding(file, line, concern, Text(*wrong), Text(*why), Text(*instead))

    def form_paths(self) -> tuple[str, ...]:
        """Return every dotted path of the form."""
        return form_paths(self.pack)


def form_paths(pack: Pack) -> tuple[str, ...]:
    """Return every dotted path of a pack's form, groups in order."""
    groups = pack.form.schema.get("properties", {})
    return tuple(f"{group}.{name}" for group, given in groups.items() for name in given.get("properties", {}))
