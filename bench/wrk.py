"""The load generator（压力发生器）of HTTP benches: wrk, which costs the machine a tenth of what one in Python does.

Server and generator share two cores here: whatever the generator takes, the server lacks, and the faster the server the
more of it. All who are compared are asked by the same one.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.http_load import CONNECTIONS, Connection, Load
from bench.peers.rooms import NotHere, command, last_line

SCRIPT = Path(__file__).with_name("wrk.lua")
REQUESTS = 50_000
OTHERWISE = 0  # a status that was none of 2xx and 3xx: wrk counts them and does not say which


def load(
    ports: Sequence[int], requests: Callable[[random.Random], bytes], seconds: float, connections: int = CONNECTIONS
) -> Load:
    """Return what `connections` connections saw in `seconds`, shared among the ports; raises when an answer is missing.

    Random requests are made beforehand and asked in turn.
    """
    wrk, rng = find_wrk(), random.Random(seconds)
    sample = [requests(rng) for _ in range(REQUESTS)]
    check_first(ports[0], sample[0])
    with tempfile.NamedTemporaryFile(suffix=".requests") as file:
        file.write(b"\0".join(sample))
        file.flush()
        share = str(max(1, connections // len(ports)))
        threads = "1" if len(ports) > 1 else "2"
        runs = [
            subprocess.Popen(
                [wrk, "-t", threads, "-c", share, "-d", f"{max(1, round(seconds))}s", "--timeout", "60s", "-s", SCRIPT,
                 f"http://127.0.0.1:{port}/", "--", file.name, str(port)],
                stdout=subprocess.PIPE, text=True,
            )
            for port in ports
        ]  # fmt: skip
        told = [run.communicate()[0] for run in runs]
    return together([parsed(one) for one in told])


def parsed(told: str) -> Load:
    """Return what one run of wrk told."""
    lines = [line.split() for line in told.splitlines()]
    facts = {words[0]: [int(word) for word in words[1:]] for words in lines if words and words[0] in ("told", "broken")}
    if "told" not in facts:
        raise RuntimeError(f"wrk said: {told[-500:]}")
    if facts["broken"][0]:
        raise RuntimeError(f"{facts['broken'][0]} connections broke or waited for more than 60 s")
    microseconds, asked, otherwise = facts["told"]
    counted = [(int(words[1]), int(words[2])) for words in lines if words and words[0] == "took"]
    latencies = [took / 1e6 for took, count in counted for _ in range(count)]
    return Load(microseconds / 1e6, latencies, {200: asked - otherwise, OTHERWISE: otherwise})


def together(loads: Sequence[Load]) -> Load:
    """Return runs that ran beside one another as one."""
    whole = Load(max(one.seconds for one in loads))
    for one in loads:
        whole.latencies += one.latencies
        for status, count in one.statuses.items():
            whole.statuses[status] = whole.statuses.get(status, 0) + count
    return whole


def check_first(port: int, request: bytes) -> None:
    """Raise when a request is not answered with 200: a server that refuses is quick."""
    status, body = Connection(port).call(request)
    if status != 200:
        raise RuntimeError(f"port {port} answered {status}: {body[:300]!r}")


def find_wrk() -> str:
    """Return where wrk is, installed where that can be done; NotHere otherwise."""
    if found := shutil.which("wrk"):
        return found
    try:
        if os.geteuid() == 0:
            command(["apt-get", "install", "-y", "-qq", "wrk"], 300)
    except (subprocess.SubprocessError, OSError) as error:
        raise NotHere(f"wrk could not be installed: {last_line(error)}") from error
    if found := shutil.which("wrk"):
        return found
    raise NotHere("wrk is not here. apt-get install -y wrk")
