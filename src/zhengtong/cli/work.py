"""`zhengtong work`: what must happen although nobody clicks — sealing receipts, expiring terms, reminding（后台工作）.

Chores stand in lanes（车道）, a thread each: a source that is slow to load or an SMS provider that does not answer holds up
nothing but its own lane, and never the clock.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import click

from zhengtong.cli import open_site

log = logging.getLogger("zhengtong.work")
PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Chore:
    """A piece of background work: its door, the seconds between two runs, and the lane it waits in.

    Each is safe to run twice and beside the others. Lanes: "clock" where seconds count, "messages" that wait for other
    systems, "usage" that comes as fast as the gateway is called, "data" that takes its time, "rounds" and "simulations"
    that may take hours.
    """

    name: str
    every_seconds: float
    run: Callable[..., object]
    lane: str = "clock"


def list_chores() -> list[Chore]:
    """Return the chores of this site."""
    from zhengtong.apps.arrangements import tasks as arrangements
    from zhengtong.apps.cases import tasks as cases
    from zhengtong.apps.catalog import tasks as catalog
    from zhengtong.apps.channels import tasks as channels
    from zhengtong.apps.corrections import tasks as corrections
    from zhengtong.apps.demands import tasks as demands
    from zhengtong.apps.evidence import actions as evidence
    from zhengtong.apps.exchange import tasks as exchange
    from zhengtong.apps.feeds import tasks as feeds
    from zhengtong.apps.indicators import tasks as indicators
    from zhengtong.apps.policies import tasks as policies
    from zhengtong.apps.proactive import tasks as proactive

    return [
        Chore("usage of the gateway", 1, exchange.take_in_usage, "usage"),
        Chore("usage laid aside", 60, exchange.archive_usage, "data"),
        Chore("exports of the gateway", 2, exchange.run_exports, "data"),
        Chore("people in exported files", 5, exchange.name_people, "data"),
        Chore("data going back to counties", 60, exchange.deliver_backflows, "data"),
        Chore("last days of answers to requests", 3600, exchange.recount_replies),
        Chore("seal receipts", 1, evidence.seal),
        Chore("terms of cases", 60, cases.run_daily),
        Chore("processes of cases", 1, cases.run_processes),
        Chore("messages by e-mail and SMS", 2, channels.deliver, "messages"),
        Chore("appointments nobody came to", 3600, arrangements.run_daily),
        Chore("late checks of data", 3600, corrections.remind),
        Chore("sources of data", 10, feeds.run_due, "data"),
        Chore("versions beyond their time", 3600, catalog.retain, "data"),
        Chore("old runs of feeds", 3600, feeds.remove_old_runs, "data"),
        Chore("old exports", 3600, exchange.remove_old_exports, "data"),
        Chore("data of ended grants", 3600, demands.run_daily),
        Chore("indicators of the day", 60, indicators.keep_up, "data"),
        Chore("granting without applications", 5, proactive.run_waiting, "rounds"),
        Chore("simulations", 1, policies.run_waiting, "simulations"),
    ]


@click.command(help="后台工作：封存回执、处理到期、提醒。/ Background work: seal receipts, expire terms, remind.")
@click.option("--parent", type=int, help="随该进程结束 / end when this process does")
@click.option("--once", is_flag=True, help="各做一遍就结束 / do everything once and end")
def command(parent: int | None, once: bool) -> None:
    open_site()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    chores = list_chores()
    if once:
        for chore in chores:
            do(chore)
    elif not work(chores, stopping, lambda: parent is not None and os.getppid() != parent):
        sys.exit("后台工作的一条车道意外结束，见日志 / a lane of the background work ended: see the log")


def work(chores: Iterable[Chore], stopping: threading.Event, is_orphan: Callable[[], bool] = lambda: False) -> bool:
    """Do the chores, each lane by itself, until told to stop or left an orphan; return whether no lane ended before."""
    lanes: dict[str, list[Chore]] = {}
    for chore in chores:
        lanes.setdefault(chore.lane, []).append(chore)
    threads = [threading.Thread(target=keep_at, args=(told, stopping), name=lane) for lane, told in lanes.items()]
    for thread in threads:
        thread.start()
    while not stopping.wait(PAUSE_SECONDS) and not is_orphan() and all(thread.is_alive() for thread in threads):
        pass
    ended_well = all(thread.is_alive() for thread in threads) or stopping.is_set()
    stopping.set()
    for thread in threads:
        thread.join()
    return ended_well


def keep_at(chores: Iterable[Chore], stopping: threading.Event) -> None:
    """Do the chores of one lane whenever they are due, until told to stop."""
    due = dict.fromkeys((chore.name for chore in chores), 0.0)
    while not stopping.is_set():
        for chore in chores:
            if time.monotonic() >= due[chore.name] and not stopping.is_set():
                due[chore.name] = time.monotonic() + chore.every_seconds
                do(chore)
        stopping.wait(PAUSE_SECONDS)


def do(chore: Chore) -> None:
    """Run one chore; a failure is logged with its name and tried again at its next turn."""
    from django.db import close_old_connections
    from django.utils import timezone

    try:
        chore.run(at=timezone.now())
    except Exception:
        log.exception("chore failed: %s", chore.name)
    finally:
        close_old_connections()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.site.settings")
    command()
