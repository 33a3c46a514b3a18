"""Slow and regular work（定时任务）: runs actions, safe to run twice and by two processes at once."""

from __future__ import annotations

from datetime import datetime

from zhengtong.apps.cases import actions
from zhengtong.apps.cases.calendars import announced_dates, is_recounted, mark_recounted, publish_calendar


def run_daily(*, at: datetime) -> dict[str, int]:
    """Return what the passing of the day did: consequences of terms, warnings, reminders, archives, dropped drafts."""
    recounted = recount(at=at)
    happened = actions.act_on_deadlines(at=at)
    return {
        "recounted": recounted,
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
    return actions.run_processes(at=at)


def recount(*, at: datetime) -> int:
    """Return how many open cases end on another day since a calendar was announced; interrupted, it is done again."""
    publish_calendar()
    if is_recounted():
        return 0
    days, moved, place = announced_dates(), 0, 0
    while True:
        more, place = actions.recount_clocks(days=days, at=at, after_id=place)
        moved += more
        if not place:
            mark_recounted()
            return moved
