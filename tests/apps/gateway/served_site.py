"""A small site of its own, served by two processes that tests and drills start, load, kill and look into afterwards."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
BEGIN = """
import django, json, os, sys, time
from pathlib import Path
django.setup()
from django.utils import timezone
from zhengtong.apps.exchange import actions
from zhengtong.apps.people.shapes import SYSTEM
now = timezone.now()
"""
SETUP = f"""{BEGIN}
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from tests.apps.exchange.bureau import make_bureau, make_grant
bureau = make_bureau(now, Path(os.environ["ZHENGTONG_HOME"]))
grant = make_grant(bureau, now)
client, secret = actions.register_client(organisation_id=bureau.police.id, name="load", by=bureau.requester, at=now)
print(json.dumps([client.client_id, secret, grant.no]))
"""
CHECK = f"""{BEGIN}
from zhengtong.apps.evidence import actions as evidence, queries
from zhengtong.apps.evidence.models import Receipt
from zhengtong.apps.exchange.tasks import take_in_usage
take_in_usage(at=now)
evidence.seal(at=now)
answered = json.load(sys.stdin)
for no in answered:
    assert queries.prove(no).receipt_no == no
numbers = list(Receipt.objects.filter(kind="data.read").values_list("no", flat=True))
print(json.dumps({{"answered": len(answered), "distinct": len(set(answered)), "receipts": len(numbers),
                  "doubled": len(numbers) - len(set(numbers)), "missing": len(set(answered) - set(numbers)),
                  "again": take_in_usage(at=now)}}))
"""


@dataclass(frozen=True)
class Told:
    """What the look afterwards found: receipts asked for, of them distinct and missing, receipts kept and doubled."""

    answered: int
    distinct: int
    receipts: int
    doubled: int
    missing: int
    again: int

    @property
    def is_whole(self) -> bool:
        """Return whether every answer has one receipt, and taking in once more found nothing."""
        return self.answered == self.distinct and (self.missing, self.doubled, self.again) == (0, 0, 0)


@dataclass
class ServedSite:
    """A site in a folder and a database of its own, with one grant and one client."""

    home: Path
    database: str
    client: str = ""
    secret: str = ""
    grant: str = ""
    port: int = 0

    @classmethod
    def make(cls, home: Path, database: str = "") -> ServedSite:
        """Return a new site; `database` is the address of a PostgreSQL in which it makes one of its own, "" for SQLite."""
        home.mkdir(parents=True, exist_ok=True)
        site = cls(home, own_database(database) if database.startswith("postgres") else "")
        site.client, site.secret, site.grant = json.loads(site.python(SETUP))
        site.port = free_port()
        return site

    def environment(self, **more: str) -> dict[str, str]:
        paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        told = {"ZHENGTONG_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "tests.apps.gateway.served_settings"}
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        database = {"DATABASE_URL": self.database} if self.database else {}
        return {**kept, **told, **database, "PYTHONPATH": paths, **more}

    def python(self, code: str, sent: str = "") -> str:
        """Return the last line that a script of the site's own printed."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=sent,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip().splitlines()[-1]

    def do(self, code: str) -> float:
        """Do something to the site from another process; return the moment (monotonic) at which it had committed."""
        return float(self.python(f"{BEGIN}\n{code}\nprint(time.monotonic())"))

    def serve(self, before: Sequence[str] = (), **more: str) -> subprocess.Popen:
        """Start the two processes; `before` is what they are started through."""
        words = [*before, sys.executable, "-m", "granian", "--interface", "wsgi"]
        words += ["tests.apps.gateway.served:application", "--host", "127.0.0.1", "--port", str(self.port)]
        words += ["--workers", "2", "--blocking-threads", "2", "--log-level", "error"]
        server = subprocess.Popen(words, env=self.environment(**more), start_new_session=True)
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return server
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def load(self, threads: int = 4) -> CallsInARow:
        return CallsInARow(self, threads)

    def check(self, answered: list[str]) -> Told:
        """Take the logs in, seal, prove every answered receipt; return what was found."""
        return Told(**json.loads(self.python(CHECK, json.dumps(answered))))


class CallsInARow:
    """Callers that go on whatever happens; `answers` has (started, status) of each, `receipts` those that came whole."""

    def __init__(self, site: ServedSite, threads: int) -> None:
        token = base64.b64encode(f"{site.client}:{site.secret}".encode()).decode()
        address = f"http://127.0.0.1:{site.port}/gateway/v1/births/B2"
        self.request = urllib.request.Request(address, headers={"Authorization": f"Basic {token}"})
        self.receipts: list[str] = []
        self.answers: list[tuple[float, int]] = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.go_on) for _ in range(threads)]
        for thread in self.threads:
            thread.start()

    def go_on(self) -> None:
        while not self.stopping.is_set():
            started = time.monotonic()
            try:
                with urllib.request.urlopen(self.request, timeout=10) as answer:
                    self.receipts.append(json.load(answer)["receipt"])
                self.answers.append((started, 200))
            except urllib.error.HTTPError as refused:
                content = refused.read().decode()
                assert "二宝" not in content, "a refusal gave data"
                self.answers.append((started, refused.code))
                refused.close()
            except (OSError, ValueError):
                time.sleep(0.02)

    def wait_for(self, more: int, status: int = 200, seconds: float = 20) -> bool:
        """Return whether so many more answers of a status came in time."""
        ends_at, before = time.monotonic() + seconds, self.count(status)
        while time.monotonic() < ends_at:
            if self.count(status) >= before + more:
                return True
            time.sleep(0.01)
        return False

    def count(self, status: int) -> int:
        return sum(told == status for _started, told in self.answers)

    def last_answered_after(self, moment: float) -> float:
        """Return how long after a moment a call that was answered with data still began; 0 when none did."""
        return max((started - moment for started, status in self.answers if status == 200), default=0.0)

    def stop(self) -> list[str]:
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        return self.receipts


def kill_again_and_again(site: ServedSite, kills: int) -> tuple[list[str], Told]:
    """Kill the servers under load, each time after other numbers of answers; return the answers and what was kept."""
    load = site.load()
    try:
        for round_ in range(kills):
            server = site.serve()
            load.wait_for(20 + 7 * round_ % 50)
            kill(server)
    finally:
        answered = load.stop()
    return answered, site.check(answered)


def kill(server: subprocess.Popen) -> None:
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def own_database(server: str) -> str:
    """Return the address of a new database on that server."""
    import psycopg

    name = f"served_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server.rsplit('/', 1)[0]}/{name}"


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
