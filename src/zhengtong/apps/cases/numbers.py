"""Case numbers（办件编号）: six digits of the region, the day, and a serial that two processes never share."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from zhengtong.apps.cases.models import CaseCounter
from zhengtong.kit import local_date

SERIAL_DIGITS = 6
BUSY_SECONDS = 2.0  # numbers asked for again within this time are taken in blocks
MOST_KEPT = 256


@dataclass
class Block:
    """Numbers this process has taken and not given out: the next one, how many are left, how many were taken, when."""

    next: int
    left: int
    taken: int
    at: float


_LOCK = threading.Lock()
_BLOCKS: dict[tuple[int, str, str], Block] = {}


def next_numbers(region_code: str, at: datetime, count: int = 1) -> list[str]:
    """Return fresh numbers, in order; gaps may stay behind when what they were for is refused, or a process ends.

    Called before the transaction it serves, never inside, lest the counter's row be locked for long. Where many are
    asked for within seconds a process takes them in blocks, twice as many each time, so that processes do not wait
    for one another at that row; a quiet counter hands them out one by one. Inside a transaction no block is kept: it
    would outlive a rollback.
    """
    prefix = f"{region_code[:6]}{local_date(at):%Y%m%d}"
    if connection.in_atomic_block:
        return _numbers(prefix, _take(prefix, count), count)
    key = (os.getpid(), str(connection.settings_dict["NAME"]), prefix)
    with _LOCK:
        block = _BLOCKS.get(key)
        if block is None or block.left < count:
            block = _BLOCKS[key] = _next_block(prefix, count, block)
            if len(_BLOCKS) > MOST_KEPT:
                _BLOCKS.pop(next(iter(_BLOCKS)))
        first = block.next
        block.next, block.left = first + count, block.left - count
    return _numbers(prefix, first, count)


def _next_block(prefix: str, count: int, before: Block | None) -> Block:
    now = time.monotonic()
    is_busy = before is not None and now - before.at < BUSY_SECONDS
    wanted = max(count, min(2 * before.taken, MOST_KEPT)) if is_busy and before else count
    return Block(_take(prefix, wanted), wanted, wanted, now)


@transaction.atomic
def _take(prefix: str, count: int) -> int:
    """Return the first of `count` serials that are ours now; of two processes one waits for the other's commit."""
    counted = CaseCounter.objects.filter(prefix=prefix)
    if not counted.update(serial=F("serial") + count):
        CaseCounter.objects.bulk_create([CaseCounter(prefix=prefix)], ignore_conflicts=True)
        counted.update(serial=F("serial") + count)
    return counted.values_list("serial", flat=True).get() - count + 1


def _numbers(prefix: str, first: int, count: int) -> list[str]:
    return [f"{prefix}{serial:0{SERIAL_DIGITS}d}" for serial in range(first, first + count)]
