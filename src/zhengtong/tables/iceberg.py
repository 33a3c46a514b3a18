"""Snapshots as an Apache Iceberg table（Iceberg 导出）: each exported version is a snapshot of the table; parts are not copied.

Iceberg's metadata names files by their absolute path, so the parts are linked into the table's own folder (copied only
across disks): retention of the store cannot take them away. Needs the extra `iceberg` (pyiceberg, Apache-2.0).
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.parts import to_arrow_schema
from zhengtong.tables.snapshot import Snapshot

NAMESPACE = "zhengtong"
VERSION, DIGEST = "zhengtong.version", "zhengtong.digest"


@dataclass(frozen=True)
class IcebergExported:
    """Where the table is: `metadata` is the file that engines open; `snapshot_id` is this version's in Iceberg."""

    metadata: str
    snapshot_id: int
    rows: int
    files: int


def export_iceberg(snapshot: Snapshot, folder: Path) -> IcebergExported:
    """Make the snapshot the newest of the Iceberg table of its resource in `folder`; exported again, nothing changes.

    Columns that came since are added, those that went stay in the table's older snapshots. Cost: metadata, and one hard
    link a part.
    """
    catalog = _open_catalog(folder)
    catalog.create_namespace_if_not_exists(NAMESPACE)
    name, schema = f"{NAMESPACE}.{_table_name(snapshot)}", to_arrow_schema(snapshot.schema)
    table = catalog.create_table_if_not_exists(name, schema=schema, properties={"format-version": "2"})
    done = next((one for one in table.snapshots() if _told(one) == snapshot.manifest.digest), None)
    if done is None:
        paths = _linked(snapshot, Path(folder) / _table_name(snapshot) / "parts")
        _append_version(table, snapshot, schema, paths)
        table = catalog.load_table(name)
        done = table.current_snapshot()
    assert done is not None
    return IcebergExported(
        table.metadata_location, done.snapshot_id, snapshot.manifest.rows, len(snapshot.manifest.parts)
    )


def _append_version(table: Any, snapshot: Snapshot, schema: Any, paths: list[str]) -> None:
    """In one commit of the table: the new columns, the old version's files out, this version's in."""
    from pyiceberg.expressions import AlwaysTrue

    told = {VERSION: snapshot.manifest.version, DIGEST: snapshot.manifest.digest}
    gone = [name for name in table.schema().column_names if name not in schema.names]
    with table.transaction() as change:
        with change.update_schema(allow_incompatible_changes=True) as update:
            for name in gone:
                update.delete_column(name)
            update.union_by_name(schema)
        if table.current_snapshot() is not None:
            change.delete(AlwaysTrue())
        if paths:
            change.add_files(paths, snapshot_properties=told)


def _linked(snapshot: Snapshot, folder: Path) -> list[str]:
    """Return the parts' places in the table's folder, linked or copied there under the version's name."""
    folder.mkdir(parents=True, exist_ok=True)
    placed = []
    for path in snapshot.paths:
        target = folder / f"{snapshot.manifest.version}-{path.name}"
        if not target.exists():
            try:
                os.link(path, target)
            except OSError:
                shutil.copy2(path, target)
        placed.append(target.resolve().as_uri())
    return placed


def _told(one: Any) -> str:
    return str(one.summary.additional_properties.get(DIGEST, "")) if one.summary else ""


def _table_name(snapshot: Snapshot) -> str:
    return snapshot.manifest.resource.replace("-", "_").replace(".", "_")


def _open_catalog(folder: Path) -> Any:
    try:
        from pyiceberg.catalog.sql import SqlCatalog
    except ImportError as error:
        raise Refused(
            "tables.iceberg.not-installed",
            "导出 Iceberg 需要安装附加组件：pip install 'zhengtong[iceberg]'。",
            "Exporting to Iceberg needs an extra: pip install 'zhengtong[iceberg]'.",
            status=503,
        ) from error
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return SqlCatalog("zhengtong", uri=f"sqlite:///{folder / 'catalog.sqlite3'}", warehouse=folder.as_uri())
