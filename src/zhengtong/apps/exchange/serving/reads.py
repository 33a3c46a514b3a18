"""Fast reads（快速读取）: the same grant, the same decision, the same record — from held grants, before the answer leaves."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.deciding import decide, refusal
from zhengtong.apps.exchange.serving.book import GrantBook, Held, Pages, Plan, grant_of
from zhengtong.apps.exchange.serving.quota import Counters
from zhengtong.apps.exchange.shapes import Call, ClientShape, GrantShape, ServedRead
from zhengtong.apps.exchange.usage_log import SEGMENT_BYTES, UsageLog, list_writers, read_log
from zhengtong.apps.people.keys import subject_key
from zhengtong.kit import Refused
from zhengtong.tables import Filter

MOST_SAME_KEY_ROWS = 100
MOST_KEYS = 100
MOST_PAGE_ROWS = 1000


@dataclass(frozen=True)
class Caller:
    """Who calls（调用方）: the client, what is held at this moment, the officer and case it names, its request's digest."""

    client: ClientShape
    pages: Pages
    officer: str = ""
    case_no: str = ""
    request: str = ""


class Gate:
    """Where fast reads pass in one process（数据闸口）: held grants, the day's counters and the usage log."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "usage"
        self.book = GrantBook()
        size = getattr(settings, "ZHENGTONG_USAGE_SEGMENT_BYTES", SEGMENT_BYTES)
        self.log = UsageLog(self.folder, segment_bytes=size)
        self._counters: dict[dt.date, Counters] = {}
        self._noted: dict[tuple[str, str], float] = {}

    def look_up(self, caller: Caller, resource: str, key_field: str, key: str, fields: Sequence[str]) -> ServedRead:
        """Return the granted fields of one row, or None for it; refused as `exchange.read.*`."""
        held, plan, at = self._enter(caller, resource, key_field, (key,), fields, "api")
        row = find_row(held, plan, key_field or held.grant.resource.keys[0], key)
        return self._leave(caller, held, plan, at, "api", [row], subjects_of(held, key_field, [key], [row]))

    def look_up_many(
        self, caller: Caller, resource: str, key_field: str, keys: Sequence[str], fields: Sequence[str]
    ) -> ServedRead:
        """Return what `look_up` would for each of up to 100 keys; counted as that many calls, one receipt."""
        if not 0 < len(keys) <= MOST_KEYS:
            raise refusal("keys", f"一次查 1 至 {MOST_KEYS} 个主键", f"Ask for 1 to {MOST_KEYS} keys at once", 422)
        held, plan, at = self._enter(caller, resource, key_field, tuple(keys), fields, "batch")
        name = key_field or held.grant.resource.keys[0]
        rows = [find_row(held, plan, name, key) for key in keys]
        return self._leave(caller, held, plan, at, "batch", rows, subjects_of(held, key_field, keys, rows))

    def verify(self, caller: Caller, resource: str, key_field: str, key: str, claims: dict[str, Any]) -> ServedRead:
        """Return for each claimed field `same`, `different` or `absent`（核验）; no value leaves."""
        if not claims:
            raise refusal("no-claims", "请给出要核验的数据项和值", "Give the fields and values to verify", 422)
        held, plan, at = self._enter(caller, resource, key_field, (key,), tuple(claims), "api")
        name = key_field or held.grant.resource.keys[0]
        row = find_row(held, plan, name, key)
        told = compared(held, row, claims)
        subjects = subjects_of(held, key_field, [key], [row])
        return replace(self._leave(caller, held, plan, at, "verify", [row], subjects), rows=(told,))

    def page(
        self,
        caller: Caller,
        resource: str,
        filters: Sequence[Filter],
        after: int | None,
        limit: int,
        fields: Sequence[str],
    ) -> ServedRead:
        """Return one page of the granted rows and how many there are in all; filters speak of granted fields and keys."""
        if not 0 < limit <= MOST_PAGE_ROWS:
            raise refusal("limit", f"每页 1 至 {MOST_PAGE_ROWS} 行", f"A page has 1 to {MOST_PAGE_ROWS} rows", 422)
        held, plan, at = self._enter(caller, resource, "", (), fields, "batch", limit)
        refuse_foreign_filters(held.grant, filters)
        every = (*filters, *held.filters)
        found = held.projection.page(every, after=after, limit=limit, fields=plan.wanted)
        total = held.projection.count(every)
        subjects = subjects_of(held, "", (), found.rows)
        served = self._leave(caller, held, plan, at, "batch", found.rows, subjects)
        return replace(served, total=total, after=found.after)

    def _enter(
        self,
        caller: Caller,
        resource: str,
        key_field: str,
        keys: tuple[str, ...],
        fields: Sequence[str],
        mode: str,
        page_rows: int = 0,
    ) -> tuple[Held, Plan, dt.datetime]:
        """Return the grant and plan that allow the call, counted against the quota; deny by default."""
        at = timezone.now()
        today = timezone.localdate(at)
        consumer = caller.client.organisation
        held = grant_of(caller.pages, consumer.id, resource, mode, today)
        if held is None:
            raise refusal(
                "no-grant",
                f"{consumer.name_zh}没有使用数据资源 {resource} 的授权",
                f"{consumer.name_en} has no grant on {resource}",
            )
        first = held.grant.resource.keys[0]
        key = {key_field or first: "" if "" in keys else "given"} if keys else {first: "page"} if page_rows else {}
        call = Call(mode, key, tuple(fields), caller.case_no, today)
        allowed = decide(held.grant, call)
        try:
            has_room = self.take(held.grant, today, len(keys) or page_rows, held.id)
        except OSError as error:
            raise not_recorded() from error
        if not has_room:
            decide(held.grant, replace(call, used_today=held.grant.quota_per_day))
        return held, held.plan(allowed), at

    def _leave(
        self,
        caller: Caller,
        held: Held,
        plan: Plan,
        at: dt.datetime,
        channel: str,
        rows: Sequence[dict[str, Any] | None],
        subjects: list[str],
    ) -> ServedRead:
        """Keep the record, then hand out the rows; what cannot be recorded is not answered."""
        receipt_no = evidence.new_receipt_no(at)
        record = {
            "no": receipt_no,
            "at": int(at.timestamp() * 1_000_000),
            "grant": held.grant.no,
            "client": caller.client.client_id,
            "name": caller.client.name,
            "officer": caller.officer,
            "case": caller.case_no,
            "channel": channel,
            "fields": plan.fields,
            "subjects": subjects,
            "asked": len(rows),
            "found": sum(row is not None for row in rows),
            "request": caller.request,
        }
        try:
            self.log.append(record)
        except OSError as error:
            raise not_recorded() from error
        return ServedRead(tuple(handed_out(plan, row) for row in rows), held.grant, receipt_no, at)

    def note_refusal(self, client_id: str, code: str, request: str) -> None:
        """Keep that somebody called as this client with a proof that did not hold; one a second for each reason."""
        now = time.monotonic()
        if now - self._noted.get((client_id, code), float("-inf")) < 1:
            return
        if len(self._noted) > 10_000:
            self._noted.clear()
        self._noted[client_id, code] = now
        with contextlib.suppress(OSError):  # nothing was given, so nothing depends on this record
            at = int(time.time() * 1_000_000)
            self.log.append({"refused": code, "client": client_id, "at": at, "request": request})

    def take(self, grant: GrantShape, day: dt.date, calls: int = 1, slot: int = 0) -> bool:
        """Count calls against the grant's quota, whichever way they came; return whether it had room for them."""
        most = grant.quota_per_day
        return not most or self.counters(day).take(slot or queries.grant_id(grant.no), calls, most)

    def counters(self, day: dt.date) -> Counters:
        """Return the counters of a day; those of days gone by are closed."""
        made = self._counters.get(day)
        if made is None:
            made = self._counters[day] = Counters(self.folder, day, self._known_calls)
        return made

    def _known_calls(self, day: dt.date) -> dict[int, int]:
        """Return the calls of a day by grant: what the database has, and what still waits in the usage logs."""
        calls = Counter(queries.calls_of_day(day))
        positions = queries.usage_positions()
        for writer in list_writers(self.folder):
            for line in read_log(writer, positions.get(writer.name)):
                if "grant" in line.record and timezone.localdate(instant_of(line.record)) == day:
                    calls[queries.grant_id(line.record["grant"])] += max(1, line.record["asked"])
        return calls


