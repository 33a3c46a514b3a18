"""A million cases to stand on: of twenty departments, two years, most of them settled, each with its log and receipts.

Written in batches of one day, one department and one course, whose first case goes the way every case goes — folded,
projected, told — and whose others differ in number, applicant and what was entered, as the bulk path of the house does.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
import time
from pathlib import Path
from typing import Any

from bench.casework import city

BATCH = 1000
DAYS = 700
#: what became of a case, for each of twenty batches: seventeen settled, one in the pool, two in officers' hands
COURSES = ("granted",) * 14 + ("denied",) * 3 + ("submitted",) + ("accepted",) * 2


def load(count: int) -> int:
    """Return how many cases were written, with their logs, receipts and notices."""
    from django.db import connection
    from django.utils import timezone

    from zhengtong.apps.people import queries as people

    organisations = [one for one in people.list_organisations() if one.function]
    now, started = timezone.now(), time.perf_counter()
    batches = max(1, count // BATCH)
    for number in range(batches):
        course = COURSES[number % len(COURSES)]
        age = DAYS - number * DAYS // batches if course in ("granted", "denied") else number % 5
        handler = organisations[(number // len(COURSES)) % len(organisations)]
        write_batch(number, course, handler, now - dt.timedelta(days=age + 1, minutes=number % 480))
        if number % 100 == 99:
            print(f"{(number + 1) * BATCH:,} cases, {time.perf_counter() - started:,.0f} s", file=sys.stderr)
    settle_down(connection)
    return batches * BATCH


def settle_down(connection: Any) -> None:
    """Leave the database as two years would: what was loaded in minutes is swept and on disk before anything is measured.

    Otherwise the sweeping of eleven gigabytes takes a share of the same two cores from whatever runs next.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("ANALYZE")


def write_batch(number: int, course: str, handler: Any, at: dt.datetime) -> None:
    """Write the cases of one batch in one transaction."""
    from django.db import transaction

    from zhengtong.apps.cases.actions import next_numbers
    from zhengtong.apps.cases.models import Case
    from zhengtong.apps.people import statements

    numbers = next_numbers(city.REGION, at, BATCH)
    with transaction.atomic():
        ids = statements.reserve_keys(Case, BATCH)
        whom = [applicant(number * BATCH + one) for one in range(BATCH)]
        held, entries = lived(course, handler, numbers[0], whom[0], number, at)
        write_cases(held, ids, numbers, whom)
        for entry in entries:
            write_entry(held, entry, ids, numbers, whom)


def lived(course: str, handler: Any, no: str, who: Any, number: int, at: dt.datetime) -> tuple[Any, list[Any]]:
    """Return the batch's first case as it stands after its course, and the entries of its log, nothing written."""
    from zhengtong.apps.cases.actions.log import Held, follow
    from zhengtong.apps.cases.held import values_to_json
    from zhengtong.apps.cases.lifecycle import CaseState
    from zhengtong.apps.cases.projection import project
    from zhengtong.apps.cases.shapes import FieldValue, State
    from zhengtong.apps.matters import queries as matters

    pack = matters.get_pack(city.MATTER, on=dt.date(2026, 11, 21), region_code=city.REGION)
    values = values_to_json({path: FieldValue(value) for path, value in city.form(number).items()})
    officer = officer_of(handler, number)
    steps: list[tuple[str, dict[str, Any], Any]] = [
        ("submitted", {"answers": city.ANSWERS, "values": values}, resident_actor())
    ]
    if course != "submitted":
        steps.append(("accepted", {"keeps_assignee": True, "reads": {}}, officer))
    if course in ("granted", "denied"):
        steps.append(
            (course, {"reason": "", "outcome": {}} if course == "granted" else {"reason": "不符合条件"}, officer)
        )
    held = Held(record_of(pack, handler, no, who, at), pack, [], CaseState(State.WAITING), handler)
    entries = []
    for day, (kind, payload, by) in enumerate(steps):
        held, entry = follow(held, kind, payload, by, at + dt.timedelta(hours=day))
        project(held.record, held.state, at)
        entries.append((entry, by))
    return held, entries


