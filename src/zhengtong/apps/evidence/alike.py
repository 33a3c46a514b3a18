"""Receipts alike but for whom and what（同类回执）: thousands at once, byte for byte what `record` would have left.

The canonical body of one is made with marks where they differ, cut at the marks once, and joined for each.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhengtong.apps.evidence import leaves
from zhengtong.apps.evidence.models import Receipt, ReceiptSubject
from zhengtong.apps.people import bulk, statements
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import to_canonical

_MARK = re.compile(r"@@(\w+)@@")
_PLAIN = re.compile(r"[0-9A-Za-z:.\-]*")  # what stands in JSON as it is
SUBJECT_COLUMNS = ("receipt_id", "subject_key")


@dataclass(frozen=True)
class Told:
    """One of many: whom it is about, in which case, and what fills the marks of the body."""

    about: str
    case_no: str
    slots: Mapping[str, str]


def mark(name: str) -> str:
    """Return a mark to be put into a body where receipts differ."""
    return f"@@{name}@@"


def record_alike(
    *,
    kind: str,
    by: Actor,
    at: dt.datetime,
    summary_zh: str,
    summary_en: str,
    body: dict[str, Any],
    told: Sequence[Told],
) -> list[str]:
    """Return the numbers of the receipts left, one for each of `told` in order, in the caller's transaction.

    `body` holds `mark(name)` where they differ; what fills a mark is a number, a key or a digest, never free text.
    """
    pieces = _pieces(kind, by, at, body)
    base, places = _base_row(kind, by, at, summary_zh, summary_en)
    numbers = [leaves.new_receipt_no(at) for _ in told]
    ids = statements.reserve_keys(Receipt, len(told))
    columns = [field.column for field in Receipt._meta.concrete_fields]

    def rows() -> Iterator[list[Any]]:
        for pk, no, one in zip(ids, numbers, told, strict=True):
            text = _filled(pieces, no, one)
            row = base.copy()
            for name, value in (
                ("id", pk),
                ("no", no),
                ("case_no", one.case_no),
                ("body", text),
                ("digest", leaves.body_digest(text)),
            ):
                row[places[name]] = value
            yield row

    bulk.insert_rows(Receipt._meta.db_table, columns, rows())
    about = ((pk, one.about) for pk, one in zip(ids, told, strict=True))
    bulk.insert_rows(ReceiptSubject._meta.db_table, SUBJECT_COLUMNS, about)
    return numbers


def _pieces(kind: str, by: Actor, at: dt.datetime, body: dict[str, Any]) -> list[str]:
    """Return the canonical text cut at its marks: text, name of the mark, text, …"""
    whole = leaves.make_body(
        no=mark("no"),
        kind=kind,
        at=at,
        by=by,
        about=(mark("about"),),
        case_no=mark("case"),
        body=body,
        salt=mark("salt"),
    )
    return _MARK.split(whole)


def _filled(pieces: list[str], no: str, one: Told) -> str:
    given = {"no": no, "about": one.about, "case": one.case_no, "salt": secrets.token_hex(16), **one.slots}
    values = [given[name] for name in pieces[1::2]]
    if not _PLAIN.fullmatch("".join(values)):
        raise ValueError(f"a mark is filled with numbers, keys and digests only: {to_canonical(given)!r}")
    text = pieces.copy()
    text[1::2] = values
    return "".join(text)


def _base_row(
    kind: str, by: Actor, at: dt.datetime, summary_zh: str, summary_en: str
) -> tuple[list[Any], dict[str, int]]:
    """Return a row with what is common to all, as the database stores it, and each column's place."""
    fields = list(Receipt._meta.concrete_fields)
    common = Receipt(kind=kind, at=at, by_kind=by.kind, by_label=by.label, summary_zh=summary_zh, summary_en=summary_en)
    return statements.values_of(common, fields), {field.column: place for place, field in enumerate(fields)}
