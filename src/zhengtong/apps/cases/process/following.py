"""What the process fold gives, written beside the log（流程投影）in the transaction of the entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from zhengtong.apps.cases.lifecycle import VERSION_CHANGES, Action, CaseState
from zhengtong.apps.cases.models import Case, CaseAction, CaseParty, CaseProcess, ProcessTask
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.process.course import fold_process, open_tasks, react, require_decidable
from zhengtong.apps.cases.process.drawn import function_of, is_drawn, node_of, title_of, verb_of
from zhengtong.apps.cases.process.shapes import ProcessState
from zhengtong.apps.people import queries as people
from zhengtong.apps.people import statements
from zhengtong.declared.shapes import Pack
from zhengtong.flow import next_due
from zhengtong.flow.engine.board import Effect

PARTY = "process"
_TASK = ("element", "title", "organisation_id", "verb")
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
        has_work = CaseProcess.objects.filter(case=case, has_work=True).exists()
        require_decidable(process, pack, has_work=has_work)
    moved, effects = react(process, before, after, entry, pack)
    if moved is not process:
        Keeping(pack).keep(case, process, moved, entry.seq, entry.at)
    return effects


def refold(case: Case, log: Sequence[CaseAction], to_action: Any) -> bool:
    """Return whether what is kept of the process differed from the log; it agrees afterwards."""
    if not is_drawn(pinned_pack(case.pack_digest)):
        return False
    entries = [to_action(entry) for entry in log]
    moved, known = fold_process(entries, case.pack_digest, pinned_pack), find_process(case)
    if moved == known:
        return False
    Keeping(pinned_pack(case.pack_digest)).keep(case, known, moved, entries[-1].seq, entries[-1].at)
    return True


class Keeping:
    """Writes where processes stand and their open tasks, for cases of one version."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._leaders: dict[tuple[str, str], int | None] = {}

    def keep(self, case: Case, before: ProcessState | None, after: ProcessState | None, seq: int, at: datetime) -> None:
        """Write where the process of one case stands, and its open tasks."""
        if after is None:
            self.keep_none([case.pk])
            return
        self.keep_state(case, before, after, seq)
        self.keep_tasks(case, after, list(ProcessTask.objects.filter(case=case)), at)

    def keep_none(self, case_ids: Sequence[int]) -> None:
        """Write that these cases have no process."""
        CaseProcess.objects.filter(case_id__in=case_ids).delete()
        ProcessTask.objects.filter(case_id__in=case_ids).delete()
        CaseParty.objects.filter(case_id__in=case_ids, role=PARTY, is_open=True).update(is_open=False)

    def keep_state(self, case: Case, before: ProcessState | None, after: ProcessState, seq: int) -> None:
        """Write the row of a process; one statement."""
        waits = self._waits(after)
        due = next_due(dict(after.engine)) if after.is_active else None
        row = CaseProcess(
            case_id=case.pk,
            version=seq,
            state=after.to_json(),
            status=after.engine["status"],
            due_at=datetime.fromisoformat(due) if due else None,
            has_work=any(item["type"] != "userTask" for item in waits),
        )
        if before is None:
            statements.insert(row)
        else:
            statements.update(row, ("version", "state", "status", "due_at", "has_work"))

    def keep_tasks(self, case: Case, after: ProcessState, known: Sequence[ProcessTask], at: datetime) -> None:
        """Write the open tasks of a process over those known."""
        wanted = {one.token: one for one in self._tasks(case, after, at)}
        kept = {one.token: one for one in known if one.token in wanted}
        gone = [one.pk for one in known if one.token not in wanted]
        if gone:
            ProcessTask.objects.filter(pk__in=gone).delete()
        for token, one in wanted.items():
            was = kept.get(token)
            if was is None:
                statements.insert(one)
            elif any(getattr(was, name) != getattr(one, name) for name in _TASK):
                one.pk = was.pk
                statements.update(one, _TASK)
        self._keep_parties(case, {one.organisation_id for one in known}, wanted.values(), at)

    def _keep_parties(self, case: Case, before: set[int | None], tasks: Iterable[ProcessTask], at: datetime) -> None:
        after = {task.organisation_id for task in tasks}
        for organisation_id in after - before - {case.organisation_id, None}:
            CaseParty.objects.update_or_create(
                case=case,
                organisation_id=organisation_id,
                role=PARTY,
                defaults={"is_open": True},
                create_defaults={"since": at},
            )
        done = before - after
        if done:
            CaseParty.objects.filter(case=case, role=PARTY, organisation_id__in=done).update(is_open=False)

    def _tasks(self, case: Case, process: ProcessState, at: datetime) -> Iterator[ProcessTask]:
        for item in self._waits(process):
            if item["type"] != "userTask":
                continue
            node = node_of(self.pack, item["element"])
            yield ProcessTask(
                case_id=case.pk,
                token=item["token"],
                element=node.id[:80],
                title=title_of(node)[:200],
                organisation_id=self._leader(function_of(node), case),
                verb=verb_of(node)[:24],
                since=at,
            )

    def _waits(self, process: ProcessState) -> list[dict[str, Any]]:
        return open_tasks(process, self.pack) if is_drawn(self.pack) else []

    def _leader(self, function: str, case: Case) -> int | None:
        """Return whose task it is: the organisation of the function for the case's region, else whoever handles the case."""
        if not function:
            return case.organisation_id
        key = (function, case.region_code)
        if key not in self._leaders:
            found = people.find_organisation(function=function, region_code=case.region_code)
            self._leaders[key] = found.id if found else None
        return self._leaders[key] or case.organisation_id
