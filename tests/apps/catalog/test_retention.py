"""Versions beyond their time go by themselves: never the served one, never one that something on record was made from."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.apps.catalog.test_registering import changed
from tests.apps.exchange.bureau import ROWS, Bureau, make_bureau
from zhengtong.apps.catalog import actions, queries, tasks
from zhengtong.apps.catalog.models import SnapshotRecord
from zhengtong.apps.catalog.retention import over, retention_of
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.kit import Refused

DAY = dt.timedelta(days=1)


@pytest.fixture
def bureau(db, now, tmp_path, settings) -> Bureau:
    settings.ZHENGTONG_HOME = tmp_path
    queries.opened.cache_clear()
    return make_bureau(now, tmp_path)


@pytest.fixture
def load(bureau, now, tmp_path):
    """Return a function that loads a version so many days from now."""
    declared = changed(retention={"versions": 2, "days": 3})
    actions.register_resource(declaration=declared, provider=bureau.health, by=bureau.steward, at=now)
    source = tmp_path / "other.csv"

    def loaded(day: int):
        source.write_text(ROWS.replace("B3", f"C{day}"), "utf-8")
        return actions.load_snapshot(code="other", source=source, by=bureau.steward, at=now + day * DAY).version

    return loaded


def kept() -> list[str]:
    return queries.store().shelf("other").versions()


def test_what_is_neither_new_nor_served_goes_with_its_files_and_leaves_its_manifest_and_a_receipt(load, bureau, now):
    versions = [load(day) for day in range(5)]
    assert tasks.retain(at=now + 10 * DAY) == 3
    assert kept() == versions[3:]
    assert not queries.projection_path("other", versions[0]).exists()
    assert queries.projection_path("other", versions[4]).exists()
    shown = queries.list_snapshots("other")
    assert [one.removed_at is not None for one in shown] == [False, False, True, True, True]
    assert all(one.digest for one in shown)
    last = queries.list_events("other", by=bureau.steward)[-1]
    assert last.kind == "versions-removed"
    assert evidence.get_receipt(last.receipt_no).kind == "resource.versions-removed"
    with pytest.raises(Refused) as refused:
        queries.store().open("other", versions[0])
    assert refused.value.code == "tables.store.no-version"


def test_a_second_run_finds_nothing_and_says_nothing(load, bureau, now):
    for day in range(4):
        load(day)
    assert tasks.retain(at=now + 10 * DAY) == 2
    events = len(queries.list_events("other", by=bureau.steward))
    assert tasks.retain(at=now + 10 * DAY) == 0
    assert len(queries.list_events("other", by=bureau.steward)) == events


def test_files_that_outlived_a_crash_go_the_next_time(load, bureau, now):
    versions = [load(day) for day in range(3)]
    SnapshotRecord.objects.filter(version=versions[0], resource__name="other").update(removed_at=now)
    assert versions[0] in kept()
    tasks.retain(at=now + DAY)
    assert versions[0] not in kept()


def test_a_version_that_something_was_made_from_stays_until_its_time(load, bureau, now):
    versions = [load(day) for day in range(4)]
    resource = queries.find_resource("other")
    actions.hold_version(resource_id=resource.id, version=versions[0], until=now + 100 * DAY)
    actions.hold_version(resource_id=resource.id, version=versions[0], until=now + 50 * DAY)
    assert tasks.retain(at=now + 60 * DAY) == 1
    assert versions[0] in kept()
    assert tasks.retain(at=now + 101 * DAY) == 1
    assert versions[0] not in kept()


def of(*days: int, **more) -> list[SnapshotRecord]:
    """Return versions that were loaded so many days ago, newest first; the first is served unless told otherwise."""
    at = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    served = more.get("served", 0)
    return [
        SnapshotRecord(
            version=f"v{place}", loaded_at=at - ago * DAY, is_current=place == served,
            held_reason="坏" if place in more.get("held", ()) else "",
        )
        for place, ago in enumerate(days)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("versions", "rule", "gone"),
    [
        (of(5, 6, 7), {"versions": 1, "days": 0}, ["v1", "v2"]),
        (of(5, 6, 7), {"versions": 3, "days": 0}, []),
        (of(5, 6, 7), {"versions": 1, "days": 6}, ["v2"]),
        (of(0.5, 6, 7), {"versions": 1, "days": 0}, ["v2"]),  # what was replaced today may still be read
        (of(5, 6, 7, served=2, held=(0, 1)), {"versions": 1, "days": 0}, []),  # a person may still release them
        (of(5, 6, 7, served=0, held=(1,)), {"versions": 1, "days": 0}, ["v1", "v2"]),
    ],
)
def test_what_is_over_is_decided_by_number_age_and_use(versions, rule, gone):
    at = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    assert [one.version for one in over(versions, retention_of(rule), at)] == gone


def test_what_is_not_declared_is_the_sites(settings):
    settings.ZHENGTONG_KEEP_VERSIONS, settings.ZHENGTONG_KEEP_VERSION_DAYS = 7, 8
    rule = retention_of({"days": 1})
    assert (rule.versions, rule.days, rule.is_declared) == (7, 1, True)
    assert not retention_of({}).is_declared


@pytest.mark.parametrize("told", [{"versions": 0}, {"days": -1}, {"days": True}, {"weeks": 1}, {"days": "3"}, [3]])
def test_a_rule_that_is_none_is_refused(bureau, now, refuses, told):
    with refuses("catalog.register.retention"):
        actions.register_resource(
            declaration=changed(retention=told), provider=bureau.health, by=bureau.steward, at=now
        )


def test_a_removed_version_cannot_be_released(load, bureau, now, refuses):
    version = load(0)
    SnapshotRecord.objects.filter(version=version, resource__name="other").update(
        held_reason="x", is_current=False, removed_at=now
    )
    with refuses("catalog.release.nothing-held", 409):
        actions.release_snapshot(code="other", version=version, reason="x", by=bureau.health_head, at=now)


def test_what_is_removed_does_not_touch_other_resources(load, bureau, now):
    births = queries.store().shelf("births").versions()
    for day in range(4):
        load(day)
    tasks.retain(at=now + 10 * DAY)
    assert queries.store().shelf("births").versions() == births
    assert queries.get_resource("births", by=SYSTEM).snapshot is not None
