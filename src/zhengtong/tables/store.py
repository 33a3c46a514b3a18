"""Where snapshots live（数据仓）: root/<resource>/<version>/, each made aside, synced, and put in place by one rename."""

from __future__ import annotations

import dataclasses
import datetime
import glob
import json
import os
import re
import secrets
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from zhengtong.kit import Refused
from zhengtong.tables.engine import Limits
from zhengtong.tables.snapshot import MANIFEST_FILE, Manifest, Snapshot

_RESOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,119}")
_VERSION = re.compile(r"v\d{6,}")


@dataclass(frozen=True)
class Store:
    """A folder of resources; safe for many processes, since nothing in it ever changes in place."""

    root: Path
    limits: Limits = field(default_factory=Limits)

    def shelf(self, resource: str) -> Shelf:
        """Return the shelf of one resource; it may be empty."""
        if not _RESOURCE.fullmatch(resource):
            raise Refused(
                "tables.store.bad-name",
                "数据资源在数据仓中的名称只能用字母、数字、下划线、点和连字符，且不超过 120 个字符。",
                "A resource's name in the store is letters, digits, underscore, dot and hyphen, at most 120 of them.",
                facts={"resource": resource},
            )
        return Shelf(Path(self.root), resource, self.limits)

    def resources(self) -> list[str]:
        """Return the names that have a shelf, sorted."""
        root = Path(self.root)
        return (
            sorted(p.name for p in root.iterdir() if p.is_dir() and _RESOURCE.fullmatch(p.name))
            if root.is_dir()
            else []
        )

    def open(self, resource: str, version: str | None = None) -> Snapshot:
        """Return the snapshot, the latest if no version is named; refuse if there is none."""
        return self.shelf(resource).open(version)


@dataclass(frozen=True)
class Shelf:
    """All versions of one resource（数据资源的版本架）, oldest first."""

    root: Path
    resource: str
    limits: Limits

    @property
    def directory(self) -> Path:
        return self.root / self.resource

    def versions(self) -> list[str]:
        """Return the published versions, oldest first."""
        if not self.directory.is_dir():
            return []
        return sorted((p.name for p in self.directory.iterdir() if _VERSION.fullmatch(p.name)), key=_number)

    def latest(self) -> Snapshot | None:
        """Return the newest snapshot, None if nothing was published yet."""
        versions = self.versions()
        return self.open(versions[-1]) if versions else None

    def open(self, version: str | None = None) -> Snapshot:
        """Return the snapshot of that version, or the latest; its manifest is checked, its parts are not."""
        name = version or (self.versions() or [""])[-1]
        path = self.directory / name / MANIFEST_FILE
        if not _VERSION.fullmatch(name) or not path.is_file():
            raise Refused(
                "tables.store.no-version",
                f"数据资源 {self.resource} 没有{'版本 ' + version if version else '已发布的版本'}，可能已过保存期限或尚未装载。",
                f"{self.resource} has no {'version ' + version if version else 'published version'}; "
                "it was never loaded or has been removed by retention.",
                status=404,
                facts={"resource": self.resource, "version": version or ""},
            )
        return Snapshot(Manifest.from_json(json.loads(path.read_text("utf-8"))), path.parent)

    def stage(self) -> Path:
        """Return a new private folder on the same disk, for a snapshot in the making."""
        path = self.directory / f".staging-{os.getpid()}-{secrets.token_hex(4)}"
        path.mkdir(parents=True)
        return path

    def publish(self, staged: Path, manifest: Manifest) -> Snapshot:
        """Put a staged folder in place as the next version and return it; after a crash it is there whole or not at all."""
        number = _number(self.versions()[-1]) + 1 if self.versions() else 1
        while True:
            version = f"v{number:06d}"
            unsealed = dataclasses.replace(manifest, version=version, digest="")
            sealed = dataclasses.replace(unsealed, digest=unsealed.content_digest())
            write_durably(staged / MANIFEST_FILE, json.dumps(sealed.to_json(), ensure_ascii=False, indent=1).encode())
            sync_folder(staged)
            try:
                staged.rename(self.directory / version)
            except OSError:
                if not (self.directory / version).exists():
                    raise
                number += 1  # another process published at the same moment: take the next number
                continue
            sync_folder(self.directory)
            return Snapshot(sealed, self.directory / version)

    def as_of(self, moment: datetime.datetime) -> Snapshot:
        """Return the version that was the latest at that instant（时间旅行）; refuse if there was none yet, or none is left."""
        for version in reversed(self.versions()):
            snapshot = self.open(version)
            if datetime.datetime.fromisoformat(snapshot.manifest.made_at) <= moment:
                return snapshot
        raise Refused(
            "tables.store.no-version-then",
            f"数据资源 {self.resource} 在该时刻没有可用的版本，可能尚未发布，或已过保存期限。",
            f"{self.resource} had no version at that moment, or it has been removed by retention.",
            status=404,
            facts={"resource": self.resource, "moment": moment.isoformat()},
        )

    def retain(
        self, *, versions: int = 1, since: datetime.datetime | None = None, protect: Collection[str] = ()
    ) -> list[str]:
        """Remove old versions with their projections and return their names（保存期限）.

        Kept are the newest `versions` (at least one), those made at or after `since`, and those in `protect`.
        """
        removed = []
        for version in self.versions()[: -max(1, versions)]:
            made_at = datetime.datetime.fromisoformat(self.open(version).manifest.made_at)
            if version in protect or (since is not None and made_at >= since):
                continue
            for projection in (self.directory / "projections").glob(f"{version}-*.sqlite"):
                projection.unlink()
            # renamed first: a crash leaves either the whole version or a folder that sweep removes
            doomed = self.directory / f".removing-{os.getpid()}-{version}"
            (self.directory / version).rename(doomed)
            sync_folder(self.directory)
            shutil.rmtree(doomed)
            removed.append(version)
        return removed

    def sweep(self) -> int:
        """Remove what crashed runs of this machine left half made or half removed; return how many folders."""
        left = [*self.directory.glob(".staging-*"), *self.directory.glob(".removing-*")]
        stale = [path for path in left if not _is_alive(int(path.name.split("-")[1]))]
        for path in stale:
            shutil.rmtree(path, ignore_errors=True)
        return len(stale)


def draft_beside(path: Path) -> Path:
    """Return a name for a draft of a file, in its folder; drafts of it that crashed runs left there are removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{glob.escape(path.name)}-*-draft*"):
        if not _is_alive(int(left.name[len(path.name) + 2 :].split("-")[0])):
            left.unlink(missing_ok=True)
    return path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}-draft")


def put_in_place(draft: Path, path: Path) -> None:
    """Sync a finished draft and rename it to the file: it is there whole or not at all."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.rename(path)
    sync_folder(path.parent)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file and return when the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Return when the disk has the folder's entries."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _number(version: str) -> int:
    return int(version[1:])


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
