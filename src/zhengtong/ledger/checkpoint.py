"""Checkpoints（检查点）: signed tree heads in the text form of C2SP tlog-checkpoint."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhengtong.kit import Refused, to_local
from zhengtong.ledger.hashing import HashSuite, suite_of
from zhengtong.ledger.note import open_note, sign_note
from zhengtong.ledger.signing import Signer, Verifier


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log at one size（检查点）; `origin` names the log, for ever."""

    origin: str
    size: int
    root: bytes
    sealed_at: datetime | None = None
    hash_name: str = "sha256"

    @property
    def suite(self) -> HashSuite:
        return suite_of(self.hash_name)

    def to_text(self) -> str:
        """Return origin, size and root a line each, then what we add as extension lines."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode()]
        if self.hash_name != "sha256":
            lines.append(f"hash {self.hash_name}")
        if self.sealed_at:
            lines.append(f"sealed_at {to_local(self.sealed_at).isoformat()}")
        return "\n".join(lines) + "\n"

    @classmethod
    def from_text(cls, text: str) -> Checkpoint:
        """Return the checkpoint of `text`; refused unless it is exactly what `to_text` writes."""
        try:
            checkpoint = _read(text)
            exact = checkpoint.to_text() == text
        except (ValueError, binascii.Error):
            exact = False
        if not exact:
            raise Refused(
                "ledger.checkpoint.malformed",
                "检查点的格式不正确，可能已被改动，请重新取得。",
                "The checkpoint is not in its right form and may have been changed; get it again.",
            )
        return checkpoint


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer]) -> str:
    """Return the signed note of `checkpoint`."""
    return sign_note(checkpoint.to_text(), signers)


def open_checkpoint(note: str, verifiers: Iterable[Verifier]) -> Checkpoint:
    """Return the checkpoint of a signed note, every signature of which must hold."""
    text, _ = open_note(note, verifiers)
    return Checkpoint.from_text(text)


def _read(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0]:
        raise ValueError("too few lines")
    extensions = dict(line.split(" ", 1) for line in lines[3:-1])
    sealed_at = extensions.get("sealed_at")
    root = base64.b64decode(lines[2], validate=True)
    if len(root) != 32:
        raise ValueError("a root has 32 bytes")
    return Checkpoint(
        origin=lines[0],
        size=int(lines[1]),
        root=root,
        sealed_at=datetime.fromisoformat(sealed_at) if sealed_at else None,
        hash_name=extensions.get("hash", "sha256"),
    )
