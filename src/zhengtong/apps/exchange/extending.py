"""Extending the answer to a request（答复延期）: the provider asks once, the sharing authority agrees, the requester is told.

政务数据共享条例 art. 21: with the agreement of the sharing authority of the same level an answer may take some working days
longer — how many stands with the term in the kit's table — and the requesting department is told.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.elements import ART_21, needed
from zhengtong.apps.exchange.models import ShareRequest
from zhengtong.apps.exchange.noting import locked_request, noted, reply_due
from zhengtong.apps.exchange.shapes import RequestShape
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import Refused


@transaction.atomic
def ask_extension(*, request_no: str, days: int, reason: str, by: Actor, at: dt.datetime) -> RequestShape:
    """Ask the sharing authority for more working days to answer, once and before the last day is over.

    Refused: a second time（409）, after the last day（409）, more days than the law allows, without a reason.
    """
    record = locked_request(request_no, by, "ask-extension")
    most = queries.get_request(request_no, by).extension.most
    if not 1 <= days <= most:
        raise Refused(
            "exchange.extension.days",
            f"延长的工作日应为 1 至 {most}。请改好再报。",
            f"An answer may be extended by 1 to {most} working days: give a number within these.",
            basis=ART_21,
            field="days",
            facts={"most": most},
        )
    if record.reply_due_on is not None and timezone.localdate(at) > record.reply_due_on:
        raise Refused(
            "exchange.extension.late",
            f"答复期限 {record.reply_due_on} 已过，不能再延期；请尽快答复。",
            f"The answer was due on {record.reply_due_on}: what is late is not extended. Answer now.",
            status=409,
            basis=ART_21,
        )
    record.extension_state, record.extension_days = "asked", days
    record.extension_reason = needed(reason, "延期的理由", "the reason for the extension", field="reason")[:500]
    record.extension_asked_by = by.account_id
    record.save()
    return noted(record, "extension-asked", by, at, f"{days} · {record.extension_reason}")


@transaction.atomic
def grant_extension(*, request_no: str, by: Actor, at: dt.datetime) -> RequestShape:
    """Agree as the sharing authority; the last day is counted anew on the calendar and the requester is told."""
    record = locked_request(request_no, by, "settle-extension")
    refuse_own(record, by)
    before = record.reply_due_on
    record.extension_state, record.extended_by = "granted", by.label
    record.reply_due_on = reply_due(record)
    record.save()
    told = f"{before} → {record.reply_due_on} · {record.extension_reason}"
    return noted(record, "extended", by, at, told, days=record.extension_days, due=str(record.reply_due_on))


@transaction.atomic
def refuse_extension(*, request_no: str, reason: str, by: Actor, at: dt.datetime) -> RequestShape:
    """Disagree as the sharing authority, with the reason; the last day stays as it was."""
    record = locked_request(request_no, by, "settle-extension")
    refuse_own(record, by)
    why = needed(reason, "不同意延期的理由", "the reason for refusing the extension", field="reason")
    record.extension_state = "refused"
    record.save()
    return noted(record, "extension-refused", by, at, why)


@transaction.atomic
def recount_reply(*, request_no: str, at: dt.datetime) -> bool:
    """Count a request's last day anew, as when a year's holidays are announced; return whether it moved."""
    record = ShareRequest.objects.select_for_update().get(no=request_no)
    if record.status != "submitted":
        return False
    before, record.reply_due_on = record.reply_due_on, reply_due(record)
    if record.reply_due_on == before:
        return False
    record.save(update_fields=["reply_due_on"])
    noted(record, "recounted", SYSTEM, at, f"{before} → {record.reply_due_on}", due=str(record.reply_due_on))
    return True


def refuse_own(record: ShareRequest, by: Actor) -> None:
    if by.account_id is not None and by.account_id == record.extension_asked_by:
        raise Refused(
            "exchange.extension.own",
            "报请延期的人不能自己同意，请由主管部门的其他人员办理。",
            "Whoever asked for the extension may not agree to it: ask a colleague of the sharing authority.",
            status=403,
            basis=ART_21,
        )
