"""`zhengtong serve`: the site's server processes and its background worker, started and stopped together."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import click

from zhengtong.cli import open_site
from zhengtong.cli.progress import console


@click.command(help="运行站点：网页、接口、网关和后台工作。/ Run the site: pages, API, gateway and background work.")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / address to listen on")
@click.option("--port", default=8000, show_default=True, help="端口 / port")
@click.option("--workers", default=2, show_default=True, help="进程数 / server processes")
@click.option("--threads", default=4, show_default=True, help="每进程线程数 / threads of a process")
@click.option("--no-work", is_flag=True, help="不启动后台工作进程 / without the background worker")
def command(host: str, port: int, workers: int, threads: int, no_work: bool) -> None:
    prepare()
    run_site(host, port, workers, threads, with_work=not no_work)


def prepare() -> None:
    """Bring the database and the static files to what this version needs; safe to run at every start."""
    open_site()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    collect_static()


def collect_static() -> None:
    """Copy, hash and compress the static files, only when the built assets or this version changed."""
    from django.conf import settings
    from django.core.management import call_command

    built = Path(settings.PACKAGE) / "portals/ui/static/ui/built/.stamp"
    stamp = built.read_text() if built.exists() else ""
    newest = max(
        (file.stat().st_mtime_ns for file in (Path(settings.PACKAGE) / "portals").rglob("static/**/*")), default=0
    )
    wanted = f"{stamp} {newest}"
    kept = Path(settings.STATIC_ROOT) / ".stamp"
    if kept.exists() and kept.read_text() == wanted:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    kept.write_text(wanted)


def run_site(host: str, port: int, workers: int, threads: int, *, with_work: bool) -> None:
    """Serve until stopped; the background worker lives and dies with the server.

    Server processes begin as fresh interpreters: forked from this one, which has threads, an open database and native
    libraries loaded, they crashed now and then under load.
    """
    from granian import Granian
    from granian.constants import Interfaces

    multiprocessing.set_start_method("spawn", force=True)
    worker = start_worker() if with_work else None
    console.print(f"政通已启动 / serving: http://{host}:{port}  （Ctrl+C 停止 / to stop）")
    server = Granian(
        "zhengtong.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_access=False,
        log_enabled=bool(os.environ.get("ZHENGTONG_LOG")),
        respawn_failed_workers=True,
    )
    try:
        server.serve()
    finally:
        if worker:
            worker.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.wait(10)


def start_worker() -> subprocess.Popen:
    """Start `zhengtong work` as a child that ends when this process does, and start it again should it die."""
    command_ = [sys.executable, "-m", "zhengtong.cli.work", "--parent", str(os.getpid())]
    holder = Watched(command_)
    threading.Thread(target=holder.watch, daemon=True, name="worker-watch").start()
    return holder


class Watched:
    """A child process that is started again when it dies, until it is told to stop."""

    def __init__(self, command_: list[str]) -> None:
        self.command = command_
        self.stopping = False
        self.child = subprocess.Popen(command_)

    def watch(self) -> None:
        while not self.stopping:
            self.child.wait()
            if self.stopping:
                return
            console.print(f"后台工作进程意外结束（{self.child.returncode}），1 秒后重启 / worker died, restarting")
            time.sleep(1)
            self.child = subprocess.Popen(self.command)

    def terminate(self) -> None:
        self.stopping = True
        self.child.send_signal(signal.SIGTERM)

    def wait(self, timeout: float) -> int:
        return self.child.wait(timeout)
