"""The sealer（封存）: waiting receipts become leaves of the log, under a lock that all processes share."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from zhengtong.apps.evidence import leaves, signing
from zhengtong.apps.evidence.models import Checkpoint, Receipt
from zhengtong.apps.evidence.nodes import DatabaseNodes
from zhengtong.apps.evidence.queries import to_checkpoint
from zhengtong.apps.evidence.shapes import CheckpointShape
from zhengtong.ledger import Checkpoint as TreeHead
from zhengtong.ledger import Tree, sign_checkpoint

BATCH_RECEIPTS = 20_000
LOCK = 0x5A54_4C4F_47  # "ZTLOG": the advisory lock's number on PostgreSQL


def seal_waiting(at: dt.datetime) -> CheckpointShape | None:
    """Return the last checkpoint made, sealing batch after batch until nothing waits; None when nothing did."""
    sealed = None
    while Receipt.objects.filter(leaf_index=None).exists():
        made = _seal_batch(at)
        if made is None:
            break
        sealed = made
    return sealed


@transaction.atomic
def _seal_batch(at: dt.datetime) -> CheckpointShape | None:
    """Seal one batch. Leaves, nodes and checkpoint commit together or not at all."""
    _take_turn()
    named = Receipt.objects.filter(leaf_index=None).only("id", "no", "kind", "at", "digest")
    waiting = list(named.order_by("id")[:BATCH_RECEIPTS])
    if not waiting:  # another sealer was faster
        return None
    size = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    tree = Tree(DatabaseNodes(), size=size)
    tree.extend(
        leaves.leaf_bytes(no=receipt.no, kind=receipt.kind, at=receipt.at, digest=receipt.digest) for receipt in waiting
    )
    _number(waiting, size)
    signer = signing.signer_in_use(at)
    root = tree.root()
    head = TreeHead(origin=signing.origin(), size=tree.size, root=root, sealed_at=at)
    checkpoint = Checkpoint.objects.create(
        size=tree.size,
        root=root.hex(),
        sealed_at=at,
        key_id=signer.key_id.hex(),
        note=sign_checkpoint(head, [signer]),
    )
    return to_checkpoint(checkpoint)


def _take_turn() -> None:
    """Wait until no other sealer works. SQLite's write transactions are one at a time already (IMMEDIATE)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _number(waiting: list[Receipt], first: int) -> None:
    """Write each receipt's place in the log: the one change the table's trigger lets through."""
    places = [(first + offset, receipt.pk) for offset, receipt in enumerate(waiting)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            listed = "unnest(%s::bigint[], %s::bigint[]) AS given(place, receipt)"
            numbered = f"UPDATE {Receipt._meta.db_table} SET leaf_index = place FROM {listed} WHERE id = receipt"  # noqa: S608
            cursor.execute(numbered, [list(column) for column in zip(*places, strict=True)])
            return
        cursor.executemany(f"UPDATE {Receipt._meta.db_table} SET leaf_index = %s WHERE id = %s", places)  # noqa: S608
