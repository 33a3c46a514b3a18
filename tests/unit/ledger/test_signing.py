"""Keys, notes, checkpoints and leaves: one text form each, read strictly."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime

import pytest

from zhengtong.kit import SHANGHAI, Refused
from zhengtong.ledger import (
    Checkpoint,
    Ed25519Signer,
    Tree,
    check_commitment,
    commit,
    make_leaf,
    open_checkpoint,
    parse_signer,
    parse_verifier,
    sign_checkpoint,
)
from zhengtong.ledger.note import open_note, sign_note

# The example key of the Go checksum database's signed notes.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

ROOT = base64.b64encode(hashlib.sha256(b"\x00one").digest()).decode()
NOW = datetime(2026, 11, 19, 9, 30, tzinfo=SHANGHAI)
SIGNER = Ed25519Signer("log.example", bytes(range(32)))


def checkpoint(**changes) -> Checkpoint:
    tree = Tree()
    tree.append(b"one")
    return Checkpoint(**{"origin": "log.example", "size": 1, "root": tree.root(), "sealed_at": NOW} | changes)


def test_the_published_note_opens_and_is_signed_the_same_way():
    verifier = parse_verifier(PETER)
    text, signed_by = open_note(f"{PETER_TEXT}\n{PETER_LINE}", [verifier])
    assert (text, signed_by) == (PETER_TEXT, [verifier])
    assert sign_note(PETER_TEXT, [parse_signer(PETER_SECRET)]) == f"{PETER_TEXT}\n{PETER_LINE}"


def test_key_texts_read_back():
    assert parse_verifier(SIGNER.verifier.to_text()) == SIGNER.verifier
    assert parse_signer(SIGNER.to_text()) == SIGNER
    assert parse_signer(SIGNER.to_text()).verifier == SIGNER.verifier


def test_a_private_key_is_not_shown():
    assert SIGNER.seed.hex() not in repr(SIGNER)
    assert repr(SIGNER) == "Ed25519Signer('log.example')"


def test_new_keys_differ():
    assert Ed25519Signer.generate("a").seed != Ed25519Signer.generate("a").seed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        "PeterNeumann+c74f20a4+" + PETER.split("+", 2)[2],
        PETER + "=",
        PETER.upper(),
        PETER + " ",
        "x y+00000000+AQ==",
    ],
)
def test_a_changed_key_text_is_refused(text):
    with pytest.raises(Refused, match=r"ledger\.key\.malformed"):
        parse_verifier(text)
    with pytest.raises(Refused, match=r"ledger\.key\.malformed"):
        parse_signer("PRIVATE+KEY+" + text)
    with pytest.raises(Refused, match=r"ledger\.key\.malformed"):
        parse_signer(text)


def test_a_key_name_without_form_is_a_bug():
    with pytest.raises(ValueError, match="name"):
        Ed25519Signer("a+b", bytes(32))


def test_a_checkpoint_is_a_text_a_person_can_read_and_reads_back():
    note = sign_checkpoint(checkpoint(), [SIGNER])
    assert note.split("\n")[:4] == ["log.example", "1", ROOT, "sealed_at 2026-11-19T09:30:00+08:00"]
    assert open_checkpoint(note, [SIGNER.verifier]) == checkpoint()


def test_a_checkpoint_names_another_hash_than_sha256():
    note = sign_checkpoint(checkpoint(hash_name="sm3"), [SIGNER])
    assert "hash sm3\n" in note
    assert open_checkpoint(note, [SIGNER.verifier]).suite.name == "sm3"


def test_two_signers_may_sign_and_both_must_be_known():
    other = Ed25519Signer("witness.example", bytes(range(1, 33)))
    note = sign_checkpoint(checkpoint(), [SIGNER, other])
    assert open_checkpoint(note, [SIGNER.verifier, other.verifier]).size == 1
    with pytest.raises(Refused, match=r"ledger\.note\.unknown-key"):
        open_checkpoint(note, [SIGNER.verifier])


def test_a_signature_of_another_text_is_refused():
    note = sign_checkpoint(checkpoint(), [SIGNER]).replace("log.example\n1\n", "log.example\n2\n", 1)
    with pytest.raises(Refused, match=r"ledger\.note\.bad-signature"):
        open_checkpoint(note, [SIGNER.verifier])


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note + note.split("\n\n")[1],
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note[:-1],
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("=\n", "\n"),
        lambda note: note + "\n",
        lambda _: "",
    ],
)
def test_a_note_in_another_form_is_refused(change):
    with pytest.raises(Refused, match=r"ledger\.(note|checkpoint)\."):
        open_checkpoint(change(sign_checkpoint(checkpoint(), [SIGNER])), [SIGNER.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n1\n",
        f"log\n01\n{ROOT}\n",
        "log\n1\nAAAA\n",
        "log\nx\nAAAA\n",
        "log\n1\n!\n",
        f"log\n1\n{ROOT}\nunknown line\n",
        f"\n1\n{ROOT}\n",
    ],
)
def test_a_checkpoint_in_another_form_is_refused(text):
    assert Checkpoint.from_text(f"log\n1\n{ROOT}\n").size == 1
    with pytest.raises(Refused, match=r"ledger\.checkpoint\.malformed"):
        Checkpoint.from_text(text)


def test_a_note_without_signer_or_line_end_is_a_bug():
    for text, signers in (("a", [SIGNER]), ("a\n\n", [SIGNER]), ("a\n", [])):
        with pytest.raises(ValueError, match="note"):
            sign_note(text, signers)


def test_a_leaf_is_canonical_and_holds_commitments_only():
    born = commit("110105199001010013")
    leaf = make_leaf(kind="case.submitted", at=NOW, body={"case": "99010020261119000001", "applicant": born.digest})
    assert leaf.startswith(b'{"at":"2026-11-19T01:30:00Z","body":{"applicant":"sha256:')
    assert b"1101051990" not in leaf


def test_a_commitment_opens_for_its_value_and_salt_only():
    promised = commit({"name": "张三"})
    assert check_commitment(promised.digest, value={"name": "张三"}, salt=promised.salt)
    assert not check_commitment(promised.digest, value={"name": "李四"}, salt=promised.salt)
    assert not check_commitment(promised.digest, value={"name": "张三"}, salt="00")
    assert commit("x").digest != commit("x").digest
    assert commit("x", salt="s") == commit("x", salt="s")
