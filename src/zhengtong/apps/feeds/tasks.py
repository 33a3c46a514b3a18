"""What must happen although nobody clicks: sources that are due are read, safe to run twice and in several processes."""

from __future__ import annotations

import datetime as dt

from zhengtong.apps.feeds import actions


def run_due(*, at: dt.datetime) -> int:
    """Return how many feeds were read."""
    return actions.run_due(at)


def remove_old_runs(*, at: dt.datetime) -> int:
    """Return how many records of runs were removed, being older than the site keeps them."""
    return actions.remove_old_runs(at=at)
