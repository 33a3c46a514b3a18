"""The clock in words（时限展示）: what is left, in which bucket, and why it stands still."""

from __future__ import annotations

from datetime import date, datetime

from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.lifecycle import CaseState
from zhengtong.apps.cases.shapes import SETTLED, ClockView, State
from zhengtong.declared.shapes import Pack
from zhengtong.kit import local_date
from zhengtong.kit.calendar import calendar_in_force


def clock_view(state: CaseState, own: State, at: datetime, due: date | None) -> ClockView:
    """Return the clock in words: what is left in workdays, in which bucket, and why it stands still."""
    if own in SETTLED:
        return ClockView("done", None, "ok", due_on=due, on_time=state.is_on_time)
    if own is State.SUPPLEMENTING:
        reason = ("等待申请人补正，时限停止计算", "Waiting for the applicant; the clock stands still")
        return ClockView("paused", remaining_days(due, at), "hold", *reason, due_on=due)
    if state.is_paused:
        hold = state.holds[-1]
        zh, en = hold.title if any(hold.title) else ("暂停", "a pause")
        reason = (f"{zh}，时限停止计算", f"{en}: the clock stands still")
        return ClockView("paused", remaining_days(due, at), "hold", *reason, due_on=due)
    if own is State.WAITING:
        reason = ("等待前一事项办结后开始计算", "Starts when an earlier part is settled")
        return ClockView("paused", None, "hold", *reason, due_on=due)
    return ClockView("running", remaining_days(due, at), bucket_of(due, at), due_on=due)


def bucket_of(due: date | None, at: datetime) -> str:
    """Return "overdue", "today", "soon" or "ok" for a last day."""
    today = local_date(at)
    if due is None:
        return "ok"
    if due <= today:
        return "overdue" if due < today else "today"
    return "soon" if due <= soon_until(at) else "ok"


def mark_of(pack: Pack, remaining: int | None) -> str:
    """Return the colour a running clock has（黄牌、红牌）: "red", "yellow" or "", as the matter or the law warns."""
    warn = pack.handling.warn or case_law().warn
    if remaining is None or remaining > max(warn.yellow, warn.red):
        return ""
    return "red" if remaining <= warn.red else "yellow"


def soon_until(at: datetime) -> date:
    """Return the last day that still counts as soon."""
    return calendar_in_force().add_workdays(local_date(at), case_law().bucket_soon_workdays)


def remaining_days(due: date | None, at: datetime) -> int | None:
    """Return the workdays after today to the last day: 0 on it, negative after."""
    return calendar_in_force().count_workdays(local_date(at), due) if due else None
