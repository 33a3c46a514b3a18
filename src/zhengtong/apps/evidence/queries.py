"""Reads of this room."""

from __future__ import annotations

from zhengtong.apps.evidence import leaves, nodes
from zhengtong.apps.evidence.models import Checkpoint, DataRead, Receipt, ReceiptSubject, SigningKey
from zhengtong.apps.evidence.shapes import CheckpointShape, Proof, ReadShape, ReceiptShape
from zhengtong.apps.people.queries import can_
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused


def get_receipt(no: str) -> ReceiptShape:
    """Return the receipt of a number; refused（404）when no such receipt was ever given."""
    typed = no.strip().upper()
    receipt = Receipt.objects.filter(no=typed).first() if leaves.is_receipt_no(typed) else None
    if receipt is None:
        raise Refused(
            "evidence.receipt.unknown",
            "没有这个编号的回执。请核对编号（R 开头，共 27 位）后再查。",
            "There is no receipt with this number. Check the number (R and 26 characters) and try again.",
            status=404,
        )
    return to_receipt(receipt)


def list_receipts(case_no: str, *, limit: int = 500) -> list[ReceiptShape]:
    """Return the receipts of a case, oldest first, at most `limit`."""
    return [to_receipt(receipt) for receipt in Receipt.objects.filter(case_no=case_no).order_by("id")[:limit]]


def list_reads_about(subject_key: str, *, limit: int = 20, after: int | None = None) -> list[ReadShape]:
    """Return who read this person's data, newest first; `after` is the `cursor` of the last one already seen.

    One query along an index, however many reads there are.
    """
    about = DataRead.objects.filter(receipt__subjects__subject_key=subject_key)
    reads = about.select_related("receipt").order_by("-id")
    if after is not None:
        reads = reads.filter(id__lt=after)
    return [_to_read(read) for read in reads[:limit]]


def count_reads_about(subject_key: str) -> int:
    """Return how often this person's data were read."""
    return DataRead.objects.filter(receipt__subjects__subject_key=subject_key).count()


def count_receipts(sealed: bool | None = None) -> int:
    """Return the number of receipts: all, only those in the log (`sealed=True`), or only those still waiting."""
    receipts = Receipt.objects.all()
    return receipts.count() if sealed is None else receipts.filter(leaf_index__isnull=not sealed).count()


def latest_checkpoint() -> CheckpointShape | None:
    """Return the newest signed state of the log, None before the first sealing."""
    checkpoint = Checkpoint.objects.order_by("-size").first()
    return to_checkpoint(checkpoint) if checkpoint else None


def prove(no: str) -> Proof:
    """Return the proof that a receipt is in the log, under the latest checkpoint; four queries at any size.

    Refused（404）for an unknown number, （409）while the receipt still waits to be sealed.
    """
    receipt = get_receipt(no)
    checkpoint = Checkpoint.objects.order_by("-size").first()
    if receipt.leaf_index is None or checkpoint is None:
        raise Refused(
            "evidence.receipt.not-sealed",
            "该回执尚未封存，通常在数秒内完成。请稍后再试。",
            "This receipt is not sealed yet; that takes a few seconds as a rule. Try again shortly.",
            status=409,
        )
    [path] = nodes.prove_inclusions([receipt.leaf_index], checkpoint.size)
    leaf = leaves.leaf_bytes(no=receipt.no, kind=receipt.kind, at=receipt.at, digest=receipt.digest)
    return Proof(receipt.no, leaf, receipt.leaf_index, tuple(h.hex() for h in path), to_checkpoint(checkpoint))


def opened_body(no: str, by: Actor) -> str:
    """Return the body a receipt commits to, whose digest its leaf carries: for those it is about, and auditors.

    Refused（403）for others.
    """
    receipt = get_receipt(no)
    own = by.applicant.key if by.applicant else ""
    is_about = ReceiptSubject.objects.filter(receipt__no=receipt.no, subject_key=own).exists()
    if not (is_about or can_(by, "audit.view")):
        raise Refused(
            "evidence.receipt.not-yours",
            "该回执的内容只对当事人和审计管理员开放。请由当事人登录后查看。",
            "What a receipt says is shown to those it is about and to auditors. Sign in as one of them.",
            status=403,
        )
    return Receipt.objects.values_list("body", flat=True).get(no=receipt.no)


def list_public_keys() -> list[str]:
    """Return the public keys of the log's checkpoints, the one in use first: what an outsider pins."""
    keys = SigningKey.objects.order_by("retired_at", "-id")
    return [key.public_key for key in sorted(keys, key=lambda key: key.retired_at is not None)]


def to_receipt(receipt: Receipt) -> ReceiptShape:
    """Return the shape of a receipt record."""
    return ReceiptShape(
        no=receipt.no,
        kind=receipt.kind,
        at=receipt.at,
        digest=receipt.digest,
        leaf_index=receipt.leaf_index,
        summary_zh=receipt.summary_zh,
        summary_en=receipt.summary_en,
        case_no=receipt.case_no,
        by_label=receipt.by_label,
    )


def to_checkpoint(checkpoint: Checkpoint) -> CheckpointShape:
    """Return the shape of a checkpoint record."""
    return CheckpointShape(
        size=checkpoint.size,
        root=checkpoint.root,
        sealed_at=checkpoint.sealed_at,
        key_id=checkpoint.key_id,
        note=checkpoint.note,
    )


def _to_read(read: DataRead) -> ReadShape:
    return ReadShape(
        receipt_no=read.receipt.no,
        at=read.receipt.at,
        resource_code=read.resource_code,
        resource_title_zh=read.resource_title_zh,
        resource_title_en=read.resource_title_en,
        grant_no=read.grant_no,
        provider_org=read.provider_org,
        consumer_org=read.consumer_org,
        by_label=read.receipt.by_label,
        fields=tuple(read.fields),
        field_titles=tuple((zh, en) for zh, en in read.field_titles),
        purpose_zh=read.purpose_zh,
        purpose_en=read.purpose_en,
        basis=read.basis,
        case_no=read.receipt.case_no,
        channel=read.channel,
        found=read.found,
        cursor=read.pk,
        leaf_index=read.receipt.leaf_index,
    )