def write_cases(held: Any, ids: list[int], numbers: list[str], whom: list[Any]) -> None:
    from zhengtong.apps.people import bulk

    names = ["id", "no", "applicant_key", "applicant", "applicant_masked", "track_key", "content"]
    content = held.record.content
    rows = (
        (pk, no, who.key, {**held.record.applicant, "key": who.key}, who.masked_name, who.key[::-1], content)
        for pk, no, who in zip(ids, numbers, whom, strict=True)
    )
    bulk.insert_alike(held.record, names, rows)


def write_entry(held: Any, made: tuple[Any, Any], ids: list[int], numbers: list[str], whom: list[Any]) -> None:
    """Write one entry of every log, with its receipt and its notice."""
    from zhengtong.apps.cases.actions.log import notice_of, receipt_body, receipt_words
    from zhengtong.apps.cases.notices import has_notice
    from zhengtong.apps.evidence import actions as evidence
    from zhengtong.apps.people import bulk
    from zhengtong.kit import digest

    entry, by = made
    said = digest(entry.payload)
    told = [evidence.Told(who.key, no, {}) for who, no in zip(whom, numbers, strict=True)]
    body = receipt_body(evidence.mark("case"), held.record.matter_code, entry.seq, said)
    receipts = evidence.record_alike(by=by, body=body, told=told, **receipt_words(held.record, entry))
    rows = ((pk, entry.payload, receipt) for pk, receipt in zip(ids, receipts, strict=True))
    bulk.insert_alike(entry, ["case_id", "payload", "receipt_no"], rows)
    if has_notice(entry.kind):
        pattern = notice_of(held, entry.kind, "", entry.at, {"reason": ""}, held.handler)
        notices = ((who.key, pk, f"{pk}:{entry.seq}:{entry.kind}") for who, pk in zip(whom, ids, strict=True))
        bulk.insert_alike(pattern, ["to_key", "case_id", "event"], notices)


def record_of(pack: Any, handler: Any, no: str, who: Any, at: dt.datetime) -> Any:
    from zhengtong.apps.cases.held import subject_to_json
    from zhengtong.apps.cases.models import Case

    return Case(
        no=no, matter_code=pack.id, pack_digest=pack.digest, title_zh=pack.title.zh, title_en=pack.title.en,
        applicant_key=who.key, applicant=subject_to_json(who, {"kind": "resident", "name": who.name}),
        applicant_masked=who.masked_name, region_code=city.REGION, organisation_id=handler.id,
        track_code="AAAAAA", track_key="", submitted_at=at,
    )  # fmt: skip


def applicant(number: int) -> Any:
    """Return one of some 600,000 applicants; whoever comes again has several cases."""
    from zhengtong.apps.people.shapes import Subject

    key = hashlib.sha256(f"bench {number * 7919 % 600_000}".encode()).hexdigest()
    return Subject("resident", key[:32], "赵明一", "赵*一", key, "9901**********001X")


def resident_actor() -> Any:
    from zhengtong.apps.people.shapes import Actor

    return Actor(kind="resident", account_id=None, label="赵*一")


def officer_of(handler: Any, number: int) -> Any:
    """Return an officer of a department: of the bench's own the accounts that work, elsewhere numbers of nobody."""
    from zhengtong.apps.people.shapes import Actor

    account = number % city.OFFICERS + 1 if handler.function == city.OWNER else 10_000 + handler.id * 10 + number % 10
    return Actor(kind="officer", account_id=account, label=f"{handler.short_zh} 钱*鸣", organisation=handler)


if __name__ == "__main__":
    city.open_site(Path(sys.argv[1]), sys.argv[2])
    print(load(int(sys.argv[3])))
