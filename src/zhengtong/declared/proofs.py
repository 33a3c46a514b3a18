"""Which proof could be spared by which certificate or resource（证明替代）: a table in packs/_shared/proofs.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhengtong.declared.bilingual import Text
from zhengtong.declared.shared import FOLDER
from zhengtong.declared.yaml_source import read_source

FILE = "proofs.yaml"


@dataclass(frozen=True)
class Proof:
    """A kind of proof（证明）, the words that mean it, what replaces it, and what one demand less saves."""

    id: str
    title: Text
    words: tuple[str, ...]
    certificate: str
    resource: str
    fields: tuple[str, ...]
    minutes: int
    visits: int


@dataclass(frozen=True)
class ImpliedDemand:
    """A proof that a matter asks for by its very name（由名称推断）, where no list of materials says so."""

    proof: str
    names: tuple[str, ...]
    besides: tuple[str, ...]
    because: Text


@dataclass(frozen=True)
class Match:
    """A proof found for a name, and the word or rule by which it was."""

    proof: Proof
    word: str
    because: Text | None = None


@dataclass(frozen=True)
class Proofs:
    """The table（证明替代表）, read once."""

    proofs: tuple[Proof, ...] = ()
    implied: tuple[ImpliedDemand, ...] = ()

    def find(self, id: str) -> Proof | None:
        """Return a proof by id, or None."""
        return next((proof for proof in self.proofs if proof.id == id), None)

    def match(self, material: str) -> Match | None:
        """Return the proof that a material's name means: that of the longest word in it; None when there is none."""
        found = [(word, proof) for proof in self.proofs for word in proof.words if word in material]
        if not found:
            return None
        word, proof = max(found, key=lambda pair: len(pair[0]))
        return Match(proof, word)

    def implied_by(self, matter: str) -> tuple[Match, ...]:
        """Return the proofs a matter asks for by its name, each once."""
        matches: dict[str, Match] = {}
        for rule in self.implied:
            name = next((name for name in rule.names if name in matter), None)
            other = next((word for word in rule.besides if word in matter), None)
            proof = self.find(rule.proof)
            if name is not None and other is not None and proof is not None:
                matches.setdefault(proof.id, Match(proof, name + (f"…{other}" if other else ""), rule.because))
        return tuple(matches.values())


def load_proofs(root: Path) -> Proofs:
    """Read the table of a packs folder; an absent file is an empty one."""
    path = root / FOLDER / FILE
    if not path.exists():
        return Proofs()
    given: dict[str, Any] = read_source(path, f"{root.name}/{FOLDER}/{FILE}").value
    usual = given.get("defaults", {})
    return Proofs(
        tuple(_proof({**usual, **one}) for one in given.get("proofs", ())),
        tuple(
            ImpliedDemand(one["proof"], tuple(one["names"]), tuple(one["with"]), Text(**one["because"]))
            for one in given.get("implied", ())
        ),
    )


def _proof(given: dict[str, Any]) -> Proof:
    return Proof(
        id=given["id"],
        title=Text(**given["title"]),
        words=tuple(given["words"]),
        certificate=given.get("certificate", ""),
        resource=given.get("resource", ""),
        fields=tuple(given.get("fields", ())),
        minutes=int(given["minutes"]),
        visits=int(given["visits"]),
    )
