"""`zhengtong restore`: a backup back into an empty site, checked byte by byte before anything is put in place（恢复）."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import click

from zhengtong.cli.archive import extract_archive
from zhengtong.kit import Refused


@click.command(help="从备份恢复到一个空的站点目录。/ Restore a backup into an empty site folder.")
@click.argument("source", type=click.Path(exists=True, path_type=Path, dir_okay=False))
def command(source: Path) -> None:
    home = Path(os.environ.get("ZHENGTONG_HOME", "var")).resolve()
    if home.exists() and any(home.iterdir()):
        raise Refused(
            "site.restore.not-empty",
            f"站点目录 {home} 不是空的，恢复会覆盖现有内容。请先移走它，或用 ZHENGTONG_HOME 指定一个空目录。",
            f"{home} is not empty: move it away first, or name an empty folder in ZHENGTONG_HOME.",
            status=409,
        )
    home.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=home.parent))
    try:
        manifest = extract_archive(source, folder)
        if home.exists():
            home.rmdir()
        folder.chmod(0o700)
        folder.rename(home)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if manifest["database"] == "database.dump":
        restore_postgres(home)
    click.echo(f"已恢复到 / restored into {home}（{manifest['made_at']}，{len(manifest['files'])} 个文件 / files）")


def restore_postgres(home: Path) -> None:
    from zhengtong.cli import open_site
    from zhengtong.cli.backup import run_postgres_tool

    open_site()
    from django.conf import settings

    dump = home / "database.dump"
    run_postgres_tool("pg_restore", settings.DATABASES["default"], ["--clean", "--if-exists", "--no-owner", str(dump)])
    dump.unlink()
