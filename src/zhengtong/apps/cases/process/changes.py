"""What another version of a matter means for a running case（版本迁移）: what differs, what cannot be mapped and why. Pure.

A case moves whole or not at all. Clocks that run keep the terms they began with: nobody's time gets shorter under way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from zhengtong.apps.cases.lifecycle import CaseState
from zhengtong.apps.cases.process.course import begin_process, evaluator, open_tasks, workday_adder
from zhengtong.apps.cases.process.drawn import function_of, is_drawn, model_of, node_of, title_of, verb_of
from zhengtong.apps.cases.process.shapes import CaseChange, ProcessState
from zhengtong.apps.cases.shapes import State
from zhengtong.declared.shapes import Pack
from zhengtong.flow import migrate, plan_migration, revert
from zhengtong.kit import Refused
from zhengtong.kit.calendar import calendar_in_force

_ACCEPTED = frozenset({State.ACCEPTED, State.EXAMINING, State.PROCEDURE, State.SUPPLEMENTING})
Words = tuple[str, str]
Task = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Change:
    """A change from one version to another; `mapping` names old element → new element of the drawing where they differ."""

    old: Pack
    new: Pack
    mapping: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """Return what the versions promise differently, old → new; it holds for clocks that start afterwards."""
        found = []
        for name in ("acceptance", "promised", "statutory", "supplement"):
            was, now = getattr(self.old.terms, name), getattr(self.new.terms, name)
            if was != now:
                found.append(f"{name}: {_term(was)} → {_term(now)}")
        return tuple(found)

    @cached_property
    def asked_anew(self) -> tuple[str, ...]:
        """Return the form's fields that the new version requires and the old did not."""
        return tuple(sorted(_required(self.new) - _required(self.old)))

    @cached_property
    def asked_no_more(self) -> frozenset[str]:
        """Return the form's fields that the new version does not have."""
        return frozenset(_fields(self.old) - self.fields)

    @cached_property
    def fields(self) -> frozenset[str]:
        """Return the fields of the new version's form."""
        return frozenset(_fields(self.new))

    @cached_property
    def materials(self) -> frozenset[str]:
        """Return the materials of the new version."""
        return frozenset(need.id for need in self.new.materials)

    def look(self, case_no: str, state: CaseState, process: ProcessState | None) -> CaseChange:
        """Return what the change means for one case; nothing is changed."""
        ways, stuck = self._ways(process)
        return CaseChange(case_no, tuple(self._differs(state, process)), ways, (*stuck, *self._stuck(state)))

    def move(
        self, state: CaseState, process: ProcessState | None, at: datetime
    ) -> tuple[ProcessState | None, dict[str, Any] | None]:
        """Return where the process stands in the new version, and what takes it back; refused where it cannot be mapped."""
        if not is_drawn(self.new):
            return None, {"before": process.to_json()} if process else None
        if process is None or not is_drawn(self.old):
            return (
                begin_process(self.new, state, at) if state.state in _ACCEPTED and state.accepted_at else None
            ), None
        if not process.is_active:
            return process, None
        engine, receipt = migrate(
            model_of(self.old),
            model_of(self.new),
            dict(process.engine),
            evaluate=evaluator(state, at),
            mapping=self.mapping,
            workdays=workday_adder(calendar_in_force()),
        )
        return ProcessState(engine, process.heard), receipt

    def back(
        self, state: CaseState, process: ProcessState | None, receipt: Mapping[str, Any] | None, at: datetime
    ) -> ProcessState | None:
        """Return where the process stands in the old version again; refused where it went on to what that does not have."""
        if not is_drawn(self.old):
            return None
        if not is_drawn(self.new):
            return ProcessState.from_json(receipt["before"]) if receipt else None
        if receipt is None or process is None or not process.is_active:
            return process
        engine = revert(
            model_of(self.old),
            model_of(self.new),
            dict(process.engine),
            receipt,
            evaluate=evaluator(state, at),
            workdays=workday_adder(calendar_in_force()),
        )
        return ProcessState(engine, process.heard)

    def _ways(self, process: ProcessState | None) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
        if process is None or not process.is_active or not (is_drawn(self.old) and is_drawn(self.new)):
            return (), ()
        plan = plan_migration(model_of(self.old), model_of(self.new), dict(process.engine), self.mapping)
        problems = dict.fromkeys((move.zh, move.en) for move in plan.problems)
        return tuple((move.source, move.target) for move in plan.moves if move.key in process.engine["tokens"]), (
            *problems,
        )

    def _differs(self, state: CaseState, process: ProcessState | None) -> Iterator[str]:
        yield from (f"asked: {path}" for path in self.asked_anew if path not in state.values)
        yield from (f"dropped: {path}" for path in sorted(self.asked_no_more & state.values.keys()))
        if is_drawn(self.old) and not is_drawn(self.new) and process is not None and process.is_active:
            yield "process: ends"
        if is_drawn(self.new) and not is_drawn(self.old) and state.state in _ACCEPTED and state.accepted_at:
            yield "process: begins"

    def _stuck(self, state: CaseState) -> Iterator[Words]:
        for target in [item.get("target", "") for item in state.supplement.items] if state.supplement else ():
            kind, _, name = target.partition(":")
            if (name if kind == "material" else target) and not (
                name in self.materials if kind == "material" else target in self.fields
            ):
                yield (
                    f"正在补正“{target}”，新版没有这一项；请等补正完成，或在新版中保留",
                    f"waits for {target}, which the new version does not have; let it arrive first, or keep it there",
                )
        if state.commitment is not None and self.new.handling.commitment is None:
            yield (
                "已作告知承诺，新版不再适用告知承诺；请在新版中保留",
                "a commitment was made, which the new version does not know",
            )
        if state.follow_ups and self.new.handling.tolerance is None:
            yield (
                "容缺材料还未补齐，新版不再容缺；请等补齐",
                "tolerated material is to come, which the new version does not know",
            )


def tasks_of(process: ProcessState | None, pack: Pack) -> set[Task]:
    """Return the open user tasks as the desk shows them: token, element, title, verb, function."""
    if process is None or not is_drawn(pack):
        return set()
    items = [item for item in open_tasks(process, pack) if item["type"] == "userTask"]
    nodes = [(item["token"], node_of(pack, item["element"])) for item in items]
    return {(token, node.id, title_of(node), verb_of(node), function_of(node)) for token, node in nodes}


def require_alike(old: Pack, new: Pack) -> None:
    """Refuse（409）what is no change of version: another matter, the same version, or a one-thing as a whole."""
    if old.id != new.id or old.parts or new.parts or old.digest == new.digest:
        raise Refused(
            "case.version.not-alike",
            "只能在同一事项的两个不同版本之间迁移；“一件事”请逐个迁移其中的事项。",
            "Cases move between two different versions of one matter; of a one-thing move its parts, one by one.",
            status=409,
            facts={"from": old.digest, "to": new.digest},
        )


def _term(term: Any) -> str:
    return f"{term.n} {term.unit.value}" if term is not None else "—"


def _fields(pack: Pack) -> set[str]:
    groups = pack.form.schema.get("properties", {})
    return {f"{group}.{name}" for group, schema in groups.items() for name in schema.get("properties", {})}


def _required(pack: Pack) -> set[str]:
    groups = pack.form.schema.get("properties", {})
    return {f"{group}.{name}" for group, schema in groups.items() for name in schema.get("required", ())}
