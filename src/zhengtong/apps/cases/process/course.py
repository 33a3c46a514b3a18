"""A case's process as a pure function of its log（流程折叠）: entries in, the state of the token engine out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from zhengtong.apps.cases.held import plain_values, read_from_json, values_from_json
from zhengtong.apps.cases.lifecycle import VERSION_CHANGES, Action, CaseState, apply, first_version, rules_of
from zhengtong.apps.cases.process.drawn import SETTLE, is_drawn, model_of, verb_of
from zhengtong.apps.cases.process.shapes import ProcessState
from zhengtong.apps.cases.scope import nest, to_plain
from zhengtong.apps.cases.shapes import State
from zhengtong.declared.shapes import Pack
from zhengtong.flow import advance, listening, next_due, start, waiting
from zhengtong.flow.engine.board import Effect
from zhengtong.flow.program.times import AddWorkdays, Evaluate
from zhengtong.kit import Refused, local_date, to_local
from zhengtong.kit.calendar import WorkCalendar, calendar_in_force
from zhengtong.rules import compile_expression

MOVED, DONE, HEARD = "process-moved", "process-task-done", "process-heard"
STEPS = frozenset({MOVED, DONE, HEARD})
_DECISIONS = frozenset({State.GRANTED, State.DENIED})
_compiled = cache(compile_expression)

PackOf = Callable[[str], Pack]


def fold_process(entries: Sequence[Action], digest: str, pack_of: PackOf) -> ProcessState | None:
    """Return where a case's process stands, from its log; `digest` is the version the case has now."""
    process, state, pack = None, CaseState(State.WAITING), pack_of(first_version(entries, digest))
    for entry in entries:
        if entry.kind in VERSION_CHANGES:
            pack = pack_of(entry.payload["to"])
        after = apply(state, entry, rules_of(pack))
        process, state = react(process, state, after, entry, pack)[0], after
    return process


def react(
    process: ProcessState | None,
    before: CaseState,
    after: CaseState,
    entry: Action,
    pack: Pack,
    calendar: WorkCalendar | None = None,
) -> tuple[ProcessState | None, list[Effect]]:
    """Return the process after one more entry of the log, and what it did.

    Refused（409）by the engine when the process is not in a state for the entry.
    """
    if entry.kind in VERSION_CHANGES:
        moved = entry.payload.get("process")
        return (ProcessState.from_json(moved) if moved else None), []
    if not is_drawn(pack):
        return process, []
    engine = _Engine(pack, after, entry.at, calendar or calendar_in_force())
    if process is None:
        return engine.begin() if after.accepted_at is not None and before.accepted_at is None else (None, [])
    if not process.is_active:
        return process, []
    if entry.kind in STEPS:
        return engine.step(_heard(process, entry), entry.payload["event"])
    if after.state in _DECISIONS and before.state not in _DECISIONS:
        return engine.decide(process, {"decision": after.state.value, "outcome": dict(after.outcome)})
    if after.is_settled and not before.is_settled:
        return engine.step(process, {"type": "cancel"})
    return engine.signal(process, entry.kind)


def begin_process(pack: Pack, state: CaseState, at: datetime) -> ProcessState:
    """Return the process of a case as it starts, now and not at acceptance: the case has come over to a drawing."""
    return _Engine(pack, state, at, calendar_in_force()).begin()[0]


def _heard(process: ProcessState, entry: Action) -> ProcessState:
    said = entry.payload.get("message_id")
    return replace(process, heard={**process.heard, said: entry.seq}) if said else process


