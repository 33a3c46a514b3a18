"""Slow and regular work（定时任务）: runs actions, safe to run twice and by two processes at once."""

from __future__ import annotations

from datetime import datetime

from zhengtong.apps.cases import actions


def run_daily(*, at: datetime) -> dict[str, int]:
    """Return what the passing of the day did: deemed acceptances, ended supplements, reminders, dropped drafts."""
    return {
        "deemed_accepted": actions.deem_accepted(at=at),
        "supplements_expired": actions.expire_supplements(at=at),
        "reminded": actions.remind(at=at),
        "drafts_dropped": actions.drop_expired_drafts(at=at),
    }
