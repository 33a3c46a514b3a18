"""What people say and what lists write（日常说法）: synonyms and empty words, as data in packs/_shared/synonyms.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from zhengtong.declared.shared import FOLDER
from zhengtong.declared.yaml_source import read_source


@dataclass(frozen=True)
class Wording:
    """Everyday words with the official terms they stand for; words that carry nothing at either end of a question."""

    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    leading: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()

    def bare(self, question: str) -> str:
        """Return the question without its empty words; itself when nothing would be left."""
        left = question
        while shorter := self._shorter(left):
            left = shorter
        return left

    def _shorter(self, text: str) -> str:
        for word in self.leading:
            if text.startswith(word) and len(text) - len(word) >= 2 and text not in self.words:
                return text[len(word) :]
        for word in self.trailing:
            if text.endswith(word) and len(text) - len(word) >= 2 and text not in self.words:
                return text[: -len(word)]
        return ""

    def official(self, text: str) -> tuple[str, ...]:
        """Return the official terms for the everyday words in a text, those of the longest word first."""
        return tuple(dict.fromkeys(term for _, terms in self.everyday(text) for term in terms))

    def everyday(self, text: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return the everyday words in a text with their terms, the longest first, none inside another.

        Tried once more without the words that carry nothing in the middle（开个饭店）.
        """
        found = self._found(text)
        for word in self.inside:
            if not found and word in text:
                found = self._found(text.replace(word, ""))
        return found

    def _found(self, text: str) -> list[tuple[str, tuple[str, ...]]]:
        kept: list[str] = []
        for word in sorted((word for word in self.words if word in text), key=len, reverse=True):
            if not any(word in longer for longer in kept):
                kept.append(word)
        return [(word, self.words[word]) for word in kept]


def load_wording(root: Path) -> Wording:
    """Read the wording of a packs folder; an absent file is an empty one."""
    path = root / FOLDER / "synonyms.yaml"
    if not path.exists():
        return Wording()
    given = read_source(path, f"{root.name}/{FOLDER}/synonyms.yaml").value
    words = {word.casefold(): tuple(terms) for word, terms in given["words"].items()}
    sides = ("leading", "trailing", "inside")
    by_length = {side: tuple(sorted(given.get(side, ()), key=len, reverse=True)) for side in sides}
    return Wording(words, **by_length)
