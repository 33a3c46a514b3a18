"""The sharing gateway at 1,000,000 rows beside CKAN 2.12, datasette 0.65 and bare PostgreSQL, in one run.

Two processes of four threads each, eight connections, random keys, the load generator (wrk) on the same machine. Ours checks
credentials, grant, fields, masks and quota, keeps a chained record on disk before it answers, and signs the answer.

`ZHENGTONG_BENCH_ROWS`, `_SECONDS`, `_RUNS` make it smaller; `ZHENGTONG_BENCH_PEERS=ckan,datasette,postgres` chooses;
`ZHENGTONG_BENCH_FOLDER` names a folder where environments and finished figures are kept, so that a run that was broken
off goes on where it stopped (remove `figures/` there to measure anew). `DATABASE_URL` puts our records on PostgreSQL.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.http_load import Connection, Load
from bench.peers import ckan, datasette, postgres
from bench.peers.rooms import NotHere
from bench.people_site import REGIONS, Site, furnish, key, region, serving, write_rows
from bench.wrk import load

ROWS = int(os.environ.get("ZHENGTONG_BENCH_ROWS", "1000000"))
SECONDS = float(os.environ.get("ZHENGTONG_BENCH_SECONDS", "8"))
RUNS = int(os.environ.get("ZHENGTONG_BENCH_RUNS", "3"))
CHOSEN = os.environ.get("ZHENGTONG_BENCH_PEERS", "ckan,datasette,postgres").split(",")
FIVE = "id_number,name,phone,region_code,born_on"
CKAN, DATASETTE, POSTGRES = "CKAN 2.12", "datasette 0.65", "bare PostgreSQL"
MOST_DATASETTE_ROWS = 200_000
Asked = Callable[[random.Random], bytes]


@dataclass(frozen=True)
class Peers:
    """Who runs beside us; whoever could not be had is None, and `missing` says why."""

    ckan: ckan.Datastore | None
    datasette: list[int] | None
    postgres: str | None
    missing: dict[str, str]

    def why(self, name: str) -> str:
        return self.missing.get(name, "")


def run() -> list[Figure]:
    """Return the figures; about twenty minutes with every peer, most of it their loading."""
    with folder() as home, ExitStack() as running:
        source = write_rows(home / "people.csv", ROWS)
        kept = Kept(home / "figures")
        with tempfile.TemporaryDirectory(dir=home, prefix="site-") as fresh:
            authorization, grant_no = furnish(Path(fresh), source)
            peers = start_peers(running, home, source)
            with serving(Path(fresh)) as port:
                site = Site(Path(fresh), port, authorization, grant_no)
                return [figure for name, step in STEPS.items() for figure in kept.once(name, step, site, peers)]


@contextmanager
def folder() -> Iterator[Path]:
    """Yield the folder that is kept, or one that goes away."""
    named = os.environ.get("ZHENGTONG_BENCH_FOLDER")
    if named:
        Path(named).mkdir(parents=True, exist_ok=True)
    with nullcontext(named) if named else tempfile.TemporaryDirectory(prefix="zhengtong-bench-") as chosen:
        yield Path(chosen)


class Kept:
    """Figures that are measured once: what stands in the folder for this size is not measured again."""

    def __init__(self, folder_: Path) -> None:
        self.folder = folder_
        folder_.mkdir(parents=True, exist_ok=True)

    def once(self, name: str, step: Step, site: Site, peers: Peers) -> list[Figure]:
        """Return a step's figures, said and kept as soon as they are measured."""
        path = self.folder / f"{name}-{ROWS}-{SECONDS:g}-{RUNS}.json"
        if path.exists():
            return [Figure(**told) for told in json.loads(path.read_text())]
        figures = list(step(site, peers))
        path.write_text(json.dumps([figure.to_json() for figure in figures], ensure_ascii=False))
        for figure in figures:
            print(f"{figure.name}: {figure.value:,} {figure.unit} ({figure.peer} {figure.peer_value})", file=sys.stderr)
        return figures


