"""What happens to a case's process（流程动作）: a task is done, a message comes, a clock falls due, the platform does its part."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q

from zhengtong.apps.cases.actions.log import Held, append, lock_case, no_case, require_current
from zhengtong.apps.cases.actions.officer_rules import done
from zhengtong.apps.cases.actions.process_verbs import Work, perform
from zhengtong.apps.cases.labels import LABELS
from zhengtong.apps.cases.models import CaseAction, CaseProcess, ProcessTask
from zhengtong.apps.cases.process.course import DONE, HEARD, MOVED, open_tasks
from zhengtong.apps.cases.process.drawn import SETTLE, model_of
from zhengtong.apps.cases.process.following import find_process
from zhengtong.apps.cases.process.shapes import ProcessState
from zhengtong.apps.cases.rights import is_officer, no_right
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.flow import next_due, read_variables
from zhengtong.kit import Refused, to_local

log = logging.getLogger("zhengtong.cases")
_PERMITS = ("case.examine", "case.accept", "case.settle")
_BOUND = 100
_RETRY = timedelta(minutes=5)  # until what was refused is tried again
Done = TypeVar("Done")


def complete_process_task(
    *,
    case_no: str,
    token: str,
    by: Actor,
    at: datetime,
    variables: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> CaseShape:
    """Return the case after an officer did a task of its process（完成流程任务）.

    Of two who do the same task the second is refused（409 `case.process.task-done`）with who and when; that it was tried
    stands in the record too. What the platform has to do next is done at once.
    """
    payload = {"event": {"type": "complete", "token": token, "variables": dict(variables or {})}}

    def complete() -> Held:
        held = lock_case(case_no)
        _require_task_of(held, token, by)
        require_current(held, version, DONE)
        return append(held, DONE, payload, by=by, at=at)

    held = _tried(case_no, DONE, complete, by, at)
    run_process(case_no=case_no, at=at)
    return done(held, by, at)


def deliver_message(
    *,
    case_no: str,
    name: str,
    message_id: str,
    by: Actor,
    at: datetime,
    variables: Mapping[str, Any] | None = None,
) -> int:
    """Return the number of the entry with which a message reached the process of a case; the same `message_id` counts once.

    Refused（409）: `case.process.message-repeated` with who brought it first and when; `flow.advance.nobody-listens`.
    """
    event = {"type": "message", "name": name, "variables": dict(variables or {})}

    def deliver() -> Held:
        held = lock_case(case_no)
        process = _process_of(held)
        first = process.heard.get(message_id)
        if first is not None:
            raise _repeated(held, first, name)
        require_current(held, None, HEARD)
        return append(held, HEARD, {"event": event, "message_id": message_id}, by=by, at=at)

    held = _tried(case_no, HEARD, deliver, by, at)
    run_process(case_no=case_no, at=at)
    return held.state.version


def run_processes(*, at: datetime) -> int:
    """Return how many processes moved: clocks that fell due, and work that is the platform's. Safe to run twice, by two."""
    waiting = CaseProcess.objects.filter(Q(due_at__lte=at) | Q(has_work=True)).order_by("case_id")
    numbers = list(waiting.values_list("case__no", flat=True))
    return sum(run_process(case_no=number, at=at) for number in numbers)


def run_process(*, case_no: str, at: datetime) -> bool:
    """Return whether the process of a case moved by itself: due clocks first, then the platform's own tasks.

    What is refused is left for the next turn and logged; the case stays as it was before that step.
    """
    moved = False
    for _ in range(_BOUND):
        try:
            with transaction.atomic():
                if not _step(case_no, at):
                    return moved
        except Refused as refusal:
            log.warning("process of case %s stands still: %s", case_no, refusal.en)
            CaseProcess.objects.filter(case__no=case_no).update(has_work=False, due_at=at + _RETRY)
            return moved
        moved = True
    return moved


