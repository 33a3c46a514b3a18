"""The usage log（使用日志）: one per process, append-only, chained, durable before `append` returns.

A writer's folder holds numbered segments, written over with zeros beforehand so that a commit moves no metadata. A
segment begins with a header line; each line is `<chain> <json>\\n` where chain is the SHA-256 of the chain before and
the JSON. Whatever follows the last line whose chain fits was never acknowledged: a crash, or a write that failed.
A living writer holds a lock on the file `alive` in its folder, which the system lets go when the process ends, however
it ends; `usage_archive` reads the same lines from compressed segments.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

SEGMENT_BYTES = 4 * 1024 * 1024
CHAIN_CHARACTERS = 64
ALIVE = "alive"
GATHERING_SYNCS, MOST_GATHERING_SECONDS = 4, 0.002
encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder().decode


class Batch:
    """Lines that are written and synced together（组提交）; `error` is why none of them was kept.

    The thread that brought the first line writes them all; each of the others waits at a lock of its own.
    """

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.waiting: list[threading.Lock] = []
        self.wanted, self.full = 0, shut_lock()
        self.error: OSError | None = None

    def add(self, body: bytes) -> threading.Lock | None:
        """Take a line in; return where its thread waits, None to the one that writes."""
        self.bodies.append(body)
        if len(self.bodies) == 1:
            return None
        place = shut_lock()
        self.waiting.append(place)
        if len(self.bodies) == self.wanted:
            self.full.release()
        return place


def shut_lock() -> threading.Lock:
    """Return a lock that is held: whoever takes it waits until somebody lets go of it."""
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass
class Segment:
    """An open file with its write position and the bytes it can still take."""

    number: int
    descriptor: int
    position: int = 0


class UsageLog:
    """One process's log. Threads that append together share one sync; a failed write acknowledges nobody."""

    def __init__(self, folder: Path, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.process = os.getpid()
        self._root, self._segment_bytes = Path(folder), segment_bytes
        self._filling, self._open = threading.Lock(), Batch()
        self._writing, self._preparing = threading.Lock(), threading.Lock()
        self._alive: int | None = None
        self._begin()

    def _begin(self) -> None:
        """Start as a new writer with a chain of its own."""
        self.writer = f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(4)}"
        self._chain = first_chain(self.writer)
        self._segment: Segment | None = None
        self._spare: Segment | None = None
        self._sync_seconds, self._company = 0.0, 1
        if self._alive is not None:
            os.close(self._alive)
            self._alive = None

    def append(self, record: object) -> None:
        """Keep a record for good; OSError when it could not be kept, and then the caller must not answer."""
        body = encode(record)
        with self._filling:
            batch = self._open
            place = batch.add(body)
        if place is None:
            self._commit(batch)
        else:
            place.acquire()
        if batch.error is not None:
            raise batch.error

    def _commit(self, batch: Batch) -> None:
        """Write a batch as soon as the one before it is written and its company is there; then everybody may go on."""
        batch.error = OSError("the thread that was to write the record ended")
        try:
            with self._writing:
                self._gather(batch)
                started = time.perf_counter()
                try:
                    self._write(batch.bodies)
                    batch.error = None
                except OSError as error:
                    batch.error = error
                self._sync_seconds, self._company = time.perf_counter() - started, len(batch.bodies)
        finally:
            self._close(batch)
            for place in batch.waiting:
                place.release()

    def _gather(self, batch: Batch) -> None:
        """Wait a few syncs at most for as many callers as came with the last one, who come back about together; close it.

        A caller alone never waits. Measured, a sync costs the processor as much as all the rest of a call: without this
        the first to come back pays for one alone.
        """
        with self._filling:
            batch.wanted = self._company
            lacks = batch.wanted - len(batch.bodies)
        if lacks > 0:
            batch.full.acquire(timeout=min(GATHERING_SYNCS * self._sync_seconds, MOST_GATHERING_SECONDS))
        self._close(batch)

    def _close(self, batch: Batch) -> None:
        """Let whoever comes now begin another batch."""
        with self._filling:
            if self._open is batch:
                self._open = Batch()

    def _write(self, bodies: list[bytes]) -> None:
        chain, lines = self._chain, []
        for body in bodies:
            chain = next_chain(chain, body)
            lines.append(b"%s %s\n" % (chain, body))
        written = b"".join(lines)
        segment = self._room_for(len(written))
        try:
            put(segment.descriptor, written, segment.position)
        except OSError:
            os.close(segment.descriptor)
            self._begin()  # what this writer left behind its last good line is unknown: go on as another
            raise
        segment.position += len(written)
        self._chain = chain

    def _room_for(self, size: int) -> Segment:
        """Return the segment to write to: the present one, or a new one that begins where it ends."""
        segment = self._segment
        if segment is not None and segment.position + size <= self._segment_bytes:
            return segment
        number = segment.number + 1 if segment else 1
        with self._preparing:
            spare, self._spare = self._spare, None
            fits = spare is not None and spare.number == number and size < self._segment_bytes // 2
            fresh = spare if spare is not None and fits else self._prepare(number, size)
        header = b"%s\n" % encode({"writer": self.writer, "segment": number, "chain": self._chain.decode()})
        put(fresh.descriptor, header, 0)
        fresh.position = len(header)
        if segment is not None:
            os.close(segment.descriptor)
        self._segment = fresh
        threading.Thread(target=self._prepare_spare, args=(number + 1,), daemon=True).start()
        return fresh

    def _prepare_spare(self, number: int) -> None:
        """Have the next segment ready before it is needed; if the disk is full whoever needs it is refused."""
        with self._preparing, contextlib.suppress(OSError):
            if self._segment is not None and self._segment.number < number:
                self._spare = self._prepare(number, 0)

    def _prepare(self, number: int, least: int) -> Segment:
        """Create a segment full of zeros, synced with its folder, ready to be written over."""
        folder = self._root / self.writer
        folder.mkdir(parents=True, exist_ok=True)
        self._hold(folder)
        path = segment_path(folder, number)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            put(descriptor, bytes(max(self._segment_bytes, least + 4096)), 0)
            os.fsync(descriptor)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        for parent in (folder, self._root):
            sync_folder(parent)
        return Segment(number, os.open(path, os.O_RDWR | os.O_DSYNC))

    def _hold(self, folder: Path) -> None:
        """Let everybody see, for as long as this process lives, that its log may still grow."""
        if self._alive is None:
            held = os.open(folder / ALIVE, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(held, fcntl.LOCK_EX)
            self._alive = held


@dataclass(frozen=True)
class Position:
    """How far a writer's log has been taken（读取位置）: the next byte of a segment, and the chain there."""

    segment: int
    offset: int
    chain: str


@dataclass(frozen=True)
class Line:
    """A kept record with its chain value and the position behind it."""

    record: dict
    chain: str
    after: Position


class Broken(Exception):
    """A log whose chain does not hold: a line was changed, or a segment is missing."""


def list_writers(folder: Path) -> list[Path]:
    """Return the writers' folders, oldest first."""
    return sorted(path for path in Path(folder).iterdir() if path.is_dir()) if Path(folder).exists() else []


def read_log(writer: Path, position: Position | None = None) -> Iterator[Line]:
    """Yield the records behind a position, in order; Broken when a segment does not continue the one before.

    Stops without complaint at the last line whose chain fits: what lies behind it was not acknowledged.
    """
    at: Position | None = position or Position(1, 0, first_chain(writer.name).decode())
    while at is not None:
        if at.offset == 0:
            at = begin_segment(writer, at)
            if at is None:
                return
        for line in lines_of(content_of(writer, at.segment, at.offset), at):
            yield line
            at = line.after
        at = begin_segment(writer, Position(at.segment + 1, 0, at.chain))


def begin_segment(writer: Path, at: Position) -> Position | None:
    """Return the position behind a segment's header, None while it is only prepared; Broken when it does not fit."""
    header, end, _rest = content_of(writer, at.segment, 0, 4096).partition(b"\n")
    if header[:1] != b"{" or not end:
        return None
    if decode(header) != {"writer": writer.name, "segment": at.segment, "chain": at.chain}:
        raise Broken(f"segment {at.segment} of {writer} does not continue the one before it")
    return Position(at.segment, len(header) + 1, at.chain)


def content_of(writer: Path, segment: int, offset: int, most: int = -1) -> bytes:
    """Return what stands in a segment behind an offset, compressed or not; nothing when there is no such segment."""
    for path, reader in ((segment_path(writer, segment), open), (archived_path(writer, segment), gzip.open)):
        with contextlib.suppress(FileNotFoundError), reader(path, "rb") as file:
            file.seek(offset)
            return file.read(most)
    return b""


def segment_path(writer: Path, segment: int) -> Path:
    return writer / f"{segment:06d}.log"


def archived_path(writer: Path, segment: int) -> Path:
    return writer / f"{segment:06d}.log.gz"


def lines_of(content: bytes, at: Position) -> Iterator[Line]:
    """Yield the lines of what stands behind a position while their chain fits."""
    chain, start = at.chain, 0
    while (end := content.find(b"\n", start)) > 0:
        stated, body = content[start : start + CHAIN_CHARACTERS], content[start + CHAIN_CHARACTERS + 1 : end]
        if next_chain(chain.encode(), body) != stated:
            return
        chain, start = stated.decode(), end + 1
        yield Line(decode(body), chain, Position(at.segment, at.offset + start, chain))


def first_chain(writer: str) -> bytes:
    return hashlib.sha256(f"zhengtong usage log v1 {writer}".encode()).hexdigest().encode()


def next_chain(chain: bytes, body: bytes) -> bytes:
    return hashlib.sha256(chain + b" " + body).hexdigest().encode()


def put(descriptor: int, content: bytes, position: int) -> None:
    """Write all of it; the system may take it in parts."""
    view = memoryview(content)
    while view:
        taken = os.pwrite(descriptor, view, position)
        view, position = view[taken:], position + taken


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
