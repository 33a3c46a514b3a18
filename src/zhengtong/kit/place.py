"""Where the platform stands in time（时区）: one zone, and what an instant must be."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

# Fixed at UTC+8 rather than read from the zone database, which a small machine may lack: China has had no summer time
# since 1991, and no instant of this platform is older.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def to_local(instant: datetime) -> datetime:
    """Return `instant` on the clock of Shanghai; an instant without zone is a bug in the caller."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(SHANGHAI)


def local_date(instant: datetime) -> date:
    """Return the day `instant` falls on in Shanghai."""
    return to_local(instant).date()
