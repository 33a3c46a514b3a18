"""Several processes that start at one moment: each says that it is ready and waits; the gate opens once all are.

A gate is a folder: a process leaves a file of its number in it, the test leaves `open`. No clock is agreed upon, so a
machine that takes long to load changes nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from tests import postgres
from tests.nursery import PATIENCE, Nursery


class Site(SimpleNamespace):
    """A seeded site on a database of its own; `module` is what each process runs, with the words given to it."""

    def run(self, *words: object, code: int = 0) -> dict:
        return self.nursery.run(self.module, *words, code=code)

    def run_together(self, *attempts: Sequence[object]) -> list[dict]:
        """Start one process an attempt, each with the gate as its last word; open it when all stand before it."""
        gate = self.home / f"gate-{time.monotonic_ns()}"
        gate.mkdir()
        running = [self.nursery.begin(self.module, *attempt, gate) for attempt in attempts]
        until = time.monotonic() + PATIENCE
        while len(list(gate.iterdir())) < len(running) and time.monotonic() < until:
            time.sleep(0.01)
        (gate / "open").touch()
        return [self.nursery.end(process) for process in running]


def found_site(module: str, request, tmp_path_factory) -> Site:
    """Seed a site on SQLite in a file or on the PostgreSQL the tests started, as `request.param` says."""
    home = tmp_path_factory.mktemp(f"together-{request.param}")
    if request.param == "sqlite":
        url = f"sqlite:///{home}/site.sqlite3"
    else:
        url = postgres.new_database(request.getfixturevalue("postgres_url"))
    nursery = Nursery(
        home, {"DATABASE_URL": url, "ZHENGTONG_HOME": str(home)}, "tests.apps.cases.city", "zhengtong.apps.cases.tasks"
    )
    request.addfinalizer(nursery.close)
    site = Site(home=home, nursery=nursery, module=module)
    seeded = site.run("seed")
    assert seeded["ok"], seeded
    vars(site).update(seeded)
    return site


def wait_at(gate: str) -> None:
    """Say that this process is ready, and wait until the gate opens."""
    (Path(gate) / str(os.getpid())).touch()
    while not (Path(gate) / "open").exists():
        time.sleep(0.001)
