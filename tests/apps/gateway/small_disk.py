"""A usage folder on a disk of its own that can be filled up: a tmpfs that only the served processes see."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.apps.gateway.served_site import ServedSite

SIZE_MEGABYTES = 4


def can_mount() -> bool:
    """Return whether this machine lets a process mount something for itself."""
    if not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode == 0  # fmt: skip


class SmallDisk:
    """Servers whose usage folder lies on a small disk; looked into through the process's own root."""

    def __init__(self, site: ServedSite) -> None:
        self.site = site
        self.usage = site.home / "usage"
        self.usage.mkdir(exist_ok=True)
        mount = f'mount -t tmpfs -o size={SIZE_MEGABYTES}m tmpfs "{self.usage}" && exec "$@"'
        self.server = site.serve(["unshare", "-rm", "sh", "-c", mount, "sh"], ZHENGTONG_DRILL_SEGMENT_BYTES="16384")
        self.inside = Path(f"/proc/{self.server.pid}/root{self.usage}")

    def fill(self) -> None:
        """Leave not a byte free."""
        with (self.inside / "ballast").open("wb", buffering=0) as file:
            for size in (1 << 20, 4096, 512, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def clear(self) -> None:
        (self.inside / "ballast").unlink()

    def keep(self) -> None:
        """Copy what was logged to where the site looks for it once these servers are gone."""
        shutil.copytree(self.inside, self.usage, dirs_exist_ok=True)
