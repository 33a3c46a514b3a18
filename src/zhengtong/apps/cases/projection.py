"""The columns of a case that queues and lists read（投影）: written from the folded log, rebuilt from it at any time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from zhengtong.apps.cases.critical_path import PartClock, promised_at
from zhengtong.apps.cases.lifecycle import Action, CaseState, fold_parts, fold_versions, next_wake, rules_of
from zhengtong.apps.cases.models import Case, CaseAction
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.shapes import SETTLED, State
from zhengtong.apps.cases.snapshots import keep_content, keep_state, restore
from zhengtong.declared.shapes import Pack
from zhengtong.kit import local_date
from zhengtong.kit.calendar import Clock, calendar_in_force, due_at

COLUMNS = (
    "version",
    "state",
    "phase",
    "flags",
    "assignee_id",
    "assignee_label",
    "assigned_at",
    "accepted_at",
    "settled_at",
    "settled_by",
    "due_on",
    "promised_on",
    "statutory_on",
    "supplement_due_on",
    "is_paused",
    "is_settled",
    "is_on_time",
    "is_reviewed",
    "wake_on",
    "organisation_id",
    "folded",
    "content",
)
SHORT_COLUMNS = COLUMNS[:-1]  # what was entered and decided stays as it is under most actions


def to_action(record: CaseAction) -> Action:
    """Return a log entry as the fold reads it."""
    return Action(
        record.seq,
        record.kind,
        record.at,
        record.by_account_id,
        record.by_label,
        record.payload,
        record.receipt_no,
    )


def fold_record(record: Case, actions: Sequence[CaseAction]) -> CaseState:
    """Return the state of a case from its log."""
    return fold_versions([to_action(action) for action in actions], record.pack_digest, pinned_pack)


def state_of(record: Case) -> CaseState | None:
    """Return the state as it was folded last, None where the log must be folded anew."""
    return restore(record.folded, record.content, record.version)


def project(record: Case, state: CaseState, at: datetime) -> None:
    """Set the columns of a case from its state; the caller saves."""
    record.version = state.version
    record.state = state.state.value
    record.phase = state.phase
    record.flags = sorted(state.flags)
    record.assignee_id = state.assignee_id
    record.assignee_label = state.assignee_label
    record.assigned_at = state.assigned_at
    record.accepted_at = state.accepted_at
    record.settled_at = state.settled_at
    record.settled_by = state.settled_by
    record.due_on = state.due_on(at)
    record.promised_on = promised_on(state, pinned_pack(record.pack_digest), at) or record.promised_on
    record.statutory_on = local_date(state.statutory.due_at_if_resumed(at)) if state.statutory else None
    record.supplement_due_on = state.supplement.due_on if state.supplement else None
    record.is_paused = state.is_paused
    record.is_settled = state.is_settled
    record.is_on_time = state.is_on_time
    record.is_reviewed = state.reviewed
    if record.wake_on is None or record.wake_on >= local_date(at):  # what is overdue stays until time has acted on it
        record.wake_on = next_wake(state, rules_of(pinned_pack(record.pack_digest)), at)
    record.organisation_id = state.organisation_id or record.organisation_id
    record.folded, record.content = keep_state(state), keep_content(state)


def promised_on(state: CaseState, pack: Pack, at: datetime) -> date | None:
    """Return the promised day: of the running clock, or as if accepted when opened; None while it waits."""
    clock = _promised_clock(state, pack)
    return local_date(clock.due_at_if_resumed(at)) if clock else None


def project_parent(parent: Case, own: CaseState, parts: Sequence[tuple[Case, CaseState]], at: datetime) -> None:
    """Set the columns of a one-thing from its parts: its state, and the longest path as its promised day.

    A waiting part gets the day the path gives it, so that everybody sees one date.
    """
    project(parent, own, at)
    if not own.is_settled:
        parent.state = fold_parts([state.state for _, state in parts]).value
        parent.phase = "parts"
    pack = pinned_pack(parent.pack_digest)
    after = {part.id: part.after for part in pack.parts}
    clocks = {case.part_id: _part_clock(case, state, after.get(case.part_id, ()), at) for case, state in parts}
    parent.promised_on = local_date(promised_at(clocks, parent.submitted_at))
    parent.due_on = None if own.is_settled else parent.promised_on
    parent.is_paused = parent.state == State.SUPPLEMENTING.value
    parent.is_on_time = _whole_on_time(own, parts)
    for case, state in parts:
        if state.state is State.WAITING:
            before = {
                name: clock
                for name, clock in clocks.items()
                if name == case.part_id or name in _upstream(after, case.part_id)
            }
            case.promised_on = local_date(promised_at(before, parent.submitted_at))


def _promised_clock(state: CaseState, pack: Pack) -> Clock | None:
    if state.promised:
        return state.promised
    if state.opened_at is None:
        return None
    pauses = state.acceptance.pauses if state.acceptance and state.acceptance.start == state.opened_at else ()
    return Clock(pack.terms.promised, state.opened_at, pauses)


def _part_clock(case: Case, state: CaseState, after: tuple[str, ...], at: datetime) -> PartClock:
    pack = pinned_pack(case.pack_digest)
    ends = state.settled_at
    clock = None if ends else _promised_clock(state, pack)
    if clock:
        ends = clock.due_at_if_resumed(at)
    return PartClock(after, ends, lambda start: due_at(pack.terms.promised, start, calendar_in_force()))


def _upstream(after: dict[str, tuple[str, ...]], part_id: str) -> set[str]:
    found: set[str] = set()
    reach = list(after.get(part_id, ()))
    while reach:
        name = reach.pop()
        if name not in found:
            found.add(name)
            reach.extend(after.get(name, ()))
    return found


def _whole_on_time(own: CaseState, parts: Sequence[tuple[Case, CaseState]]) -> bool | None:
    if not own.is_settled:
        return None
    known = [state.is_on_time for _, state in parts if state.state in SETTLED and state.is_on_time is not None]
    return all(known) if known else None
