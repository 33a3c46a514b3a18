"""A PostgreSQL of the tests' own: made in a temporary folder, on a free port of this machine, gone afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

HOW_TO_ADD = "apt-get install -y postgresql"


def find_binaries() -> Path | None:
    """Return the folder of `initdb` and `postgres`, newest first, or None where PostgreSQL is not installed."""
    on_path = shutil.which("initdb")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: int(found.parts[4]))
    found = [Path(on_path)] if on_path else versions[::-1]
    return found[0].parent if found else None


def as_server_user(folder: Path) -> list[str]:
    """Return the command prefix that drops root, which PostgreSQL refuses to run as."""
    if os.geteuid() != 0:
        return []
    user = next((name for name in ("postgres", "nobody") if has_user(name)), "nobody")
    shutil.chown(folder, user)
    return ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"]


def has_user(name: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def new_database(url: str, template: str = "template1") -> str:
    """Make a database beside the one of `url`, on the same server, as a copy of a template nobody is in; its address."""
    import psycopg

    name = f"beside_{secrets.token_hex(4)}"
    with psycopg.connect(f"{url.rpartition('/')[0]}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE {name} TEMPLATE "{template}"')
    return f"{url.rpartition('/')[0]}/{name}"


@contextlib.contextmanager
def postgres_server(**settings: str) -> Iterator[str]:
    """Start a server and yield its address as a DATABASE_URL; durable settings stay on, as in production.

    `settings` are further ones of postgresql.conf, for a bench that says which.
    """
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError(f"PostgreSQL is not installed: {HOW_TO_ADD}")
    folder = Path(tempfile.mkdtemp(prefix="zhengtong-pg-"))
    try:
        prefix = as_server_user(folder)
        cluster = folder / "cluster"
        make = [
            *prefix,
            binaries / "initdb",
            "-D",
            cluster,
            "-U",
            "zhengtong",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        subprocess.run(make, check=True, capture_output=True, cwd="/")
        port = free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=60"
        options += "".join(f" -c {name}={value}" for name, value in settings.items())
        control = [*prefix, binaries / "pg_ctl", "-D", cluster, "-w"]
        log = ["-l", folder / "log"]
        subprocess.run([*control, *log, "-o", options, "start"], check=True, capture_output=True, cwd="/")
        try:
            yield f"postgresql://zhengtong@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd="/")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
