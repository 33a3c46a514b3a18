"""Ending, suspending and resuming grants（撤销、暂停、恢复）: the next call of every process is refused, or let through again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.elements import needed
from zhengtong.apps.exchange.noting import grant_recorded
from zhengtong.apps.exchange.shapes import GrantShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused


def revoke_grant(*, grant_no: str, reason: str, by: Actor, at: dt.datetime) -> GrantShape:
    """End a grant for good; the next call of every process is refused."""
    return end_grant(grant_no, ("active", "suspended"), "revoked", ("撤销", "Revoked"), reason, by, at)


def suspend_grant(*, grant_no: str, reason: str, by: Actor, at: dt.datetime) -> GrantShape:
    """Suspend a grant, as art. 27 demands for use beyond its purpose; calls are refused until it is resumed."""
    return end_grant(grant_no, ("active",), "suspended", ("暂停", "Suspended"), reason, by, at)


def resume_grant(*, grant_no: str, reason: str, by: Actor, at: dt.datetime) -> GrantShape:
    """Let a suspended grant serve again after rectification."""
    return end_grant(grant_no, ("suspended",), "active", ("恢复", "Resumed"), reason, by, at)


@transaction.atomic
def end_grant(
    grant_no: str, allowed: tuple[str, ...], status: str, told: tuple[str, str], reason: str, by: Actor, at: dt.datetime
) -> GrantShape:
    queries.get_grant(grant_no, by)
    record = queries.grants().select_for_update(of=("self",)).get(no=grant_no)
    provider = catalog.get_resource_by_id(record.resource_id).provider
    supervises = by.organisation is not None and by.organisation.function == "data-bureau"
    answerable = by.organisation.id if supervises and by.organisation else provider.id
    catalog.require_permission(by, "grant.revoke", answerable, f"{told[0]}授权", f"change grant {grant_no}")
    if record.status not in allowed:
        raise Refused(
            "exchange.grant.status",
            f"授权 {grant_no} 现在是“{record.status}”，不能{told[0]}。",
            f"Grant {grant_no} is {record.status!r}: this cannot be done to it now.",
            status=409,
        )
    record.status, record.ended_reason, record.ended_at = status, needed(reason, "理由", "the reason")[:500], at
    if status == "active":
        record.ended_reason, record.ended_at = "", None
    record.save(update_fields=["status", "ended_reason", "ended_at"])
    return grant_recorded(record, status, *told, by, at)
