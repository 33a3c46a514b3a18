"""Writes of this room: leave a receipt, record a read, seal what waits, hand out the proof of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from zhengtong.apps.evidence import export, leaves, sealing, signing
from zhengtong.apps.evidence.alike import Told, mark, record_alike
from zhengtong.apps.evidence.leaves import new_receipt_no
from zhengtong.apps.evidence.models import DataRead, Receipt, ReceiptSubject
from zhengtong.apps.evidence.queries import to_receipt
from zhengtong.apps.evidence.served import ServedRead, name_people, record_reads
from zhengtong.apps.evidence.shapes import CheckpointShape, ReceiptShape
from zhengtong.apps.people import statements
from zhengtong.apps.people.events import Event
from zhengtong.apps.people.queries import can_
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.ledger import Report

__all__ = [
    "ServedRead",
    "Told",
    "export_bundle",
    "hear",
    "mark",
    "new_receipt_no",
    "record",
    "record_alike",
    "record_read",
    "name_people",
    "record_reads",
    "rotate_key",
    "seal",
]


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
    keys = tuple(dict.fromkeys(about))
    receipt = _receipt(kind, body, by, at, keys, case_no, summary_zh, summary_en)
    statements.insert_with_list(receipt, ReceiptSubject, "receipt_id", "subject_key", keys)
    return to_receipt(receipt)


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
    receipt = _receipt("data.read", body, by, at, tuple(about), case_no, zh, en)
    statements.insert_with_key(receipt)
    for key in about:
        statements.insert(ReceiptSubject(receipt=receipt, subject_key=key))
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


def hear(event: Event) -> ReceiptShape:
    """Return the receipt of what the room below announced; `site/wiring.py` connects it."""
    return record(
        kind=event.kind,
        body=event.body,
        by=event.by,
        at=event.at,
        about=event.about,
        summary_zh=event.summary_zh,
        summary_en=event.summary_en,
    )


def seal(*, at: dt.datetime) -> CheckpointShape | None:
    """Return the new checkpoint after moving every waiting receipt into the log, None when none waited.

    One sealer works at a time, whichever process calls; all or nothing, so that a crash leaves them waiting. One query
    when nothing waits, otherwise seven and one for each doubling of the log, for up to 20,000 receipts together.
    """
    return sealing.seal_waiting(at)


@transaction.atomic
def rotate_key(*, by: Actor, at: dt.datetime) -> str:
    """Return the public key that signs checkpoints from now on; the old one stays valid for what it signed."""
    if not can_(by, "key.rotate"):
        raise _not_permitted("安全管理员", "the security administrator")
    signer = signing.rotate(at)
    public_key = signer.verifier.to_text()
    record(kind="log.key-rotated", body={"public_key": public_key}, by=by, at=at)
    return public_key


def export_bundle(
    *, path: Path, by: Actor, at: dt.datetime, since: dt.datetime | None = None, about: str | None = None
) -> Report:
    """Return what the bundle written to `path` proves（导出存证包）; `zhengtong ledger verify` checks it offline.

    Without `about` it holds every leaf since `since`, closed: that is for auditors and the system. With a subject key
    it holds what concerns that person, each receipt's body opened: for the person, and whoever acts for them.
    Refused（409）before the first sealing, （403）without the right. The export leaves a receipt of its own.
    """
    own = by.applicant.key if by.applicant else None
    if not (can_(by, "audit.view") or (about is not None and about == own)):
        raise _not_permitted("审计管理员，或本人", "the audit administrator, or the person concerned")
    report = export.write(path, at=at, since=since, about=about)
    body = {"leaves": report.leaves, "size": report.checkpoint.size, "opened": report.opened}
    record(kind="log.exported", body=body, by=by, at=at, about=[about] if about else [])
    return report


def _not_permitted(zh: str, en: str) -> Refused:
    return Refused(
        "evidence.act.not-permitted",
        f"您没有这项权限，请由{zh}办理。",
        f"You may not do this; it is for {en}.",
        status=403,
    )


def _receipt(
    kind: str,
    body: dict[str, Any],
    by: Actor,
    at: dt.datetime,
    keys: tuple[str, ...],
    case_no: str,
    zh: str,
    en: str,
) -> Receipt:
    """Return the record of a receipt, not written yet."""
    no = leaves.new_receipt_no(at)
    text = leaves.make_body(no=no, kind=kind, at=at, by=by, about=keys, case_no=case_no, body=body)
    return statements.new(
        Receipt,
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
