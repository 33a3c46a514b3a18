"""A declared source is read in its turn, tried again when it fails, and never read twice at once."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from zoneinfo import ZoneInfo

import pytest

from tests.apps.exchange.bureau import MOTHER, ROWS
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence.models import Receipt
from zhengtong.apps.feeds import actions, queries, tasks
from zhengtong.apps.feeds.models import Feed, FeedRun
from zhengtong.apps.feeds.shapes import Schedule
from zhengtong.kit import Refused

HOURLY = {"schedule": {"every_minutes": 60}}
FILE = {"source": {"kind": "file", "file": "births.csv"}, **HOURLY}
MORE = f"B4,{MOTHER},四宝,2026-11-12T08:00:00,2900,990102000000\n"


@pytest.fixture
def declare(bureau, now):
    def declare(declaration, by=None, at=now):
        return actions.declare_feed(code="births", declaration=declaration, by=by or bureau.steward, at=at)

    return declare


def put(text: str, at: float = 1_700_000_000) -> None:
    path = queries.drop_folder("births") / "births.csv"
    path.write_text(text, encoding="utf-8")
    os.utime(path, (at, at))


def served() -> int:
    return catalog.find_resource("births").snapshot.rows


def test_a_file_is_loaded_in_its_turn_and_not_again_until_it_changes(declare, bureau, now):
    declare(FILE)
    put(ROWS + MORE)
    assert tasks.run_due(at=now) == 1
    assert served() == 4
    assert tasks.run_due(at=now) == 0
    later = now + dt.timedelta(minutes=60)
    assert tasks.run_due(at=later) == 1
    put(ROWS, at=1_700_000_001)
    assert tasks.run_due(at=later + dt.timedelta(minutes=60)) == 1
    assert served() == 3
    runs = queries.list_runs("births", bureau.steward)
    assert [one.outcome for one in runs] == ["loaded", "unchanged", "loaded"]
    assert runs[-1].report["rows_loaded"] == 4
    assert runs[-1].report["change"]["kind"]


def test_what_fails_is_tried_again_soon_and_then_in_its_turn(declare, bureau, now):
    declare({**FILE, "schedule": {"daily_at": "02:30"}})
    waits = []
    for _ in range(6):
        at = queries.get_feed("births", bureau.steward).next_at
        assert tasks.run_due(at=at) == 1
        waits.append(queries.get_feed("births", bureau.steward).next_at - at)
    assert waits[:4] == [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
    third = queries.list_runs("births", bureau.steward)[2]
    assert third.outcome == "failed"
    assert third.problem_zh
    due = queries.get_feed("births", bureau.steward).next_at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert (due.hour, due.minute) == (2, 30)
    assert served() == 3, "what was loaded before is served on"
    put(ROWS)
    tasks.run_due(at=due)
    assert queries.get_feed("births", bureau.steward).failures == 0


def test_rows_changed_since_the_last_run_are_merged_by_key(declare, bureau, now):
    database = queries.drop_folder("births") / "births.sqlite3"
    query = "SELECT record_no, mother_id_number, child_name, born_at, weight_g, region_code FROM births WHERE born_at > coalesce(:since, '')"
    declare(
        {
            "source": {"kind": "sqlite", "file": database.name, "query": query},
            "increment": {"mode": "upsert", "key": ["record_no"], "watermark": "born_at"},
            **HOURLY,
        }
    )
    with sqlite3.connect(database) as source:
        source.execute("CREATE TABLE births (record_no, mother_id_number, child_name, born_at, weight_g, region_code)")
        add = "INSERT INTO births VALUES (?, ?, ?, ?, ?, ?)"
        source.execute(add, ("B3", MOTHER, "三宝", "2026-11-12T08:00:00", 3050, "990103000000"))
        source.execute(add, ("B4", MOTHER, "四宝", "2026-11-13T08:00:00", 2900, "990102000000"))
    assert tasks.run_due(at=now) == 1
    (run,) = queries.list_runs("births", bureau.steward)
    assert (run.outcome, run.problem_zh) == ("loaded", "")
    assert (run.report["effect"]["updated"], run.report["effect"]["inserted"]) == (1, 1)
    assert served() == 4


def test_too_many_rejected_rows_publish_nothing(declare, bureau, now):
    declare({**FILE, "allow_rejected": 0.1})
    put(ROWS.replace("3100", "heavy"))
    tasks.run_due(at=now)
    (run,) = queries.list_runs("births", bureau.steward)
    assert run.outcome == "failed"
    assert served() == 3


def test_one_run_at_a_time_and_a_lost_one_is_taken_up_again(declare, bureau, now):
    declare(FILE)
    put(ROWS)
    Feed.objects.update(running_since=now)
    assert tasks.run_due(at=now + dt.timedelta(hours=1)) == 0
    with pytest.raises(Refused) as busy:
        actions.run_feed(code="births", by=bureau.steward, at=now)
    assert (busy.value.code, busy.value.status) == ("feeds.run.busy", 409)
    assert tasks.run_due(at=now + dt.timedelta(hours=7)) == 1


def test_a_stopped_feed_is_read_no_more(declare, bureau, now):
    declare(FILE)
    actions.stop_feed(code="births", by=bureau.steward, at=now)
    assert tasks.run_due(at=now + dt.timedelta(days=1)) == 0
    assert list(Receipt.objects.filter(kind__startswith="feed.").order_by("id").values_list("kind", flat=True)) == [
        "feed.declared",
        "feed.stopped",
    ]


def test_passwords_are_not_shown_and_not_stored_in_the_clear(declare, bureau):
    from django.db import connection

    secret = "host=db.invalid password=s3cr3t-word"
    made = declare({"source": {"kind": "postgresql", "dsn": secret, "query": "SELECT 1"}, **HOURLY})
    assert "s3cr3t" not in repr(made)
    with connection.cursor() as cursor:
        cursor.execute("SELECT source FROM feeds_feed")
        assert "s3cr3t" not in str(cursor.fetchall())


@pytest.mark.parametrize(
    ("declaration", "field"),
    [
        ({"source": {"kind": "ftp"}, **HOURLY}, "source.kind"),
        ({"source": {"kind": "file", "file": "../../secrets/index-key"}, **HOURLY}, "source.file"),
        ({"source": {"kind": "file", "file": "births.csv", "query": "x"}, **HOURLY}, "source.query"),
        ({"source": {"kind": "http", "url": "file:///etc/passwd"}, **HOURLY}, "source.url"),
        ({"source": {"kind": "http", "url": "https://u:p@host/x"}, **HOURLY}, "source.url"),
        ({"source": {"kind": "file", "file": 5}, **HOURLY}, "source.file"),
        ({"source": {"kind": "file", "file": "a\0.csv"}, **HOURLY}, "source.file"),
        ({"source": {"kind": "http", "url": "https://host/x", "headers": ["x"]}, **HOURLY}, "source.headers"),
        (
            {"source": {"kind": "http", "url": "https://host/x", "timeout_seconds": "long"}, **HOURLY},
            "source.timeout_seconds",
        ),
        ({**FILE, "increment": {"mode": "upsert", "key": "record_no"}}, "increment.key"),
        ({**FILE, "increment": {"mode": "upsert", "key": 5}}, "increment.key"),
        ({**FILE, "schedule": {"every_minutes": True}}, "schedule"),
        ({**FILE, "schedule": {}}, "schedule"),
        ({**FILE, "schedule": {"every_minutes": 0}}, "schedule"),
        ({**FILE, "schedule": {"daily_at": "25:00"}}, "schedule"),
        ({**FILE, "allow_rejected": 2}, "allow_rejected"),
        ({**FILE, "often": True}, "often"),
        ({**FILE, "increment": {"mode": "upsert"}}, "increment"),
        ({**FILE, "source": "births.csv"}, "source"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused_with_its_place(declare, declaration, field):
    with pytest.raises(Refused) as refused:
        declare(declaration)
    assert refused.value.field == field
    assert not Feed.objects.exists()


def test_a_feed_is_its_providers(declare, bureau, refuses):
    with refuses("catalog.right.missing", 403):
        declare(FILE, by=bureau.requester)
    declare(FILE)
    with refuses("catalog.right.missing", 403):
        queries.get_feed("births", bureau.requester)
    assert queries.list_feeds(bureau.requester) == ()
    assert [one.resource.name for one in queries.list_feeds(bureau.steward)] == ["births"]


def test_a_daily_turn_is_at_the_wall_clocks_time():
    zone, daily = ZoneInfo("Asia/Shanghai"), Schedule(daily_at=dt.time(2, 30))
    before = dt.datetime(2026, 11, 19, 1, 0, tzinfo=zone)
    assert daily.next_after(before, zone) == dt.datetime(2026, 11, 19, 2, 30, tzinfo=zone)
    assert daily.next_after(daily.next_after(before, zone), zone) == dt.datetime(2026, 11, 20, 2, 30, tzinfo=zone)


def test_old_runs_are_removed_but_never_a_feeds_newest(declare, bureau, now, settings):
    settings.ZHENGTONG_KEEP_RUN_DAYS = 30
    declare(FILE)
    feed = Feed.objects.get()
    for ago in range(100, 0, -1):
        FeedRun.objects.create(feed=feed, started_at=now - dt.timedelta(days=ago), outcome="unchanged")
    assert tasks.remove_old_runs(at=now) == 50
    assert FeedRun.objects.count() == queries.MOST_SHOWN == 50
    assert tasks.remove_old_runs(at=now + dt.timedelta(days=3000)) == 0
    receipts = Receipt.objects.filter(kind="feed.runs-removed")
    assert receipts.count() == 1
    assert FeedRun.objects.earliest("started_at").started_at == now - dt.timedelta(days=50)
