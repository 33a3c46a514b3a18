"""What the process fold gives, written beside the log（流程投影）in the transaction of the entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from zhengtong.apps.cases.lifecycle import VERSION_CHANGES, Action, CaseState
from zhengtong.apps.cases.models import Case, CaseAction, CaseParty, CaseProcess, ProcessTask
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.process.course import fold_process, open_tasks, react, require_decidable
from zhengtong.apps.cases.process.drawn import function_of, is_drawn, node_of, title_of, verb_of
from zhengtong.apps.cases.process.shapes import ProcessState
from zhengtong.apps.people import queries as people
from zhengtong.declared.shapes import Pack
from zhengtong.flow import next_due
from zhengtong.flow.engine.board import Effect

PARTY = "process"
_DECISIONS = ("granted", "denied")  # by an officer; what the law deems decided waits for no drawing


def find_process(case: Case) -> ProcessState | None:
    """Return where the process of a case stands, None while it has none."""
    row = CaseProcess.objects.filter(case=case).first()
    return ProcessState.from_json(row.state) if row else None


def follow_process(case: Case, before: CaseState, after: CaseState, entry: Action, pack: Pack) -> list[Effect]:
    """Return what one more entry of the log did in the process of its case, now written beside it."""
    if not is_drawn(pack) and entry.kind not in VERSION_CHANGES:
        return []
    process = find_process(case)
    if entry.kind in _DECISIONS and entry.by_account is not None:
        require_decidable(process, pack)
    moved, effects = react(process, before, after, entry, pack)
    if moved is not process:
        keep(case, moved, entry, pack)
    return effects


def refold(case: Case, log: Sequence[CaseAction], to_action: Any) -> bool:
    """Return whether what is kept of the process differed from the log; it agrees afterwards."""
    if not is_drawn(pinned_pack(case.pack_digest)):
        return False
    entries = [to_action(entry) for entry in log]
    moved, known = fold_process(entries, case.pack_digest, pinned_pack), find_process(case)
    if moved == known:
        return False
    keep(case, moved, entries[-1], pinned_pack(case.pack_digest))
    return True


def keep(case: Case, process: ProcessState | None, entry: Action, pack: Pack) -> None:
    """Write where the process stands and its open tasks."""
    if process is None:
        CaseProcess.objects.filter(case=case).delete()
        ProcessTask.objects.filter(case=case).delete()
        return
    waits = open_tasks(process, pack) if is_drawn(pack) else []
    due = next_due(dict(process.engine)) if process.is_active else None
    CaseProcess.objects.update_or_create(
        case=case,
        defaults={
            "version": entry.seq,
            "state": process.to_json(),
            "status": process.engine["status"],
            "due_at": datetime.fromisoformat(due) if due else None,
            "has_work": any(item["type"] != "userTask" for item in waits),
        },
    )
    _keep_tasks(case, [item for item in waits if item["type"] == "userTask"], entry.at, pack)


def _keep_tasks(case: Case, waits: Sequence[dict[str, Any]], at: datetime, pack: Pack) -> None:
    open_ = {item["token"]: item for item in waits}
    known = set(ProcessTask.objects.filter(case=case).values_list("token", flat=True))
    ProcessTask.objects.filter(case=case, token__in=known - set(open_)).delete()
    for token, item in open_.items():
        if token in known:
            continue
        node = node_of(pack, item["element"])
        function = function_of(node)
        leader = people.find_organisation(function=function, region_code=case.region_code) if function else None
        organisation_id = leader.id if leader else case.organisation_id
        ProcessTask.objects.create(
            case=case,
            token=token,
            element=node.id,
            title=title_of(node)[:200],
            organisation_id=organisation_id,
            verb=verb_of(node),
            since=at,
        )
        if leader is not None and leader.id != case.organisation_id:
            CaseParty.objects.update_or_create(
                case=case,
                organisation_id=leader.id,
                role=PARTY,
                defaults={"is_open": True},
                create_defaults={"since": at},
            )
    others = set(ProcessTask.objects.filter(case=case).values_list("organisation_id", flat=True))
    CaseParty.objects.filter(case=case, role=PARTY, is_open=True).exclude(organisation_id__in=others).update(
        is_open=False
    )
