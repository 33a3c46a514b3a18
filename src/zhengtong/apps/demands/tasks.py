"""What must happen although nobody clicks: grants that have ended are followed by the disposal of what was read."""

from __future__ import annotations

import datetime as dt

from zhengtong.apps.demands import actions


def run_daily(*, at: dt.datetime) -> int:
    """Open the disposals that are due; return how many."""
    return actions.open_disposals(at=at)
