"""Reads of drawn processes（流程查询）: the open tasks of an organisation, and where a case's process stands."""

from __future__ import annotations

from datetime import datetime

from zhengtong.apps.cases.models import Case, CaseProcess, ProcessTask
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.process.drawn import is_drawn, model_of
from zhengtong.apps.cases.process.shapes import ProcessShape, ProcessState, ProcessTaskShape
from zhengtong.apps.cases.rights import is_officer, visible_to
from zhengtong.apps.people.shapes import Actor
from zhengtong.flow import waiting

MOST = 200


def list_process_tasks(by: Actor, *, limit: int = 50) -> tuple[ProcessTaskShape, ...]:
    """Return the open tasks of processes that are for the officer's organisation, the oldest first; one query."""
    if not is_officer(by) or by.organisation is None:
        return ()
    found = ProcessTask.objects.filter(organisation_id=by.organisation.id).select_related("case").defer("case__content")
    return tuple(_task(task) for task in found.order_by("since", "pk")[: min(limit, MOST)])


def get_process(case_no: str, by: Actor) -> ProcessShape | None:
    """Return where the process of a case stands, as officers who may see the case see it; None where it has none."""
    if by.kind != "system" and not is_officer(by):
        return None
    case = Case.objects.filter(visible_to(by), no=case_no).distinct().first()
    row = CaseProcess.objects.filter(case=case).first() if case else None
    if case is None or row is None:
        return None
    pack = pinned_pack(case.pack_digest)
    process = ProcessState.from_json(row.state)
    waits = waiting(model_of(pack), dict(process.engine)) if process.is_active and is_drawn(pack) else []
    tasks = ProcessTask.objects.filter(case=case).select_related("case").order_by("since", "pk")
    return ProcessShape(
        case_no=case.no,
        status=row.status,
        tasks=tuple(_task(task) for task in tasks),
        waits=tuple((item["element"], item["for"]) for item in waits),
        due_at=row.due_at,
        incidents=tuple(_incidents(process)),
    )


def _incidents(process: ProcessState) -> list[tuple[str, str, str]]:
    found = [token for token in process.engine["tokens"].values() if "incident" in token]
    return [(token["at"], token["incident"]["zh"], token["incident"]["en"]) for token in found]


def _task(task: ProcessTask) -> ProcessTaskShape:
    case = task.case
    since: datetime = task.since
    return ProcessTaskShape(
        case_no=case.no,
        token=task.token,
        element=task.element,
        title=task.title,
        organisation_id=task.organisation_id,
        verb=task.verb,
        since=since,
        matter_title=(case.title_zh, case.title_en),
        version=case.version,
    )
