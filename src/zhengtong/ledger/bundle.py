"""The export bundle（导出包）: leaves, their proofs, the signed checkpoint and the keys; enough to prove it offline.

A directory or a .zip of `keys.txt`, `checkpoint.txt`, `leaves.jsonl`, `earlier.jsonl` and `manifest.txt`, the last a
signed note of the digests of the others. Each file has one possible form and is read strictly: no byte changes unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from zhengtong.kit import digest_bytes
from zhengtong.ledger import strict
from zhengtong.ledger.archive import from_archive, to_archive
from zhengtong.ledger.checkpoint import Checkpoint, open_checkpoint
from zhengtong.ledger.note import open_note, sign_note
from zhengtong.ledger.proofs import check_consistency, check_inclusion
from zhengtong.ledger.signing import Signer, Verifier, parse_verifier

BUNDLE_VERSION = 1
KEYS = "keys.txt"
CHECKPOINT = "checkpoint.txt"
LEAVES = "leaves.jsonl"
EARLIER = "earlier.jsonl"
MANIFEST = "manifest.txt"

_NAMES = {KEYS, CHECKPOINT, LEAVES, EARLIER, MANIFEST}
_LEAF_ROW: dict[str, type] = {"index": int, "leaf": str, "proof": list}
_EARLIER_ROW: dict[str, type] = {"note": str, "proof": list}
_MANIFEST_ROW: dict[str, type] = {"v": int, "origin": str, "exported_at": str, "leaves": int, "files": dict}


@dataclass(frozen=True, slots=True)
class ProvenLeaf:
    """A leaf with its proof（带证明的叶子）; `opened`, where disclosed, is the text whose digest the leaf carries."""

    index: int
    content: bytes
    proof: Sequence[bytes]
    opened: str | None = None


@dataclass(frozen=True, slots=True)
class EarlierCheckpoint:
    """A checkpoint given out before（先前的检查点）, with the proof that the log has only grown since."""

    note: str
    proof: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Report:
    """What a bundle was found to prove（验证报告）. Without a pinned key it proves only that it agrees with itself."""

    checkpoint: Checkpoint
    leaves: int
    opened: int
    earlier: int
    keys: tuple[str, ...]
    is_pinned: bool
    exported_at: datetime
    kinds: Counter[str] = field(default_factory=Counter)


def write_bundle(
    path: Path,
    *,
    checkpoint: str,
    leaves: Iterable[ProvenLeaf],
    signer: Signer,
    verifiers: Sequence[Verifier],
    exported_at: datetime,
    earlier: Iterable[EarlierCheckpoint] = (),
) -> Report:
    """Write the bundle to `path`, a .zip by its name, else a new directory; return what it proves.

    `checkpoint` is the signed note, `verifiers` the keys of all signatures in the bundle, `signer` one of them, who
    answers for the export as a whole. It is verified before it is written: what cannot be proven is never given out.
    """
    files = {
        KEYS: "".join(sorted(verifier.to_text() + "\n" for verifier in verifiers)).encode(),
        CHECKPOINT: checkpoint.encode(),
        LEAVES: b"".join(strict.to_line(_leaf_row(leaf)) for leaf in leaves),
        EARLIER: b"".join(strict.to_line({"note": one.note, "proof": strict.to_base64(one.proof)}) for one in earlier),
    }
    manifest = {
        "v": BUNDLE_VERSION,
        "origin": open_checkpoint(checkpoint, verifiers).origin,
        "exported_at": exported_at,
        "leaves": files[LEAVES].count(b"\n"),
        "files": {name: digest_bytes(content) for name, content in files.items()},
    }
    files[MANIFEST] = sign_note(strict.to_line(manifest).decode(), [signer]).encode()
    report = _verify(files, None)
    _write(path, files)
    return report


def verify_bundle(path: Path, *, pinned_key: str | None = None) -> Report:
    """Return what the bundle at `path` proves, from the bundle alone; anything that does not hold is refused.

    `pinned_key` is the publisher's key text got by another way: then checkpoint and manifest must be signed by that key,
    and the bundle proves what the publisher said, not only that it agrees with itself.
    """
    return _verify(_read(path), pinned_key)


def _verify(files: dict[str, bytes], pinned_key: str | None) -> Report:
    if set(files) != _NAMES:
        names = "、".join(sorted(_NAMES))
        raise strict.refuse(
            "files",
            f"应恰好含有 {names}，请重新取得完整的导出包。",
            f"must hold exactly {names.replace('、', ', ')}; get the whole bundle again.",
            found=sorted(files),
        )
    verifiers = strict.read_keys(files[KEYS], KEYS)
    manifest, exporters = _open_manifest(files, verifiers)
    text, witnesses = open_note(strict.read_text(files[CHECKPOINT], CHECKPOINT), verifiers)
    checkpoint = Checkpoint.from_text(text)
    if checkpoint.origin != manifest["origin"]:
        raise strict.changed(MANIFEST)
    _check_pinned(pinned_key, exporters, witnesses)
    rows = strict.read_rows(files[LEAVES], LEAVES, _LEAF_ROW, {"opened": str})
    if len(rows) != manifest["leaves"]:
        raise strict.changed(LEAVES)
    return Report(
        checkpoint=checkpoint,
        leaves=len(rows),
        opened=sum("opened" in row for row in rows),
        earlier=_check_earlier(files[EARLIER], checkpoint, verifiers),
        keys=tuple(verifier.to_text() for verifier in verifiers),
        is_pinned=pinned_key is not None,
        exported_at=_instant(manifest["exported_at"]),
        kinds=_check_leaves(rows, checkpoint),
    )


def _open_manifest(files: dict[str, bytes], verifiers: Sequence[Verifier]) -> tuple[dict[str, Any], list[Verifier]]:
    """Return the manifest, once every other file has the digest it names, and who signed it."""
    text, exporters = open_note(strict.read_text(files[MANIFEST], MANIFEST), verifiers)
    manifest = strict.read_exactly(text.removesuffix("\n").encode())
    if not strict.has_shape(manifest, _MANIFEST_ROW, {}) or manifest["v"] != BUNDLE_VERSION:
        raise strict.changed(MANIFEST)
    found = {name: digest_bytes(content) for name, content in files.items() if name != MANIFEST}
    for name, digest in found.items():
        if manifest["files"].get(name) != digest:
            raise strict.changed(name)
    return manifest, exporters


def _check_leaves(rows: list[dict[str, Any]], checkpoint: Checkpoint) -> Counter[str]:
    """Return how many leaves of each kind are proven; indices rise and never repeat."""
    kinds: Counter[str] = Counter()
    before = -1
    for number, row in enumerate(rows, start=1):
        leaf = strict.read_exactly(row["leaf"].encode())
        if not (isinstance(leaf, dict) and row["index"] > before and _is_in_tree(row, checkpoint)):
            raise strict.changed(LEAVES, number)
        if "opened" in row and digest_bytes(row["opened"].encode()) != leaf.get("digest"):
            raise strict.changed(LEAVES, number)
        kinds[str(leaf.get("kind", ""))] += 1
        before = row["index"]
    return kinds


def _is_in_tree(row: dict[str, Any], checkpoint: Checkpoint) -> bool:
    proof, suite = strict.from_base64(row["proof"]), checkpoint.suite
    return proof is not None and check_inclusion(
        leaf_hash=suite.leaf(row["leaf"].encode()),
        index=row["index"],
        size=checkpoint.size,
        proof=proof,
        root=checkpoint.root,
        suite=suite,
    )


def _check_earlier(content: bytes, checkpoint: Checkpoint, verifiers: Sequence[Verifier]) -> int:
    """Return how many earlier checkpoints are proven to be of the same log, only shorter."""
    rows = strict.read_rows(content, EARLIER, _EARLIER_ROW, {})
    for number, row in enumerate(rows, start=1):
        earlier = open_checkpoint(row["note"], verifiers)
        proof = strict.from_base64(row["proof"])
        same_log = (earlier.origin, earlier.hash_name) == (checkpoint.origin, checkpoint.hash_name)
        if proof is None or not same_log or not _has_grown(earlier, checkpoint, proof):
            raise strict.changed(EARLIER, number)
    return len(rows)


def _has_grown(earlier: Checkpoint, later: Checkpoint, proof: Sequence[bytes]) -> bool:
    return check_consistency(
        old=earlier.size,
        old_root=earlier.root,
        new=later.size,
        new_root=later.root,
        proof=proof,
        suite=later.suite,
    )


def _check_pinned(pinned_key: str | None, *signed_by: Sequence[Verifier]) -> None:
    if pinned_key is None:
        return
    wanted = parse_verifier(pinned_key.strip()).to_text()
    if any(wanted not in {verifier.to_text() for verifier in by} for by in signed_by):
        raise strict.refuse(
            "pinned-key",
            "不是由您指定的公钥签发的，请向发布方核对公钥。",
            "was not signed by the key you gave; ask the publisher for the right key.",
        )


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise strict.changed(MANIFEST) from None


def _leaf_row(leaf: ProvenLeaf) -> dict[str, Any]:
    row = {"index": leaf.index, "leaf": leaf.content.decode(), "proof": strict.to_base64(leaf.proof)}
    return row if leaf.opened is None else row | {"opened": leaf.opened}


def _read(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        return {file.name: file.read_bytes() if file.is_file() else b"" for file in path.iterdir()}
    if path.is_file():
        return from_archive(path.read_bytes())
    raise strict.refuse("missing", "不存在，请核对路径。", "is not there; check the path.", path=path.name)


def _write(path: Path, files: dict[str, bytes]) -> None:
    if path.exists():
        zh, en = "的目标位置已有文件，请换一个路径。", "would overwrite a file; give another path."
        raise strict.refuse("exists", zh, en, path=path.name)
    if path.suffix == ".zip":
        path.write_bytes(to_archive(files))
        return
    path.mkdir(parents=True)
    for name, content in files.items():
        (path / name).write_bytes(content)
