"""The backup file（备份文件）: a tar of the site with a manifest whose digests are checked before anything is restored."""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from zhengtong.kit import Refused

MANIFEST = "manifest.json"
SKIPPED = ("static", "secrets.lock")


def list_files(home: Path) -> Iterator[Path]:
    """Yield the site's files that a backup holds; what can be rebuilt (static files) stays out."""
    for path in sorted(home.rglob("*")):
        relative = path.relative_to(home)
        if path.is_file() and relative.parts[0] not in SKIPPED and not is_database(relative):
            yield path


def is_database(relative: Path) -> bool:
    return len(relative.parts) == 1 and ".sqlite3" in relative.name


def write_archive(target: Path, entries: list[tuple[str, Path]], facts: dict[str, str]) -> int:
    """Write the entries (name, file) and the manifest of their digests to `target`; return how many."""
    digests = {}
    draft = target.with_name(f".{target.name}.part")
    with tarfile.open(draft, "w:gz", compresslevel=3) as tar:
        for name, path in entries:
            tar.add(path, name)
            digests[name] = digest_of(path)
        body = json.dumps({**facts, "files": digests}, ensure_ascii=False, sort_keys=True, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(body)
        tar.addfile(entry, BytesIO(body))
    draft.chmod(0o600)
    draft.rename(target)
    return len(entries)


def extract_archive(source: Path, folder: Path) -> dict:
    """Extract into an empty folder and return the manifest, refusing an archive with one byte out of place."""
    try:
        check_whole(source)
        with tarfile.open(source, "r:gz") as tar:
            tar.extractall(folder, filter="data")
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, tarfile.TarError, EOFError, ValueError, zlib.error) as error:
        raise damaged(source, str(error)) from error
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    wrong = [
        name for name, digest in manifest["files"].items() if name not in present or digest_of(folder / name) != digest
    ]
    if wrong or present - set(manifest["files"]):
        raise damaged(source, ", ".join(sorted(wrong)[:5]))
    return manifest


def check_whole(source: Path) -> None:
    """Read to the end, where gzip's checksum stands: tar stops before it, and padding is in no digest."""
    with gzip.open(source) as file:
        while file.read(1 << 20):
            pass


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damaged(source: Path, detail: str) -> Refused:
    return Refused(
        "site.restore.damaged",
        f"备份文件 {source.name} 不完整或被改动（{detail}），没有恢复任何内容。请换一份备份。",
        f"The backup {source.name} is damaged ({detail}); nothing was restored. Use another one.",
    )
