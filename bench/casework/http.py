"""A load of lifecycles over HTTP: eight connections, each filing, accepting, deciding and finding one case after another."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from bench.casework import city
from bench.http_load import Connection

CONNECTIONS = 8


def main(home: str, url: str, port: str, seconds: str) -> None:
    city.open_site(Path(home), url)
    applicant, officer = tokens()
    runs = [Run(int(port), applicant, officer, number) for number in range(CONNECTIONS)]
    for run in runs:
        run.live_one_through()  # the server's processes read packs and prepare statements
    cpu = time.process_time()
    latencies, cases, elapsed = at_once(runs, float(seconds))
    cpu = time.process_time() - cpu
    slow = sorted(latencies)[int(0.95 * len(latencies))]
    print(json.dumps({"rate": cases / elapsed, "p95_ms": slow * 1000, "calls": len(latencies), "cpu": cpu}))


def at_once(runs: list[Run], seconds: float) -> tuple[list[float], int, float]:
    """Return every latency, how many cases were lived through, and the time that took."""
    started = time.perf_counter()
    threads = [threading.Thread(target=run.until, args=(started + seconds,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for run in runs for one in run.latencies], sum(run.cases for run in runs), time.perf_counter() - started


def tokens() -> tuple[str, str]:
    """Return tokens for an applicant and an officer, issued now."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from zhengtong.apps.people import actions, queries
    from zhengtong.apps.people.shapes import SYSTEM

    at, records = timezone.now(), get_user_model().objects
    if not records.filter(username="applicant").exists():
        subject = queries.find_subject("resident", city.id_number(1))
        actions.open_account(username="applicant", password=city.PASSWORD, resident_id=subject.id, by=SYSTEM, at=at)
    issued = []
    for name, scope in (("applicant", "cases:apply"), ("officer0", "cases:handle")):
        account = records.get(username=name)
        issued.append(
            actions.issue_token(account_id=account.pk, name="bench", scopes=[scope], days=1, by=SYSTEM, at=at)[1]
        )
    return issued[0], issued[1]


class Run:
    """One connection at work."""

    def __init__(self, port: int, applicant: str, officer: str, number: int) -> None:
        self.connection, self.applicant, self.officer = Connection(port), applicant, officer
        self.number, self.cases, self.latencies = number * 1_000_000, 0, []

    def until(self, end: float) -> None:
        self.latencies, self.cases = [], 0
        while time.perf_counter() < end:
            self.live_one_through()
            self.cases += 1

    def live_one_through(self) -> None:
        self.number += 1
        body = {"matter": city.MATTER, "answers": city.ANSWERS, "values": city.form(self.number)}
        case = self.call("POST", "cases", self.applicant, body)
        no = case["no"]
        case = self.call("POST", f"cases/{no}/accept", self.officer, {}, case["version"])
        self.call("POST", f"cases/{no}/decide", self.officer, {"decision": "granted"}, case["version"])
        found = self.call("GET", f"cases?q={no}", self.officer)
        if [(row["no"], row["state"]) for row in found["rows"]] != [(no, "granted")]:
            raise AssertionError(f"{no} was not found settled: {found}")

    def call(self, method: str, path: str, token: str, body: Any = None, version: int | None = None) -> Any:
        sent = json.dumps(body).encode() if body is not None else b""
        head = f"{method} /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n"
        head += f'If-Match: "{version}"\r\n' if version is not None else ""
        started = time.perf_counter()
        status, answer = self.connection.call(head.encode() + b"\r\n" + sent)
        self.latencies.append(time.perf_counter() - started)
        if status not in (200, 201):
            raise RuntimeError(f"{method} {path} answered {status}: {answer[:500]!r}")
        return json.loads(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
