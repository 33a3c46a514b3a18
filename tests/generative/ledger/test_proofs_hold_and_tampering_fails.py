"""Proofs hold for every tree and position; any tampering with proof, root, index, size or bundle is seen."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zhengtong.kit import SHANGHAI, Refused, digest_bytes, to_canonical
from zhengtong.ledger import (
    Checkpoint,
    EarlierCheckpoint,
    Ed25519Signer,
    ProvenLeaf,
    Tree,
    check_consistency,
    check_inclusion,
    sign_checkpoint,
    verify_bundle,
    write_bundle,
)

NOW = datetime(2026, 11, 19, 9, 30, tzinfo=SHANGHAI)
SIGNER = Ed25519Signer("log.example", bytes(range(32)))
sizes = st.integers(1, 300)


def grown(size: int) -> Tree:
    tree = Tree()
    tree.extend(number.to_bytes(2, "big") for number in range(size))
    return tree


def flip(hashes: list[bytes], place: int, bit: int) -> list[bytes]:
    byte, shift = divmod(bit, 8)
    broken = bytearray(hashes[place])
    broken[byte] ^= 1 << shift
    return [*hashes[:place], bytes(broken), *hashes[place + 1 :]]


@given(sizes, st.data())
def test_a_leaf_is_proven_at_its_place_and_at_no_other(size, data):
    tree, index = grown(size), data.draw(st.integers(0, size - 1))
    asked = {"leaf_hash": tree.leaf_hash(index), "proof": tree.prove_inclusion(index), "root": tree.root()}
    assert check_inclusion(index=index, size=size, **asked)
    elsewhere = data.draw(st.integers(0, size + 5).filter(lambda place: place != index))
    assert not check_inclusion(index=elsewhere, size=size, **asked)


@given(sizes, st.data())
def test_one_flipped_bit_anywhere_in_an_inclusion_proof_is_seen(size, data):
    tree, index, bit = grown(size), data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, 255))
    proof, leaf, root = tree.prove_inclusion(index), tree.leaf_hash(index), tree.root()
    parts = [leaf, root, *proof]
    leaf, root, *proof = flip(parts, data.draw(st.integers(0, len(parts) - 1)), bit)
    assert not check_inclusion(leaf_hash=leaf, index=index, size=size, proof=proof, root=root)


@given(st.integers(0, 300), sizes, st.data())
def test_a_tree_that_only_grew_is_proven_and_one_flipped_bit_is_seen(old, more, data):
    new = old + more
    tree = grown(new)
    parts = [tree.root(old), tree.root(new), *tree.prove_consistency(old)]
    assert check_consistency(old=old, old_root=parts[0], new=new, new_root=parts[1], proof=parts[2:])
    # From nothing every tree has grown: there the new root is not what is being proven.
    place = data.draw(st.integers(0, len(parts) - 1).filter(lambda place: old or place != 1))
    parts = flip(parts, place, data.draw(st.integers(0, 255)))
    assert not check_consistency(old=old, old_root=parts[0], new=new, new_root=parts[1], proof=parts[2:])


@given(st.integers(2, 200), st.data())
def test_a_rewritten_history_is_never_consistent(size, data):
    old = data.draw(st.integers(1, size - 1))
    place = data.draw(st.integers(0, old - 1))
    honest, rewritten = grown(old), Tree()
    rewritten.extend(b"other" if number == place else number.to_bytes(2, "big") for number in range(size))
    proof = rewritten.prove_consistency(old)
    assert not check_consistency(old=old, old_root=honest.root(), new=size, new_root=rewritten.root(), proof=proof)


@given(st.lists(st.integers(0, 40), max_size=8))
def test_however_it_is_batched_the_tree_is_the_same(batches):
    batched, number = Tree(), 0
    for batch in batches:
        batched.extend((number + step).to_bytes(2, "big") for step in range(batch))
        number += batch
    assert batched.root() == grown(number).root()


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    """One bundle in both forms, with every file in use, and a folder to write damaged ones to."""
    folder = tmp_path_factory.mktemp("bundles")
    bodies = [to_canonical({"case": n, "salt": f"{n:032x}", "名": "甲"}).decode() for n in range(5)]
    leaves = [to_canonical({"kind": "k", "digest": digest_bytes(body.encode())}) for body in bodies]
    tree = Tree()
    tree.extend(leaves)
    notes = {n: sign_checkpoint(Checkpoint("log.example", n, tree.root(n), NOW), [SIGNER]) for n in (3, 5)}
    for name in ("bundle.zip", "bundle"):
        write_bundle(
            folder / name,
            checkpoint=notes[5],
            leaves=[ProvenLeaf(n, leaf, tree.prove_inclusion(n), bodies[n]) for n, leaf in enumerate(leaves[:3])],
            signer=SIGNER,
            verifiers=[SIGNER.verifier],
            exported_at=NOW,
            earlier=[EarlierCheckpoint(notes[3], tree.prove_consistency(3))],
        )
    return folder


def test_every_single_byte_of_the_archive_counts(bundles):
    whole = (bundles / "bundle.zip").read_bytes()
    damaged = bundles / "damaged.zip"
    unseen = []
    for place in range(len(whole)):
        content = bytearray(whole)
        content[place] ^= 1 << place % 8
        damaged.write_bytes(content)
        try:
            verify_bundle(damaged)
            unseen.append(place)
        except Refused:
            pass
    assert unseen == []
    assert len(whole) > 2000


@settings(deadline=None)
@given(data=st.data())
def test_any_byte_of_any_file_set_to_any_other_value_is_seen(bundles, data):
    name = data.draw(st.sampled_from(sorted(file.name for file in (bundles / "bundle").iterdir())))
    file = bundles / "bundle" / name
    whole = file.read_bytes()
    place, value = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    assume(whole[place] != value)
    assert verify_bundle(bundles / "bundle").leaves == 3
    try:
        file.write_bytes(whole[:place] + bytes([value]) + whole[place + 1 :])
        with pytest.raises(Refused):
            verify_bundle(bundles / "bundle")
    finally:
        file.write_bytes(whole)


@settings(deadline=None)
@given(data=st.data())
def test_any_byte_put_in_or_taken_out_is_seen(bundles, data):
    whole = (bundles / "bundle.zip").read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    extra = data.draw(st.binary(max_size=3))
    changed = whole[:place] + extra + whole[place + data.draw(st.integers(0, 3)) :]
    assume(changed != whole)
    damaged = bundles / "resized.zip"
    damaged.write_bytes(changed)
    with pytest.raises(Refused):
        verify_bundle(damaged)
