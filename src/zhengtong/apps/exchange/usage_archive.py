"""The usage logs of days gone by（使用日志归档）: what became sealed receipts is compressed and laid aside, chain and all.

A segment moves once every record in it has been taken in and the last of them is sealed: then the receipts prove what the
lines say, and each receipt names its line's chain value. Lines are never changed, so `read_log` reads and checks the
archive as it does the living log. Nothing of the archive is ever deleted here: 政务数据共享条例 art. 29 wants three years
at least, and a site decides what it keeps longer.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from zhengtong.apps.exchange.usage_log import (
    ALIVE,
    Position,
    archived_path,
    content_of,
    decode,
    lines_of,
    list_writers,
    read_log,
    segment_path,
    sync_folder,
)

IsSealed = Callable[[str], bool]


def archive_writers(
    usage: Path, archive: Path, positions: dict[str, Position], is_sealed: IsSealed, before: float = float("inf")
) -> int:
    """Return how many segments were laid aside; what is not wholly taken in, sealed and in order stays where it is.

    So do the segments that were written to since `before` (Unix seconds): a backup that copied the database a moment ago then
    still finds the segments which that copy has not taken in.
    """
    moved = 0
    for writer in list_writers(usage):
        at = positions.get(writer.name)
        for number in range(1, at.segment if at else 1):
            moved += lay_aside(writer, number, archive / writer.name, is_sealed, before)
        with held_if_dead(writer) as is_dead:
            if is_dead and next(read_log(writer, at), None) is None:
                moved += lay_aside(writer, at.segment, archive / writer.name, is_sealed, before) if at else 0
                remove_empty(writer, at)
    return moved


def lay_aside(writer: Path, number: int, target: Path, is_sealed: IsSealed, before: float) -> bool:
    """Compress a segment into the archive and remove it; return whether it was there, whole and sealed."""
    path = segment_path(writer, number)
    if not path.exists() or path.stat().st_mtime > before:
        return False
    content = content_of(writer, number, 0)
    header, _, lines = content.partition(b"\n")
    chain = first_of(header)
    kept, last = len(header) + 1, ""
    for line in lines_of(lines, Position(number, kept, chain)):
        kept, last = line.after.offset, line.record.get("no", last)
    if last and not is_sealed(last):
        return False
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target / f"{number:06d}.draft"
    with draft.open("wb") as file:
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
            packed.write(content[:kept])
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o600)
    os.replace(draft, archived_path(target, number))
    sync_folder(target)
    path.unlink()
    return True


def first_of(header: bytes) -> str:
    """Return the chain value that a segment begins with."""
    return str(decode(header)["chain"])


@contextmanager
def held_if_dead(writer: Path) -> Iterator[bool]:
    """Yield whether the writer's process has ended, and hold its place against another archiver meanwhile."""
    try:
        held = os.open(writer / ALIVE, os.O_RDWR)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(held)


def remove_empty(writer: Path, at: Position | None) -> None:
    """Remove a dead writer's folder once nothing but prepared segments is left in it."""
    left = [path for path in writer.glob("*.log") if not at or int(path.stem) > at.segment]
    if segment_path(writer, at.segment if at else 0).exists() or any(path.read_bytes().strip(b"\0") for path in left):
        return
    with contextlib.suppress(OSError):
        shutil.rmtree(writer)


def remove_old_counters(usage: Path, today: str) -> None:
    """Remove the counters of days before yesterday: what they counted stands in the database."""
    for path in sorted(usage.glob("calls-*"))[:-2]:
        if path.name < f"calls-{today}":
            path.unlink(missing_ok=True)
