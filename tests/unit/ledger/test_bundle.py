"""The bundle proves itself offline, and refuses what was forged with care as well as what was damaged."""

from __future__ import annotations

import zipfile
from datetime import datetime, timedelta

import pytest

from zhengtong.kit import SHANGHAI, Refused, digest_bytes, to_canonical
from zhengtong.ledger import (
    SM3,
    Checkpoint,
    EarlierCheckpoint,
    Ed25519Signer,
    ProvenLeaf,
    Tree,
    sign_checkpoint,
    verify_bundle,
    write_bundle,
)
from zhengtong.ledger.archive import from_archive, to_archive
from zhengtong.ledger.note import open_note, sign_note

NOW = datetime(2026, 11, 19, 9, 30, tzinfo=SHANGHAI)
SIGNER = Ed25519Signer("log.example", bytes(range(32)))
OTHER = Ed25519Signer("other.example", bytes(range(1, 33)))
BODIES = [to_canonical({"case": n, "salt": f"{n:032x}"}).decode() for n in range(7)]
LEAVES = [
    to_canonical({"v": 1, "kind": f"kind.{n % 2}", "at": NOW, "digest": digest_bytes(body.encode())})
    for n, body in enumerate(BODIES)
]


def note_of(tree: Tree, size: int | None = None, signer=SIGNER, origin="log.example") -> str:
    size = tree.size if size is None else size
    sealed_at = NOW + timedelta(minutes=size)
    return sign_checkpoint(Checkpoint(origin, size, tree.root(size), sealed_at, tree.suite.name), [signer])


@pytest.fixture
def tree():
    tree = Tree()
    tree.extend(LEAVES)
    return tree


def arguments(tree: Tree, indices=range(7), **changes):
    return {
        "checkpoint": note_of(tree),
        "leaves": [
            ProvenLeaf(n, LEAVES[n], tree.prove_inclusion(n), BODIES[n] if n % 3 == 0 else None) for n in indices
        ],
        "signer": SIGNER,
        "verifiers": [SIGNER.verifier],
        "exported_at": NOW,
    } | changes


@pytest.mark.parametrize("name", ["export.zip", "export"])
def test_a_bundle_proves_its_leaves_and_says_what_it_proved(tmp_path, tree, name):
    earlier = [EarlierCheckpoint(note_of(tree, size), tree.prove_consistency(size)) for size in (0, 3, 7)]
    written = write_bundle(tmp_path / name, **arguments(tree, earlier=earlier))
    report = verify_bundle(tmp_path / name)
    assert report == written
    assert (report.leaves, report.opened, report.earlier, report.is_pinned) == (7, 3, 3, False)
    assert (report.checkpoint.size, report.checkpoint.root) == (7, tree.root())
    assert report.kinds == {"kind.0": 4, "kind.1": 3}
    assert report.exported_at == NOW


def test_a_pinned_key_is_asked_for(tmp_path, tree):
    write_bundle(tmp_path / "b.zip", **arguments(tree))
    assert verify_bundle(tmp_path / "b.zip", pinned_key=SIGNER.verifier.to_text() + "\n").is_pinned
    with pytest.raises(Refused, match=r"ledger\.bundle\.pinned-key"):
        verify_bundle(tmp_path / "b.zip", pinned_key=OTHER.verifier.to_text())


def test_a_bundle_forged_with_another_key_agrees_with_itself_but_not_with_the_pinned_key(tmp_path, tree):
    forged = arguments(tree, checkpoint=note_of(tree, signer=OTHER), signer=OTHER, verifiers=[OTHER.verifier])
    write_bundle(tmp_path / "b.zip", **forged)
    assert not verify_bundle(tmp_path / "b.zip").is_pinned
    with pytest.raises(Refused, match=r"ledger\.bundle\.pinned-key"):
        verify_bundle(tmp_path / "b.zip", pinned_key=SIGNER.verifier.to_text())


def test_a_part_of_the_log_and_one_leaf_alone_are_proven(tmp_path, tree):
    write_bundle(tmp_path / "new" / "part", **arguments(tree, indices=[2, 5]))
    assert verify_bundle(tmp_path / "new" / "part").leaves == 2
    write_bundle(tmp_path / "none", **arguments(tree, indices=[]))
    assert verify_bundle(tmp_path / "none").leaves == 0