def start_peers(running: ExitStack, home: Path, source: Path) -> Peers:
    """Start the peers that can be had; they end with `running`."""
    missing: dict[str, str] = {}

    def attempt(name: str, start: Callable[[], Any]) -> Any:
        if name not in CHOSEN:
            missing[name] = f"{name} was not chosen"
            return None
        try:
            return start()
        except NotHere as reason:
            missing[name] = str(reason)
            print(reason, file=sys.stderr)
            return None

    url = attempt("postgres", lambda: running.enter_context(postgres.server()))
    if url:
        postgres.fill(url, source)

    def start_ckan() -> ckan.Datastore:
        if not url:
            raise NotHere("CKAN was not run: it needs the peer PostgreSQL")
        return running.enter_context(ckan.serving(home / "ckan", source, url))

    store = attempt("ckan", start_ckan)
    ports = attempt("datasette", lambda: running.enter_context(datasette.serving(home, source)))
    return Peers(store, ports, url, missing)


# -- the steps --------------------------------------------------------------------------------------------------------


def look_ups(site: Site, peers: Peers) -> Iterator[Figure]:
    """Yield what one row by its key costs, at eight connections."""
    runs = in_turn(
        ours=lambda: load([site.port], look_up(site), SECONDS),
        ckan=peers.ckan and (lambda: load([peers.ckan.port], ckan_look_up(peers.ckan), SECONDS)),
        datasette=peers.datasette and (lambda: load(peers.datasette, datasette_look_up, SECONDS)),
        postgres=peers.postgres
        and (lambda: postgres.ask(peers.postgres, FIVE, "id_number", 1, lambda rng: some_key(rng), SECONDS)),
    )
    ours = runs["ours"]
    wrong = failures(ours)
    yield Figure("look-ups answered otherwise than 200", wrong, "answers", bar="== 0", holds=not wrong)
    yield rate("look-ups", CKAN, runs, peers, at_least=10)
    yield rate("look-ups", DATASETTE, runs, peers, at_least=3)
    yield rate("look-ups", POSTGRES, runs, peers)
    yield late("look-up p99", CKAN, runs, peers, at_most=1 / 3)
    yield late("look-up p99", DATASETTE, runs, peers)
    yield above_the_database(ours, runs["postgres"], peers)
    bare = bare_look_up(site)
    yield Figure(
        "share of a look-up's time above its own look-up file", round(1 - bare / ours.median, 4), "share",
        peer="the same row from the file alone", peer_value=round(bare * 1e6, 1), note="peer value in µs, unloaded",
    )  # fmt: skip


def pages(site: Site, peers: Peers) -> Iterator[Figure]:
    """Yield what a page of 100 rows by region costs, and what a page costs far behind."""
    runs = in_turn(
        ours=lambda: load([site.port], page_of_region(site), SECONDS),
        ckan=peers.ckan and (lambda: load([peers.ckan.port], ckan_page(peers.ckan), SECONDS)),
        datasette=peers.datasette and (lambda: load(peers.datasette, datasette_page, SECONDS)),
        postgres=peers.postgres
        and (lambda: postgres.ask(peers.postgres, "*", "region_code", 100, lambda rng: some_region(rng), SECONDS)),
    )
    wrong = failures(runs["ours"])
    yield Figure("pages answered otherwise than 200", wrong, "answers", bar="== 0", holds=not wrong)
    yield rate("filtered pages of 100 rows", CKAN, runs, peers, at_least=8)
    yield rate("filtered pages of 100 rows", DATASETTE, runs, peers)
    yield rate("filtered pages of 100 rows", POSTGRES, runs, peers)
    yield page_cost(site)


def verifications(site: Site, _peers: Peers) -> Iterator[Figure]:
    verified = load([site.port], verification(site), SECONDS)
    wrong = failures(verified)
    yield Figure("verifications", round(verified.per_second, 1), "requests/s", bar="all 200", holds=not wrong)


def exports(site: Site, peers: Peers) -> Iterator[Figure]:
    """Yield the seconds from asking for all rows as CSV to having them, beside CKAN's dump."""
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(export_seconds(site))
        if peers.ckan:
            theirs.append(dump_seconds(peers.ckan))
    note = "ours masks, marks, makes the file in the background and keeps on record who is in it"
    mine = statistics.median(ours)
    if theirs:
        ratio = statistics.median(theirs) / mine
        yield Figure(
            "CSV export of all rows", round(mine, 2), "s", CKAN, round(statistics.median(theirs), 2), round(ratio, 2),
            ">= 2", ratio >= 2, note,
        )  # fmt: skip
    else:
        yield Figure("CSV export of all rows", round(mine, 2), "s", CKAN, bar=">= 2", note=peers.why("ckan"))
    if peers.postgres:
        theirs_bare = statistics.median(postgres.dump_seconds(peers.postgres) for _ in range(RUNS))
        yield Figure(
            "CSV export of all rows", round(mine, 2), "s", POSTGRES, round(theirs_bare, 2), round(theirs_bare / mine, 2)
        )
    if peers.datasette and ROWS <= MOST_DATASETTE_ROWS:  # it streams a million rows for minutes; the bar is CKAN's
        started = time.perf_counter()
        Connection(peers.datasette[0]).call(b"GET /people/people.csv?_stream=on&_size=max HTTP/1.1\r\nHost: b\r\n\r\n")
        took = time.perf_counter() - started
        yield Figure("CSV export of all rows", round(mine, 2), "s", DATASETTE, round(took, 2), round(took / mine, 2))


