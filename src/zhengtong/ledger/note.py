"""Signed notes（签名文本）of C2SP signed-note: a text a person can read, and under it a line for each signature."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence

from zhengtong.kit import Refused
from zhengtong.ledger.signing import Signer, Verifier

_SIGNATURE = re.compile(r"— (\S+) (\S+)")


def sign_note(text: str, signers: Sequence[Signer]) -> str:
    """Return `text`, an empty line, and the signature lines; `text` ends with a line end and has no empty last line."""
    if not text.endswith("\n") or text.endswith("\n\n") or not signers:
        raise ValueError("a note ends with one line end and has a signer")
    lines = [_line(signer.name, signer.key_id, signer.sign(text.encode())) for signer in signers]
    return f"{text}\n{''.join(lines)}"


def open_note(note: str, verifiers: Iterable[Verifier]) -> tuple[str, list[Verifier]]:
    """Return the text of `note` and who signed it.

    Stricter than the standard, which passes over signatures by keys it does not know: every signature must be by one of
    `verifiers`, hold, and be written exactly as `sign_note` writes it. So no byte of a note can change unseen.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise _malformed()
    text += "\n"
    signed = [_check_line(line, text.encode(), known) for line in signatures[:-1].split("\n")]
    if len({verifier.to_text() for verifier in signed}) != len(signed):
        raise _malformed()
    return text, signed


def _line(name: str, key_id: bytes, signature: bytes) -> str:
    return f"— {name} {base64.b64encode(key_id + signature).decode()}\n"


def _check_line(line: str, message: bytes, known: dict[tuple[str, bytes], Verifier]) -> Verifier:
    match = _SIGNATURE.fullmatch(line)
    if not match:
        raise _malformed()
    name = match[1]
    try:
        blob = base64.b64decode(match[2], validate=True)
    except (binascii.Error, ValueError):
        raise _malformed() from None
    verifier = known.get((name, blob[:4]))
    if verifier is None:
        raise Refused(
            "ledger.note.unknown-key",
            f"“{name}”的签名所用密钥不在可信密钥之列，请核对密钥来源。",
            f"The signature of {name} is by a key that is not among the trusted ones; check where the key came from.",
            facts={"name": name},
        )
    if _line(name, blob[:4], blob[4:]) != line + "\n" or not verifier.is_signature(message, blob[4:]):
        raise Refused(
            "ledger.note.bad-signature",
            f"“{name}”的签名与内容不符，内容或签名已被改动。",
            f"The signature of {name} does not match the text: one of them was changed.",
            facts={"name": name},
        )
    return verifier


def _malformed() -> Refused:
    return Refused(
        "ledger.note.malformed",
        "签名文本的格式不正确，可能已被改动，请重新取得。",
        "The signed text is not in its right form and may have been changed; get it again.",
    )
