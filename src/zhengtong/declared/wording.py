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
        found = sorted((word for word in self.words if word in text), key=len, reverse=True)
        kept: list[str] = []
        for word in found:
            if not any(word in longer for longer in kept):
                kept.append(word)
        return tuple(dict.fromkeys(term for word in kept for term in self.words[word]))


def load_wording(root: Path) -> Wording:
    """Read the wording of a packs folder; an absent file is an empty one."""
    path = root / FOLDER / "synonyms.yaml"
    if not path.exists():
        return Wording()
    given = read_source(path, f"{root.name}/{FOLDER}/synonyms.yaml").value
    words = {word: tuple(terms) for word, terms in given["words"].items()}
    by_length = {side: tuple(sorted(given[side], key=len, reverse=True)) for side in ("leading", "trailing")}
    return Wording(words, **by_length)
