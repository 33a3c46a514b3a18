"""A Spark cluster of the tests' own: a master and two workers as processes of this machine, on free ports, gone afterwards."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.postgres import free_port

HOW_TO_ADD = "apt-get install -y default-jre-headless && .venv/bin/pip install -e '.[spark]'"
WORKERS = 2
_START_SECONDS = 120
#: processes that live for a minute: half the processor time goes into compiling well what runs once
_SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
#: as small as Spark runs at all; small tables need no more partitions than there are workers
_SMALL = f"""
spark.driver.extraJavaOptions {_SHORT_LIVED}
spark.executor.extraJavaOptions {_SHORT_LIVED}
spark.executor.memory 512m
spark.executor.cores 1
spark.driver.memory 640m
spark.sql.shuffle.partitions 2
spark.default.parallelism 2
spark.sql.files.minPartitionNum 2
"""


def missing() -> str:
    """Return what this machine lacks to run Spark, empty if nothing."""
    lacks = [name for name in ("pyspark", "sqlglot") if importlib.util.find_spec(name) is None]
    java = shutil.which("java") or (Path(os.environ.get("JAVA_HOME", "-")) / "bin" / "java").exists()
    return ", ".join(lacks + ([] if java else ["java"]))


@contextlib.contextmanager
def spark_cluster(workers: int = WORKERS) -> Iterator[str]:
    """Start a standalone cluster and yield its master's address; every worker has one core and its own process."""
    import pyspark

    home = Path(pyspark.__file__).parent
    folder = Path(tempfile.mkdtemp(prefix="zhengtong-spark-"))
    port, pages = free_port(), free_port()
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": _SHORT_LIVED,
        "SPARK_NO_DAEMONIZE": "1",
        "PYSPARK_PYTHON": sys.executable,
    }
    (folder / "spark-defaults.conf").write_text(_SMALL)
    processes: list[subprocess.Popen[bytes]] = []

    def start(name: str, role: str, *arguments: str) -> None:
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{role}", *arguments]
        with (folder / f"{name}.log").open("wb") as log:
            processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder))

    try:
        start("master", "master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(pages))
        master = f"spark://127.0.0.1:{port}"
        for number in range(workers):
            work = ["--work-dir", str(folder / f"work{number}"), "--webui-port", str(free_port())]
            start(f"worker{number}", "worker.Worker", "--host", "127.0.0.1", "-c", "1", "-m", "640M", *work, master)
        _wait_for(pages, workers, folder)
        with _environment(SPARK_CONF_DIR=str(folder), SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_DIRS=str(folder)):
            yield master
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _wait_for(pages: int, workers: int, folder: Path) -> None:
    """Return when so many workers have told the master they are there."""
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{pages}/json/", timeout=2) as answer,  # our own loopback
        ):
            if json.load(answer)["aliveworkers"] == workers:
                return
        time.sleep(0.2)
    logs = "\n".join(log.read_text("utf-8", "replace")[-2000:] for log in folder.glob("*.log"))
    raise RuntimeError(f"the Spark cluster did not start within {_START_SECONDS} s:\n{logs}")
