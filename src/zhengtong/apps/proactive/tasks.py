"""Slow work of this room（后台办理）: run a round to its end; safe to run twice, and by several processes at once."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from zhengtong.apps.proactive import actions
from zhengtong.apps.proactive.models import Round

WAITING = ("finding", "granting")


def run_waiting(*, at: dt.datetime) -> int:  # noqa: ARG001 - a task's signature
    """Return how many rounds were run to their end, oldest first."""
    waiting = Round.objects.filter(state__in=WAITING).order_by("started_at")
    rounds = list(waiting.values_list("pk", flat=True))
    for round_id in rounds:
        run_round(round_id=round_id)
    return len(rounds)


def run_round(*, round_id: UUID, at: dt.datetime | None = None) -> int:
    """Return how many batches this process did; one process finds, all grant, each batch by whoever takes it first."""
    with _finding_alone(round_id):
        actions.find_entitled(round_id=round_id, at=at or timezone.now())
    batches = 0
    while actions.work_on(round_id=round_id, at=at or timezone.now()):
        batches += 1
    return batches


@contextlib.contextmanager
def _finding_alone(round_id: UUID) -> Iterator[None]:
    """Let one process of this machine find at a time; the lock goes with the process, however it ends."""
    folder = Path(settings.ZHENGTONG_HOME) / "proactive"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{round_id}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever waited finds the round granting already
        yield
