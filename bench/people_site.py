"""A site with a million invented people and a grant on them, for benches and drills of the sharing gateway."""

from __future__ import annotations

import base64
import datetime as dt
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.peers.rooms import free_port, process, wait_for

FIELDS = ["id_number", "name", "phone", "address", "region_code", "born_on", "sex", "status"]
COLUMNS = {**dict.fromkeys(FIELDS, "text"), "born_on": "date"}
REGIONS = 100


@dataclass(frozen=True)
class Site:
    """A running site with a grant on the rows: its port, the credentials that may call, and the grant."""

    home: Path
    port: int
    authorization: str
    grant_no: str

    def get(self, path: str) -> bytes:
        """Return the bytes of a GET request with this client's credentials."""
        return f"GET {path} HTTP/1.1\r\nHost: b\r\nAuthorization: {self.authorization}\r\n\r\n".encode()

    def post(self, path: str, body: bytes) -> bytes:
        """Return the bytes of a POST request with this client's credentials."""
        head = f"POST {path} HTTP/1.1\r\nHost: b\r\nAuthorization: {self.authorization}\r\n"
        return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


def key(number: int) -> str:
    return f"99010019{70 + number % 30:02d}{1 + number % 12:02d}{1 + number % 28:02d}{number:07d}"


def region(number: int) -> str:
    return f"9901{number:02d}000000"


def write_rows(path: Path, count: int) -> Path:
    """Write the seeded rows, everybody invented."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(FIELDS) + "\n")
        for number in range(count):
            day = f"19{70 + number % 30:02d}-{1 + number % 12:02d}-{1 + number % 28:02d}"
            row = (
                key(number),
                "张三李四"[number % 3 : number % 3 + 2],
                f"139{number:08d}",
                f"澜江市江东区桥头街道 {number} 号",
                region(number % REGIONS),
                day,
                str(1 + number % 2),
                "在册",
            )
            file.write(",".join(row) + "\n")
    return path


def furnish(home: Path, source: Path) -> tuple[str, str]:
    """Return credentials and grant after putting a site with the rows into `home`, through its doors."""
    os.environ.update(ZHENGTONG_HOME=str(home / "site"), DJANGO_SETTINGS_MODULE="zhengtong.site.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0, interactive=False)
    from zhengtong.apps.catalog import actions as catalog
    from zhengtong.apps.exchange import actions as exchange
    from zhengtong.apps.people import actions as people
    from zhengtong.apps.people.shapes import SYSTEM, Actor
    from zhengtong.kit.identifiers import make_credit_code

    at = timezone.now()
    made = []
    people.define_region(
        code="990100000000", name_zh="澜江市", name_en="Lanjiang", valid_from=dt.date(2000, 1, 1), by=SYSTEM, at=at
    )
    for number, function in enumerate(("data-bureau", "health", "public-security"), 1):
        code = make_credit_code(authority="1", category="1", region_code="990100", body=f"9900000{number}").canonical
        made.append(
            people.register_organisation(
                uscc=code,
                name_zh=f"机关{number}",
                name_en=f"Office {number}",
                short_zh=f"机关{number}",
                function=function,
                region_code="990100000000",
                by=SYSTEM,
                at=at,
            )
        )
    catalog.register_resource(declaration=declaration(), provider=made[1], by=SYSTEM, at=at)
    catalog.load_snapshot(code="bench-people", source=source, by=SYSTEM, at=at)
    catalog.assess_resource(code="bench-people", secrecy_checked=True, pia_no="PIA-0", by=SYSTEM, at=at)
    catalog.approve_resource(code="bench-people", by=SYSTEM, at=at)
    catalog.publish_resource(code="bench-people", by=SYSTEM, at=at)
    consumer = Actor(kind="system", label="bench", organisation=made[2])
    asked = exchange.request_share(
        resource_code="bench-people", fields=FIELDS, usage_basis="测试", usage_scenario="测试", usage_scope="测试",
        share_modes=["api", "batch", "file"], valid_from=at.date(), valid_until=at.date() + dt.timedelta(days=9), by=consumer, at=at,
    )  # fmt: skip
    exchange.consent_internally(request_no=asked.no, by=consumer, at=at)
    grant = exchange.approve_request(
        request_no=asked.no, fields=FIELDS, masks={"id_number": "resident-id", "phone": "phone"},
        quota_per_day=1_000_000_000, needs_case=True, by=SYSTEM, at=at,
    )  # fmt: skip
    client, secret = exchange.register_client(organisation_id=made[2].id, name="bench", by=SYSTEM, at=at)
    token = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
    return f"Basic {token}", grant.no


def declaration() -> dict:
    """Return the catalogue entry of the rows."""
    fields = [
        {"name": name, "title_zh": name, "title_en": name, "type": COLUMNS[name], "personal": name in ("id_number", "name", "phone"), "is_key": name in ("id_number", "region_code")}
        for name in FIELDS
    ]  # fmt: skip
    return {
        "code": "101001/000099", "name": "bench-people", "title_zh": "测试人口", "title_en": "People of a bench",
        "summary_zh": "性能测试用的虚构数据", "summary_en": "Invented rows", "format": "database", "update_cycle": "daily",
        "share_type": 1, "share_modes": ["api", "batch", "file"], "open_type": "not-open", "data_class": "测试", "data_level": 1,
        "subject_kind": "resident", "subject_field": "id_number", "fields": fields,
    }  # fmt: skip


@contextmanager
def serving(home: Path) -> Iterator[int]:
    """Run the site with two processes of four threads on a free port."""
    port = free_port()
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "zhengtong.site.wsgi:application"]
    words += ["--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "4"]
    words += ["--log-level", "error"]
    with process(words, home / "site.log", {**os.environ, "ZHENGTONG_LOG": "ERROR"}):
        wait_for(port)
        yield port