def not_recorded() -> Refused:
    return Refused(
        "exchange.read.not-recorded",
        "暂时无法保存使用记录，所以没有提供数据。请稍后再试，并告知平台运维检查磁盘。",
        "The usage record could not be kept, so no data were given. Try again later; operators: check the disk.",
        status=503,
    )


def refuse_foreign_filters(grant: GrantShape, filters: Sequence[Filter]) -> None:
    """Refuse conditions on what was not granted: by asking often enough they would tell its values."""
    beyond = [one.column for one in filters if one.column not in (*grant.fields, *grant.resource.keys)]
    if beyond:
        raise refusal("filter", f"不能按未授权的数据项筛选：{beyond[0]}", f"{beyond[0]} is not granted to filter by")


def instant_of(record: dict[str, Any]) -> dt.datetime:
    """Return when a recorded read happened."""
    return dt.datetime.fromtimestamp(record["at"] / 1_000_000, dt.UTC)


def find_row(held: Held, plan: Plan, key_field: str, key: str) -> dict[str, Any] | None:
    """Return the row of a key within the grant's rows; where several share it the newest by `latest_by` answers."""
    projection, resource = held.projection, held.grant.resource
    if projection.key == (key_field,):
        return projection.lookup(key, plan.wanted, held.filters)
    by_key = (Filter(key_field, "=", key), *held.filters)
    rows = projection.page(by_key, limit=MOST_SAME_KEY_ROWS, fields=plan.wanted).rows
    if len(rows) > 1 and not resource.latest_by:
        raise refusal(
            "ambiguous", f"查询条件对应 {len(rows)} 行，请换用别的主键", f"The key matches {len(rows)} rows", 409
        )
    return max(rows, key=lambda row: str(row.get(resource.latest_by) or ""), default=None)


