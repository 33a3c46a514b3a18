"""Where materials lie（材料文件库）: one file each, encrypted, synced to disk before any row names it."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from django.conf import settings

from zhengtong.apps.people import keys

CONTEXT = "cases.material"


def keep(content: bytes) -> uuid.UUID:
    """Return the name under which the bytes now lie on disk."""
    storage = uuid.uuid4()
    path = _path(storage)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(keys.encrypt_bytes(content, CONTEXT))
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)
    return storage


def fetch(storage: uuid.UUID) -> bytes:
    """Return the bytes kept under a name."""
    return keys.decrypt_bytes(_path(storage).read_bytes(), CONTEXT)


def forget(storage: uuid.UUID) -> None:
    """Delete the file, if it is still there."""
    _path(storage).unlink(missing_ok=True)


def _path(storage: uuid.UUID) -> Path:
    return Path(settings.ZHENGTONG_HOME) / "files" / "materials" / storage.hex[:2] / storage.hex


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
