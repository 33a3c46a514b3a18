"""Several processes that start at one moment: each says that it is ready and waits; the gate opens once all are.

A gate is a folder: a process leaves a file of its number in it, the test leaves `open`. No clock is agreed upon, so a
machine that takes long to load changes nothing. Loading takes seconds, so it is done once: a nursery
（`python -m tests.apps.cases.starting MODULE`）loads Django and the module, opens no database, and forks a process for
each line it is told.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from tests import postgres

#: seconds a process may take to do its one thing
PATIENCE = 120


class Site(SimpleNamespace):
    """A seeded site on a database of its own, on which processes can be started."""

    def begin(self, *words: object) -> Path:
        """Start a process with these words and return the folder in which it leaves what it says."""
        folder = self.home / f"process-{time.monotonic_ns()}"
        folder.mkdir()
        self.nursery.stdin.write(json.dumps([str(folder), *map(str, words)]) + "\n")
        self.nursery.stdin.flush()
        return folder

    def end(self, process: Path, code: int = 0) -> dict:
        until = time.monotonic() + PATIENCE
        while not (process / "code").exists():
            assert time.monotonic() < until, f"{process} goes on: {(process / 'err').read_text('utf-8')}"
            time.sleep(0.01)
        assert int((process / "code").read_text()) == code, (process / "err").read_text("utf-8")
        said = (process / "out").read_text("utf-8").strip()
        return json.loads(said.splitlines()[-1]) if said else {}

    def run(self, *words: object, code: int = 0) -> dict:
        return self.end(self.begin(*words), code)

    def run_together(self, *attempts: Sequence[object]) -> list[dict]:
        """Start one process an attempt, each with the gate as its last word; open it when all stand before it."""
        gate = self.home / f"gate-{time.monotonic_ns()}"
        gate.mkdir()
        running = [self.begin(*attempt, gate) for attempt in attempts]
        until = time.monotonic() + PATIENCE
        while len(list(gate.iterdir())) < len(running) and time.monotonic() < until:
            time.sleep(0.01)
        (gate / "open").touch()
        return [self.end(process) for process in running]


def found_site(module: str, request, tmp_path_factory) -> Site:
    """Seed a site on SQLite in a file or on the PostgreSQL the tests started, as `request.param` says."""
    home = tmp_path_factory.mktemp(f"together-{request.param}")
    if request.param == "sqlite":
        url = f"sqlite:///{home}/site.sqlite3"
    else:
        url = postgres.new_database(request.getfixturevalue("postgres_url"))
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "ZHENGTONG_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "zhengtong.site.settings",
    }
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.apps.cases.starting", module], env=environment, stdin=subprocess.PIPE, text=True
    )
    request.addfinalizer(nursery.communicate)
    site = Site(home=home, nursery=nursery)
    seeded = site.run("seed")
    assert seeded["ok"], seeded
    vars(site).update(seeded)
    return site


def wait_at(gate: str) -> None:
    """Say that this process is ready, and wait until the gate opens."""
    (Path(gate) / str(os.getpid())).touch()
    while not (Path(gate) / "open").exists():
        time.sleep(0.001)


def keep_nursery(module: str) -> None:
    """Load what every process needs, then fork one for each line, until the test closes the pipe."""
    import django

    django.setup()
    importlib.import_module("tests.apps.cases.city")
    importlib.import_module("zhengtong.apps.cases.tasks")
    main = importlib.import_module(module).main
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        folder, *words = json.loads(line)
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            watch(Path(folder), main, words)


def watch(folder: Path, main, words: Sequence[str]) -> None:
    """Run a process to its end, whichever it is, and leave its exit code, or the signal it died of."""
    child = os.fork()
    if child == 0:
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(folder / name, os.O_CREAT | os.O_WRONLY, 0o600), number)
        main(*words)
        sys.stdout.flush()
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    (folder / "leaving").write_text(str(code))
    (folder / "leaving").rename(folder / "code")
    os._exit(0)


if __name__ == "__main__":
    keep_nursery(sys.argv[1])
