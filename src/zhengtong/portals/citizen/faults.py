"""A refusal as faults of the form in hand（填写问题）: each with the control to go to."""

from __future__ import annotations

from collections.abc import Mapping

from zhengtong.kit import Refused
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick

CONTROLS = {"material": "m-", "question": "q-"}


def faults_of(refused: Refused) -> list[Fault]:
    """Return every fault a refusal carries, or the refusal itself as one."""
    listed = [_listed(fault) for fault in refused.facts.get("faults", ())]
    return listed or [fault_of(refused)]


def fault_of(refused: Refused) -> Fault:
    """Return a refusal as one fault."""
    path = refused.field or ""
    return Fault(path, control_of(path) if path else "", pick(refused.zh, refused.en))


def control_of(path: str) -> str:
    """Return the id of the control for a form path, "material:<id>" or "question:<id>"."""
    kind, _colon, name = path.rpartition(":")
    return f"{CONTROLS[kind]}{name}" if kind in CONTROLS else f"f-{path.replace('.', '-')}"


def _listed(fault: Mapping[str, str]) -> Fault:
    path = str(fault["path"])
    return Fault(path, control_of(path), pick(fault["zh"], fault["en"]))
