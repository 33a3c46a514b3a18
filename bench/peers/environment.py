"""A throw-away environment（临时环境）for peers whose licence or pins keep them out of ours: made by pip, by package name."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_MINUTES = 10


class NoPeer(Exception):
    """The peer cannot be installed or run here; the bench says so and has no figure of it."""


@contextmanager
def environment(*packages: str) -> Iterator[Path]:
    """Yield the Python of a fresh environment with these packages, gone afterwards; raises NoPeer where pip cannot."""
    with TemporaryDirectory(prefix="zhengtong-peer-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        try:
            subprocess.run(command, capture_output=True, text=True, check=True, timeout=_MINUTES * 60)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            told = str(getattr(error, "stderr", "") or error).strip().splitlines()
            raise NoPeer(f"not installable: {told[-1] if told else error}"[:160]) from error
        yield python