def records(_site: Site, _peers: Peers) -> Iterator[Figure]:
    """Take the usage logs in and say whether every answer has its receipt, once."""
    from django.utils import timezone

    from zhengtong.apps.evidence import queries
    from zhengtong.apps.exchange.tasks import take_in_usage

    before, started = queries.count_receipts(), time.perf_counter()
    taken = take_in_usage(at=timezone.now())
    rate_ = taken / (time.perf_counter() - started)
    fresh = queries.count_receipts() - before
    yield Figure(
        "usage records taken into receipts", round(rate_, 1), "records/s", "records in the logs", taken,
        round(fresh / max(taken, 1), 4), "== 1", fresh == taken,
    )  # fmt: skip


Step = Callable[[Site, Peers], Iterator[Figure]]
STEPS: dict[str, Step] = {
    "look-ups": look_ups,
    "pages": pages,
    "verifications": verifications,
    "exports": exports,
    "records": records,
}


# -- how a step compares ----------------------------------------------------------------------------------------------


def in_turn(**loads: Callable[[], Load] | Any) -> dict[str, Load | None]:
    """Return the median run of each, measured in turn so that all saw the same machine."""
    runs: dict[str, list[Load]] = {name: [] for name in loads}
    for _ in range(RUNS):
        for name, measure in loads.items():
            if measure:
                runs[name].append(measure())
    return {name: sorted(of, key=lambda one: one.per_second)[len(of) // 2] if of else None for name, of in runs.items()}


def rate(name: str, peer: str, runs: dict[str, Load | None], peers: Peers, at_least: float | None = None) -> Figure:
    ours, theirs = beside(peer, runs)
    return compared(
        name, ours.per_second, "requests/s", peer, theirs and theirs.per_second, at_least, peers, theirs=theirs
    )


def late(name: str, peer: str, runs: dict[str, Load | None], peers: Peers, at_most: float | None = None) -> Figure:
    ours, theirs = beside(peer, runs)
    value, other = ours.quantile(0.99) * 1000, theirs and theirs.quantile(0.99) * 1000
    return compared(name, value, "ms", peer, other, at_most, peers, is_most=True, theirs=theirs)


def beside(peer: str, runs: dict[str, Load | None]) -> tuple[Load, Load | None]:
    ours = runs["ours"]
    assert ours is not None
    return ours, runs[short(peer)]


def short(peer: str) -> str:
    return {CKAN: "ckan", DATASETTE: "datasette", POSTGRES: "postgres"}[peer]


def compared(
    name: str,
    value: float,
    unit: str,
    peer: str,
    other: float | None,
    bar: float | None,
    peers: Peers,
    *,
    is_most: bool = False,
    theirs: Load | None = None,
) -> Figure:
    """Return a figure beside a peer's; where the peer is missing it says so and holds neither way."""
    told = f"{'<=' if is_most else '>='} {bar:.3g}" if bar else ""
    if other is None:
        return Figure(name, round(value, 2), unit, peer, bar=told, note=peers.why(short(peer)))
    ratio = value / other
    holds = None if bar is None else ratio <= bar if is_most else ratio >= bar
    wrong = failures(theirs) if theirs else 0
    note = f"{wrong} of the peer's answers were not 200" if wrong else ""
    return Figure(name, round(value, 2), unit, peer, round(other, 2), round(ratio, 3), told, holds, note)


def above_the_database(ours: Load, bare: Load | None, peers: Peers) -> Figure:
    """Return how much of a look-up's time is not the database's, had it been asked by itself under the same load."""
    name = "share of a look-up's time above the bare database"
    if bare is None:
        return Figure(name, 0, "share", POSTGRES, note=peers.why("postgres"))
    share = 1 - bare.median / ours.median
    note = "medians at eight connections; peer value in µs. Ours reads its own look-up file, not PostgreSQL"
    return Figure(name, round(share, 4), "share", POSTGRES, round(bare.median * 1e6, 1), note=note)


def failures(run_: Load) -> int:
    return sum(count for status, count in run_.statuses.items() if status != 200)


# -- what is asked ----------------------------------------------------------------------------------------------------


def some_key(rng: random.Random) -> str:
    return key(rng.randrange(ROWS))


def some_region(rng: random.Random) -> str:
    return region(rng.randrange(REGIONS))


def look_up(site: Site) -> Asked:
    return lambda rng: site.get(f"/gateway/v1/bench-people/{some_key(rng)}?case=9901-1&fields={FIVE}")


def page_of_region(site: Site) -> Asked:
    path = "/gateway/v1/bench-people?region_code={}&limit=100&case=9901-1"
    return lambda rng: site.get(path.format(some_region(rng)))


def verification(site: Site) -> Asked:
    def made(rng: random.Random) -> bytes:
        body = json.dumps({"key": some_key(rng), "values": {"name": "张三"}, "case": "9901-1"}).encode()
        return site.post("/gateway/v1/bench-people/verify", body)

    return made


def ckan_look_up(store: ckan.Datastore) -> Asked:
    return lambda rng: store.search("id_number", some_key(rng), 1, FIVE)


def ckan_page(store: ckan.Datastore) -> Asked:
    return lambda rng: store.search("region_code", some_region(rng), 100)


def datasette_look_up(rng: random.Random) -> bytes:
    return f"GET /people/people/{some_key(rng)}.json?_shape=object HTTP/1.1\r\nHost: b\r\n\r\n".encode()


def datasette_page(rng: random.Random) -> bytes:
    path = f"/people/people.json?region_code={some_region(rng)}&_size=100&_shape=objects"
    return f"GET {path} HTTP/1.1\r\nHost: b\r\n\r\n".encode()


def page_cost(site: Site) -> Figure:
    """Return how much dearer page 9,000 of 100 rows is than page 1, both asked in turn on one connection."""
    connection = Connection(site.port)
    deep = max(0, min(ROWS - 200, 899_900))
    taken: dict[int, list[float]] = {0: [], deep: []}
    for _ in range(200):
        for after, seconds in taken.items():
            request = site.get(f"/gateway/v1/bench-people?limit=100&after={after}&case=9901-1")
            started = time.perf_counter()
            status, body = connection.call(request)
            seconds.append(time.perf_counter() - started)
            if status != 200:
                raise RuntimeError(f"page after {after} answered {status}: {body[:300]!r}")
    first, far = (statistics.median(taken[after]) * 1000 for after in (0, deep))
    ratio = far / first
    return Figure("page 9,000", round(far, 3), "ms", "page 1", round(first, 3), round(ratio, 3), "<= 1.2", ratio <= 1.2)


def export_seconds(site: Site) -> float:
    """Return the seconds of one export, its job taken up at once by a background worker."""
    from django.utils import timezone

    from zhengtong.apps.exchange.tasks import run_exports

    body = json.dumps({"format": "csv", "case": "9901-1"}).encode()
    started = time.perf_counter()
    status, answer = Connection(site.port).call(site.post("/gateway/v1/bench-people/export", body))
    if status != 202:
        raise RuntimeError(f"the export answered {status}: {answer[:300]!r}")
    run_exports(at=timezone.now())
    status, content = Connection(site.port).call(site.get(f"{json.loads(answer)['address']}/file"))
    took = time.perf_counter() - started
    check_lines("the file", status, content)
    return took


def dump_seconds(store: ckan.Datastore) -> float:
    started = time.perf_counter()
    status, content = Connection(store.port).call(store.dump())
    took = time.perf_counter() - started
    check_lines("the dump", status, content)
    return took


def check_lines(what: str, status: int, content: bytes) -> None:
    lines = content.count(b"\n")
    if status != 200 or lines != ROWS + 1:
        raise RuntimeError(f"{what} answered {status} with {lines} lines: {content[:300]!r}")


def bare_look_up(site: Site) -> float:
    """Return the median seconds of a look-up in the look-up file alone, in this process."""
    from zhengtong.apps.catalog import queries as catalog

    found = catalog.find_resource("bench-people")
    assert found is not None, f"{site.home} has lost its resource"
    projection = catalog.projection_of(found)
    rng, taken = random.Random(1), []
    for _ in range(5000):
        wanted = some_key(rng)
        started = time.perf_counter()
        projection.lookup(wanted, FIVE.split(","))
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
