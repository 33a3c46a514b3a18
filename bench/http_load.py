"""Load on what speaks no HTTP, and single calls of what does: connections kept open, every latency kept; see `wrk`."""

from __future__ import annotations

import multiprocessing
import random
import socket
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

CONNECTIONS, GENERATORS = 8, 2


@dataclass
class Load:
    """What a run measured: answers per second, latencies in seconds, answers by status."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    def quantile(self, share: float) -> float:
        """Return the latency that this share of the calls stays within."""
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(share * len(self.latencies)))]

    @property
    def median(self) -> float:
        return statistics.median(self.latencies)


class Connection:
    """One keep-alive HTTP/1.1 connection over a raw socket: as little work as a client can do."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held = b""

    def call(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and return status and body."""
        self.socket.sendall(request)
        held = self.held
        while (end := held.find(b"\r\n\r\n")) < 0:
            held += self._more()
        head = held[:end].lower()
        body, held = self._body(head, held[end + 4 :])
        self.held = held
        return int(head[9:12]), body

    def _body(self, head: bytes, held: bytes) -> tuple[bytes, bytes]:
        if b"transfer-encoding: chunked" in head:
            return self._chunks(held)
        if b"content-length:" not in head:
            return held + self._rest(), b""
        at = head.index(b"content-length:") + 15
        length = int(head[at : head.find(b"\r\n", at) if head.find(b"\r\n", at) > 0 else None])
        if (
            len(held) < length
        ):  # a buffer that grows in place: a file of a hundred megabytes comes in thousands of pieces
            held = self._filled(bytearray(held), length)
        return held[:length], held[length:]

    def _filled(self, buffer: bytearray, length: int) -> bytes:
        while len(buffer) < length:
            buffer += self._more()
        return bytes(buffer)

    def _chunks(self, held: bytes) -> tuple[bytes, bytes]:
        body = bytearray()
        while True:
            while (end := held.find(b"\r\n")) < 0:
                held += self._more()
            size = int(held[:end].split(b";")[0], 16)
            if len(held) < end + 2 + size + 2:
                held = self._filled(bytearray(held), end + 2 + size + 2)
            body += held[end + 2 : end + 2 + size]
            held = held[end + 2 + size + 2 :]
            if not size:
                return bytes(body), held

    def _rest(self) -> bytes:
        """Return what comes until the server closes: a body of no stated length (RFC 9112, 6.3)."""
        parts = []
        while got := self.socket.recv(1_048_576):
            parts.append(got)
        return b"".join(parts)

    def _more(self) -> bytes:
        got = self.socket.recv(262_144)
        if not got:
            raise ConnectionError("the server closed the connection")
        return got


def load(
    ports: Sequence[int],
    requests: Callable[[random.Random], Any],
    seconds: float,
    connections: int = CONNECTIONS,
    connect: Callable[[int], Any] = Connection,
) -> Load:
    """Return what `connections` connections saw in `seconds`, two generator processes, ports taken in turn.

    `connect` makes what is called from a port: HTTP unless a peer speaks otherwise.
    """
    context = multiprocessing.get_context("fork")  # the function that makes requests need not be picklable
    readers = []
    for seed in range(GENERATORS):
        reader, writer = context.Pipe(duplex=False)
        share = connections // GENERATORS
        context.Process(
            target=_report, args=(writer, ports, requests, seconds, share, seed, connect), daemon=True
        ).start()
        writer.close()
        readers.append(reader)
    parts = [reader.recv() for reader in readers]
    whole = Load(seconds)
    for latencies, statuses in parts:
        whole.latencies += latencies
        for status, count in statuses.items():
            whole.statuses[status] = whole.statuses.get(status, 0) + count
    return whole


def _report(writer, *arguments) -> None:
    writer.send(_drive(*arguments))


def _drive(
    ports: Sequence[int],
    requests: Callable[[random.Random], Any],
    seconds: float,
    connections: int,
    seed: int,
    connect: Callable[[int], Any],
) -> tuple[list[float], dict[int, int]]:
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    ends_at = time.perf_counter() + seconds

    def one(number: int) -> None:
        rng = random.Random(seed * 100 + number)
        connection = connect(ports[number % len(ports)])
        while (started := time.perf_counter()) < ends_at:
            status, _body = connection.call(requests(rng))
            latencies.append(time.perf_counter() - started)
            statuses[status] = statuses.get(status, 0) + 1

    threads = [threading.Thread(target=one, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies, statuses
