"""Case numbers（办件编号）: six digits of the region, the day, and a serial that two processes never share."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from zhengtong.apps.cases.models import CaseCounter
from zhengtong.kit import local_date

SERIAL_DIGITS = 6


@transaction.atomic
def next_numbers(region_code: str, at: datetime, count: int = 1) -> list[str]:
    """Return fresh numbers, in order; gaps may stay behind when what they were for is refused.

    The update takes the row's lock first and the read follows in the same transaction, so that of two processes one
    waits for the other. Called before the transaction it serves, never inside, lest that lock be held for long.
    """
    prefix = f"{region_code[:6]}{local_date(at):%Y%m%d}"
    counted = CaseCounter.objects.filter(prefix=prefix)
    if not counted.update(serial=F("serial") + count):
        CaseCounter.objects.bulk_create([CaseCounter(prefix=prefix)], ignore_conflicts=True)
        counted.update(serial=F("serial") + count)
    last = counted.values_list("serial", flat=True).get()
    return [f"{prefix}{serial:0{SERIAL_DIGITS}d}" for serial in range(last - count + 1, last + 1)]
