"""Where peers run（对照系统的环境）: throw-away environments, processes that end with the bench, free ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class NotHere(Exception):
    """A peer that cannot be had on this machine, and why: the figure says so."""


def environment(folder: Path, packages: Sequence[str], also: Sequence[str] = ()) -> Path:
    """Return the Python of a virtual environment with these packages, made once; `also` is installed without its needs."""
    python, stamp = folder / "bin/python", folder / ".installed"
    if stamp.exists() and stamp.read_text() == repr((packages, also)):
        return python
    try:
        command([sys.executable, "-m", "venv", str(folder)], 300)
        pip = [str(python), "-m", "pip", "install", "-q", "--prefer-binary"]
        command([*pip, *packages], 1800)
        if also:
            command([*pip, "--no-deps", *also], 1800)
    except (subprocess.SubprocessError, OSError) as error:
        raise NotHere(f"{', '.join(packages[:2])} could not be installed: {last_line(error)}") from error
    stamp.write_text(repr((packages, also)))
    return python


def command(words: Sequence[str], seconds: float = 600, sent: str = "", **more: object) -> str:
    """Run a command to its end and return what it wrote; raises with its complaint when it failed."""
    done = subprocess.run(list(words), input=sent, capture_output=True, text=True, timeout=seconds, check=False, **more)  # type: ignore[call-overload]
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, words, done.stdout, done.stderr)
    return str(done.stdout)


def last_line(error: Exception) -> str:
    """Return the end of what a failed command complained of."""
    told = str(getattr(error, "stderr", "") or error).strip().splitlines()
    return told[-1][:200] if told else type(error).__name__


@contextmanager
def process(words: Sequence[str], log: Path, environ: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen]:
    """Run a process group for as long as the block lasts; what it says goes to `log`."""
    with log.open("ab") as file:
        child = subprocess.Popen(
            list(words), stdout=file, stderr=file, env=dict(environ or os.environ), start_new_session=True
        )
    try:
        yield child
    finally:
        end(child)


def end(child: subprocess.Popen) -> None:
    """End a process group: asked first, killed after twenty seconds."""
    for number, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 5)):
        try:
            os.killpg(child.pid, number)
            child.wait(seconds)
        except (subprocess.TimeoutExpired, ProcessLookupError):
            continue
        return


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def wait_for(port: int, seconds: float = 90) -> None:
    """Return when something listens on the port; NotHere when nothing does in time."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise NotHere(f"nothing listens on {port} after {seconds:g} s")
