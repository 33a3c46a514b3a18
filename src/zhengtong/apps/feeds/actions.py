"""Doors for changing: declare a feed, stop it, run it now."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhengtong.apps.catalog import actions as catalog_actions
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.feeds import queries
from zhengtong.apps.feeds.declaration import check_increment, check_schedule, check_source, to_source, wrong
from zhengtong.apps.feeds.models import Feed, FeedRun
from zhengtong.apps.feeds.shapes import FeedShape, RunShape
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import Refused
from zhengtong.tables import Increment, LoadReport, Source

GIVEN_UP = dt.timedelta(hours=6)  # a run nobody ended by then has lost its process
KEPT_IN_REPORT = ("source", "source_bytes", "rows_read", "rows_loaded", "rows_rejected", "left_out", "format", "mode")
log = logging.getLogger("zhengtong.feeds")


@transaction.atomic
def declare_feed(*, code: str, declaration: Mapping[str, Any], by: Actor, at: dt.datetime) -> FeedShape:
    """Let a resource's rows come by themselves from a declared source; declared again, the new one takes its place."""
    resource = catalog.get_resource(code, by=by)
    catalog.require_permission(by, "resource.load", resource.provider.id, "声明归集任务", "declare its feed")
    if odd := set(declaration) - {"source", "increment", "schedule", "allow_rejected"}:
        raise wrong(min(odd), f"声明里不认识：{'、'.join(sorted(odd))}", f"Not known: {', '.join(sorted(odd))}")
    kind, words = check_source(mapping(declaration, "source"))
    increment = mapping(declaration, "increment")
    check_increment(increment)
    schedule = mapping(declaration, "schedule")
    check_schedule(schedule)
    allowed = declaration.get("allow_rejected", 0)
    if isinstance(allowed, bool) or not isinstance(allowed, int | float) or not 0 <= allowed <= 1:
        raise wrong("allow_rejected", "允许拒收的比例在 0 到 1 之间", "allow_rejected lies between 0 and 1")
    told = {
        "kind": kind, "source": words, "increment": increment, "schedule": schedule, "allow_rejected": allowed,
        "is_active": True, "declared_at": at, "next_at": at, "failures": 0, "mark": "",
    }  # fmt: skip
    record, _made = Feed.objects.update_or_create(resource_id=resource.id, defaults=told)
    queries.drop_folder(resource.name).mkdir(mode=0o700, parents=True, exist_ok=True)
    noted("declared", resource.code, kind, by, at, ("声明归集任务", "feed declared"))
    return queries.to_shape(record)


@transaction.atomic
def stop_feed(*, code: str, by: Actor, at: dt.datetime) -> FeedShape:
    """Read the source no more; what was loaded stays."""
    record = queries.record_of(code, by)
    record.is_active, record.next_at = False, None
    record.save(update_fields=["is_active", "next_at"])
    noted(
        "stopped",
        catalog.get_resource_by_id(record.resource_id).code,
        record.kind,
        by,
        at,
        ("停用归集任务", "feed stopped"),
    )
    return queries.to_shape(record)


def run_feed(*, code: str, by: Actor, at: dt.datetime) -> RunShape:
    """Read the source now, whatever the schedule says; refused（409）while it is being read."""
    wanted = queries.record_of(code, by)
    taken = take(at, Q(pk=wanted.pk))
    if taken is None:
        raise Refused(
            "feeds.run.busy",
            "这个归集任务正在运行或已停用。请稍后看归集记录。",
            "The feed is running already, or stopped: look at its runs later.",
            status=409,
        )
    return queries.run_shape(read(*taken, at))


def run_due(at: dt.datetime) -> int:
    """Read every source that is due, one after another; return how many. Safe in several processes."""
    done = 0
    while (taken := take(at, Q(next_at__lte=at))) is not None:
        read(*taken, at)
        done += 1
    return done


@transaction.atomic
def take(at: dt.datetime, which: Q) -> tuple[Feed, FeedRun] | None:
    """Take one feed that nobody reads, and open its run; a run that lost its process is ended as failed."""
    free = Q(running_since__isnull=True) | Q(running_since__lt=at - GIVEN_UP)
    record = Feed.objects.select_for_update().filter(which, free, is_active=True).order_by("next_at").first()
    if record is None:
        return None
    lost = ("归集进程中断，未完成。", "The process that read it was lost.")
    record.runs.filter(outcome="running").update(outcome="failed", ended_at=at, problem_zh=lost[0], problem_en=lost[1])
    record.running_since = at
    record.save(update_fields=["running_since"])
    return record, FeedRun.objects.create(feed=record, started_at=at)


