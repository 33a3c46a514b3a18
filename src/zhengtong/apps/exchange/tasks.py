"""Slow work of sharing（后台工作）: the gateways' usage logs enter the database, become receipts, and are counted."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.evidence import queries as receipts
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.backflow import deliver
from zhengtong.apps.exchange.export_retention import remove_old_exports
from zhengtong.apps.exchange.exporting import name_people, run_exports
from zhengtong.apps.exchange.extending import recount_reply
from zhengtong.apps.exchange.models import Client, Grant, GrantDay, ShareRequest, UsagePosition
from zhengtong.apps.exchange.serving.reads import instant_of
from zhengtong.apps.exchange.shapes import GrantShape
from zhengtong.apps.exchange.usage_archive import archive_writers, remove_old_counters
from zhengtong.apps.exchange.usage_log import Broken, Line, Position, first_chain, list_writers, read_log
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import SYSTEM, Actor, OrganisationShape

__all__ = [
    "archive_usage",
    "deliver_backflows",
    "name_people",
    "recount_replies",
    "remove_old_exports",
    "run_exports",
    "take_in_usage",
]
BATCH_RECORDS = 1000
QUIET = dt.timedelta(hours=1)
log = logging.getLogger("zhengtong.usage")
_taken_until: dict[Path, int] = {}  # writers with nothing new since this process last looked


def take_in_usage(*, at: dt.datetime) -> int:  # noqa: ARG001 - every chore is handed the clock
    """Return how many usage records became receipts; safe to run twice, by several processes, and after any crash.

    A log whose chain does not hold is reported and left alone; the others go on.
    """
    taken, waiting = 0, deque(_grown_logs())
    while waiting:
        writer, written_at = waiting.popleft()
        try:
            batch = take_batch(writer)
        except Broken as broken:
            log.error("usage log %s: %s", writer.name, broken)
            continue
        if batch:
            taken += batch
            waiting.append((writer, written_at))  # the others first: a busy process holds up nobody's records
        else:
            _taken_until[writer] = written_at
    return taken


def _grown_logs() -> Iterator[tuple[Path, int]]:
    """Yield the logs that were written to since they were last taken in, each with when that was."""
    for writer in list_writers(Path(settings.ZHENGTONG_HOME) / "usage"):
        written_at = max((path.stat().st_mtime_ns for path in writer.glob("*.log")), default=0)
        if _taken_until.get(writer) != written_at:
            yield writer, written_at


def archive_usage(*, at: dt.datetime) -> int:
    """Return how many segments of usage logs, all sealed into receipts, were compressed and laid aside."""
    home, before = Path(settings.ZHENGTONG_HOME), (at - QUIET).timestamp()
    try:
        moved = archive_writers(home / "usage", home / "usage-archive", queries.usage_positions(), is_sealed, before)
    except Broken as broken:
        log.error("usage logs are not laid aside: %s", broken)
        moved = 0
    remove_old_counters(home / "usage", timezone.localdate(at).isoformat())
    return moved


def recount_replies(*, at: dt.datetime) -> int:
    """Return how many requests' last days moved because the calendar of working days changed."""
    open_ones = ShareRequest.objects.filter(status="submitted")
    return sum(recount_reply(request_no=no, at=at) for no in open_ones.order_by("pk").values_list("no", flat=True))


def deliver_backflows(*, at: dt.datetime) -> int:
    """Return how many files for counties were ordered; `run_exports` makes them."""
    return deliver(at=at)


def is_sealed(receipt_no: str) -> bool:
    return receipts.get_receipt(receipt_no).leaf_index is not None


