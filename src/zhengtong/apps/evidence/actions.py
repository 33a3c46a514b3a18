"""Writes of this room: leave a receipt, record a read. Both join the transaction of the action they witness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from zhengtong.apps.evidence import leaves
from zhengtong.apps.evidence.models import DataRead, Receipt, ReceiptSubject
from zhengtong.apps.evidence.queries import to_receipt
from zhengtong.apps.evidence.shapes import ReceiptShape
from zhengtong.apps.people.shapes import Actor

__all__ = ["record", "record_read"]


@transaction.atomic(savepoint=False)
def record(
    *,
    kind: str,
    body: dict[str, Any],
    by: Actor,
    at: dt.datetime,
    about: Iterable[str] = (),
    case_no: str = "",
    summary_zh: str = "",
    summary_en: str = "",
) -> ReceiptShape:
    """Return the receipt（回执）of an action, in the caller's transaction: no action without it, and it never alone.

    `body` is what is committed to, canonicalisable and without clear personal data; `about` the subject keys of those
    it concerns. One insert, and one more when `about` is not empty.
    """
    return to_receipt(_record(kind, body, by, at, about, case_no, summary_zh, summary_en))


@transaction.atomic(savepoint=False)
def record_read(
    *,
    resource_code: str,
    resource_title_zh: str,
    resource_title_en: str,
    grant_no: str,
    provider_org: str,
    consumer_org: str,
    by: Actor,
    subject_key: str,
    fields: Sequence[str],
    field_titles: Sequence[tuple[str, str]],
    purpose_zh: str,
    purpose_en: str,
    basis: str,
    case_no: str,
    channel: str,
    found: bool,
    at: dt.datetime,
) -> ReceiptShape:
    """Return the receipt of one read（查阅）of somebody's data, and list it on that person's page.

    `subject_key` is empty when the row is about nobody; then no page lists it. Two inserts, three with a person.
    """
    body = {
        "resource": resource_code,
        "grant": grant_no,
        "provider": provider_org,
        "consumer": consumer_org,
        "fields": list(fields),
        "purpose": purpose_zh,
        "basis": basis,
        "channel": channel,
        "found": found,
    }
    about = [subject_key] if subject_key else []
    zh, en = f"{consumer_org}查阅了{resource_title_zh}", f"{consumer_org} read {resource_title_en}"
    receipt = _record("data.read", body, by, at, about, case_no, zh, en)
    DataRead.objects.create(
        receipt=receipt,
        subject_key=subject_key,
        resource_code=resource_code,
        resource_title_zh=resource_title_zh,
        resource_title_en=resource_title_en,
        grant_no=grant_no,
        provider_org=provider_org,
        consumer_org=consumer_org,
        fields=list(fields),
        field_titles=[list(title) for title in field_titles],
        purpose_zh=purpose_zh,
        purpose_en=purpose_en,
        basis=basis,
        channel=channel,
        found=found,
    )
    return to_receipt(receipt)


def _record(
    kind: str, body: dict[str, Any], by: Actor, at: dt.datetime, about: Iterable[str], case_no: str, zh: str, en: str
) -> Receipt:
    keys = tuple(dict.fromkeys(about))
    no = leaves.new_receipt_no(at)
    text = leaves.make_body(no=no, kind=kind, at=at, by=by, about=keys, case_no=case_no, body=body)
    receipt = Receipt.objects.create(
        no=no,
        kind=kind,
        at=at,
        by_kind=by.kind,
        by_label=by.label,
        case_no=case_no,
        body=text,
        digest=leaves.body_digest(text),
        summary_zh=zh,
        summary_en=en,
    )
    if keys:
        ReceiptSubject.objects.bulk_create([ReceiptSubject(receipt=receipt, subject_key=key) for key in keys])
    return receipt
