"""Servers killed under load: every answer that went out has its record and a provable receipt, once."""

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
import urllib.request
from pathlib import Path

import pytest

SETUP = """
import django, json, os, sys
from pathlib import Path
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from django.utils import timezone
from tests.apps.exchange.bureau import make_bureau, make_grant
from zhengtong.apps.exchange import actions
now = timezone.now()
bureau = make_bureau(now, Path(os.environ["ZHENGTONG_HOME"]))
make_grant(bureau, now)
client, secret = actions.register_client(organisation_id=bureau.police.id, name="load", by=bureau.requester, at=now)
print(json.dumps([client.client_id, secret]))
"""
CHECK = """
import django, json, os, sys
django.setup()
from django.utils import timezone
from zhengtong.apps.evidence import actions as evidence, queries
from zhengtong.apps.evidence.models import Receipt
from zhengtong.apps.exchange.tasks import take_in_usage
take_in_usage(at=timezone.now())
evidence.seal(at=timezone.now())
answered = json.load(sys.stdin)
for no in answered:
    assert queries.prove(no).receipt_no == no
reads = Receipt.objects.filter(kind="data.read")
numbers = list(reads.values_list("no", flat=True))
print(json.dumps({"answered": len(answered), "distinct": len(set(answered)), "receipts": len(numbers),
                  "doubled": len(numbers) - len(set(numbers)), "missing": len(set(answered) - set(numbers)),
                  "again": take_in_usage(at=timezone.now())}))
"""
KILLS = 3


def run_python(code: str, home: Path, sent: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], input=sent, env=environment(home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


def environment(home: Path) -> dict[str, str]:
    root = Path(__file__).parents[3]
    paths = os.pathsep.join([str(root / "src"), str(root)])
    return {**os.environ, "ZHENGTONG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tests.apps.gateway.served_settings", "PYTHONPATH": paths}  # fmt: skip


def start_server(home: Path, port: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "tests.apps.gateway.served:application", "--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "2", "--log-level", "error"]  # fmt: skip
    server = subprocess.Popen(command, env=environment(home), start_new_session=True)
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return server
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


class Load:
    """Callers that go on whatever happens, keeping the receipt of every answer that reached them whole."""

    def __init__(self, port: int, client: str, secret: str) -> None:
        token = base64.b64encode(f"{client}:{secret}".encode()).decode()
        address = f"http://127.0.0.1:{port}/gateway/v1/births/B2"
        self.request = urllib.request.Request(address, headers={"Authorization": f"Basic {token}"})
        self.receipts: list[str] = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.go_on) for _ in range(4)]
        for thread in self.threads:
            thread.start()

    def go_on(self) -> None:
        while not self.stopping.is_set():
            try:
                with urllib.request.urlopen(self.request, timeout=10) as answer:
                    self.receipts.append(json.load(answer)["receipt"])
            except (OSError, ValueError):
                time.sleep(0.02)

    def stop(self) -> list[str]:
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        return self.receipts


@pytest.mark.timeout(240)
def test_no_answer_without_its_receipt_after_kill_9(tmp_path):
    client, secret = json.loads(run_python(SETUP, tmp_path))
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    load = Load(port, client, secret)
    try:
        for round_ in range(KILLS):
            server = start_server(tmp_path, port)
            before = len(load.receipts)
            ends_at = time.monotonic() + 20
            while len(load.receipts) < before + 20 + 7 * round_ and time.monotonic() < ends_at:
                time.sleep(0.01)
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
    finally:
        answered = load.stop()
    told = json.loads(run_python(CHECK, tmp_path, json.dumps(answered)))
    assert told["answered"] >= 20 * KILLS
    assert told["answered"] == told["distinct"]
    assert (told["missing"], told["doubled"], told["again"]) == (0, 0, 0)
    assert told["receipts"] - told["answered"] <= 4 * KILLS * 2, "at most the calls in flight have a record unanswered"