def _step(case_no: str, at: datetime) -> bool:
    held = lock_case(case_no)
    process = find_process(held.record)
    if process is None or not process.is_active or MOVED not in held.state.allowed:
        return False
    due = next_due(dict(process.engine))
    if due is not None and datetime.fromisoformat(due) <= at:
        append(held, MOVED, {"event": {"type": "time"}}, by=SYSTEM, at=at)
        return True
    item = next((item for item in open_tasks(process, held.pack) if item["type"] != "userTask"), None)
    if item is None:
        return False
    model = model_of(held.pack)
    seen = read_variables(model, dict(process.engine), item["token"])
    work = Work(model.program.nodes[item["element"]], item["token"], seen, at)
    held, given = perform(held, work)
    if given is not None:
        event = {"type": "complete", "token": item["token"], "variables": given}
        append(held, MOVED, {"event": event}, by=SYSTEM, at=at)
    return True


def _process_of(held: Held) -> ProcessState:
    process = find_process(held.record)
    if process is None:
        raise Refused(
            "case.process.none",
            "这个办件没有按流程图办理，或者还没有受理。",
            "This case does not run on a drawn process, or has not been accepted yet.",
            status=409,
        )
    return process


def _require_task_of(held: Held, token: str, by: Actor) -> None:
    """Refuse whoever the task is not for（404）, without the role（403）, and a task that is no longer open（409）."""
    process = _process_of(held)
    task = ProcessTask.objects.filter(case=held.record, token=token).first()
    if not is_officer(by) or by.organisation is None:
        raise no_case()
    if task is None:
        raise _task_done(held, token)
    if by.organisation.id != task.organisation_id:
        raise no_case()
    if not any(people.can_(by, permission, by.organisation.id) for permission in _PERMITS):
        raise no_right(*LABELS[DONE])
    if task.verb == SETTLE and process.is_active:
        raise Refused(
            "case.process.settle",
            f"“{task.title}”就是作出决定：请用“办结”准予或不予。",
            f"“{task.title}” is the decision itself: settle the case.",
            status=409,
        )


def _task_done(held: Held, token: str) -> Refused:
    """Return the refusal of a task that is not open: who did it and when, else who moved the case last."""
    entries = [entry for entry in held.log if entry.payload.get("event", {}).get("token") == token]
    entry: CaseAction = (entries or held.log)[-1]
    when = f"{to_local(entry.at):%Y-%m-%d %H:%M}"
    zh, en = LABELS[entry.kind]
    return Refused(
        "case.process.task-done",
        f"这一步已不在办理中：{entry.by_label or '系统'}于 {when} 作了“{zh}”。请刷新查看最新进展。",
        f"This step is no longer open: {entry.by_label or 'the system'} acted at {when} ({en}). Reload to see it.",
        status=409,
        facts={"by": entry.by_label, "at": entry.at.isoformat(), "kind": entry.kind, "token": token},
    )


def _repeated(held: Held, seq: int, name: str) -> Refused:
    entry = next(entry for entry in held.log if entry.seq == seq)
    when = f"{to_local(entry.at):%Y-%m-%d %H:%M:%S}"
    return Refused(
        "case.process.message-repeated",
        f"消息“{name}”已于 {when} 由{entry.by_label or '系统'}送达，只算一次。无需再发。",
        f"The message {name} was delivered at {when} by {entry.by_label or 'the system'} and counts once. Do not send it again.",
        status=409,
        facts={"by": entry.by_label, "at": entry.at.isoformat(), "seq": seq},
    )


def _tried(case_no: str, kind: str, act: Callable[[], Done], by: Actor, at: datetime) -> Done:
    """Do it in one transaction; when somebody was faster（409）the attempt leaves a receipt of its own, and is refused."""
    try:
        with transaction.atomic():
            return act()
    except Refused as refusal:
        if refusal.status == 409:
            zh, en = LABELS[kind]
            with transaction.atomic():
                evidence.record(
                    kind="case.came-late",
                    body={"case": case_no, "kind": kind, "refusal": refusal.code, "facts": dict(refusal.facts)},
                    by=by,
                    at=at,
                    case_no=case_no,
                    summary_zh=f"{zh}：未成（{refusal.zh}）",
                    summary_en=f"{en}: refused ({refusal.en})",
                )
        raise
