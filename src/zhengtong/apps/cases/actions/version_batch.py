"""A batch of cases over to another version, written together: entries, receipts, rows, processes and tasks."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from zhengtong.apps.cases.actions.log import receipt_body, receipt_words
from zhengtong.apps.cases.lifecycle import CaseState, apply, rules_of
from zhengtong.apps.cases.models import Case, CaseAction, ProcessTask
from zhengtong.apps.cases.process.changes import tasks_of
from zhengtong.apps.cases.process.following import Keeping
from zhengtong.apps.cases.process.shapes import ProcessState
from zhengtong.apps.cases.projection import SHORT_COLUMNS, project, to_action
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import bulk, statements
from zhengtong.apps.people.shapes import Actor
from zhengtong.declared.shapes import Pack
from zhengtong.kit import digest


@dataclass
class Moving:
    """One case on its way: as it is, where its process stands and will stand, and what the log will say."""

    case: Case
    state: CaseState
    before: ProcessState | None
    after: ProcessState | None
    payload: dict[str, Any]


class Batch:
    """Cases locked by the caller, moving from one version to another in its transaction."""

    def __init__(self, kind: str, old: Pack, new: Pack, moving: Sequence[Moving], by: Actor, at: datetime) -> None:
        self.kind, self.old, self.new, self.by, self.at = kind, old, new, by, at
        self.moving = sorted(moving, key=lambda one: one.state.version)
        self.to_digest = new.digest

    def write(self) -> None:
        """Write everything; the receipts of cases whose logs are of one length are alike."""
        rules = rules_of(self.new)
        for version, alike in groupby(self.moving, key=lambda one: one.state.version):
            self._write_entries(list(alike), version + 1)
        with statements.together():
            for one in self.moving:
                after = apply(one.state, to_action(self._entry(one, one.state.version + 1)), rules)
                one.case.pack_digest = self.to_digest
                project(one.case, after, self.at)
                statements.update(one.case, ("pack_digest", *SHORT_COLUMNS))
        self._write_processes()

    def _entry(self, one: Moving, seq: int) -> CaseAction:
        return CaseAction(
            case_id=one.case.pk,
            seq=seq,
            kind=self.kind,
            by_kind=self.by.kind,
            by_account_id=self.by.account_id,
            by_label=self.by.label,
            at=self.at.astimezone(UTC),
            payload=one.payload,
        )

    def _write_entries(self, alike: Sequence[Moving], seq: int) -> None:
        for one in alike:
            one.payload = {**one.payload, "salt": secrets.token_hex(16)}
        pattern = self._entry(alike[0], seq)
        case = alike[0].case
        told = [
            evidence.Told(one.case.applicant_key, one.case.no, {"case": one.case.no, "payload": digest(one.payload)})
            for one in alike
        ]
        body = receipt_body(evidence.mark("case"), case.matter_code, seq, evidence.mark("payload"))
        receipts = evidence.record_alike(by=self.by, body=body, told=told, **receipt_words(case, pattern))
        rows = ((one.case.pk, one.payload, no) for one, no in zip(alike, receipts, strict=True))
        bulk.insert_alike(pattern, ["case_id", "payload", "receipt_no"], rows)

    def _write_processes(self) -> None:
        keeping = Keeping(self.new)
        keeping.keep_none([one.case.pk for one in self.moving if one.before is not None and one.after is None])
        drawn = [(one, one.after) for one in self.moving if one.after is not None]
        with statements.together():
            for one, after in drawn:
                keeping.keep_state(one.case, one.before, after, one.state.version + 1)
        moved = [(one, after) for one, after in drawn if tasks_of(one.before, self.old) != tasks_of(after, self.new)]
        known: dict[int, list[ProcessTask]] = defaultdict(list)
        for task in ProcessTask.objects.filter(case_id__in=[one.case.pk for one, _ in moved]):
            known[task.case_id].append(task)
        for one, after in moved:
            keeping.keep_tasks(one.case, after, known[one.case.pk], self.at)
