"""Where a site keeps what is its own（站点目录）: database file, data, files, keys. One folder, `$ZHENGTONG_HOME`."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def site_home() -> Path:
    """Return the site's folder, made private to its user when new; `./var` unless `ZHENGTONG_HOME` says otherwise."""
    home = Path(os.environ.get("ZHENGTONG_HOME", "var")).resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return home


def secret_bytes(home: Path, name: str, size: int = 32) -> bytes:
    """Return the secret kept under `secrets/name`, generated once; two processes starting together agree on it.

    The file is written whole under another name and linked into place: a crash leaves no half a key, and the second
    process finds the first one's.
    """
    folder = home / "secrets"
    folder.mkdir(exist_ok=True, mode=0o700)
    kept = folder / name
    if not kept.exists():
        fresh = folder / f".{name}.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(size))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, kept)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return bytes.fromhex(kept.read_text().strip())
