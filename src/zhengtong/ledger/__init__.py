"""The ledger（存证账本）: a Merkle log of RFC 6962 that proves what it holds and that it only grew."""

from zhengtong.ledger.bundle import EarlierCheckpoint, ProvenLeaf, Report, verify_bundle, write_bundle
from zhengtong.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from zhengtong.ledger.hashing import SHA256, SM3, HashSuite, suite_of
from zhengtong.ledger.leaf import Commitment, check_commitment, commit, make_leaf
from zhengtong.ledger.proofs import check_consistency, check_inclusion
from zhengtong.ledger.signing import Ed25519Signer, Ed25519Verifier, Signer, Verifier, parse_signer, parse_verifier
from zhengtong.ledger.tree import MemoryNodes, NodeStore, Tree

__all__ = [
    "SHA256",
    "SM3",
    "Checkpoint",
    "EarlierCheckpoint",
    "Commitment",
    "Ed25519Signer",
    "Ed25519Verifier",
    "HashSuite",
    "MemoryNodes",
    "NodeStore",
    "ProvenLeaf",
    "Report",
    "Signer",
    "Tree",
    "Verifier",
    "check_commitment",
    "check_consistency",
    "check_inclusion",
    "commit",
    "make_leaf",
    "open_checkpoint",
    "parse_signer",
    "parse_verifier",
    "sign_checkpoint",
    "suite_of",
    "verify_bundle",
    "write_bundle",
]