def read(record: Feed, run: FeedRun, at: dt.datetime) -> FeedRun:
    """Read the source of a feed that was taken and end its run, whatever came of it."""
    resource = catalog.get_resource_by_id(record.resource_id)
    mark = ""
    try:
        source = to_source(record.kind, record.source, queries.drop_folder(resource.name))
        mark = mark_of(source)
        if mark and mark == record.mark:
            run.outcome = "unchanged"
        else:
            load(record, run, resource.code, source, check_increment(record.increment), at)
    except Refused as refused:
        run.outcome, run.problem_zh, run.problem_en = "failed", refused.zh[:500], refused.en[:500]
    except Exception:
        log.exception("feed of %s failed", resource.name)
        run.outcome = "failed"
        run.problem_zh, run.problem_en = (
            "归集时出错，详情见运行日志。",
            "It failed unexpectedly: see the log of the site.",
        )
    run.ended_at = timezone.now()
    give_back(record, run, mark, at)
    return run


@transaction.atomic
def give_back(record: Feed, run: FeedRun, mark: str, at: dt.datetime) -> None:
    """Keep the run and say when the feed is read next; one that was declared anew or stopped meanwhile keeps its own."""
    run.save()
    now = Feed.objects.select_for_update().get(pk=record.pk)
    now.running_since = None
    if now.is_active and now.declared_at == record.declared_at:
        schedule, zone = check_schedule(now.schedule), timezone.get_default_timezone()
        if run.outcome == "failed":
            now.failures += 1
            now.next_at = schedule.retry_after(at, now.failures, zone)
        else:
            now.failures, now.mark, now.next_at = 0, mark, schedule.next_after(at, zone)
    now.save()


def load(record: Feed, run: FeedRun, code: str, source: Source, increment: Increment, at: dt.datetime) -> None:
    """Take the rows in and keep what the load decided; of rejected rows only their number and first reasons."""
    version, report = catalog_actions.take_rows(
        code=code, source=source, by=SYSTEM, at=at, increment=increment, allow_rejected=record.allow_rejected
    )
    run.outcome, run.version = "held" if version.held_reason else "loaded", version.version
    run.problem_zh = f"质量规则未通过，未对外提供：{version.held_reason}"[:500] if version.held_reason else ""
    run.problem_en = f"Held back by a quality rule: {version.held_reason}"[:500] if version.held_reason else ""
    run.report = to_report(report)


def to_report(report: LoadReport) -> dict[str, Any]:
    """Return what is kept of a load's report: no cell of any row."""
    body = report.to_json()
    rejected = [{"line": one.line, "column": one.column, "reason": one.reason} for one in report.first_rejected]
    kept = {name: body[name] for name in KEPT_IN_REPORT}
    return {**kept, "effect": report.effect, "change": body["change"], "seconds": report.seconds, "rejected": rejected}


def mark_of(source: Source) -> str:
    """Return what a file's size and time are, by which a file that did not change is known; "" for what is no file."""
    if not source.files:
        return ""
    found = [path.stat() for path in source.files if path.is_file()]
    return ";".join(f"{one.st_size}:{one.st_mtime_ns}" for one in found)


def remove_old_runs(*, at: dt.datetime) -> int:
    """Remove the records of runs older than the site keeps them, never a feed's newest; return how many, with a receipt each feed."""
    before = at - dt.timedelta(days=settings.ZHENGTONG_KEEP_RUN_DAYS)
    old = FeedRun.objects.filter(started_at__lt=before).order_by().values_list("feed_id", flat=True).distinct()
    return sum(remove_runs_of(feed_id, before, at) for feed_id in list(old))


@transaction.atomic
def remove_runs_of(feed_id: int, before: dt.datetime, at: dt.datetime) -> int:
    """Remove one feed's old runs; the newest that are shown stay, however old, and so does one that is running."""
    record = Feed.objects.select_for_update().get(pk=feed_id)
    newest = list(record.runs.values_list("pk", flat=True)[: queries.MOST_SHOWN])
    doomed = record.runs.filter(started_at__lt=before).exclude(pk__in=newest).exclude(outcome="running")
    removed, _by_kind = doomed.delete()
    if removed:
        code = catalog.get_resource_by_id(record.resource_id).code
        body = {"resource": code, "runs": removed, "before": before.isoformat()}
        told = {"summary_zh": f"清理归集记录 {removed} 条", "summary_en": f"{removed} records of runs removed"}
        evidence.record(kind="feed.runs-removed", body=body, by=SYSTEM, at=at, **told)
    return removed


def mapping(declaration: Mapping[str, Any], name: str) -> dict[str, Any]:
    told = declaration.get(name, {})
    if not isinstance(told, Mapping):
        raise wrong(name, f"{name} 应是若干“名称: 值”", f"{name} is a mapping of names to values")
    return dict(told)


def noted(verb: str, code: str, kind: str, by: Actor, at: dt.datetime, told: tuple[str, str]) -> None:
    body = {"resource": code, "source": kind}
    evidence.record(kind=f"feed.{verb}", body=body, by=by, at=at, summary_zh=told[0], summary_en=told[1])
