"""What must happen although nobody clicks: late answers are pointed out once, safe to run twice."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from zhengtong.apps.corrections import actions, queries
from zhengtong.apps.people.shapes import SYSTEM


def remind(*, at: dt.datetime) -> int:
    """Remind each source of what is late and not yet pointed out; return how many."""
    late = queries.list_unreminded(on=timezone.localdate(at))
    return sum(actions.remind_source(no=no, by=SYSTEM, at=at) is not None for no in late)
