"""The usage log keeps what it acknowledged, in order and once, and shows when somebody changed it."""

from __future__ import annotations

import errno
import gzip
import os
import threading
from itertools import islice

import pytest

from zhengtong.apps.exchange import usage_log
from zhengtong.apps.exchange.usage_archive import archive_writers
from zhengtong.apps.exchange.usage_log import Broken, Position, UsageLog, archived_path, list_writers, read_log


def numbers_in(log: UsageLog, position: Position | None = None) -> list[int]:
    return [line.record["n"] for line in read_log(log._root / log.writer, position)]


def segments_of(log: UsageLog):
    return sorted((log._root / log.writer).glob("*.log"))


def test_what_was_appended_comes_back_in_order(tmp_path):
    log = UsageLog(tmp_path, segment_bytes=20_000)
    for number in range(300):
        log.append({"n": number, "text": "甲\n乙" * 10})
    assert numbers_in(log) == list(range(300))
    assert len(segments_of(log)) > 1, "the log went on in further segments"


def test_reading_goes_on_where_it_stopped_even_across_segments(tmp_path):
    log = UsageLog(tmp_path, segment_bytes=4_000)
    taken, position = [], None
    for number in range(200):
        log.append({"n": number})
        if number % 7 == 0:
            for line in islice(read_log(log._root / log.writer, position), 5):
                taken.append(line.record["n"])
                position = line.after
    taken += numbers_in(log, position)
    assert taken == list(range(200))


def test_threads_share_syncs_and_lose_nothing(tmp_path):
    log = UsageLog(tmp_path)

    def work(start: int) -> None:
        for number in range(start, start + 50):
            log.append({"n": number})

    threads = [threading.Thread(target=work, args=(start * 50,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers_in(log)) == list(range(400))


def test_a_line_torn_by_a_crash_is_not_there_and_hides_nothing(tmp_path):
    log = UsageLog(tmp_path, segment_bytes=8_000)
    for number in range(10):
        log.append({"n": number})
    [first, *_spare] = segments_of(log)
    content = first.read_bytes()
    last = content.rstrip(b"\0").rfind(b"\n", 0, -1)
    first.write_bytes(content[: last + 20] + bytes(len(content) - last - 20))
    assert numbers_in(log) == list(range(9))


def test_a_changed_record_breaks_the_chain(tmp_path):
    log = UsageLog(tmp_path, segment_bytes=4_000)
    for number in range(100):
        log.append({"n": number})
    first = segments_of(log)[0]
    first.write_bytes(first.read_bytes().replace(b'{"n":5}', b'{"n":6}'))
    with pytest.raises(Broken):
        numbers_in(log)


def test_a_missing_segment_is_noticed(tmp_path):
    log = UsageLog(tmp_path, segment_bytes=4_000)
    for number in range(200):
        log.append({"n": number})
    position = next(iter(islice(read_log(log._root / log.writer), 150, None))).after
    assert position.segment > 1
    os.replace(segments_of(log)[0], tmp_path / "away")
    assert numbers_in(log) == [], "nothing is taken from a log without its beginning"


def test_a_write_that_fails_acknowledges_nobody_and_the_next_one_works(tmp_path, monkeypatch):
    log = UsageLog(tmp_path)
    log.append({"n": 1})
    real = usage_log.put

    def fails(*_arguments):
        raise OSError(errno.EIO, "I/O error")

    monkeypatch.setattr(usage_log, "put", fails)
    with pytest.raises(OSError, match="I/O error"):
        log.append({"n": 2})
    monkeypatch.setattr(usage_log, "put", real)
    log.append({"n": 3})
    kept = [line.record["n"] for writer in list_writers(tmp_path) for line in read_log(writer)]
    assert kept == [1, 3]


def test_two_processes_never_share_a_log(tmp_path):
    assert UsageLog(tmp_path).writer != UsageLog(tmp_path).writer


def end_of(log: UsageLog) -> Position:
    return list(read_log(log._root / log.writer))[-1].after


def die(log: UsageLog) -> None:
    """Let go of what a process holds, as the system does when it is killed."""
    os.close(log._alive)


def test_sealed_segments_are_laid_aside_and_their_chain_still_holds(tmp_path):
    log = UsageLog(tmp_path / "usage", segment_bytes=4_000)
    for number in range(100):
        log.append({"n": number, "no": f"R{number}"})
    at = end_of(log)
    assert at.segment > 2
    positions = {log.writer: at}
    assert archive_writers(tmp_path / "usage", tmp_path / "archive", positions, lambda _no: False) == 0
    assert archive_writers(tmp_path / "usage", tmp_path / "archive", positions, lambda _no: True, before=1.0) == 0
    assert archive_writers(tmp_path / "usage", tmp_path / "archive", positions, lambda _no: True) == at.segment - 1
    archived = [line.record["n"] for line in read_log(tmp_path / "archive" / log.writer)]
    living = numbers_in(log, Position(at.segment, 0, list(read_log(tmp_path / "archive" / log.writer))[-1].chain))
    assert archived + living == list(range(100))
    assert archive_writers(tmp_path / "usage", tmp_path / "archive", positions, lambda _no: True) == 0
    log.append({"n": 100, "no": "R100"})
    assert numbers_in(log, at) == [100]


def test_the_log_of_a_living_process_stays_and_of_a_dead_one_goes_once_all_is_taken(tmp_path):
    log = UsageLog(tmp_path / "usage", segment_bytes=4_000)
    for number in range(100):
        log.append({"n": number, "no": f"R{number}"})
    log._preparing.acquire()  # the next segment, prepared beside us, is there by now
    usage, archive, at = tmp_path / "usage", tmp_path / "archive", end_of(log)

    def lay_aside(position: Position) -> int:
        return archive_writers(usage, archive, {log.writer: position}, lambda _no: True)

    lay_aside(at)
    assert len(list_writers(usage)) == 1, "its process lives"
    die(log)
    before = list(islice(read_log(archive / log.writer), 1))[0].after
    assert lay_aside(before) == 0, "the last segment is not taken in yet"
    assert lay_aside(at) == 1
    assert list_writers(usage) == []
    assert [line.record["n"] for line in read_log(archive / log.writer)] == list(range(100))


def test_a_changed_archive_is_noticed(tmp_path):
    log = UsageLog(tmp_path / "usage", segment_bytes=4_000)
    for number in range(100):
        log.append({"n": number, "no": f"R{number}"})
    archive_writers(tmp_path / "usage", tmp_path / "archive", {log.writer: end_of(log)}, lambda _no: True)
    first = archived_path(tmp_path / "archive" / log.writer, 1)
    content = gzip.decompress(first.read_bytes()).replace(b'{"n":5,', b'{"n":6,')
    first.write_bytes(gzip.compress(content))
    with pytest.raises(Broken):
        list(read_log(tmp_path / "archive" / log.writer))
