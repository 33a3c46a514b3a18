"""Clocks counted again（期限重算）: when the work calendar is announced, and when the law changes a term."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from zhengtong.apps.cases.actions.log import append, lock_case
from zhengtong.apps.cases.actions.officer_rules import require_reason
from zhengtong.apps.cases.actions.parts import refresh_whole
from zhengtong.apps.cases.calendars import announced_calendar, publish_calendar
from zhengtong.apps.cases.models import AnnouncedDay, Case
from zhengtong.apps.cases.projection import COLUMNS, project
from zhengtong.apps.cases.rights import no_right
from zhengtong.apps.cases.shapes import State
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import Refused, local_date
from zhengtong.kit.calendar import CalendarDay, Clock, Term

MOST_DAYS = 400
MOST_CASES = 5000


@transaction.atomic
def announce_days(*, days: Sequence[CalendarDay], document: str, by: Actor, at: datetime) -> int:
    """Return how many days of the work calendar are now otherwise than before（公布放假安排）, by which document.

    Refused: no right to（403）, no document or no day（422）. Running clocks follow by `recount_clocks`.
    """
    if not people.can_(by, "region.define"):
        raise no_right("公布放假安排", "Announce the work calendar")
    document = require_reason(document, "document")[:60]
    before = announced_calendar()
    if not 0 < len(days) <= MOST_DAYS or any(not before.first <= day.date <= before.last for day in days):
        raise Refused(
            "case.calendar.days",
            f"请给出 1 至 {MOST_DAYS} 天，日期在 {before.first} 至 {before.last} 之间。",
            f"Give 1 to {MOST_DAYS} days between {before.first} and {before.last}.",
            field="days",
        )
    changed = [day for day in days if before.day(day.date).is_workday != day.is_workday]
    for day in days:
        AnnouncedDay.objects.update_or_create(
            date=day.date,
            defaults={
                "is_workday": day.is_workday,
                "is_legal_holiday": day.is_legal_holiday,
                "holiday_name": day.name,
                "source": day.source or document,
                "source_doc_no": document,
                "announced_at": at,
            },
        )
    body = {
        "document": document,
        "days": [{"date": day.date.isoformat(), "workday": day.is_workday} for day in days],
    }
    zh, en = f"公布放假安排：{document}", f"Work calendar announced: {document}"
    evidence.record(kind="calendar.announced", body=body, by=by, at=at, summary_zh=zh, summary_en=en)
    transaction.on_commit(publish_calendar)
    return len(changed)


def recount_clocks(
    *, days: Sequence[date], at: datetime, after_id: int = 0, limit: int = MOST_CASES
) -> tuple[int, int]:
    """Return how many open cases now end on another day, and the last id looked at: call again with it until it is 0.

    `days` are those that changed. Each case in its own transaction, with the days that moved it in its log; a case whose
    end stays where it was is not touched. Safe to run twice.
    """
    if not days:
        return 0, 0
    waiting = Case.objects.filter(is_settled=False, pk__gt=after_id).exclude(state=State.WAITING.value)
    rows = list(waiting.order_by("pk").values_list("pk", "no")[:limit])
    moved = sum(_recount(no, frozenset(days), at) for _, no in rows)
    return moved, rows[-1][0] if len(rows) == limit else 0


@transaction.atomic
def _recount(no: str, days: frozenset[date], at: datetime) -> int:
    held = lock_case(no)
    record, clock = held.record, held.state.clock
    if held.state.is_settled or clock is None or held.pack.parts:
        return 0
    before = (record.due_on, record.statutory_on)
    project(record, held.state, at)
    after = (record.due_on, record.statutory_on)
    if before == after:
        return 0
    if held.state.is_paused:  # while it stands still its end moves from day to day anyway
        record.save(update_fields=COLUMNS)
        return 0
    payload = {
        "before": _texts(before),
        "after": _texts(after),
        "days": sorted(day.isoformat() for day in days if _concerns(clock, day, at)),
    }
    held = append(held, "recounted", payload, by=SYSTEM, at=at, notice={"due_on": record.due_on})
    refresh_whole(held, at=at)
    return 1


def _texts(days: tuple[date | None, date | None]) -> list[str | None]:
    return [day.isoformat() if day else None for day in days]


def _concerns(clock: Clock, day: date, at: datetime) -> bool:
    return local_date(clock.start) <= day <= local_date(clock.due_at_if_resumed(at))


@transaction.atomic
def change_terms(
    *,
    matter_code: str,
    reason: str,
    by: Actor,
    at: datetime,
    statutory: Term | None = None,
    promised: Term | None = None,
) -> int:
    """Return how many open cases of a matter are now counted by another term（法定期限变更）, each with the change in its log.

    For the head of the department that handles them, when the law changed while they were open; new cases follow the pack.
    A term needs its basis（422）.
    """
    organisation = by.organisation
    if organisation is None or "leader" not in by.roles or not people.can_(by, "case.extend", organisation.id):
        raise no_right("变更办理期限", "Change the terms of open cases")
    given = {name: term for name, term in (("statutory", statutory), ("promised", promised)) if term is not None}
    if not given or any(term.basis is None or not term.basis.law for term in given.values()):
        raise Refused(
            "case.terms.basis",
            "请给出新的期限及其法律依据（法规、条款、施行日）。",
            "Give the new term with the law, article and date it rests on.",
            field="statutory",
        )
    payload = {**{name: term.to_json() for name, term in given.items()}, "reason": require_reason(reason)}
    running = Case.objects.filter(matter_code=matter_code, organisation_id=organisation.id, is_settled=False)
    changed = 0
    for no in list(running.exclude(accepted_at=None).order_by("pk").values_list("no", flat=True)):
        held = lock_case(no)
        if "terms-changed" not in held.state.allowed or held.pack.parts:
            continue
        held = append(held, "terms-changed", payload, by=by, at=at, notice={"reason": payload["reason"]})
        refresh_whole(held, at=at)
        changed += 1
    return changed
