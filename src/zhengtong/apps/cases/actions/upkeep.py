"""Reminders, drafts whose time is over, and the rebuilding of what is derived（维护）; every one is safe to run twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from zhengtong.apps.cases.actions.log import lock_case, send_notice
from zhengtong.apps.cases.actions.materials import forget_files
from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.models import Case, Draft, Material, Notice
from zhengtong.apps.cases.process.following import refold
from zhengtong.apps.cases.projection import COLUMNS, fold_record, project, project_parent, to_action
from zhengtong.apps.cases.shapes import State
from zhengtong.kit import local_date

REMINDER = "supplement-reminder"
FROM_THE_LOG = tuple(name for name in COLUMNS if name != "wake_on")  # that one depends on the moment too


def remind(*, at: datetime) -> int:
    """Return how many reminders were put into inboxes; one per case, due date and day before it, however often it runs."""
    today, sent = local_date(at), 0
    for days in case_law().remind_before_days:
        waiting = Case.objects.filter(state=State.SUPPLEMENTING.value, phase="applicant")
        for no in _numbers(waiting.filter(supplement_due_on=_after(today, days))):
            sent += _remind(no, days, at)
    return sent


def drop_expired_drafts(*, at: datetime) -> int:
    """Return how many drafts were deleted, with their files, because their time was over."""
    dropped = 0
    expired = Draft.objects.filter(is_submitted=False, expires_on__lt=local_date(at))
    for pk in list(expired.values_list("pk", flat=True)):
        with transaction.atomic():
            draft = Draft.objects.select_for_update().filter(pk=pk, is_submitted=False).first()
            if draft:
                forget_files(Material.objects.filter(draft=draft))
                draft.delete()
                dropped += 1
    return dropped


@transaction.atomic
def rebuild_projection(*, case_no: str) -> bool:
    """Return whether the stored columns of a case differed from its log; they agree afterwards.

    The promised day of a part still waiting is reckoned with its one-thing: rebuild that.
    """
    held = lock_case(case_no)
    record = held.record
    before = [getattr(record, name) for name in FROM_THE_LOG]
    state = fold_record(record, held.log)  # from the log alone, whatever is kept beside it
    parts = list(Case.objects.select_for_update().filter(parent=record).order_by("pk"))
    if parts:
        logs = [list(part.actions.order_by("seq")) for part in parts]
        states = [(part, fold_record(part, log)) for part, log in zip(parts, logs, strict=True)]
        project_parent(record, state, states, max(log[-1].at for log in [*logs, held.log]))
    else:
        project(record, state, held.log[-1].at)
    record.save(update_fields=COLUMNS)
    has_new_process = refold(record, held.log, to_action)
    return has_new_process or before != [getattr(record, name) for name in FROM_THE_LOG]


def _remind(no: str, days: int, at: datetime) -> int:
    with transaction.atomic():
        held = lock_case(no)
        asked = held.state.supplement
        if asked is None:
            return 0
        event = f"{held.record.pk}:{asked.due_on.isoformat()}:{days}"
        is_new = not Notice.objects.filter(event=f"{event}:{REMINDER}").exists()
        send_notice(held, REMINDER, event, at, {"days": days, "due_on": asked.due_on})
    return int(is_new)


def _numbers(cases: QuerySet[Case]) -> Iterator[str]:
    return iter(list(cases.values_list("no", flat=True)))


def _after(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)
