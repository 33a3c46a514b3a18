"""`zhengtong backup`: database, tables, files and keys in one file, while the site runs（备份）."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import click

from zhengtong.cli import open_site
from zhengtong.cli.archive import list_files, write_archive
from zhengtong.kit import Refused


@click.command(
    help="把整个站点备份到一个文件；运行中也可做。内含密钥，请妥善保管。/ Back the site up into one file; it holds the keys."
)
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def command(target: Path) -> None:
    open_site()
    from django.conf import settings
    from django.utils import timezone

    if target.exists():
        raise Refused(
            "site.backup.exists", f"{target} 已存在，请换一个文件名。", f"{target} exists: choose another name."
        )
    home = Path(settings.ZHENGTONG_HOME)
    with tempfile.TemporaryDirectory(dir=target.resolve().parent) as folder:
        name, dump = dump_database(settings.DATABASES["default"], Path(folder))
        entries = [(name, dump)] + [(str(path.relative_to(home)), path) for path in list_files(home)]
        facts = {"made_at": timezone.now().isoformat(), "database": name}
        count = write_archive(target, entries, facts)
    click.echo(f"{target}: {count} 个文件 / files")


def dump_database(database: dict, folder: Path) -> tuple[str, Path]:
    """Return the archive name and the file of a consistent copy of the database."""
    if database["ENGINE"].endswith("sqlite3"):
        copy = folder / "zhengtong.sqlite3"
        with closing(sqlite3.connect(database["NAME"])) as live, closing(sqlite3.connect(copy)) as target:
            live.backup(target, pages=2000, sleep=0.005)
        return "zhengtong.sqlite3", copy
    dump = folder / "database.dump"
    run_postgres_tool("pg_dump", database, ["--format=custom", f"--file={dump}"])
    return "database.dump", dump


def run_postgres_tool(tool: str, database: dict, arguments: list[str]) -> None:
    """Run a PostgreSQL client tool on the site's database; the password never appears on a command line."""
    address = [f"--host={database['HOST']}", f"--port={database['PORT'] or 5432}", f"--username={database['USER']}"]
    environment = {**os.environ, "PGPASSWORD": database["PASSWORD"] or ""}
    command_ = [tool, *address, f"--dbname={database['NAME']}", *arguments]
    try:
        done = subprocess.run(command_, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Refused(
            "site.backup.no-tool",
            f"没有找到 {tool}，请安装 PostgreSQL 客户端：apt-get install -y postgresql-client。",
            f"{tool} was not found: apt-get install -y postgresql-client.",
        ) from None
    if done.returncode:
        raise Refused(
            "site.backup.failed", f"{tool} 失败：{done.stderr.strip()}", f"{tool} failed: {done.stderr.strip()}"
        )