def test_a_bundle_over_sm3_is_proven(tmp_path):
    tree = Tree(suite=SM3)
    tree.extend(LEAVES)
    write_bundle(tmp_path / "b.zip", **arguments(tree))
    assert verify_bundle(tmp_path / "b.zip").checkpoint.hash_name == "sm3"


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (lambda tree: {"leaves": [ProvenLeaf(1, LEAVES[0], tree.prove_inclusion(0))]}, "ledger.bundle.changed"),
        (
            lambda tree: {"leaves": [ProvenLeaf(0, LEAVES[0], tree.prove_inclusion(0), BODIES[1])]},
            "ledger.bundle.changed",
        ),
        (
            lambda tree: {"leaves": [ProvenLeaf(n, LEAVES[n], tree.prove_inclusion(n)) for n in (1, 0)]},
            "ledger.bundle.changed",
        ),
        (lambda tree: {"leaves": [ProvenLeaf(0, LEAVES[0], tree.prove_inclusion(0))] * 2}, "ledger.bundle.changed"),
        (lambda tree: {"leaves": [ProvenLeaf(0, b"not canonical", [])]}, "ledger.bundle.changed"),
        (
            lambda tree: {"earlier": [EarlierCheckpoint(note_of(tree, 3), tree.prove_consistency(4))]},
            "ledger.bundle.changed",
        ),
        (
            lambda tree: {"earlier": [EarlierCheckpoint(note_of(tree, 3, origin="x"), tree.prove_consistency(3))]},
            "ledger.bundle.changed",
        ),
        (lambda tree: {"signer": OTHER}, "ledger.note.unknown-key"),
        (lambda tree: {"verifiers": [OTHER.verifier]}, "ledger.note.unknown-key"),
    ],
)
def test_what_cannot_be_proven_is_never_written(tmp_path, tree, what, code):
    with pytest.raises(Refused) as caught:
        write_bundle(tmp_path / "b.zip", **arguments(tree, **what(tree)))
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path, tree):
    (tmp_path / "b.zip").write_bytes(b"mine")
    with pytest.raises(Refused, match=r"ledger\.bundle\.exists"):
        write_bundle(tmp_path / "b.zip", **arguments(tree))
    assert (tmp_path / "b.zip").read_bytes() == b"mine"


def test_a_missing_an_added_and_an_absent_file_are_refused(tmp_path, tree):
    bundle = tmp_path / "export"
    write_bundle(bundle, **arguments(tree))
    (bundle / "note.txt").write_text("hello")
    with pytest.raises(Refused, match=r"ledger\.bundle\.files"):
        verify_bundle(bundle)
    (bundle / "note.txt").unlink()
    (bundle / "leaves.jsonl").unlink()
    with pytest.raises(Refused, match=r"ledger\.bundle\.files"):
        verify_bundle(bundle)
    with pytest.raises(Refused, match=r"ledger\.bundle\.missing"):
        verify_bundle(tmp_path / "nowhere")


def test_a_dropped_leaf_is_seen_and_the_refusal_names_the_file(tmp_path, tree):
    bundle = tmp_path / "export"
    write_bundle(bundle, **arguments(tree))
    lines = (bundle / "leaves.jsonl").read_bytes().splitlines(keepends=True)
    (bundle / "leaves.jsonl").write_bytes(b"".join(lines[:-1]))
    with pytest.raises(Refused) as caught:
        verify_bundle(bundle)
    assert caught.value.facts["file"] == "leaves.jsonl"


