"""The sharing gateway at 1,000,000 rows: look-ups, pages, verification and revocation under load, beside datasette."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figure
from bench.http_load import Connection, Load, load

ROWS = int(os.environ.get("ZHENGTONG_BENCH_ROWS", "1000000"))
SECONDS = float(os.environ.get("ZHENGTONG_BENCH_SECONDS", "8"))
RUNS = int(os.environ.get("ZHENGTONG_BENCH_RUNS", "3"))
DATASETTE = "datasette==0.65.1"
REGIONS = 100
MOST_PEER_ROWS = 200_000
FIELDS = ["id_number", "name", "phone", "address", "region_code", "born_on", "sex", "status"]
COLUMNS = {**dict.fromkeys(FIELDS, "text"), "born_on": "date"}
NO_CKAN = "CKAN 2.12 was not run: it needs Solr and Redis, which this bench does not start"


@dataclass(frozen=True)
class Site:
    """A running site with a grant on a million rows: its port, the credentials that may call, and the grant."""

    home: Path
    port: int
    authorization: str
    grant_no: str

    def get(self, path: str) -> bytes:
        """Return the bytes of a GET request with this client's credentials."""
        return f"GET {path} HTTP/1.1\r\nHost: b\r\nAuthorization: {self.authorization}\r\n\r\n".encode()


def run() -> list[Figure]:
    """Return the figures; about four minutes."""
    with tempfile.TemporaryDirectory(prefix="zhengtong-bench-") as folder:
        home = Path(folder)
        source = write_rows(home / "people.csv")
        authorization, grant_no = furnish(home, source)
        bare = bare_look_up(home)
        with peer(home, source) as datasette, serving(home) as port:
            site = Site(home, port, authorization, grant_no)
            return [told(figure) for figure in figures(site, datasette, bare)]


def told(figure: Figure) -> Figure:
    """Say a figure as soon as it is measured."""
    print(f"{figure.name}: {figure.value:,} {figure.unit} ({figure.peer} {figure.peer_value})", file=sys.stderr)
    return figure


def figures(site: Site, datasette: list[int] | None, bare: float) -> Iterator[Figure]:
    ours, theirs = alternate(
        lambda: load([site.port], look_up(site), SECONDS),
        (lambda: load(datasette, datasette_look_up, SECONDS)) if datasette else None,
    )
    yield beside("look-ups", ours.per_second, "requests/s", theirs and theirs.per_second, at_least=3)
    yield beside("look-up p99", ours.quantile(0.99) * 1000, "ms", theirs and theirs.quantile(0.99) * 1000)
    yield Figure(
        "share of a look-up's time above the bare database", round(1 - bare / ours.median, 4), "share",
        peer="the same row from the look-up file alone", peer_value=round(bare * 1e6, 1), note="peer value in µs",
    )  # fmt: skip
    yield Figure(
        "look-ups answered otherwise than 200", failures(ours), "answers", bar="== 0", holds=not failures(ours)
    )
    yield Figure("look-ups against CKAN", ours.per_second, "requests/s", peer="CKAN 2.12", bar=">= 10", note=NO_CKAN)
    pages, their_pages = alternate(
        lambda: load([site.port], page_of_region(site), SECONDS),
        (lambda: load(datasette, datasette_page, SECONDS)) if datasette else None,
    )
    yield beside("filtered pages of 100 rows", pages.per_second, "requests/s", their_pages and their_pages.per_second)
    yield page_cost(site)
    verified = load([site.port], verification(site), SECONDS)
    yield Figure("verifications", round(verified.per_second, 1), "requests/s")
    yield export_of_all(site, datasette)
    yield from revocation(site)
    yield kept(site)


def alternate(ours: Callable[[], Load], theirs: Callable[[], Load] | None) -> tuple[Load, Load | None]:
    """Return the median run of each, measured in turn so that both saw the same machine."""
    mine, beside_us = [], []
    for _ in range(RUNS):
        mine.append(ours())
        if theirs:
            beside_us.append(theirs())
    return median_run(mine), median_run(beside_us) if beside_us else None


