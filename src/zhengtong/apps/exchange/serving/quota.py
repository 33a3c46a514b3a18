"""Calls of a day, counted across processes（次数额度）: one shared file of counters, so that a quota is exact.

A counter is the grant's place in the file of the day. The file outlives processes (kill -9 included); after the machine
itself went down it is made again from what the database knows.
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
HEADER_BYTES, SLOT = 64, struct.Struct("<Q")
Known = Callable[[dt.date], Mapping[int, int]]


class Counters:
    """The counters of one day; `known` tells what the database has counted, asked only after a restart of the machine."""

    def __init__(self, folder: Path, day: dt.date, known: Known) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._descriptor = os.open(Path(folder) / f"calls-{day.isoformat()}", os.O_RDWR | os.O_CREAT, 0o600)
        with self._alone():
            boot = (BOOT.read_bytes().strip() if BOOT.exists() else b"unknown")[:HEADER_BYTES].ljust(HEADER_BYTES, b" ")
            if os.pread(self._descriptor, HEADER_BYTES, 0) != boot:
                os.ftruncate(self._descriptor, 0)
                for slot, calls in known(day).items():
                    self._put(slot, calls)
                os.pwrite(self._descriptor, boot, 0)

    def used(self, slot: int) -> int:
        """Return how many calls were counted."""
        held = os.pread(self._descriptor, SLOT.size, HEADER_BYTES + slot * SLOT.size)
        return SLOT.unpack(held)[0] if len(held) == SLOT.size else 0

    def take(self, slot: int, calls: int, most: int) -> bool:
        """Count calls if the quota `most` (0: none) has room for all of them; return whether it had."""
        with self._alone():
            used = self.used(slot)
            if most and used + calls > most:
                return False
            self._put(slot, used + calls)
        return True

    def _put(self, slot: int, calls: int) -> None:
        os.pwrite(self._descriptor, SLOT.pack(calls), HEADER_BYTES + slot * SLOT.size)

    def _alone(self) -> _Alone:
        return _Alone(self._lock, self._descriptor)


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
