"""Slow and regular work（定时任务）: runs actions, safe to run twice and by two processes at once."""

from __future__ import annotations

from datetime import datetime

from zhengtong.apps.cases import actions
from zhengtong.apps.cases.calendars import publish_calendar


def run_daily(*, at: datetime) -> dict[str, int]:
    """Return what the passing of the day did: consequences of terms, warnings, reminders, archives, dropped drafts."""
    publish_calendar()
    happened = actions.act_on_deadlines(at=at)
    return {
        "deemed_accepted": happened["deemed-accepted"],
        "supplements_expired": happened["supplement-expired"],
        "deemed_decided": happened["deemed-granted"] + happened["deemed-denied"],
        "deemed_withdrawn": happened["deemed-withdrawn"],
        "resumed": happened["procedure-expired"],
        "lapsed": happened["consult-lapsed"] + happened["follow-up-missed"],
        "alerts": sum(count for kind, count in happened.items() if kind.startswith("alert:")),
        "reminded": actions.remind(at=at),
        "archived": actions.archive_settled(at=at),
        "drafts_dropped": actions.drop_expired_drafts(at=at),
    }


def run_processes(*, at: datetime) -> int:
    """Return how many processes of cases moved: clocks that fell due, and work that is the platform's."""
    publish_calendar()
    return actions.run_processes(at=at)