class _Engine:
    """The token engine over one case at one instant."""

    def __init__(self, pack: Pack, state: CaseState, at: datetime, calendar: WorkCalendar) -> None:
        self.pack, self.model, self.at = pack, model_of(pack), at.astimezone(UTC)
        self.evaluate = evaluator(state, self.at)
        self.workdays = workday_adder(calendar)

    def begin(self) -> tuple[ProcessState, list[Effect]]:
        """Return the process as it starts."""
        state, effects = start(self.model, evaluate=self.evaluate, at=self.at.isoformat(), workdays=self.workdays)
        return ProcessState(state), effects

    def step(self, process: ProcessState, event: Mapping[str, Any]) -> tuple[ProcessState, list[Effect]]:
        """Return the process after an event."""
        at = self.at
        if event["type"] == "time":  # it was due when it was logged, whatever calendar it is read by later
            due = next_due(dict(process.engine))
            at = max(at, datetime.fromisoformat(due)) if due else at
        given = {**event, "at": at.isoformat()}
        engine, effects = advance(
            self.model, dict(process.engine), given, evaluate=self.evaluate, workdays=self.workdays
        )
        return replace(process, engine=engine), effects

    def signal(self, process: ProcessState, name: str) -> tuple[ProcessState, list[Effect]]:
        """Return the process after a standard action that something in it may listen for."""
        nodes = listening(self.model, dict(process.engine), "signal")
        if not any(trigger.name == name for node in nodes for trigger in node.triggers):
            return process, []
        return self.step(process, {"type": "signal", "name": name})

    def decide(self, process: ProcessState, variables: dict[str, Any]) -> tuple[ProcessState, list[Effect]]:
        """Return the process after the decision: the task that waits for it is done, without one the process ends."""
        tasks = decision_tasks(process, self.pack)
        if not tasks:
            return self.step(process, {"type": "cancel"})
        return self.step(process, {"type": "complete", "token": tasks[0], "variables": variables})


def decision_tasks(process: ProcessState, pack: Pack) -> list[str]:
    """Return the tokens that wait for the decision on the case."""
    return [item["token"] for item in open_tasks(process, pack) if verb_of(_node(pack, item)) == SETTLE]


def open_tasks(process: ProcessState, pack: Pack) -> list[dict[str, Any]]:
    """Return what waits to be completed: tasks of people and of the platform, oldest first."""
    if not process.is_active:
        return []
    return [item for item in waiting(model_of(pack), dict(process.engine)) if item["for"] == "task"]


def _node(pack: Pack, item: Mapping[str, Any]) -> Any:
    return model_of(pack).program.nodes[item["element"]]


def evaluator(state: CaseState, at: datetime) -> Evaluate:
    """Return the evaluation of FEEL over a case: its form, answers, data read, outcome, and the day."""
    base = {
        "form": nest(plain_values(values_from_json(state.values))),
        "answers": dict(state.answers),
        "data": {use: dict(read_from_json(kept).values) for use, kept in state.reads.items()},
        "outcome": dict(state.outcome),
        "today": local_date(at),
    }

    def evaluate(text: str, scope: Mapping[str, Any]) -> Any:
        return to_plain(_compiled(text).evaluate({**base, **scope}))

    return evaluate


def workday_adder(calendar: WorkCalendar) -> AddWorkdays:
    """Return the adding of working days by the calendar in force, in local days."""

    def add(at: datetime, days: int) -> datetime:
        local = to_local(at)
        return datetime.combine(calendar.add_workdays(local.date(), days), local.timetz()).astimezone(UTC)

    return add


def require_decidable(process: ProcessState | None, pack: Pack, *, has_work: bool) -> None:
    """Refuse（409）a decision the process has not come to: it still has tasks, and none of them is to decide.

    What is the platform's to do counts while the platform does it（`has_work`）; work it cannot do holds nobody up.
    """
    if process is None or not process.is_active or not is_drawn(pack) or decision_tasks(process, pack):
        return
    open_ = [item for item in open_tasks(process, pack) if has_work or item["type"] == "userTask"]
    if not open_:
        return
    names = "、".join(item["name"] or item["element"] for item in open_[:3])
    raise Refused(
        "case.process.not-there",
        f"流程还没有走到决定这一步，正在等：{names}。请先完成这些步骤。",
        f"The process has not come to the decision; it waits for: {names}. Finish these first.",
        status=409,
        facts={"waits": [item["element"] for item in open_]},
    )
