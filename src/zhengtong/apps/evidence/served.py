"""Reads served on the fast path（批量入证）: their receipts, numbered when they happened, enter the database together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from zhengtong.apps.evidence import leaves
from zhengtong.apps.evidence.models import DataRead, Receipt, ReceiptSubject
from zhengtong.apps.people.shapes import Actor

IN_HAND = 5000  # records made and sent together
MOST_NAMED = 1000  # people in a receipt's own body; of more it carries the digest, told by whoever records the read


@dataclass(frozen=True)
class ServedRead:
    """One read as the gateway's usage log has it（网关查阅）; `told` goes into the receipt's body beside the rest."""

    no: str
    at: dt.datetime
    by: Actor
    resource_code: str
    resource_title_zh: str
    resource_title_en: str
    grant_no: str
    provider_org: str
    consumer_org: str
    subject_keys: tuple[str, ...]
    fields: tuple[str, ...]
    field_titles: tuple[tuple[str, str], ...]
    purpose_zh: str
    purpose_en: str
    basis: str
    case_no: str
    channel: str
    found: bool
    told: dict[str, Any] = field(default_factory=dict)


@transaction.atomic(savepoint=False)
def record_reads(reads: Sequence[ServedRead]) -> int:
    """Return how many receipts were left; a number that is there already is left as it is, so twice is once.

    Three prepared inserts and two queries, however many reads. Each lists on the page of everybody it is about.
    """
    known = ids_of(reads)
    fresh = [read for read in reads if read.no not in known]
    insert(Receipt, [to_record(read) for read in fresh])
    ids = ids_of(fresh)
    subjects = ((ids[read.no], key) for read in fresh for key in read.subject_keys)
    insert(ReceiptSubject, (ReceiptSubject(receipt_id=receipt_id, subject_key=key) for receipt_id, key in subjects))
    insert(DataRead, [to_read(read, ids[read.no]) for read in fresh])
    return len(fresh)


@transaction.atomic(savepoint=False)
def name_people(no: str, subject_keys: Sequence[str]) -> None:
    """List a read that was recorded before on the pages of more people; the caller keeps count of whom it named."""
    receipt_id = Receipt.objects.values_list("pk", flat=True).get(no=no)
    insert(ReceiptSubject, (ReceiptSubject(receipt_id=receipt_id, subject_key=key) for key in subject_keys))


def ids_of(reads: Sequence[ServedRead]) -> dict[str, int]:
    return dict(Receipt.objects.filter(no__in=[read.no for read in reads]).values_list("no", "pk"))


def insert(model: type[Model], records: Iterable[Model]) -> None:
    """Insert records by one prepared statement, some thousands in hand at a time, however many there are."""
    columns = [column for column in model._meta.concrete_fields if not column.primary_key]
    names = ", ".join(column.column for column in columns)
    sql = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608
    coming = iter(records)
    with connection.cursor() as cursor:
        while some := list(islice(coming, IN_HAND)):
            cursor.executemany(
                sql,
                [
                    [column.get_db_prep_save(getattr(one, column.attname), connection) for column in columns]
                    for one in some
                ],
            )


def to_record(read: ServedRead) -> Receipt:
    body = {
        "resource": read.resource_code,
        "grant": read.grant_no,
        "provider": read.provider_org,
        "consumer": read.consumer_org,
        "fields": list(read.fields),
        "purpose": read.purpose_zh,
        "basis": read.basis,
        "channel": read.channel,
        "found": read.found,
        **read.told,
    }
    named = read.subject_keys if len(read.subject_keys) <= MOST_NAMED else ()
    text = leaves.make_body(
        no=read.no, kind="data.read", at=read.at, by=read.by, about=named, case_no=read.case_no, body=body
    )
    return Receipt(
        no=read.no,
        kind="data.read",
        at=read.at,
        by_kind=read.by.kind,
        by_label=read.by.label,
        case_no=read.case_no,
        body=text,
        digest=leaves.body_digest(text),
        summary_zh=f"{read.consumer_org}查阅了{read.resource_title_zh}"[:300],
        summary_en=f"{read.consumer_org} read {read.resource_title_en}"[:400],
    )


def to_read(read: ServedRead, receipt_id: int) -> DataRead:
    """Return the line of a person's page; a read about several people is found through its receipt's subjects."""
    return DataRead(
        receipt_id=receipt_id,
        subject_key=read.subject_keys[0] if len(read.subject_keys) == 1 else "",
        resource_code=read.resource_code,
        resource_title_zh=read.resource_title_zh,
        resource_title_en=read.resource_title_en,
        grant_no=read.grant_no,
        provider_org=read.provider_org,
        consumer_org=read.consumer_org,
        fields=list(read.fields),
        field_titles=[list(title) for title in read.field_titles],
        purpose_zh=read.purpose_zh,
        purpose_en=read.purpose_en,
        basis=read.basis,
        channel=read.channel,
        found=read.found,
    )
