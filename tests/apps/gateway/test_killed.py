"""Servers killed under load, and on a full disk: every answer that went out has its record and a provable receipt, once.

`./run bench drill` does the same twenty times over, on both databases.
"""

from __future__ import annotations

import os

import pytest

from tests.apps.gateway.served_site import ServedSite, kill, kill_again_and_again
from tests.apps.gateway.small_disk import SmallDisk, can_mount

KILLS = int(os.environ.get("ZHENGTONG_KILLS", "3"))


@pytest.mark.timeout(240)
def test_no_answer_without_its_receipt_after_kill_9(tmp_path):
    site = ServedSite.make(tmp_path, os.environ.get("DATABASE_URL", ""))
    _answered, told = kill_again_and_again(site, KILLS)
    assert told.answered >= 20 * KILLS
    assert told.is_whole, told
    assert told.receipts - told.answered <= 4 * KILLS * 2, "at most the calls in flight have a record unanswered"


@pytest.mark.timeout(240)
@pytest.mark.skipif(not can_mount(), reason="this machine lets nobody mount a small disk (unshare -rm)")
def test_a_full_disk_stops_the_answers_and_an_emptied_one_brings_them_back(tmp_path):
    site = ServedSite.make(tmp_path, os.environ.get("DATABASE_URL", ""))
    disk = SmallDisk(site)
    load = site.load(threads=2)
    try:
        assert load.wait_for(20)
        disk.fill()
        assert load.wait_for(20, status=503), "the disk is full and data still go out"
        disk.clear()
        assert load.wait_for(20), "the disk has room again and nothing goes out"
    finally:
        answered = load.stop()
        disk.keep()
        kill(disk.server)
    told = site.check(answered)
    assert told.is_whole, told
    assert {status for _started, status in load.answers} == {200, 503}
