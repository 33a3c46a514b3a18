"""A MariaDB of the tests' own: made in a temporary folder, reached by its socket only, gone afterwards."""

from __future__ import annotations

import contextlib
import getpass
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SCRIPTS = Path("/usr/share/mysql")
HOW_TO_ADD = "apt-get install -y mariadb-server-core && .venv/bin/pip install pymysql"


def is_installed() -> bool:
    """Return whether server and driver are both there."""
    with contextlib.suppress(ModuleNotFoundError):
        import pymysql  # noqa: F401

        return bool(shutil.which("mariadbd")) and SCRIPTS.is_dir()
    return False


@contextlib.contextmanager
def mariadb_server() -> Iterator[str]:
    """Start a server without a network and yield its socket; anybody who reaches it is its root."""
    folder = Path(tempfile.mkdtemp(prefix="zhengtong-my-"))
    data, socket = folder / "data", folder / "socket"
    data.mkdir()
    serve = ["mariadbd", "--no-defaults", f"--user={getpass.getuser()}", f"--datadir={data}", "--skip-grant-tables"]
    try:
        tables = [(SCRIPTS / name).read_bytes() for name in ("mysql_system_tables.sql", "mysql_system_tables_data.sql")]
        script = b"\n".join([b"CREATE DATABASE mysql;", b"USE mysql;", *tables])
        subprocess.run([*serve, "--bootstrap"], input=script, check=True, capture_output=True)
        serve += [f"--socket={socket}", "--skip-networking"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen([*serve, "--innodb-buffer-pool-size=16M"], stdout=log, stderr=log)
        try:
            wait_for(socket, server)
            yield str(socket)
        finally:
            server.terminate()
            server.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(socket: Path, server: subprocess.Popen) -> None:
    for _ in range(600):
        if socket.exists():
            return
        if server.poll() is not None:
            raise RuntimeError("MariaDB did not start")
        time.sleep(0.1)
    raise RuntimeError("MariaDB did not open its socket in a minute")
