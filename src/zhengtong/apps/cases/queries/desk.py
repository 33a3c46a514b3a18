"""What an officer looks at before deciding（核对与预览）: entered beside shared, and the notice as it will be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from zhengtong.apps.cases.held import Read, read_from_json
from zhengtong.apps.cases.lifecycle import facts_of
from zhengtong.apps.cases.notices import make_notice
from zhengtong.apps.cases.queries.opening import OpenCase, case_scope, open_case
from zhengtong.apps.cases.rights import is_officer
from zhengtong.apps.cases.scope import Scope, evaluate, to_words
from zhengtong.apps.cases.shapes import DataCheckRow, NoticeText
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.declared.shapes import DataCheck
from zhengtong.declared.walk import terms_in
from zhengtong.kit import Refused, local_date
from zhengtong.kit.calendar import calendar_in_force, due_on
from zhengtong.kit.text import normalise_name

_ORDER = {"mismatch": 0, "failed": 1, "not-found": 2, "match": 3}


def data_checks(case_no: str, by: Actor, *, at: datetime | None = None) -> tuple[DataCheckRow, ...]:
    """Return the pack's checks with both sides, mismatches and failures first; to officers who handle the case.

    Reads nothing: it shows what prefill and acceptance have read, each with its receipt.
    """
    opened = open_case(case_no, by)
    if by.kind != "system" and not _handles(by, opened):
        return ()
    scope = case_scope(opened, at or datetime.now(UTC))
    reads = {use_id: read_from_json(kept) for use_id, kept in opened.state.reads.items()}
    rows = [_row(check, scope, reads.get(check.use)) for check in opened.pack.checks]
    return tuple(sorted(rows, key=lambda row: _ORDER[row.result]))


def preview_notice(
    *,
    case_no: str,
    kind: str,
    by: Actor,
    at: datetime,
    reason: str = "",
    items: Sequence[Mapping[str, str]] = (),
    days: int = 0,
    until_on: date | None = None,
) -> NoticeText:
    """Return exactly what the applicant will read if the officer goes on; `kind` as in the log ("supplement-asked").

    `days` is the length of an extension, `until_on` the day a special procedure is told to end.
    """
    opened = open_case(case_no, by)
    if not _handles(by, opened):
        raise Refused(
            "case.preview.no-right",
            "只有办理这个办件的机构可以预览通知。请从待办进入。",
            "Only the organisation that handles the case may preview its notices. Go there from your queue.",
            status=403,
        )
    record, pack = opened.record, opened.pack
    promised = _promised_after(opened, kind, days, at)
    return make_notice(
        kind,
        no=record.no,
        title=(record.title_zh, record.title_en),
        organisation=people.get_organisation(record.organisation_id) if record.organisation_id else None,
        promised_on=promised,
        due_on=until_on or due_on(pack.terms.supplement, at, calendar_in_force()),
        reason=reason.strip(),
        items=items,
        days=days,
        result=(pack.result.zh, pack.result.en),
    )


def _promised_after(opened: OpenCase, kind: str, days: int, at: datetime) -> date | None:
    """Return the promised day as it will stand after the action: of acceptance by the terms of the situation."""
    if kind == "accepted":
        return due_on(terms_in(opened.pack, facts_of(opened.state, at)).promised, at, calendar_in_force())
    clock, rule = opened.state.promised, opened.pack.handling.extension
    if kind == "extended" and clock and rule and days > 0:
        longer = clock.extend(days, rule.most.unit, approver="—", reason="—", at=at)
        return local_date(longer.due_at_if_resumed(at))
    return opened.record.promised_on


def _handles(by: Actor, opened: OpenCase) -> bool:
    return is_officer(by) and by.organisation is not None and by.organisation.id == opened.record.organisation_id


def _row(check: DataCheck, scope: Scope, read: Read | None) -> DataCheckRow:
    entered = evaluate(check.left, scope)
    shared = read.values.get(check.right) if read and read.state == "read" else None
    return DataCheckRow(
        id=check.id,
        title_zh=check.title.zh,
        title_en=check.title.en,
        entered=to_words(entered),
        shared=to_words(shared),
        source_zh=f"{read.provider_zh} · {read.title_zh}"
        if read and read.provider_zh
        else read.title_zh
        if read
        else "",
        source_en=f"{read.provider_en} · {read.title_en}"
        if read and read.provider_en
        else read.title_en
        if read
        else "",
        retrieved_at=read.at if read else None,
        receipt_no=read.receipt_no if read else "",
        result=_result(entered, shared, read),
        reason_zh=read.reason_zh if read else "尚未调取，受理时自动核验。",
        reason_en=read.reason_en if read else "Not read yet; it is read on acceptance.",
    )


def _result(entered: Any, shared: Any, read: Read | None) -> str:
    if read is None or read.state in ("failed", "waiting"):
        return "failed"
    if read.state == "not-found":
        return "not-found"
    return "match" if normalise_name(to_words(entered)) == normalise_name(to_words(shared)) else "mismatch"
