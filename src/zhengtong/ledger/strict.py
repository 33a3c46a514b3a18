"""Strict reading of a bundle's files（严格读取）: what is not in its one possible form was changed, and is refused."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from zhengtong.kit import Refused, to_canonical
from zhengtong.ledger.signing import Verifier, parse_verifier


def to_line(value: Any) -> bytes:
    """Return `value` as one line of canonical JSON."""
    return to_canonical(value) + b"\n"


def read_exactly(content: bytes) -> Any:
    """Return the JSON value `content` is the canonical form of; None when it is not canonical."""
    try:
        value = json.loads(content)
        return value if to_canonical(value) == content else None
    except (ValueError, RecursionError, Refused):
        return None


def read_rows(content: bytes, name: str, shape: dict[str, type], optional: dict[str, type]) -> list[dict[str, Any]]:
    """Return the objects of a file of canonical lines, each with the keys of `shape`, and `optional` ones, so typed."""
    *lines, rest = content.split(b"\n")
    if rest:
        raise changed(name)
    rows = []
    for number, line in enumerate(lines, start=1):
        row = read_exactly(line)
        if not has_shape(row, shape, optional):
            raise changed(name, number)
        rows.append(row)
    return rows


def has_shape(row: Any, shape: dict[str, type], optional: dict[str, type]) -> bool:
    """Return whether `row` is an object of these keys and types; a bool is no int."""
    known = shape | optional
    return (
        isinstance(row, dict)
        and shape.keys() <= row.keys() <= known.keys()
        and all(type(value) is known[key] for key, value in row.items())
    )


def read_text(content: bytes, name: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise changed(name) from None


def read_keys(content: bytes, name: str) -> list[Verifier]:
    """Return the public keys of a file of key texts, a line each, sorted."""
    *lines, rest = read_text(content, name).split("\n")
    if rest or not lines or lines != sorted(set(lines)):
        raise changed(name)
    return [parse_verifier(line) for line in lines]


def to_base64(hashes: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]


def from_base64(texts: Sequence[Any]) -> list[bytes] | None:
    """Return the hashes of a proof, or None when one is not exactly how `to_base64` writes it."""
    try:
        hashes = [base64.b64decode(text, validate=True) for text in texts]
    except (binascii.Error, ValueError, TypeError):
        return None
    return hashes if to_base64(hashes) == list(texts) else None


def changed(name: str, line: int | None = None) -> Refused:
    """Return the refusal that names the file, and the line, where something no longer holds."""
    zh_where, en_where = (f"{name} 第 {line} 行", f"{name} line {line}") if line else (name, name)
    return refuse(
        "changed",
        f"的 {zh_where} 与签名或证明不符，内容已被改动，请重新取得。",
        f"does not hold: {en_where} disagrees with the signature or the proof, so it was changed; get it again.",
        file=name,
        line=line,
    )


def refuse(reason: str, zh: str, en: str, **facts: Any) -> Refused:
    return Refused(f"ledger.bundle.{reason}", f"导出包{zh}", f"The bundle {en}", facts=facts)
