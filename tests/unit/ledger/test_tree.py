"""The tree against RFC 6962's definitions, written out plainly, and against published roots."""

from __future__ import annotations

import hashlib

import pytest

from zhengtong.kit import Refused
from zhengtong.ledger import SHA256, SM3, MemoryNodes, Tree, check_consistency, check_inclusion, suite_of

# The eight leaves of the Certificate Transparency reference tests, and the roots of their prefixes.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def merkle_tree_hash(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + merkle_tree_hash(leaves[:k]) + merkle_tree_hash(leaves[k:])).digest()


def tree_of(leaves: list[bytes], suite=SHA256) -> Tree:
    tree = Tree(suite=suite)
    for leaf in leaves:
        tree.append(leaf)
    return tree


def test_the_empty_tree_has_the_hash_of_nothing():
    assert Tree().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_published_roots_hold_for_every_prefix():
    tree = tree_of(LEAVES)
    assert [tree.root(size).hex() for size in range(1, 9)] == ROOTS


def test_published_inclusion_and_consistency_proofs_hold():
    tree = tree_of(LEAVES)
    assert [node.hex() for node in tree.prove_inclusion(0, 8)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [node.hex() for node in tree.prove_consistency(6, 8)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_roots_of_all_sizes_are_those_of_the_definition():
    leaves = [n.to_bytes(2, "big") for n in range(70)]
    tree = tree_of(leaves)
    assert [tree.root(size) for size in range(71)] == [merkle_tree_hash(leaves[:size]) for size in range(71)]


def test_every_leaf_and_every_pair_of_sizes_is_provable():
    tree = tree_of([bytes([n]) for n in range(20)])
    for new in range(1, 21):
        for index in range(new):
            held = check_inclusion(
                leaf_hash=tree.leaf_hash(index),
                index=index,
                size=new,
                proof=tree.prove_inclusion(index, new),
                root=tree.root(new),
            )
            assert held, (index, new)
        for old in range(new + 1):
            held = check_consistency(
                old=old,
                old_root=tree.root(old),
                new=new,
                new_root=tree.root(new),
                proof=tree.prove_consistency(old, new),
            )
            assert held, (old, new)


def test_appending_in_batches_keeps_the_same_nodes():
    leaves = [n.to_bytes(2, "big") for n in range(100)]
    batched = Tree()
    for low, high in [(0, 1), (1, 1), (1, 6), (6, 37), (37, 64), (64, 100)]:
        batched.extend(leaves[low:high])
    assert batched.nodes._levels == tree_of(leaves).nodes._levels


def test_a_tree_is_taken_up_again_from_its_stored_nodes():
    nodes = MemoryNodes()
    Tree(nodes).extend(LEAVES[:5])
    again = Tree(nodes, size=5)
    again.extend(LEAVES[5:])
    assert again.root().hex() == ROOTS[7]


class CountingNodes(MemoryNodes):
    reads = 0
    written = 0

    def get(self, level, index):
        self.reads += 1
        return super().get(level, index)

    def put(self, level, first, hashes):
        self.written += len(hashes)
        super().put(level, first, hashes)


def test_appends_write_about_two_nodes_and_proofs_read_a_few_dozen():
    nodes = CountingNodes()
    tree = Tree(nodes)
    for number in range(4000):
        tree.append(number.to_bytes(2, "big"))
    assert nodes.written < 2 * 4000
    assert nodes.reads < 4000
    nodes.reads = 0
    tree.prove_inclusion(1234)
    tree.prove_consistency(1234)
    assert nodes.reads <= 2 * 12 * 2


def test_nodes_are_never_overwritten():
    nodes = MemoryNodes()
    Tree(nodes).extend(LEAVES)
    with pytest.raises(ValueError, match="only ever added"):
        nodes.put(0, 3, [b"x" * 32])


@pytest.mark.parametrize(
    "ask",
    [
        lambda t: t.prove_inclusion(8),
        lambda t: t.prove_inclusion(5, 5),
        lambda t: t.root(9),
        lambda t: t.prove_consistency(5, 4),
    ],
)
def test_what_the_tree_does_not_hold_cannot_be_asked(ask):
    with pytest.raises(IndexError):
        ask(tree_of(LEAVES))


def test_sm3_makes_another_tree_whose_proofs_hold():
    assert SM3.hash(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    tree = tree_of(LEAVES, SM3)
    assert tree.root().hex() != ROOTS[7]
    proof = tree.prove_inclusion(3)
    asked = {"leaf_hash": tree.leaf_hash(3), "index": 3, "size": 8, "proof": proof, "root": tree.root()}
    assert check_inclusion(**asked, suite=SM3)
    assert not check_inclusion(**asked, suite=SHA256)


def test_an_unknown_hash_is_refused():
    assert suite_of("sm3") is SM3
    with pytest.raises(Refused, match=r"ledger\.hash\.unknown"):
        suite_of("md5")


def test_proofs_that_do_not_fit_their_sizes_fail():
    tree = tree_of(LEAVES)
    root, leaf = tree.root(), tree.leaf_hash(0)
    proof = tree.prove_inclusion(0)
    assert not check_inclusion(leaf_hash=leaf, index=8, size=8, proof=proof, root=root)
    assert not check_inclusion(leaf_hash=leaf, index=-1, size=8, proof=proof, root=root)
    assert not check_inclusion(leaf_hash=leaf, index=0, size=8, proof=[*proof, leaf], root=root)
    assert not check_inclusion(leaf_hash=leaf, index=0, size=8, proof=proof[:-1], root=root)
    assert not check_consistency(old=3, old_root=tree.root(3), new=8, new_root=root, proof=[])
    assert not check_consistency(old=9, old_root=root, new=8, new_root=root, proof=[])
    assert not check_consistency(old=8, old_root=root, new=8, new_root=root, proof=proof)
    assert not check_consistency(old=8, old_root=tree.root(7), new=8, new_root=root, proof=[])
    assert not check_consistency(old=0, old_root=root, new=8, new_root=root, proof=[])
    assert not check_consistency(
        old=3, old_root=tree.root(3), new=8, new_root=root, proof=[*tree.prove_consistency(3), root]
    )


def test_a_leaf_can_never_be_passed_off_as_a_node():
    tree = tree_of(LEAVES[:2])
    forged = tree.leaf_hash(0) + tree.leaf_hash(1)
    assert SHA256.leaf(forged) != tree.root()
    assert SHA256.node(tree.leaf_hash(0), tree.leaf_hash(1)) == tree.root()
