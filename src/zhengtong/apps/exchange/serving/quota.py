"""Calls of a day and of a minute, counted across processes（额度与频次）: shared files of counters; no bound is passed.

A counter is the grant's place in the file of the day. The file outlives processes (kill -9 included); after the machine
itself went down it is made again from what the database knows. While much of a quota is left a process takes some calls
in advance（预留）, a thousandth of what is left at most, so that it need not agree with the others about each; of the last
thousand each is counted alone. What a process took in advance and did not use stays counted.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import struct
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
HEADER_BYTES, SLOT, MINUTE_SLOT = 64, struct.Struct("<Q"), struct.Struct("<QQ")
MOST_AHEAD, SHARE_AHEAD = 64, 1024
Known = Callable[[dt.date], Mapping[int, int]]


class Shared:
    """A file that one thread of one process changes at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def _alone(self) -> _Alone:
        return _Alone(self._lock, self._descriptor)


class Rates(Shared):
    """The calls of the present minute; a minute's count is worth nothing after it, so a restart may forget it."""

    def take(self, slot: int, minute: int, most: int) -> bool:
        """Count a call if the minute has room for it; return whether it had."""
        place = slot * MINUTE_SLOT.size
        with self._alone():
            held = os.pread(self._descriptor, MINUTE_SLOT.size, place)
            counted, calls = MINUTE_SLOT.unpack(held) if len(held) == MINUTE_SLOT.size else (minute, 0)
            calls = calls if counted == minute else 0
            if calls >= most:
                return False
            os.pwrite(self._descriptor, MINUTE_SLOT.pack(minute, calls + 1), place)
        return True


class Counters(Shared):
    """The counters of one day; `known` tells what the database has counted, asked only after a restart of the machine."""

    def __init__(self, folder: Path, day: dt.date, known: Known) -> None:
        super().__init__(Path(folder) / f"calls-{day.isoformat()}")
        self._here, self._ahead = threading.Lock(), dict[int, int]()
        with self._alone():
            boot = (BOOT.read_bytes().strip() if BOOT.exists() else b"unknown")[:HEADER_BYTES].ljust(HEADER_BYTES, b" ")
            if os.pread(self._descriptor, HEADER_BYTES, 0) != boot:
                os.ftruncate(self._descriptor, 0)
                for slot, calls in known(day).items():
                    self._put(slot, calls)
                os.pwrite(self._descriptor, boot, 0)

    def used(self, slot: int) -> int:
        """Return how many calls were counted, those taken in advance among them."""
        held = os.pread(self._descriptor, SLOT.size, HEADER_BYTES + slot * SLOT.size)
        return SLOT.unpack(held)[0] if len(held) == SLOT.size else 0

    def take(self, slot: int, calls: int, most: int) -> bool:
        """Count calls if the quota `most` (0: none) has room for all of them; return whether it had."""
        with self._here:
            ahead = self._ahead.get(slot, 0) - calls
            if ahead < 0:
                ahead = self._take_ahead(slot, -ahead, most)
            if ahead is not None:
                self._ahead[slot] = ahead
        return ahead is not None

    def _take_ahead(self, slot: int, calls: int, most: int) -> int | None:
        """Count calls with the other processes, and some in advance; return how many of these, None without room."""
        with self._alone():
            used = self.used(slot) + calls
            if most and used > most:
                return None
            ahead = min(MOST_AHEAD, (most - used) // SHARE_AHEAD) if most else MOST_AHEAD
            self._put(slot, used + ahead)
        return ahead

    def _put(self, slot: int, calls: int) -> None:
        os.pwrite(self._descriptor, SLOT.pack(calls), HEADER_BYTES + slot * SLOT.size)


class _Alone:
    """Hold the counters against the other threads and the other processes."""

    def __init__(self, lock: threading.Lock, descriptor: int) -> None:
        self._lock, self._descriptor = lock, descriptor

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX)
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, *_exception: object) -> None:
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN)
        self._lock.release()
