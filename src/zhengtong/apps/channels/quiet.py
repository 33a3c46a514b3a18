"""When people are left in peace（免打扰）."""

from __future__ import annotations

import datetime as dt

from zhengtong.kit import SHANGHAI, to_local


def after_quiet(at: dt.datetime, quiet_from: dt.time, quiet_to: dt.time) -> dt.datetime:
    """Return `at`, or the end of the quiet hours it falls into; equal times mean that there are none."""
    local = to_local(at)
    clock = local.time()
    over_night = quiet_from > quiet_to
    is_quiet = (clock >= quiet_from or clock < quiet_to) if over_night else quiet_from <= clock < quiet_to
    if not is_quiet:
        return at
    day = local.date() + dt.timedelta(days=1) if over_night and clock >= quiet_from else local.date()
    return dt.datetime.combine(day, quiet_to, SHANGHAI)
