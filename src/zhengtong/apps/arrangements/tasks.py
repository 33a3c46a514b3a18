"""Regular work of this room: appointments nobody came to."""

from __future__ import annotations

import datetime as dt

from zhengtong.apps.arrangements import actions


def run_daily(*, at: dt.datetime) -> dict[str, int]:
    """Return how many appointments nobody came to; safe to run twice."""
    return {"missed": actions.mark_missed(at=at)}
