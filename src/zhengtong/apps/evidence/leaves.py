"""What a receipt is made of（回执构成）: its number, its body and the leaf that goes into the public log."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import digest_bytes, to_canonical

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U
PAIRS = [high + low for high in CROCKFORD for low in CROCKFORD]
LEAF_VERSION = 1


def new_receipt_no(at: dt.datetime) -> str:
    """Return "R" and a ULID（26 characters）: 48 bits of milliseconds, then 80 random bits.

    Two processes need not speak to each other: among 2^40 numbers of one millisecond two collide with probability 2^-1.
    """
    number = (int(at.timestamp() * 1000) << 80) | secrets.randbits(80)
    return "R" + "".join([PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])


def is_receipt_no(text: str) -> bool:
    """Return whether a text has the form of a receipt's number."""
    return len(text) == 27 and text[0] == "R" and set(text[1:]) <= set(CROCKFORD)


def make_body(
    *,
    no: str,
    kind: str,
    at: dt.datetime,
    by: Actor,
    about: tuple[str, ...],
    case_no: str,
    body: dict[str, Any],
    salt: str = "",
) -> str:
    """Return the canonical text a receipt commits to.

    It carries a random salt: whoever holds only the leaf cannot guess the body by trying likely ones.
    """
    text = {
        "v": LEAF_VERSION,
        "no": no,
        "kind": kind,
        "at": at,
        "by": {"kind": by.kind, "account": by.account_id, "organisation": by.organisation and by.organisation.uscc},
        "for": by.acting_for.key if by.acting_for else None,
        "about": sorted(about),
        "case": case_no,
        "body": body,
        "salt": salt or secrets.token_hex(16),
    }
    return to_canonical(text).decode()


def body_digest(body: str) -> str:
    """Return "sha256:…" of a receipt's body."""
    return digest_bytes(body.encode())


def leaf_bytes(*, no: str, kind: str, at: dt.datetime, digest: str) -> bytes:
    """Return the leaf（叶子）of a receipt: number, kind, instant and the digest of its salted body; nobody's data."""
    return to_canonical({"v": LEAF_VERSION, "no": no, "kind": kind, "at": at, "digest": digest})
