"""Running cases over to another version of their matter（版本迁移）: looked at first, in bulk, taken up again, taken back.

Each case moves in a transaction with its batch, with an entry and a receipt of its own; what cannot move is listed with the
reason and stays as it was, on the old version, where it can still be handled to its end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from zhengtong.apps.cases.actions.version_batch import Batch, Moving
from zhengtong.apps.cases.lifecycle import CaseState
from zhengtong.apps.cases.models import Case, CaseAction, CaseProcess, ChangedCase, VersionChange
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.process.changes import Change, require_alike
from zhengtong.apps.cases.process.shapes import ChangePreview, ChangeReport, ProcessState
from zhengtong.apps.cases.projection import fold_record, state_of
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import bulk
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

BATCH = 500
SHOWN = 20  # case numbers told for each reason
RUNNING, DONE, REVERTING, REVERTED = "running", "done", "reverting", "reverted"
MOVED, STUCK, BACK, KEPT = "moved", "stuck", "reverted", "kept"


def preview_version_change(
    *, from_digest: str, to_digest: str, by: Actor, mapping: Mapping[str, str] | None = None
) -> ChangePreview:
    """Return what moving every running case would do（迁移预览）: how many can, what differs, which cannot and why.

    Nothing is changed. Refused（409）between versions of different matters, （403）without the right to publish the matter.
    """
    change = _change(from_digest, to_digest, mapping or {}, by)
    running, possible = 0, 0
    ways: Counter[tuple[str, str]] = Counter()
    differs: Counter[str] = Counter()
    stuck: dict[tuple[str, str], list[str]] = {}
    cursor = 0
    while records := list(_running(from_digest, cursor)[:BATCH]):
        cursor = records[-1].pk
        processes = _processes(records)
        for record in records:
            seen = change.look(record.no, _state(record), processes.get(record.pk))
            running += 1
            possible += not seen.stuck
            ways.update(seen.ways)
            differs.update(seen.differs)
            for reason in seen.stuck:
                stuck.setdefault(reason, []).append(record.no)
    shown = {reason: (len(numbers), tuple(numbers[:SHOWN])) for reason, numbers in stuck.items()}
    return ChangePreview(running, possible, change.terms, dict(ways), dict(differs), shown)


def change_version(
    *,
    from_digest: str,
    to_digest: str,
    by: Actor,
    at: datetime,
    mapping: Mapping[str, str] | None = None,
    most: int | None = None,
) -> ChangeReport:
    """Return how the change of every running case to another version stands（批量迁移）; `most` cases in this call at most.

    Batch by batch, each in a transaction: interrupted, the same call goes on where it stopped, and no case moves twice.
    """
    _change(from_digest, to_digest, mapping or {}, by)
    record = _begun(from_digest, to_digest, dict(mapping or {}), by, at)
    done = 0
    while (most is None or done < most) and (size := _move_batch(record.pk, by, at)):
        done += size
    return report_of(record.pk)


def revert_version_change(*, run_id: int, by: Actor, at: datetime, most: int | None = None) -> ChangeReport:
    """Return how taking back a change stands（回退）: cases as they were; those that have gone on and cannot, stay with why."""
    with transaction.atomic():
        record = _locked(run_id)
        _change(record.from_digest, record.to_digest, record.mapping, by)
        if record.state in (RUNNING, DONE):
            record.state, record.cursor = REVERTING, 0
            record.save(update_fields=["state", "cursor"])
    done = 0
    while (most is None or done < most) and (size := _revert_batch(run_id, by, at)):
        done += size
    return report_of(run_id)


def report_of(run_id: int) -> ChangeReport:
    """Return how a change stands."""
    record = VersionChange.objects.get(pk=run_id)
    outcomes = Counter(record.cases.values_list("outcome", flat=True))
    return ChangeReport(record.pk, record.state, outcomes[MOVED], outcomes[STUCK], outcomes[BACK], outcomes[KEPT])


@transaction.atomic
def _begun(from_digest: str, to_digest: str, mapping: dict[str, str], by: Actor, at: datetime) -> VersionChange:
    running = VersionChange.objects.select_for_update().filter(from_digest=from_digest, state__in=(RUNNING, REVERTING))
    found = running.first()
    if found is not None:
        if (found.to_digest, found.mapping, found.state) != (to_digest, mapping, RUNNING):
            raise _another(found)
        return found
    pack = pinned_pack(from_digest)
    receipt = evidence.record(
        kind="case.version-change",
        body={"matter": pack.id, "from": from_digest, "to": to_digest, "mapping": mapping},
        by=by,
        at=at,
        summary_zh=f"{pack.title.zh}：在办件改按新版本办理",
        summary_en=f"{pack.title.en}: running cases to a new version",
    )
    return VersionChange.objects.create(
        matter_code=pack.id,
        from_digest=from_digest,
        to_digest=to_digest,
        mapping=mapping,
        state=RUNNING,
        by_label=by.label,
        at=at,
        receipt_no=receipt.no,
    )


@transaction.atomic
def _move_batch(run_id: int, by: Actor, at: datetime) -> int:
    """Return how many cases were looked at and moved; 0 when none is left, and then the change is done."""
    record = _locked(run_id)
    if record.state != RUNNING:
        return 0
    records = list(_running(record.from_digest, record.cursor).select_for_update()[:BATCH])
    if not records:
        record.state = DONE
        record.save(update_fields=["state"])
        return 0
    change = Change(pinned_pack(record.from_digest), pinned_pack(record.to_digest), record.mapping)
    processes, moving, outcomes = _processes(records), [], []
    for case in records:
        state, process = _state(case), processes.get(case.pk)
        reasons = change.look(case.no, state, process).stuck
        if not reasons:
            one = _tried(lambda: change.move(state, process, at))  # noqa: B023 - called at once
            if isinstance(one, Refused):
                reasons = ((one.zh, one.en),)
        if reasons:
            outcomes.append((case.pk, STUCK, reasons[0][0][:300], reasons[0][1][:300]))
            continue
        after, receipt = one
        payload = {
            "change": run_id,
            "from": record.from_digest,
            "to": record.to_digest,
            "process": after.to_json() if after else None,
            "receipt": receipt,
        }
        moving.append(Moving(case, state, process, after, payload))
        outcomes.append((case.pk, MOVED, "", ""))
    Batch("version-changed", change.old, change.new, moving, by, at).write()
    bulk.insert_alike(ChangedCase(change_id=run_id), ["case_id", "outcome", "reason_zh", "reason_en"], outcomes)
    record.cursor = records[-1].pk
    record.save(update_fields=["cursor"])
    return len(records)


@transaction.atomic
def _revert_batch(run_id: int, by: Actor, at: datetime) -> int:
    record = _locked(run_id)
    if record.state != REVERTING:
        return 0
    rows = list(record.cases.filter(outcome=MOVED, case_id__gt=record.cursor).order_by("case_id")[:BATCH])
    if not rows:
        record.state = REVERTED
        record.save(update_fields=["state"])
        return 0
    change = Change(pinned_pack(record.from_digest), pinned_pack(record.to_digest), record.mapping)
    cases = {case.pk: case for case in Case.objects.select_for_update().filter(pk__in=[row.case_id for row in rows])}
    records = [cases[row.case_id] for row in rows]
    processes, receipts = _processes(records), _receipts(records, run_id)
    moving = []
    for row, case in zip(rows, records, strict=True):
        process = processes.get(case.pk)
        state = _state(case)
        if case.is_settled or case.pack_digest != record.to_digest:
            row.outcome, row.reason_zh, row.reason_en = (
                KEPT,
                "已办结，或又改了版本",
                "settled, or on another version since",
            )
            continue
        back = _tried(lambda: change.back(state, process, receipts.get(case.pk), at))  # noqa: B023 - called at once
        if isinstance(back, Refused):
            row.outcome, row.reason_zh, row.reason_en = KEPT, back.zh[:300], back.en[:300]
            continue
        row.outcome = BACK
        payload = {
            "change": run_id,
            "from": record.to_digest,
            "to": record.from_digest,
            "process": back.to_json() if back else None,
        }
        moving.append(Moving(case, state, process, back, payload))
    Batch("version-reverted", change.new, change.old, moving, by, at).write()
    ChangedCase.objects.filter(pk__in=[row.pk for row in rows if row.outcome == BACK]).update(outcome=BACK)
    for row in rows:
        if row.outcome == KEPT:
            row.save(update_fields=["outcome", "reason_zh", "reason_en"])
    record.cursor = rows[-1].case_id
    record.save(update_fields=["cursor"])
    return len(rows)


def _tried(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Refused as refusal:
        return refusal


def _change(from_digest: str, to_digest: str, mapping: Mapping[str, str], by: Actor) -> Change:
    """Return the change if `by` may make it: the heads of the department that owns the matter, and the platform itself."""
    change = Change(pinned_pack(from_digest), pinned_pack(to_digest), mapping)
    owner = people.find_organisation(function=change.old.owner, region_code=settings.ZHENGTONG_REGION)
    if by.kind != "system" and not (owner and people.can_(by, "matter.publish", owner.id)):
        raise Refused(
            "case.version.no-right",
            "只有事项主管部门的负责人可以把在办件改按新版本办理，请联系本部门负责人。",
            "Only heads of the department that owns the matter may move its running cases.",
            status=403,
        )
    require_alike(change.old, change.new)
    return change


def _running(digest: str, cursor: int) -> QuerySet[Case]:
    return Case.objects.filter(pack_digest=digest, is_settled=False, pk__gt=cursor).order_by("pk")


def _locked(run_id: int) -> VersionChange:
    found = VersionChange.objects.select_for_update().filter(pk=run_id).first()
    if found is None:
        raise Refused(
            "case.version.not-found",
            "没有这次迁移。请核对编号。",
            "There is no such change of version. Check the number.",
            status=404,
        )
    return found


def _another(found: VersionChange) -> Refused:
    return Refused(
        "case.version.another-running",
        f"{found.by_label or '系统'}已经开始了第 {found.pk} 次迁移，还没有做完。请先做完或退回。",
        f"Change {found.pk} by {found.by_label or 'the system'} is not finished. Finish it or take it back first.",
        status=409,
        facts={"run_id": found.pk, "state": found.state},
    )


def _processes(records: Sequence[Case]) -> dict[int, ProcessState]:
    rows = CaseProcess.objects.filter(case_id__in=[record.pk for record in records]).values_list("case_id", "state")
    return {pk: ProcessState.from_json(state) for pk, state in rows}


def _receipts(records: Sequence[Case], run_id: int) -> dict[int, Any]:
    """Return by case what takes its process back, from the entry with which it moved."""
    entries = CaseAction.objects.filter(case_id__in=[record.pk for record in records], kind="version-changed")
    rows = entries.order_by("seq").values_list("case_id", "payload")
    return {pk: payload["receipt"] for pk, payload in rows if payload["change"] == run_id}


def _state(record: Case) -> CaseState:
    return state_of(record) or fold_record(record, list(CaseAction.objects.filter(case=record).order_by("seq")))
