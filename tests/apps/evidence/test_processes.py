"""Several processes on one database: one sealer at a time, nothing lost or doubled, and `kill -9` leaves no half work."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from zhengtong.ledger import Tree, open_checkpoint, parse_verifier

pytestmark = pytest.mark.skipif(
    "DATABASE_URL" in os.environ, reason="brings both databases itself; ran in the first pass"
)

ROOT = Path(__file__).resolve().parents[3]
Ask = Callable[[str], list[tuple[Any, ...]]]


class Site:
    """A database of its own, on a home of its own, that processes share."""

    def __init__(self, home: Path, url: str, ask: Ask) -> None:
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        self.environment = {**os.environ, "ZHENGTONG_HOME": str(home), "DATABASE_URL": url, "PYTHONPATH": path}
        self.ask = ask

    def start(self, what: str, times: int = 0) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.apps.evidence.worker", what, str(times)]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def finish(self, *processes: subprocess.Popen[str]) -> list[str]:
        """Wait for the processes and return the numbers they acknowledged."""
        numbers: list[str] = []
        for process in processes:
            told, complaints = process.communicate(timeout=120)
            assert process.returncode == 0, complaints
            numbers += told.split()
        return numbers

    def check(self, acknowledged: list[str]) -> None:
        """Every acknowledged receipt is in the log once, and the log's signed root is that of its leaves."""
        from zhengtong.apps.evidence import leaves

        rows = self.ask("SELECT no, kind, at, digest, leaf_index FROM evidence_receipt ORDER BY leaf_index")
        assert set(acknowledged) <= {row[0] for row in rows}
        assert [row[4] for row in rows] == list(range(len(rows)))
        tree = Tree()
        tree.extend(
            leaves.leaf_bytes(no=no, kind=kind, at=to_instant(at), digest=digest) for no, kind, at, digest, _ in rows
        )
        keys = [parse_verifier(key) for (key,) in self.ask("SELECT public_key FROM evidence_signingkey")]
        assert len(keys) == 1, "one key, though several processes began at once"
        for size, note in self.ask("SELECT size, note FROM evidence_checkpoint"):
            head = open_checkpoint(note, keys)
            assert (head.size, head.root) == (size, tree.root(size))
        assert self.ask("SELECT max(size) FROM evidence_checkpoint") == [(len(rows),)]


def to_instant(stored: Any) -> Any:
    import datetime as dt

    return dt.datetime.fromisoformat(stored).replace(tzinfo=dt.UTC) if isinstance(stored, str) else stored


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    made = on_sqlite(tmp_path) if request.param == "sqlite" else on_postgresql(tmp_path, request)
    made.finish(made.start("migrate"))
    return made


def on_sqlite(home: Path) -> Site:
    file = home / "site.sqlite3"

    def ask(query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(file)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    return Site(home, f"sqlite:///{file}", ask)


def on_postgresql(home: Path, request: pytest.FixtureRequest) -> Site:
    server = request.getfixturevalue("postgres_url")
    name = f"evidence_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = server.rpartition("/")[0] + "/" + name

    def ask(query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(url) as connection:
            return connection.execute(query).fetchall()

    return Site(home, url, ask)


def test_two_sealers_and_two_writers_lose_and_double_nothing(site: Site) -> None:
    numbers = site.finish(
        site.start("both", 60), site.start("both", 60), site.start("leave", 60), site.start("seal", 60)
    )
    assert len(numbers) == len(set(numbers)) == 180
    site.finish(site.start("seal", 1))
    site.check(numbers)


def test_a_killed_sealer_leaves_nothing_half_done(site: Site) -> None:
    numbers: list[str] = []
    for delay in (0.05, 0.2, 0.4):
        victim = site.start("both", 100_000)
        first = victim.stdout.readline()  # it is at work
        time.sleep(delay)
        victim.send_signal(signal.SIGKILL)
        told = first + victim.stdout.read()
        victim.communicate()
        numbers += told.splitlines()[: None if told.endswith("\n") else -1]
    assert len(numbers) > 3
    site.finish(site.start("seal", 1))
    site.check(numbers)
