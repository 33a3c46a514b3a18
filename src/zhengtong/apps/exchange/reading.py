"""The one door every read passes（统一读取）: grant, decision, row, mask, quota, record — in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.deciding import decide, refusal
from zhengtong.apps.exchange.models import Grant, GrantDay
from zhengtong.apps.exchange.serving.reads import gate
from zhengtong.apps.exchange.shapes import Call, GrantShape, ReadAnswer
from zhengtong.apps.people.keys import subject_key
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.kit.masking import mask
from zhengtong.tables import Filter

MOST_ROWS = 100


@transaction.atomic
def read(
    *,
    consumer: OrganisationShape,
    resource_code: str,
    key: dict[str, str],
    fields: Sequence[str] | None,
    mode: str,
    by: Actor,
    at: dt.datetime,
    case_no: str = "",
    purpose_zh: str = "",
    purpose_en: str = "",
) -> ReadAnswer:
    """Return one row's granted fields for a consumer, or refuse (`exchange.read.*`); nothing is read unrecorded.

    The record of the read commits with the caller's transaction, so the answer is durable evidence before it leaves.
    A row outside the grant's filter answers "not found", as if it did not exist. Six queries.
    """
    today = timezone.localdate(at)
    grant = queries.find_grant(consumer.id, resource_code, mode, today)
    if grant is None:
        raise refusal(
            "no-grant",
            f"{consumer.name_zh}没有使用数据资源 {resource_code} 的授权",
            f"{consumer.name_en} has no grant on {resource_code}",
        )
    call = Call(mode, key, tuple(fields or ()), case_no, today, clock=timezone.localtime(at).time())
    allowed = decide(grant, call)
    gate().take(grant, call)
    count_call(grant, today)
    row = find_row(grant, key, allowed)
    receipt = evidence.record_read(
        resource_code=grant.resource.code,
        resource_title_zh=grant.resource.title_zh,
        resource_title_en=grant.resource.title_en,
        grant_no=grant.no,
        provider_org=grant.resource.provider.name_zh,
        consumer_org=consumer.name_zh,
        by=by,
        subject_key=subject_of(grant, key, row),
        fields=list(allowed),
        field_titles=titles_of(grant, allowed),
        purpose_zh=purpose_zh or grant.purpose_zh,
        purpose_en=purpose_en or grant.purpose_en,
        basis=grant.basis,
        case_no=case_no,
        channel=mode,
        found=row is not None,
        at=at,
    )
    return to_answer(grant, allowed, row, at, receipt.no)


def to_answer(
    grant: GrantShape, allowed: Sequence[str], row: dict[str, Any] | None, at: dt.datetime, receipt_no: str
) -> ReadAnswer:
    """Return what the caller gets: the granted fields, masked, and where they are from."""
    return ReadAnswer(
        found=row is not None,
        values={name: masked(grant, name, row[name]) for name in allowed} if row else {},
        resource_title_zh=grant.resource.title_zh,
        resource_title_en=grant.resource.title_en,
        provider_zh=grant.resource.provider.name_zh,
        provider_en=grant.resource.provider.name_en,
        retrieved_at=at,
        receipt_no=receipt_no,
        grant_no=grant.no,
    )


def count_call(grant: GrantShape, day: dt.date) -> None:
    """Count this call in the day's figures; rolled back with a refusal."""
    counted = GrantDay.objects.filter(grant__no=grant.no, day=day)
    if not counted.update(calls=F("calls") + 1):
        parent = Grant.objects.only("pk").get(no=grant.no)
        GrantDay.objects.bulk_create([GrantDay(grant=parent, day=day)], ignore_conflicts=True)
        counted.update(calls=F("calls") + 1)


def find_row(grant: GrantShape, key: dict[str, str], allowed: Sequence[str]) -> dict[str, Any] | None:
    """Return the row with what the answer and the record need, and nothing else of it; None outside the row filter.

    Where several rows share the key the newest by the resource's `latest_by` answers; without one that is refused.
    """
    resource = grant.resource
    wanted = {*allowed, *filter(None, (resource.subject_field, resource.latest_by))}
    filters = [Filter(name, "=", value) for name, value in key.items()]
    filters += [Filter(name, "in", values) for name, values in grant.row_filter.items()]
    rows = catalog.projection_of(resource).page(filters, limit=MOST_ROWS, fields=sorted(wanted)).rows
    if len(rows) > 1 and not resource.latest_by:
        raise refusal("ambiguous", f"查询条件对应 {len(rows)} 行，请补充条件", f"The key matches {len(rows)} rows", 409)
    return max(rows, key=lambda row: str(row.get(resource.latest_by) or ""), default=None)


def subject_of(grant: GrantShape, key: dict[str, str], row: dict[str, Any] | None) -> str:
    """Return the blind index of the person the read is about: the row's, or the one asked for when there is no row."""
    resource = grant.resource
    number = (row or {}).get(resource.subject_field) or key.get(resource.subject_field)
    return subject_key(resource.subject_kind or "resident", str(number)) if number else ""


def titles_of(grant: GrantShape, allowed: Sequence[str]) -> list[tuple[str, str]]:
    items = {item.name: (item.title_zh, item.title_en) for item in grant.resource.fields}
    return [items[name] for name in allowed]


def masked(grant: GrantShape, name: str, value: Any) -> Any:
    policy = grant.masks.get(name, "")
    return mask(policy, str(value)) if policy and value is not None else value
