"""Where certificate PDFs lie（证照文件库）: by SHA-256 of their bytes, encrypted, whole on disk before any row names them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from zhengtong.apps.certificates.files import write_once
from zhengtong.apps.people import keys

CONTEXT = "certificates.file"


def keep(content: bytes) -> str:
    """Return the SHA-256 (hex) under which `content` now lies on disk, synced; the same bytes twice lie there once."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_once(path, keys.encrypt_bytes(content, CONTEXT))
    return sha256


def fetch(sha256: str) -> bytes:
    """Return the bytes kept under `sha256`; a file that no longer has that digest is a fault that must be seen."""
    content = keys.decrypt_bytes(_path(sha256).read_bytes(), CONTEXT)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"file {sha256} was altered on disk")
    return content


def _path(sha256: str) -> Path:
    return Path(settings.ZHENGTONG_HOME) / "files" / "certificates" / sha256[:2] / sha256
