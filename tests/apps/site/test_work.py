"""Background work: a lane that waits holds up no other, a chore that fails is done again, an orphan ends."""

from __future__ import annotations

import threading

from zhengtong.cli import work
from zhengtong.cli.work import Chore

PATIENCE = 20.0


def test_a_provider_that_hangs_does_not_stop_the_clock(db):
    stopping, answered, rounds = threading.Event(), threading.Event(), threading.Semaphore(0)

    def hang(*, at):  # noqa: ARG001 - a chore's signature
        answered.wait(PATIENCE)

    chores = [Chore("messages", 0, hang, "messages"), Chore("seal", 0, lambda at: rounds.release())]  # noqa: ARG005
    worker = threading.Thread(target=work.work, args=(chores, stopping))
    worker.start()
    went_on = all(rounds.acquire(timeout=PATIENCE) for _ in range(3))
    stopping.set()
    answered.set()
    worker.join(PATIENCE)
    assert went_on
    assert not worker.is_alive()


def test_a_chore_that_fails_is_done_again_and_its_lane_goes_on(db, caplog):
    stopping, done = threading.Event(), []

    def fail(*, at):  # noqa: ARG001 - a chore's signature
        done.append("failed")
        raise RuntimeError("no network")

    def count(*, at):  # noqa: ARG001 - a chore's signature
        done.append("done")
        if done.count("done") == 2:
            stopping.set()

    assert work.work([Chore("failing", 0, fail), Chore("other", 0, count)], stopping)
    assert done == ["failed", "done"] * 2
    assert "chore failed: failing" in caplog.text


def test_an_orphan_ends_and_a_lane_that_ended_is_told(db, monkeypatch):
    quiet = [Chore("quiet", 60, lambda at: None)]  # noqa: ARG005
    assert work.work(quiet, threading.Event(), is_orphan=lambda: True)
    monkeypatch.setattr(work, "do", lambda chore: 1 / 0)
    monkeypatch.setattr(threading, "excepthook", lambda told: None)
    assert not work.work(quiet, threading.Event())


def test_every_chore_has_a_lane_and_no_name_twice():
    chores = work.list_chores()
    assert {chore.lane for chore in chores} == {"clock", "messages", "usage", "data", "rounds", "simulations"}
    assert len({chore.name for chore in chores}) == len(chores)