def median_run(runs: list[Load]) -> Load:
    return sorted(runs, key=lambda one: one.per_second)[len(runs) // 2]


def beside(name: str, value: float, unit: str, theirs: float | None, at_least: float | None = None) -> Figure:
    if theirs is None:
        return Figure(name, round(value, 2), unit, peer=DATASETTE, note="datasette could not be installed here")
    ratio = value / theirs
    bar, holds = (f">= {at_least:g}", ratio >= at_least) if at_least else ("", None)
    return Figure(name, round(value, 2), unit, DATASETTE, round(theirs, 2), round(ratio, 3), bar, holds)


def failures(run_: Load) -> int:
    return sum(count for status, count in run_.statuses.items() if status != 200)


# -- what is asked ----------------------------------------------------------------------------------------------------


def look_up(site: Site) -> Callable[[random.Random], bytes]:
    fields = "id_number,name,phone,region_code,born_on"
    return lambda rng: site.get(f"/gateway/v1/bench-people/{key(rng.randrange(ROWS))}?case=9901-1&fields={fields}")


def page_of_region(site: Site) -> Callable[[random.Random], bytes]:
    path = "/gateway/v1/bench-people?region_code={}&limit=100&case=9901-1"
    return lambda rng: site.get(path.format(region(rng.randrange(REGIONS))))


def verification(site: Site) -> Callable[[random.Random], bytes]:
    def made(rng: random.Random) -> bytes:
        body = json.dumps({"key": key(rng.randrange(ROWS)), "values": {"name": "张三"}, "case": "9901-1"}).encode()
        head = f"POST /gateway/v1/bench-people/verify HTTP/1.1\r\nHost: b\r\nAuthorization: {site.authorization}\r\n"
        return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body

    return made


def datasette_look_up(rng: random.Random) -> bytes:
    return f"GET /people/people/{key(rng.randrange(ROWS))}.json?_shape=object HTTP/1.1\r\nHost: b\r\n\r\n".encode()


def datasette_page(rng: random.Random) -> bytes:
    region_ = region(rng.randrange(REGIONS))
    path = f"/people/people.json?region_code={region_}&_size=100&_shape=objects"
    return f"GET {path} HTTP/1.1\r\nHost: b\r\n\r\n".encode()


def page_cost(site: Site) -> Figure:
    """Return how much dearer page 9,000 of 100 rows is than page 1, both asked in turn on one connection."""
    connection = Connection(site.port)
    deep = max(0, min(ROWS - 200, 899_900))
    first, far = [], []
    for _ in range(200):
        for after, taken in ((0, first), (deep, far)):
            request = site.get(f"/gateway/v1/bench-people?limit=100&after={after}&case=9901-1")
            started = time.perf_counter()
            status, _body = connection.call(request)
            taken.append(time.perf_counter() - started)
            if status != 200:
                raise RuntimeError(f"page after {after} answered {status}: {_body[:300]!r}")
    ratio = statistics.median(far) / statistics.median(first)
    value = round(statistics.median(far) * 1000, 3)
    return Figure(
        "page 9,000",
        value,
        "ms",
        "page 1",
        round(statistics.median(first) * 1000, 3),
        round(ratio, 3),
        "<= 1.2",
        ratio <= 1.2,
    )


def export_of_all(site: Site, datasette: list[int] | None) -> Figure:
    """Return the seconds from asking for all rows as CSV to having them, the job made by a background worker."""
    from django.utils import timezone

    from zhengtong.apps.exchange.tasks import run_exports

    connection = Connection(site.port)
    body = json.dumps({"format": "csv", "case": "9901-1"}).encode()
    head = f"POST /gateway/v1/bench-people/export HTTP/1.1\r\nHost: b\r\nAuthorization: {site.authorization}\r\n"
    started = time.perf_counter()
    status, answer = connection.call(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    if status != 202:
        raise RuntimeError(f"the export answered {status}: {answer[:300]!r}")
    run_exports(at=timezone.now())
    status, content = Connection(site.port).call(site.get(f"{json.loads(answer)['address']}/file"))
    ours = time.perf_counter() - started
    if status != 200 or content.count(b"\n") != ROWS + 1:
        raise RuntimeError(f"the file answered {status} with {content.count(chr(10).encode())} lines")
    if not datasette or ROWS > MOST_PEER_ROWS:  # datasette streams a million rows for minutes; the bar is CKAN's
        return Figure("CSV export of all rows", round(ours, 2), "s", peer="CKAN 2.12", bar=">= 2", note=NO_CKAN)
    started = time.perf_counter()
    Connection(datasette[0]).call(b"GET /people/people.csv?_stream=on&_size=max HTTP/1.1\r\nHost: b\r\n\r\n")
    theirs = time.perf_counter() - started
    note = "ratio is datasette's seconds over ours; ours masks, and records a read for each person; " + NO_CKAN
    return Figure(
        "CSV export of all rows", round(ours, 2), "s", DATASETTE, round(theirs, 2), round(theirs / ours, 3), note=note
    )


def revocation(site: Site) -> Iterator[Figure]:
    """Revoke the grant under load and say how long any process still answered."""
    from django.utils import timezone

    from zhengtong.apps.exchange import actions
    from zhengtong.apps.people.shapes import SYSTEM

    answered: list[tuple[float, int]] = []
    stopping = threading.Event()
    make = look_up(site)

    def ask(number: int) -> None:
        rng, connection = random.Random(number), Connection(site.port)
        while not stopping.is_set():
            started = time.perf_counter()
            status, _body = connection.call(make(rng))
            answered.append((started, status))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    actions.revoke_grant(grant_no=site.grant_no, reason="bench", by=SYSTEM, at=timezone.now())
    committed = time.perf_counter()
    time.sleep(2)
    stopping.set()
    for thread in threads:
        thread.join()
    late = [started - committed for started, status in answered if status == 200 and started > committed]
    seen = max(late, default=0.0)
    yield Figure("revocation seen by every process, under load", round(seen, 4), "s", bar="<= 1 s", holds=seen <= 1)


def kept(site: Site) -> Figure:
    """Take the usage logs in and say whether every answer has its receipt, once."""
    from django.utils import timezone

    from zhengtong.apps.evidence import queries
    from zhengtong.apps.exchange.tasks import take_in_usage

    before = queries.count_receipts()
    started = time.perf_counter()
    taken = take_in_usage(at=timezone.now())
    rate = taken / (time.perf_counter() - started)
    fresh = queries.count_receipts() - before
    return Figure(
        "usage records taken into receipts",
        round(rate, 1),
        "records/s",
        peer="records in the logs",
        peer_value=taken,
        ratio=round(fresh / taken, 4),
        bar="== 1",
        holds=fresh == taken,
    )


# -- what it runs on --------------------------------------------------------------------------------------------------


def key(number: int) -> str:
    return f"99010019{70 + number % 30:02d}{1 + number % 12:02d}{1 + number % 28:02d}{number:07d}"


def region(number: int) -> str:
    return f"9901{number:02d}000000"


def write_rows(path: Path) -> Path:
    """Write the seeded rows, everybody invented."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(FIELDS) + "\n")
        for number in range(ROWS):
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


def bare_look_up(home: Path) -> float:
    """Return the median seconds of a look-up in the look-up file alone, in this process."""
    from zhengtong.apps.catalog import queries as catalog

    projection = catalog.projection_of(catalog.find_resource("bench-people"))
    rng, taken = random.Random(1), []
    for _ in range(5000):
        wanted = key(rng.randrange(ROWS))
        started = time.perf_counter()
        projection.lookup(wanted, ["id_number", "name", "phone", "region_code", "born_on"])
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


@contextmanager
def serving(home: Path) -> Iterator[int]:
    """Run the site with two processes of four threads on a free port."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "zhengtong.site.wsgi:application", "--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "4", "--log-level", "error"]  # fmt: skip
    with process(command, home / "site.log", {**os.environ, "ZHENGTONG_LOG": "ERROR"}):
        wait_for(port)
        yield port


@contextmanager
def peer(home: Path, source: Path) -> Iterator[list[int] | None]:
    """Run two datasette processes over the same rows, with the same indexes; None where it cannot be installed."""
    python = install_datasette(home)
    if python is None:
        yield None
        return
    database = home / "people.db"
    with sqlite3.connect(database) as connection:
        connection.execute(f"CREATE TABLE people ({', '.join(FIELDS)}, PRIMARY KEY (id_number)) WITHOUT ROWID")
        lines = (line.rstrip("\n").split(",") for line in source.open(encoding="utf-8"))
        next(lines)
        connection.executemany(f"INSERT INTO people VALUES ({','.join('?' * len(FIELDS))})", lines)
        connection.execute("CREATE INDEX by_region ON people (region_code)")
    ports = [free_port(), free_port()]
    with process_of(python, database, ports[0], home), process_of(python, database, ports[1], home):
        for port in ports:
            wait_for(port)
        yield ports


def process_of(python: Path, database: Path, port: int, home: Path):
    settings = ["--setting", "sql_time_limit_ms", "10000", "--setting", "num_sql_threads", "4"]
    command = [
        str(python),
        "-m",
        "datasette",
        "serve",
        "-i",
        str(database),
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        *settings,
    ]
    return process(command, home / f"datasette-{port}.log", dict(os.environ))


def install_datasette(home: Path) -> Path | None:
    """Return a Python that has datasette, in a throw-away environment; None when it cannot be had."""
    environment = home / "datasette"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True, capture_output=True, timeout=300)
        python = environment / "bin/python"
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", DATASETTE], check=True, capture_output=True, timeout=900
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return python


@contextmanager
def process(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[None]:
    with log.open("wb") as file:
        child = subprocess.Popen(command, stdout=file, stderr=file, env=environment, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def wait_for(port: int, seconds: float = 60) -> None:
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"nothing listens on {port} after {seconds} s")
