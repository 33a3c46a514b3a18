"""What time does to cases（到期处理）: what the law makes of a term missed really happens, and supervisors are told — once."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from zhengtong.apps.cases.actions.held_scope import case_scope
from zhengtong.apps.cases.actions.log import Held, append, lock_case
from zhengtong.apps.cases.actions.parties import close_party
from zhengtong.apps.cases.actions.parts import refresh_whole
from zhengtong.apps.cases.actions.settling import draw_outcome
from zhengtong.apps.cases.actions.tolerance import follow_ups_of
from zhengtong.apps.cases.alerts import ALERT_TITLES
from zhengtong.apps.cases.lifecycle import Deadline, deadlines, rules_of
from zhengtong.apps.cases.models import Alert, Case
from zhengtong.apps.cases.projection import COLUMNS, project
from zhengtong.apps.cases.scope import evaluate, holds
from zhengtong.apps.certificates import actions as certificates
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.kit import local_date

MOST_CASES = 2000
log = logging.getLogger("zhengtong.cases")


def act_on_deadlines(*, at: datetime, limit: int = MOST_CASES) -> Counter[str]:
    """Return how often each thing happened: kinds of action, and "alert:…" for warnings; safe to run twice and by two.

    Each case in its own transaction. A case that cannot be dealt with is logged and holds up no other.
    """
    done: Counter[str] = Counter()
    waking = Case.objects.filter(wake_on__lt=local_date(at)).order_by("wake_on", "pk")
    for no in list(waking.values_list("no", flat=True)[:limit]):
        try:
            done += _act(no, at)
        except Exception:  # one case must not stop the clock of all others
            log.exception("deadline of case %s failed", no)
    return done


@transaction.atomic
def _act(no: str, at: datetime) -> Counter[str]:
    held, done = lock_case(no), Counter[str]()
    today, seen = local_date(at), set[Deadline]()
    while due := [one for one in deadlines(held.state, rules_of(held.pack), at) if one.on < today and one not in seen]:
        first = due[0]
        seen.add(first)
        if first.does.startswith("alert:"):
            done[first.does] += int(_alert(held, first, at))
        else:
            held = _happen(held, first, at)
            done[first.does] += 1
    held.record.wake_on = None  # acted on: from here on the next day counts
    project(held.record, held.state, at)
    held.record.save(update_fields=COLUMNS)
    refresh_whole(held, at=at)
    return done


def _happen(held: Held, deadline: Deadline, at: datetime) -> Held:
    """Return the case after the consequence of a term missed."""
    payload: dict[str, Any] = {
        "reason": f"{deadline.on.isoformat()} 到期",
        "reason_en": f"Due on {deadline.on.isoformat()}",
        "term": deadline.on.isoformat(),
    }
    if deadline.does == "deemed-accepted":
        payload = {"term": deadline.on.isoformat(), **follow_ups_of(held, at)}
    if deadline.does == "consult-lapsed":
        payload["id"] = deadline.what
        _close_consult(held, deadline.what)
    if deadline.does == "deemed-granted":
        return _deem_granted(held, payload, at)
    words: Mapping[str, Any] = {"due_on": deadline.on, "reason": payload.get("reason", "")}
    return append(held, deadline.does, payload, by=SYSTEM, at=at, notice=words)


def _close_consult(held: Held, consult_id: str) -> None:
    asked = next((one for one in held.state.consults if one.id == consult_id), None)
    others = [one for one in held.state.consults if one.is_open and one.id != consult_id]
    if asked and not any(one.organisation_id == asked.organisation_id for one in others):
        close_party(held.record, asked.organisation_id, "consulted")


def _deem_granted(held: Held, payload: dict[str, Any], at: datetime) -> Held:
    """Return the case granted by law, with what the pack suggests as its outcome.

    Where something of the outcome is for an officer to say, no certificate is drawn and the head is told that one is owed.
    """
    scope = case_scope(held, at)
    suggested = {field.id: evaluate(field.suggest, scope) for field in held.pack.outcome if field.suggest}
    outcome = {name: str(value) for name, value in suggested.items() if value not in (None, "")}
    asked = [field for field in held.pack.outcome if not field.when or holds(field.when, {**scope, "outcome": outcome})]
    is_whole = all(field.id in outcome for field in asked if field.required)
    drawn = draw_outcome(held, outcome, at) if is_whole else []
    held = append(held, "deemed-granted", {**payload, "outcome": outcome}, by=SYSTEM, at=at)
    for certificate in drawn:
        certificates.file_drawn(certificate, case_no=held.record.no, by=SYSTEM, at=at)
    if not is_whole and held.pack.certificates:
        _alert(held, Deadline(local_date(at), "alert:owed"), at)
    return held


def _alert(held: Held, deadline: Deadline, at: datetime) -> bool:
    """Return whether the supervisor was told now; the same thing is told once."""
    record, kind = held.record, deadline.does.removeprefix("alert:")
    if record.organisation_id is None:
        return False
    if Alert.objects.filter(case=record, kind=kind, what=deadline.what).exists():
        return False
    zh, en = ALERT_TITLES[kind]
    receipt = evidence.record(
        kind="case.alert",
        body={"case": record.no, "kind": kind, "due": deadline.on.isoformat(), "organisation": record.organisation_id},
        by=SYSTEM,
        at=at,
        case_no=record.no,
        summary_zh=f"{record.title_zh}：{zh}",
        summary_en=f"{record.title_en}: {en}",
    )
    Alert.objects.create(
        case=record,
        organisation_id=record.organisation_id,
        kind=kind,
        what=deadline.what,
        assignee_label=held.state.assignee_label,
        due_on=held.state.due_on(at) or deadline.on,
        at=at,
        receipt_no=receipt.no,
    )
    return True