@transaction.atomic
def take_batch(writer: Path) -> int:
    """Take the next records of one writer: receipts, counts and position commit together."""
    position = position_of(writer.name)
    lines = list(islice(read_log(writer, Position(position.segment, position.offset, position.chain)), BATCH_RECORDS))
    if not lines:
        return 0
    callers = callers_of(lines)
    reads = [line for line in lines if "grant" in line.record]
    grants = {no: queries.get_grant(no, SYSTEM) for no in {line.record["grant"] for line in reads}}
    evidence.record_reads(
        [to_read(line, grants[line.record["grant"]], callers[line.record["client"]]) for line in reads]
    )
    count_days(reads)
    for line in lines:
        if "refused" in line.record:
            record_refusal(line, callers[line.record["client"]])
    last = lines[-1].after
    position.segment, position.offset, position.chain = last.segment, last.offset, last.chain
    position.taken += len(lines)
    position.save()
    return len(lines)


def position_of(writer: str) -> UsagePosition:
    """Return the writer's position under lock; one taker at a time works on it."""
    fresh = UsagePosition(writer=writer, chain=first_chain(writer).decode())
    UsagePosition.objects.bulk_create([fresh], ignore_conflicts=True)
    return UsagePosition.objects.select_for_update().get(writer=writer)


def callers_of(lines: list[Line]) -> dict[str, OrganisationShape]:
    """Return the organisation of each calling client."""
    wanted = {line.record["client"] for line in lines}
    owners = dict(Client.objects.filter(client_id__in=wanted).values_list("client_id", "organisation_id"))
    organisations = {owner: people.get_organisation(owner) for owner in set(owners.values())}
    return {client: organisations[owner] for client, owner in owners.items()}


def to_read(line: Line, grant: GrantShape, caller: OrganisationShape) -> evidence.ServedRead:
    record, resource = line.record, grant.resource
    titles = {item.name: (item.title_zh, item.title_en) for item in resource.fields}
    label = f"{record['name']}（{record['officer']}）" if record["officer"] else record["name"]
    return evidence.ServedRead(
        no=record["no"],
        at=instant_of(record),
        by=Actor(kind="client", label=label[:80], organisation=caller),
        resource_code=resource.code,
        resource_title_zh=resource.title_zh,
        resource_title_en=resource.title_en,
        grant_no=grant.no,
        provider_org=resource.provider.name_zh,
        consumer_org=grant.consumer.name_zh,
        subject_keys=tuple(record["subjects"]),
        fields=tuple(record["fields"]),
        field_titles=tuple(titles.get(name, (name, name)) for name in record["fields"]),
        purpose_zh=grant.purpose_zh,
        purpose_en=grant.purpose_en,
        basis=grant.basis,
        case_no=record["case"],
        channel={"verify": "api"}.get(record["channel"], record["channel"]),
        found=record["found"] > 0,
        told={
            "client": record["client"],
            "way": record["channel"],
            "asked": record["asked"],
            "rows": record["found"],
            "request": record["request"],
            "usage": line.chain,
            **({"represents": record["represents"]} if "represents" in record else {}),
        },
    )


def record_refusal(line: Line, caller: OrganisationShape) -> None:
    """Leave a receipt of a call whose signature did not hold."""
    told = {name: line.record[name] for name in ("refused", "client", "request", "times") if name in line.record}
    evidence.record(
        kind="gateway.refused",
        body={**told, "usage": line.chain},
        by=Actor(kind="client", label=line.record["client"], organisation=caller),
        at=instant_of(line.record),
        summary_zh=f"拒绝了以 {line.record['client']} 名义的调用：{line.record['refused']}",
        summary_en=f"Refused a call in the name of {line.record['client']}: {line.record['refused']}",
    )


def count_days(lines: list[Line]) -> None:
    """Add the calls to each grant's day: one for a look-up, one a key or row for batches and pages."""
    calls: Counter[tuple[str, dt.date]] = Counter()
    for line in lines:
        calls[line.record["grant"], timezone.localdate(instant_of(line.record))] += max(1, line.record["asked"])
    ids = dict(Grant.objects.filter(no__in={no for no, _day in calls}).values_list("no", "pk"))
    for (no, day), number in calls.items():
        GrantDay.objects.bulk_create([GrantDay(grant_id=ids[no], day=day)], ignore_conflicts=True)
        GrantDay.objects.filter(grant_id=ids[no], day=day).update(calls=F("calls") + number)
