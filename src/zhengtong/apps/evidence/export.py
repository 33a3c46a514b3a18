"""The bundle an outsider verifies（存证包）: leaves with their proofs, the signed checkpoint, and how the log grew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from zhengtong.apps.evidence import leaves, nodes, signing
from zhengtong.apps.evidence.models import Checkpoint, Receipt
from zhengtong.kit import Refused
from zhengtong.ledger import EarlierCheckpoint, ProvenLeaf, Report, write_bundle

BATCH_LEAVES = 1000
MOST_EARLIER = 20


@transaction.atomic
def write(path: Path, *, at: dt.datetime, since: dt.datetime | None, about: str | None) -> Report:
    """Return what the bundle at `path` proves, taken from one state of the log."""
    checkpoint = Checkpoint.objects.order_by("-size").first()
    if checkpoint is None:
        raise Refused(
            "evidence.export.nothing-sealed",
            "还没有封存的回执，无法导出。请等待首次封存后再试。",
            "Nothing is sealed yet, so there is nothing to export. Try again after the first sealing.",
            status=409,
        )
    receipts = Receipt.objects.filter(leaf_index__lt=checkpoint.size)
    if since is not None:
        receipts = receipts.filter(at__gte=since)
    if about is not None:
        receipts = receipts.filter(subjects__subject_key=about)
    return write_bundle(
        path,
        checkpoint=checkpoint.note,
        leaves=_proven(receipts.order_by("leaf_index"), checkpoint.size, is_open=about is not None),
        signer=signing.signer_in_use(at),
        verifiers=signing.verifiers(),
        exported_at=at,
        earlier=_earlier(checkpoint.size),
    )


def _proven(receipts: QuerySet[Receipt], size: int, *, is_open: bool) -> Iterator[ProvenLeaf]:
    """Yield the leaves with their proofs; two queries for every thousand."""
    last = -1
    while batch := list(receipts.filter(leaf_index__gt=last)[:BATCH_LEAVES]):
        paths = nodes.prove_inclusions([receipt.leaf_index for receipt in batch], size)
        for receipt, path in zip(batch, paths, strict=True):
            leaf = leaves.leaf_bytes(no=receipt.no, kind=receipt.kind, at=receipt.at, digest=receipt.digest)
            yield ProvenLeaf(receipt.leaf_index, leaf, path, receipt.body if is_open else None)
        last = batch[-1].leaf_index


def _earlier(size: int) -> list[EarlierCheckpoint]:
    """Return the latest checkpoints before this one, oldest first, each proven to be its beginning."""
    before = list(Checkpoint.objects.filter(size__lt=size).order_by("-size")[:MOST_EARLIER])[::-1]
    paths = nodes.prove_growth([checkpoint.size for checkpoint in before], size)
    return [EarlierCheckpoint(checkpoint.note, path) for checkpoint, path in zip(before, paths, strict=True)]
