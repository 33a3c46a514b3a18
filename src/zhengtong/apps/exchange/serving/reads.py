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
from zhengtong.apps.exchange.serving.quota import Counters, Rates
from zhengtong.apps.exchange.serving.rows import compared, find_row, handed_out, hosted, subjects_of
from zhengtong.apps.exchange.shapes import Call, ClientShape, GrantShape, ServedRead
from zhengtong.apps.exchange.usage_log import SEGMENT_BYTES, UsageLog, list_writers, read_log
from zhengtong.apps.people.keys import subject_key
from zhengtong.kit import Refused, local_date, to_local
from zhengtong.tables import Filter

MOST_KEYS = 100
MOST_PAGE_ROWS = 1000
MOST_NOTED, MOST_NOTED_A_SECOND = 10_000, 20


@dataclass(frozen=True)
class Caller:
    """Who calls（调用方）: client, what is held at this moment, the officer, case and represented person it names.

    `request` is the digest of what was asked.
    """

    client: ClientShape
    pages: Pages
    officer: str = ""
    case_no: str = ""
    request: str = ""
    represents: str = ""


@dataclass
class Noted:
    """How many refusals of one kind were kept in this second, and how many since were only counted."""

    second: int = -1
    kept: int = 0
    left_out: int = 0


class Gate:
    """Where fast reads pass in one process（数据闸口）: held grants, the day's counters and the usage log."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "usage"
        self.book = GrantBook()
        size = getattr(settings, "ZHENGTONG_USAGE_SEGMENT_BYTES", SEGMENT_BYTES)
        self.log = UsageLog(self.folder, segment_bytes=size)
        self._counters: dict[dt.date, Counters] = {}
        self._rates: Rates | None = None
        self._noted: dict[tuple[str, str], Noted] = {}

    def look_up(self, caller: Caller, resource: str, key_field: str, key: str, fields: tuple[str, ...]) -> ServedRead:
        """Return the granted fields of one row, or None for it; refused as `exchange.read.*`."""
        held, plan, at = self._enter(caller, resource, key_field, (key,), fields, "api")
        row = find_row(held, plan, key_field or held.grant.resource.keys[0], key)
        return self._leave(caller, held, plan, at, "api", [row], subjects_of(held, key_field, [key], [row]))

    def look_up_many(
        self, caller: Caller, resource: str, key_field: str, keys: Sequence[str], fields: tuple[str, ...]
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
        fields: tuple[str, ...],
    ) -> ServedRead:
        """Return one page of the granted rows and how many there are in all; filters speak of granted fields and keys."""
        if not 0 < limit <= MOST_PAGE_ROWS:
            raise refusal("limit", f"每页 1 至 {MOST_PAGE_ROWS} 行", f"A page has 1 to {MOST_PAGE_ROWS} rows", 422)
        held, plan, at = self._enter(caller, resource, "", (), fields, "batch", limit)
        refuse_foreign_filters(held.grant, filters)
        every = (*filters, *held.filters)
        found = hosted(held).page(every, after=after, limit=limit, fields=plan.wanted)
        total = hosted(held).count(every)
        subjects = subjects_of(held, "", (), found.rows)
        served = self._leave(caller, held, plan, at, "batch", found.rows, subjects)
        return replace(served, total=total, after=found.after)

    def _enter(
        self,
        caller: Caller,
        resource: str,
        key_field: str,
        keys: tuple[str, ...],
        fields: tuple[str, ...],
        mode: str,
        page_rows: int = 0,
    ) -> tuple[Held, Plan, dt.datetime]:
        """Return the grant and plan that allow the call, counted against the quota; deny by default.

        What is decided depends on the kind of call, not on the key: whether there is a key, a case, and so on.
        """
        at = timezone.now()
        today = local_date(at)
        consumer = caller.client.organisation
        held = grant_of(caller.pages, consumer.id, resource, mode, today)
        if held is None:
            raise refusal(
                "no-grant",
                f"{consumer.name_zh}没有使用数据资源 {resource} 的授权",
                f"{consumer.name_en} has no grant on {resource}",
            )
        given = "page" if page_rows else "given" if keys and "" not in keys else ""
        kind = (mode, key_field, given, fields, bool(caller.case_no), caller.client.client_id, today)
        passed = held.passes.get(kind)
        if passed is None:
            key = {key_field or held.grant.resource.keys[0]: given}
            clock = to_local(at).time()
            call = Call(mode, key, fields, caller.case_no, today, 0, caller.client.client_id, clock)
            passed = held.remember(kind, call, decide(held.grant, call))
        try:
            self.take(held.grant, passed.call, len(keys) or page_rows, held.id)
        except OSError as error:
            raise not_recorded() from error
        return held, passed.plan, at

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
        if caller.represents:
            record["represents"] = subject_key("resident", caller.represents)
        try:
            self.log.append(record)
        except OSError as error:
            raise not_recorded() from error
        return ServedRead(handed_out(plan, rows), held.grant, receipt_no, at)

    def note_refusal(self, client_id: str, code: str, request: str) -> None:
        """Keep that somebody called as this client with a proof that did not hold.

        Each of the first twenty a second for each reason; those beyond are counted in the next record, so that nobody
        fills the disk by failing.
        """
        second = int(time.monotonic())
        noted = self._noted.setdefault((client_id, code), Noted())
        if len(self._noted) > MOST_NOTED:
            self._noted.clear()
        if noted.second == second and noted.kept >= MOST_NOTED_A_SECOND:
            noted.left_out += 1
            return
        times, noted.left_out = 1 + noted.left_out, 0
        noted.kept = noted.kept + 1 if noted.second == second else 1
        noted.second = second
        told = {"refused": code, "client": client_id, "at": int(time.time() * 1_000_000), "request": request}
        with contextlib.suppress(OSError):  # nothing was given, so nothing depends on this record
            self.log.append({**told, "times": times})

    def take(self, grant: GrantShape, call: Call, calls: int = 1, slot: int = 0) -> None:
        """Count a call against the grant's rate and calls against its quota, whichever way they came; refused beyond."""
        if grant.rate_per_minute:
            minute = int(time.time() // 60)
            if not self.rates().take(slot or queries.grant_id(grant.no), minute, grant.rate_per_minute):
                decide(grant, replace(call, used_this_minute=grant.rate_per_minute))
        most = grant.quota_per_day
        if most and not self.counters(call.on).take(slot or queries.grant_id(grant.no), calls, most):
            decide(grant, replace(call, used_today=most))

    def rates(self) -> Rates:
        if self._rates is None:
            self._rates = Rates(self.folder / "rates")
        return self._rates

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


_gates: dict[Any, Gate] = {}


def gate() -> Gate:
    """Return this process's gate for this site; made at the first call, and anew in a forked child."""
    home = settings.ZHENGTONG_HOME
    made = _gates.get(home)
    if made is None or made.log.process != os.getpid():
        made = _gates[home] = Gate(Path(home))
    return made
