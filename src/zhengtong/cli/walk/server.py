"""A site of its own for a walk（走查用站点）: server and worker as real processes on a free port of this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import httpx

SETTINGS = {"DJANGO_SETTINGS_MODULE": "zhengtong.site.settings"}


@dataclass
class RunningSite:
    """A started site: its address and its processes, which share one process group."""

    address: str
    process: subprocess.Popen
    log: IO[str]

    def kill(self) -> None:
        """End every process of the site at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def stop(self) -> None:
        """Ask the site to stop, and end it if it does not."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
        self.log.close()


def start_site(environment: dict[str, str] | None = None, workers: int = 2, port: int = 0) -> RunningSite:
    """Start `zhengtong serve` with this environment and return once it answers; raises if it does not within 60 s."""
    port = port or free_port()
    command = [
        sys.executable,
        "-c",
        "from zhengtong.cli import main; main()",
        "serve",
        "--port",
        str(port),
        "--workers",
        str(workers),
    ]
    log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the server writes to it
    process = subprocess.Popen(
        command,
        env={**os.environ, **SETTINGS, **(environment or {})},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=log,
    )
    site = RunningSite(f"http://127.0.0.1:{port}", process, log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered: {tail_of(log)}")
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{site.address}/verify/", timeout=5).status_code < 500:
                return site
        time.sleep(0.1)
    site.kill()
    raise RuntimeError(f"the server did not answer within 60 seconds: {tail_of(log)}")


def tail_of(log: IO[str]) -> str:
    """Return the end of what a server said; where a process of it crashed, what it said of that."""
    log.seek(0)
    told = log.read()
    crashed = told.find("Fatal Python error")
    return told[crashed : crashed + 6000] if crashed >= 0 else told[-2000:]


@contextlib.contextmanager
def running_site(environment: dict[str, str] | None = None, workers: int = 2) -> Iterator[RunningSite]:
    """Yield a started site and stop it afterwards."""
    site = start_site(environment, workers)
    try:
        yield site
    finally:
        site.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