def resign(files: dict[str, bytes], edit) -> dict[str, bytes]:
    """Return the files with an edited manifest that the forger signs with a key the bundle knows."""
    import json

    text, _ = open_note(files["manifest.txt"].decode(), [SIGNER.verifier])
    manifest = json.loads(text)
    manifest["files"] = {name: digest_bytes(content) for name, content in files.items() if name != "manifest.txt"}
    edit(manifest)
    return files | {"manifest.txt": sign_note(to_canonical(manifest).decode() + "\n", [SIGNER]).encode()}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("leaves.jsonl", b'{"index":true,"leaf":"{}","proof":[]}\n'),
        ("leaves.jsonl", b'{"index":0,"leaf":"{}"}\n'),
        ("leaves.jsonl", b'{"index":0,"leaf":"[]","proof":[1]}\n'),
        ("leaves.jsonl", b'{"index":0,"leaf":"{}","more":1,"proof":[]}\n'),
        ("leaves.jsonl", b'{"index":0,"leaf":"{}","proof":["!"]}\n'),
        ("leaves.jsonl", b'{"index":0,"leaf":"{}","proof":[7]}\n'),
        ("leaves.jsonl", b"[]\n"),
        ("leaves.jsonl", b"[" * 100_000 + b"\n"),
        ("leaves.jsonl", b"{}"),
        ("leaves.jsonl", b"\xff\n"),
        ("earlier.jsonl", b'{"note":"x","proof":[]}\n'),
        ("earlier.jsonl", b'{"note":1,"proof":[]}\n'),
        ("keys.txt", b"\xff\n"),
        ("keys.txt", b""),
        ("checkpoint.txt", b"\xff"),
    ],
)
def test_even_a_signed_bundle_of_hostile_files_is_refused(tmp_path, tree, name, content):
    bundle = tmp_path / "export"
    write_bundle(bundle, **arguments(tree))
    files = {file.name: file.read_bytes() for file in bundle.iterdir()} | {name: content}
    for path, forged in resign(files, lambda manifest: manifest.update(leaves=1)).items():
        (bundle / path).write_bytes(forged)
    with pytest.raises(Refused, match=r"ledger\.(bundle|note|key)\."):
        verify_bundle(bundle)


@pytest.mark.parametrize(
    "edit",
    [
        lambda manifest: manifest.update(v=2),
        lambda manifest: manifest.update(origin="other"),
        lambda manifest: manifest.update(leaves=6),
        lambda manifest: manifest.update(exported_at="yesterday"),
        lambda manifest: manifest.update(files={}),
        lambda manifest: manifest.pop("v"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(tmp_path, tree, edit):
    bundle = tmp_path / "export"
    write_bundle(bundle, **arguments(tree))
    files = resign({file.name: file.read_bytes() for file in bundle.iterdir()}, edit)
    (bundle / "manifest.txt").write_bytes(files["manifest.txt"])
    with pytest.raises(Refused, match=r"ledger\.bundle\.changed"):
        verify_bundle(bundle)


def test_the_archive_opens_in_any_unzip_program(tmp_path, tree):
    write_bundle(tmp_path / "b.zip", **arguments(tree))
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "unpacked")
    assert verify_bundle(tmp_path / "unpacked") == verify_bundle(tmp_path / "b.zip")


def test_an_archive_packed_by_another_program_is_refused_with_what_to_do(tmp_path, tree):
    write_bundle(tmp_path / "export", **arguments(tree))
    with zipfile.ZipFile(tmp_path / "again.zip", "w") as archive:
        for file in sorted((tmp_path / "export").iterdir()):
            archive.write(file, file.name)
    with pytest.raises(Refused) as caught:
        verify_bundle(tmp_path / "again.zip")
    assert caught.value.code == "ledger.archive.changed"
    assert "unpack" in caught.value.en


def test_an_archive_reads_back_and_is_the_same_every_time():
    files = {"b.txt": b"2", "甲.txt": b"", "a.txt": b"1" * 1000}
    assert from_archive(to_archive(files)) == files
    assert to_archive(files) == to_archive(dict(reversed(files.items())))
    for broken in (b"", b"PK", to_archive(files)[:-1], to_archive(files) + b"\0", to_archive({})):
        with pytest.raises(Refused, match=r"ledger\.archive\.changed"):
            from_archive(broken)


def test_an_export_beyond_what_the_form_can_hold_is_refused(monkeypatch):
    monkeypatch.setattr("zhengtong.ledger.archive._LARGEST", 100)
    assert to_archive({"a": b"1" * 60})
    with pytest.raises(Refused, match=r"ledger\.archive\.too-large"):
        to_archive({"a": b"1" * 60, "b": b"2" * 60})
