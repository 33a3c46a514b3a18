"""What must happen although nobody clicks: versions beyond their time are let go, safe to run twice."""

from __future__ import annotations

import datetime as dt
import logging

from zhengtong.apps.catalog import actions

log = logging.getLogger("zhengtong.retention")


def retain(*, at: dt.datetime) -> int:
    """Return how many versions of rows were let go; what went, and how much room it gave back, is logged."""
    removed = actions.remove_old_versions(at=at)
    for one in removed:
        log.info("%s: removed %s, %d bytes", one.resource, ", ".join(one.versions), one.bytes)
    return sum(len(one.versions) for one in removed)
