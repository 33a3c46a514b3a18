"""The parts of a one-thing（联办事项）: opened when what they wait for is granted, fed by its outcome, or told why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhengtong.apps.cases.actions.log import Held, append, hold
from zhengtong.apps.cases.held import facts_from_json, plain_values, values_from_json, values_to_json
from zhengtong.apps.cases.lifecycle import CaseState, fold_parts
from zhengtong.apps.cases.models import Case, CaseAction
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.projection import COLUMNS, fold_record, project_parent
from zhengtong.apps.cases.scope import Scope, evaluate, make_scope, nest
from zhengtong.apps.cases.shapes import SETTLED, FieldValue, State
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.declared.shapes import Part
from zhengtong.kit import local_date

_PLAIN_PATH = re.compile(r"form\.([A-Za-z_][\w]*(?:\.[A-Za-z_][\w]*)+)")


def part_values(
    part: Part,
    scope: Scope,
    shared: Mapping[str, FieldValue],
    *,
    title: tuple[str, str],
    outcomes_of: Mapping[str, tuple[str, str]] | None = None,
) -> dict[str, FieldValue]:
    """Return a part's form from the shared one and the outcomes of the parts before it（一表申请、结果互用）.

    A value copied as it is keeps where it came from; a computed one is said to come from the one-thing, one that is
    another part's outcome is verified, because an officer decided it.
    """
    values: dict[str, FieldValue] = {}
    for path, text in part.maps.items():
        copied = _PLAIN_PATH.fullmatch(text.strip())
        if copied and copied[1] in shared:
            values[path] = shared[copied[1]]
            continue
        value = evaluate(text, scope)
        if value is None or value == "":
            continue
        origin = re.match(r"parts\.(\w+)\.outcome\.", text.strip())
        if origin:
            before = (outcomes_of or {}).get(origin[1], title)
            values[path] = FieldValue(value, f"part:{origin[1]}", *before, verified=True)
        else:
            values[path] = FieldValue(value, "one-thing", *title)
    return values


def refresh_whole(part: Held, *, at: datetime) -> None:
    """Carry a part's change to its siblings and its one-thing: open, block, close, and reckon the promised day again.

    The one-thing is locked already (`lock_case` took it first), so two parts settling at once follow one another.
    """
    parent_id = part.record.parent_id
    if parent_id is None:
        return
    parent = hold(Case.objects.select_for_update().get(pk=parent_id))
    parts = _hold_parts(parent, part)
    if part.state.is_settled:
        parts = _follow(parent, parts, at)
    _close_if_settled(parent, parts, at)
    save_whole(parent, parts, at)


def save_whole(parent: Held, parts: Mapping[str, Held], at: datetime) -> None:
    """Save the one-thing's columns, and the promised days of parts still waiting."""
    pairs = [(held.record, held.state) for held in parts.values()]
    own: CaseState = hold(parent.record).state
    project_parent(parent.record, own, pairs, at)
    parent.record.save(update_fields=COLUMNS)
    waiting = [record for record, state in pairs if state.state is State.WAITING]
    Case.objects.bulk_update(waiting, ["promised_on"])


def withdraw_open_parts(parent: Held, reason: str, *, by: Actor, at: datetime) -> None:
    """Withdraw every part of a one-thing that is not settled, and close it."""
    parts = _hold_parts(parent, None)
    for part_id, held in parts.items():
        if not held.state.is_settled:
            parts[part_id] = append(held, "withdrawn", {"reason": reason}, by=by, at=at)
    _close_if_settled(parent, parts, at)
    save_whole(parent, parts, at)


def _hold_parts(parent: Held, known: Held | None) -> dict[str, Held]:
    records = list(Case.objects.select_for_update().filter(parent=parent.record).order_by("pk"))
    logs: dict[int, list[CaseAction]] = {record.pk: [] for record in records}
    for action in CaseAction.objects.filter(case__in=records).order_by("case_id", "seq"):
        logs[action.case_id].append(action)
    return {
        record.part_id: known
        if known and known.record.pk == record.pk
        else Held(record, pinned_pack(record.pack_digest), logs[record.pk], fold_record(record, logs[record.pk]))
        for record in records
    }


def _follow(parent: Held, parts: dict[str, Held], at: datetime) -> dict[str, Held]:
    """Open what now can be opened and block what never will be, until nothing moves; each part moves at most once."""
    moved = True
    while moved:
        moved = False
        for part_id, held in parts.items():
            if held.state.state is not State.WAITING:
                continue
            before = [parts[name].state.state for name in held.state.waiting_for if name in parts]
            if all(state is State.GRANTED for state in before):
                parts[part_id] = _open(parent, parts, held, at)
                moved = True
            elif any(state in SETTLED and state is not State.GRANTED for state in before):
                parts[part_id] = _block(parts, held, at)
                moved = True
    return parts


def _open(parent: Held, parts: Mapping[str, Held], held: Held, at: datetime) -> Held:
    declared = parent.pack.part(held.record.part_id)
    shared = values_from_json(parent.state.values)
    scope = make_scope(
        applicant=facts_from_json(parent.record.applicant),
        today=local_date(at),
        answers=parent.state.answers,
        form=nest(plain_values(shared)),
        parts={name: {"outcome": dict(other.state.outcome)} for name, other in parts.items()},
    )
    values = part_values(
        declared,
        scope,
        shared,
        title=(parent.record.title_zh, parent.record.title_en),
        outcomes_of={name: (other.record.title_zh, other.record.title_en) for name, other in parts.items()},
    )
    return append(held, "opened", {"values": values_to_json(values)}, by=SYSTEM, at=at)


def _block(parts: Mapping[str, Held], held: Held, at: datetime) -> Held:
    names = [name for name in held.state.waiting_for if name in parts]
    failed = [parts[name].record for name in names if parts[name].state.state in SETTLED - {State.GRANTED}]
    zh = f"它需要“{'”“'.join(record.title_zh for record in failed)}”的办理结果，该事项未获准予"
    en = f"It needs the outcome of {', '.join(record.title_en for record in failed)}, which was not granted"
    payload: dict[str, Any] = {"reason": zh, "reason_en": en}
    return append(held, "blocked", payload, by=SYSTEM, at=at, notice={"reason": zh, "reason_en": en})


def _close_if_settled(parent: Held, parts: Mapping[str, Held], at: datetime) -> None:
    states = [held.state.state for held in parts.values()]
    if parent.state.is_settled or not all(state in SETTLED for state in states):
        return
    state = fold_parts(states)
    granted = sum(other is State.GRANTED for other in states)
    append(
        parent,
        "closed",
        {"state": state.value, "granted": granted, "parts": len(states)},
        by=SYSTEM,
        at=at,
        notice={"granted": granted, "parts": len(states)},
    )
