"""Cases: lifecycles a second through the actions and over HTTP, empty and at a million; queues; everybody granted at once."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figures import Figure

CASES = int(os.environ.get("ZHENGTONG_BENCH_CASES", "1000000"))
PEOPLE = int(os.environ.get("ZHENGTONG_BENCH_PEOPLE", str(CASES)))
SECONDS = float(os.environ.get("ZHENGTONG_BENCH_SECONDS", "20"))
RUNS = int(os.environ.get("ZHENGTONG_BENCH_RUNS", "3"))
PROCESSES = 2
DIGIT = "DIGIT as published, over HTTP on 16 vCPU"
DIGIT_EMPTY, DIGIT_MILLION = 37.0, 6.3
HERE = Path(__file__).resolve().parents[1]


def run() -> list[Figure]:
    """Return the figures; about half an hour, most of it making a million cases and a million residents."""
    figures = [*on_sqlite(), *engine()]
    return [*figures, *on_postgres(), *everybody()]


def told(figure: Figure) -> Figure:
    """Say a figure as soon as it is measured."""
    print(f"{figure.name}: {figure.value:,} {figure.unit} {figure.note}", file=sys.stderr)
    return figure


# -- through the actions ----------------------------------------------------------------------------------------------


def on_sqlite() -> Iterator[Figure]:
    with site(None) as (home, url):
        yield lifecycles("lifecycles on SQLite, one process", home, url, processes=1, at_least=100)


def on_postgres() -> Iterator[Figure]:
    """Yield what the same server does empty and at a million."""
    from bench.casework.server import server

    with server() as postgres, site(postgres) as (home, url):
        empty = lifecycles(f"lifecycles on PostgreSQL, {PROCESSES} processes, empty", home, url, at_least=200)
        yield empty
        yield from over_http(home, url, "empty")
        started = time.perf_counter()
        loaded = int(child("bench.casework.million", home, url, CASES).stdout.split()[-1])
        yield told(
            Figure(
                "cases loaded with logs, receipts and notices",
                loaded,
                "cases",
                note=f"in {time.perf_counter() - started:,.0f} s",
            )
        )
        full = lifecycles(f"lifecycles at {loaded:,} cases", home, url, peer=DIGIT_MILLION)
        ratio = full.value / empty.value
        yield told(Figure("throughput at a million", round(ratio, 3), "of empty", bar=">= 0.9", holds=ratio >= 0.9))
        yield full
        yield from over_http(home, url, f"at {loaded:,} cases")
        yield from queues(home, url)


def lifecycles(
    name: str,
    home: Path,
    url: str,
    *,
    processes: int = PROCESSES,
    at_least: float | None = None,
    peer: float = DIGIT_EMPTY,
) -> Figure:
    """Return the median lifecycles a second of several runs by some processes at once, each case in four calls."""
    rates, cpus, slowest = [], [], []
    for _ in range(RUNS):
        works = lived_at_once(home, url, processes)
        rates.append(sum(one["cases"] / one["seconds"] for one in works))
        cpus.append(sum(one["cpu"] for one in works) / sum(one["cases"] for one in works) * 1000)
        slowest.append(max(quantile(one["latencies"][call], 0.95) for one in works for call in one["latencies"]) * 1000)
    rate = statistics.median(rates)
    note = f"{rate * 4:,.0f} calls/s; {statistics.median(cpus):.1f} ms CPU of ours a case; slowest call p95 {statistics.median(slowest):.0f} ms"
    bar, holds = (f">= {at_least:g}", rate >= at_least) if at_least else ("", None)
    return told(Figure(name, round(rate, 1), "lifecycles/s", DIGIT, peer, round(rate / peer, 1), bar, holds, note))


def lived_at_once(home: Path, url: str, processes: int) -> list[dict]:
    """Return what workers did that began together."""
    workers = [start("bench.casework.lifecycle", home, url, number) for number in range(processes)]
    for worker in workers:
        if worker.stdout.readline() != "ready\n":
            raise RuntimeError("a worker did not start")
    for worker in workers:
        worker.stdin.write(f"{SECONDS}\n")
        worker.stdin.flush()
    return [json.loads(worker.communicate(timeout=SECONDS * 10 + 60)[0]) for worker in workers]


# -- over HTTP --------------------------------------------------------------------------------------------------------


def over_http(home: Path, url: str, when: str) -> Iterator[Figure]:
    """Yield lifecycles a second and the slowest calls through granian with two workers, under tokens."""
    with serving(home, url) as port:
        made = [
            json.loads(child("bench.casework.http", home, url, port, SECONDS).stdout.splitlines()[-1])
            for _ in range(RUNS)
        ]
    rate = statistics.median(one["rate"] for one in made)
    slow = statistics.median(one["p95_ms"] for one in made)
    note = f"{rate * 4:,.0f} calls/s"
    yield told(
        Figure(
            f"lifecycles over HTTP, {when}",
            round(rate, 1),
            "lifecycles/s",
            DIGIT,
            DIGIT_EMPTY,
            round(rate / DIGIT_EMPTY, 1),
            ">= 60",
            rate >= 60,
            note,
        )
    )
    yield told(Figure(f"p95 of a call over HTTP, {when}", round(slow, 1), "ms", bar="<= 60", holds=slow <= 60))


@contextmanager
def serving(home: Path, url: str) -> Iterator[int]:
    from bench.peers.rooms import free_port, process, wait_for

    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "zhengtong.site.wsgi:application", "--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "4", "--log-level", "error"]  # fmt: skip
    with process(command, home / "site.log", environment(home, url)):
        wait_for(port)
        yield port


# -- lists ------------------------------------------------------------------------------------------------------------


def queues(home: Path, url: str) -> Iterator[Figure]:
    """Yield how long officers' and applicants' lists take at this many cases."""
    taken = json.loads(child("bench.casework.lists", home, url).stdout.splitlines()[-1])
    for name, milliseconds in taken.items():
        yield told(Figure(f"{name}, p95", round(milliseconds, 2), "ms", bar="<= 20", holds=milliseconds <= 20))


# -- the engine alone -------------------------------------------------------------------------------------------------


def engine() -> Iterator[Figure]:
    from bench.casework.engine import five_steps_beside_spiff

    yield told(five_steps_beside_spiff())


# -- everybody at once ------------------------------------------------------------------------------------------------


def everybody() -> Iterator[Figure]:
    """Yield how long it takes to find, decide and grant everybody, by two processes, one of them killed on the way."""
    from bench.casework.server import server

    with server() as postgres, site(postgres) as (home, url):
        round_id = child("bench.casework.granting", home, url, "furnish", PEOPLE).stdout.split()[-1]
        started = time.perf_counter()
        workers = [start("bench.casework.granting", home, url, "work", round_id) for _ in range(PROCESSES)]
        for worker in workers:
            worker.wait(timeout=3600)
        seconds = time.perf_counter() - started
        counted = json.loads(child("bench.casework.granting", home, url, "count", round_id).stdout.splitlines()[-1])
        note = f"{counted['granted']:,} granted, {counted['cases']:,} cases, {counted['receipts']:,} receipts"
        whole = counted["granted"] == counted["cases"] == PEOPLE
        yield told(
            Figure(
                f"{PEOPLE:,} residents found, decided, granted",
                round(seconds, 1),
                "s",
                bar="<= 240",
                holds=seconds <= 240 and whole,
                note=note,
            )
        )
    with server() as postgres, site(postgres) as (home, url):
        yield killed(home, url, min(PEOPLE, 50_000))


def killed(home: Path, url: str, people: int) -> Figure:
    """Kill a process at work with SIGKILL, again and again, until all is done; count who was granted how often."""
    round_id = child("bench.casework.granting", home, url, "furnish", people).stdout.split()[-1]
    kills = 0
    while True:
        worker = start("bench.casework.granting", home, url, "work", round_id)
        try:
            worker.wait(timeout=6 + kills)
            break
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
            kills += 1
    counted = json.loads(child("bench.casework.granting", home, url, "count", round_id).stdout.splitlines()[-1])
    holds = counted["cases"] == counted["people"] == people
    note = f"{kills} kills; {counted['cases']:,} cases of {counted['people']:,} people"
    return told(
        Figure(
            "grants twice after kill -9",
            counted["cases"] - counted["people"],
            "cases",
            bar="== 0",
            holds=holds,
            note=note,
        )
    )


# -- processes --------------------------------------------------------------------------------------------------------


@contextmanager
def site(url: str | None) -> Iterator[tuple[Path, str]]:
    """Found the city on a database, in a process of its own, and yield where it is."""
    with tempfile.TemporaryDirectory(prefix="zhengtong-bench-") as folder:
        home = Path(folder)
        address = url or f"sqlite:///{home}/bench.sqlite3"
        child("bench.casework.city", home, address)
        yield home, address


def environment(home: Path, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "ZHENGTONG_HOME": str(home),
        "DATABASE_URL": url,
        "ZHENGTONG_LOG": "ERROR",
        "ZHENGTONG_REQUIRE_MFA": "0",
    }


def child(module: str, home: Path, url: str, *words: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", module, str(home), url, *map(str, words)]
    done = subprocess.run(command, cwd=HERE, env=environment(home, url), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{module} {words} failed:\n{done.stderr[-3000:]}")
    return done


def start(module: str, home: Path, url: str, *words: object) -> subprocess.Popen:
    command = [sys.executable, "-m", module, str(home), url, *map(str, words)]
    return subprocess.Popen(
        command, cwd=HERE, env=environment(home, url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def quantile(sorted_: list[float], share: float) -> float:
    return sorted_[min(len(sorted_) - 1, int(share * len(sorted_)))]