def compared(held: Held, row: dict[str, Any] | None, claims: dict[str, Any]) -> dict[str, str]:
    """Return how each claim compares with the row that answers for the key."""
    projection = held.projection
    key = tuple(row[name] for name in projection.key) if row else None
    return projection.verify(key, claims, held.filters) if key else dict.fromkeys(claims, "absent")


def handed_out(plan: Plan, row: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the fields as the grant gives them: no other column, masked where it says so."""
    if row is None:
        return None
    given = {name: row[name] for name in plan.fields}
    for name, mask in plan.masks:
        if given[name] is not None:
            given[name] = mask(str(given[name]))
    return given


def subjects_of(held: Held, key_field: str, keys: Sequence[str], rows: Sequence[dict[str, Any] | None]) -> list[str]:
    """Return the blind index of everybody the read is about: the rows', else those who were asked for."""
    resource = held.grant.resource
    name, kind = resource.subject_field, resource.subject_kind or "resident"
    if not name:
        return []
    asked = keys if (key_field or resource.keys[0]) == name else [None] * len(rows)
    if len(asked) != len(rows):
        asked = [None] * len(rows)
    numbers = [row[name] if row else number for row, number in zip(rows, asked, strict=True)]
    return list(dict.fromkeys(subject_key(kind, str(number)) for number in numbers if number))


_gates: dict[Any, Gate] = {}


def gate() -> Gate:
    """Return this process's gate for this site; made at the first call, and anew in a forked child."""
    home = settings.ZHENGTONG_HOME
    made = _gates.get(home)
    if made is None or made.log.process != os.getpid():
        made = _gates[home] = Gate(Path(home))
    return made
