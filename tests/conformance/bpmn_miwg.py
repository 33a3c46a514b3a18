"""The BPMN Model Interchange Working Group's reference models: read, written, compared, compiled, checked.

`python -m tests.conformance.bpmn_miwg` prints how many ran and how many passed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from zhengtong.flow import check_model, list_differences, read_model, write_model

FOLDER = Path(__file__).parents[3] / "shared" / "conformance" / "bpmn-miwg"


@dataclass(frozen=True)
class Outcome:
    """What became of one model."""

    name: str
    differences: tuple[str, ...]
    faults: tuple[str, ...]
    nodes: int


def list_models(folder: Path = FOLDER) -> list[Path]:
    """Return the reference models present."""
    return sorted(folder.glob("*.bpmn"))


def try_model(path: Path) -> Outcome:
    """Return what is left different after reading, writing and reading again; canonical XML must agree too."""
    original = read_model(path.read_bytes())
    written = write_model(original)
    differences = list_differences(original, read_model(written))
    if _canonical(path.read_bytes()) != _canonical(written):
        differences.append("canonical XML differs")
    faults = [f"{fault.element}: {fault.code}" for fault in check_model(original) if fault.is_serious]
    return Outcome(path.name, tuple(differences), tuple(faults), len(original.program.nodes))


def _canonical(xml: bytes) -> bytes:
    return etree.tostring(etree.fromstring(xml), method="c14n2")


def main() -> int:
    """Print the outcome of every model; return 1 if one of them lost something."""
    outcomes = [try_model(path) for path in list_models()]
    for outcome in outcomes:
        print(
            f"{outcome.name:<14}{outcome.nodes:>4} nodes  {'same' if not outcome.differences else outcome.differences}"
        )
    passed = sum(not outcome.differences for outcome in outcomes)
    print(f"{len(outcomes)} ran, {passed} passed")
    return 0 if outcomes and passed == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
