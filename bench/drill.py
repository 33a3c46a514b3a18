"""The gateway's worst days: killed 20 times under load, a full disk, and rights that end under load, on both databases.

`ZHENGTONG_KILLS` says how often it is killed. Every answered read must have one record and one provable receipt; data
must stop going out when the disk is full and come back when it is not; revocation, suspension and the end of a grant's
term must be seen by both processes within a second. Also counts the calls that an independent model of grants decides.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.apps.gateway.served_site import CallsInARow, ServedSite, kill, kill_again_and_again
from tests.apps.gateway.small_disk import SmallDisk, can_mount

from bench.figures import Figure
from bench.peers import postgres
from bench.peers.rooms import NotHere

KILLS = int(os.environ.get("ZHENGTONG_KILLS", "20"))
THREADS = 8
SUSPEND = "actions.suspend_grant(grant_no={!r}, reason='drill', by=SYSTEM, at=now)"
RESUME = "actions.resume_grant(grant_no={!r}, reason='drill', by=SYSTEM, at=now)"
REVOKE = "actions.revoke_grant(grant_no={!r}, reason='drill', by=SYSTEM, at=now)"
LAST_DAY = """
import datetime as dt
from zhengtong.apps.catalog.actions import mark_changed
from zhengtong.apps.exchange.models import Grant
day = dt.date.fromisoformat({day!r})
Grant.objects.filter(no={grant!r}).update(valid_from=day - dt.timedelta(days=1), valid_until=day)
mark_changed()
"""


def run() -> list[Figure]:
    """Return the figures; some minutes for each database."""
    figures = []
    for name, database in (("SQLite", sqlite), ("PostgreSQL", postgres.server)):
        try:
            with database() as url:
                for drill in (kills, full_disk, ends):
                    for figure in drill(name, url):
                        print(f"{figure.name}: {figure.value} {figure.unit} {figure.note}", file=sys.stderr)
                        figures.append(figure)
        except NotHere as reason:
            figures.append(Figure(f"drills on {name}", 0, "drills", note=str(reason)))
    return [*figures, *model_agrees()]


def model_agrees() -> Iterator[Figure]:
    """Let the slow model and the platform decide the same grants and calls."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.site.settings")
    with tempfile.TemporaryDirectory(prefix="zhengtong-drill-") as folder:
        os.environ["ZHENGTONG_HOME"] = folder
        django.setup()
        from tests.apps.exchange import test_deciding as deciding

        differences = 0
        try:
            deciding.test_ten_thousand_calls_are_decided_as_by_the_model()
        except AssertionError:
            differences = 1
        told = deciding.COUNTED
    calls, note = told.total(), f"{told[True]} of them allowed"
    yield Figure("calls decided as by the model of grants", calls, "calls", "differences", differences, bar="== 0 of >= 10,000", holds=not differences and calls >= 10_000, note=note)  # fmt: skip


@contextmanager
def sqlite() -> Iterator[str]:
    """Yield no address: each site keeps its own file."""
    yield ""


@contextmanager
def new_site(url: str) -> Iterator[ServedSite]:
    with tempfile.TemporaryDirectory(prefix="zhengtong-drill-") as folder:
        yield ServedSite.make(Path(folder), url)


def kills(name: str, url: str) -> Iterator[Figure]:
    """Kill the servers again and again, then prove every answer."""
    with new_site(url) as site:
        answered, told = kill_again_and_again(site, KILLS)
    note = f"{KILLS} × kill -9; {told.receipts - told.answered} records of calls in flight; doubled {told.doubled}"
    yield Figure(
        f"answers with exactly one provable receipt, {name}", told.answered - told.missing, "answers",
        "answers", len(answered), round((told.answered - told.missing) / max(1, len(answered)), 4), "== 1",
        told.is_whole and len(answered) >= 20 * KILLS, note,
    )  # fmt: skip


def full_disk(name: str, url: str) -> Iterator[Figure]:
    """Fill the disk of the usage logs under load, and empty it again."""
    if not can_mount():
        yield Figure(f"a full disk, {name}", 0, "answers", note="nobody may mount a small disk here (unshare -rm)")
        return
    with new_site(url) as site:
        disk = SmallDisk(site)
        load = site.load(THREADS)
        try:
            worked = load.wait_for(100)
            disk.fill()
            stopped = load.wait_for(100, status=503)
            filled = time.monotonic()
            time.sleep(10)
            late = max(0.0, load.last_answered_after(filled))
            disk.clear()
            cleared = time.monotonic()
            recovered = load.wait_for(100)
            seconds = min((at for at, status in load.answers if status == 200 and at > cleared), default=0) - cleared
        finally:
            answered = load.stop()
            disk.keep()
            kill(disk.server)
        told = site.check(answered)
    holds = worked and stopped and late < 10 and recovered and told.is_whole
    note = f"{load.count(503)} refusals; the room prepared before lasted {late:.1f} s; first answer {seconds:.2f} s after there was room again"  # fmt: skip
    yield Figure(
        f"answers without a record around a full disk, {name}", told.missing, "answers", bar="== 0", holds=holds, note=note
    )  # fmt: skip


def ends(name: str, url: str) -> Iterator[Figure]:
    """Suspend, resume, revoke and outlive a grant under load; say how long any process still answered."""
    with new_site(url) as site:
        server = site.serve()
        load = site.load(THREADS)
        try:
            load.wait_for(200)
            suspended = site.do(SUSPEND.format(site.grant))
            yield seen(f"suspension seen by both processes, {name}", load, suspended)
            site.do(RESUME.format(site.grant))
            resumed = load.wait_for(200)
            revoked = site.do(REVOKE.format(site.grant))
            yield seen(f"revocation seen by both processes, {name}", load, revoked, resumed)
        finally:
            load.stop()
            kill(server)
    yield from expiry(name, url)


def expiry(name: str, url: str) -> Iterator[Figure]:
    """Let a grant's last day end under load: the servers live in a zone where it is noon, and then midnight."""
    with new_site(url) as site:
        day = dt.datetime.now(dt.UTC).date()
        site.do(LAST_DAY.format(day=day.isoformat(), grant=site.grant))
        zone = site.home / "zone"
        set_zone(zone, dt.datetime.combine(day, dt.time(12)), at=time.time())
        server = site.serve(ZHENGTONG_DRILL_ZONE=str(zone))
        load = site.load(THREADS)
        try:
            worked = load.wait_for(200, seconds=60)
            midnight = int(time.time()) + 3
            set_zone(zone, dt.datetime.combine(day, dt.time()) + dt.timedelta(days=1), at=midnight)
            time.sleep(max(0.0, midnight - time.time()))
            yield seen(f"end of term seen by both processes, {name}", load, time.monotonic(), worked)
        finally:
            load.stop()
            kill(server)


def set_zone(path: Path, local: dt.datetime, at: float) -> None:
    """Let the servers' clocks show a local time at an instant."""
    ahead = local.replace(tzinfo=dt.UTC).timestamp() - at
    draft = path.with_suffix(".draft")
    draft.write_text(str(round(ahead)))
    draft.replace(path)


def seen(name: str, load: CallsInARow, moment: float, worked: bool = True) -> Figure:
    """Return how long after a moment a call that was still answered began."""
    time.sleep(2)
    refused_after = sum(status == 403 for started, status in load.answers if started > moment)
    late = max(0.0, load.last_answered_after(moment))
    note = f"{load.count(200)} answers before, {refused_after} refusals after, {THREADS} callers"
    return Figure(name, round(late, 4), "s", bar="<= 1 s", holds=worked and refused_after > 0 and late <= 1, note=note)
