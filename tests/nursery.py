"""A nursery（`python -m tests.nursery MODULE…`）: loads Django and modules once, then forks a process for each thing asked.

Loading the platform takes seconds, a fork none. A nursery opens no database itself, so each process it forks is like one
started anew: its own connections, its own memory, its own death.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: seconds a process may take to do its one thing
PATIENCE = 300
SETTINGS = {"DJANGO_SETTINGS_MODULE": "zhengtong.site.settings"}


class Nursery:
    """Processes of one environment; `folder` is where each leaves what it says."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *modules: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.nursery", *modules],
            cwd=ROOT,
            env={**os.environ, **SETTINGS, **environment},
            stdin=subprocess.PIPE,
            text=True,
        )

    def begin(self, module: str, *words: object) -> Path:
        """Start `main(*words)` of a module in a process of its own; return the folder in which it leaves what it says."""
        left = self.folder / f"process-{time.monotonic_ns()}"
        left.mkdir()
        assert self.process.stdin
        self.process.stdin.write(json.dumps([str(left), module, *map(str, words)]) + "\n")
        self.process.stdin.flush()
        return left

    def end(self, left: Path, code: int = 0) -> dict[str, Any]:
        """Wait for a process and return the JSON of the last line it printed, {} if none."""
        until = time.monotonic() + PATIENCE
        while not (left / "code").exists():
            assert self.process.poll() is None, "the nursery itself has ended"
            assert time.monotonic() < until, f"it goes on: {(left / 'err').read_text('utf-8')}"
            time.sleep(0.01)
        assert int((left / "code").read_text()) == code, (left / "err").read_text("utf-8")
        said = (left / "out").read_text("utf-8").strip()
        return json.loads(said.splitlines()[-1]) if said else {}

    def run(self, module: str, *words: object, code: int = 0) -> dict[str, Any]:
        return self.end(self.begin(module, *words), code)

    def close(self) -> None:
        self.process.communicate()


def keep(modules: Sequence[str]) -> None:
    """Load what every process needs, then fork one for each line, until the pipe is closed."""
    import django

    django.setup()
    for module in modules:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        left, module, *words = json.loads(line)
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            watch(Path(left), importlib.import_module(module).main, words)


def watch(left: Path, main: Callable[..., None], words: Sequence[str]) -> None:
    """Run a process to its end, whichever it is, and leave its exit code, or the signal it died of."""
    child = os.fork()
    if child == 0:
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(left / name, os.O_CREAT | os.O_WRONLY, 0o600), number)
        main(*words)
        sys.stdout.flush()
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    (left / "leaving").write_text(str(code))
    (left / "leaving").rename(left / "code")
    os._exit(0)


if __name__ == "__main__":
    keep(sys.argv[1:])
