"""What leaves this room: receipts, reads, checkpoints and proofs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class ReceiptShape:
    """A receipt（回执、存证）of one action; `leaf_index` is None until the sealer has put it into the log."""

    no: str
    kind: str
    at: dt.datetime
    digest: str
    leaf_index: int | None = None
    summary_zh: str = ""
    summary_en: str = ""
    case_no: str = ""
    by_label: str = ""


@dataclass(frozen=True)
class ReadShape:
    """One read of somebody's data（查阅记录）as that person sees it: who, which fields, for what, in which case."""

    receipt_no: str
    at: dt.datetime
    resource_code: str
    resource_title_zh: str
    resource_title_en: str
    grant_no: str
    provider_org: str
    consumer_org: str
    by_label: str
    fields: tuple[str, ...]
    field_titles: tuple[tuple[str, str], ...]
    purpose_zh: str
    purpose_en: str
    basis: str
    case_no: str
    channel: str
    found: bool
    cursor: int
    leaf_index: int | None = None


@dataclass(frozen=True)
class CheckpointShape:
    """A signed state of the log（检查点）: so many leaves, this root; `note` is the signed text."""

    size: int
    root: str
    sealed_at: dt.datetime
    key_id: str
    note: str


@dataclass(frozen=True)
class Proof:
    """That a receipt is in the log（包含证明）: the leaf's bytes, its place, and the path to a signed root, in hex."""

    receipt_no: str
    leaf: bytes
    leaf_index: int
    path: tuple[str, ...]
    checkpoint: CheckpointShape
