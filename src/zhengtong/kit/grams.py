"""Text cut into what the index holds（索引词元）: Han bigrams, Latin words, pinyin trigrams, initials' bigrams. Pure.

Three kinds of token, told apart by their first sign so that none can be taken for another: plain (Han bigrams and
words), `p_` (three letters of joined pinyin) and `i_` (two letters of joined initials).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from zhengtong.kit.text import to_search_key

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")
LATIN = re.compile(r"[a-z0-9]+")
LETTERS = re.compile(r"[a-z]+")


@lru_cache(maxsize=65536)
def key_of(text: str) -> str:
    """Return `to_search_key` of a text, remembered: the same titles come back with every query."""
    return to_search_key(text)


@lru_cache(maxsize=65536)
def bigrams(text: str) -> frozenset[str]:
    """Return the Han bigrams and Latin words of a text; a lone Han character is its own gram."""
    key = key_of(text)
    grams: set[str] = set()
    for run in HAN.findall(key):
        grams.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    grams.update(LATIN.findall(key))
    return frozenset(grams)


def spell(text: str) -> str:
    """Return the pinyin of the Han characters of a text, syllables apart: 户口 → "hu kou"."""
    from pypinyin import lazy_pinyin  # its dictionary takes half a second to load: only where one spells

    return " ".join(syllable for run in HAN.findall(to_search_key(text)) for syllable in lazy_pinyin(run))


def phrase_grams(spelt: str) -> set[str]:
    """Return the pinyin and initials tokens of a spelt phrase."""
    syllables = spelt.split()
    letters, initials = "".join(syllables), "".join(syllable[0] for syllable in syllables)
    return letter_grams(letters) | {f"i_{initials[at : at + 2]}" for at in range(len(initials) - 1)}


def letter_grams(letters: str) -> set[str]:
    """Return the trigrams of joined pinyin; what is shorter is its own gram."""
    return {f"p_{letters[at : at + 3]}" for at in range(max(1, len(letters) - 2))} if letters else set()


def document_grams(texts: Iterable[str], spelt: str) -> set[str]:
    """Return every token of a document: grams of its texts, tokens of its phrases ("|" between them)."""
    grams: set[str] = set()
    for text in texts:
        grams |= bigrams(text)
    for phrase in spelt.split("|"):
        grams |= phrase_grams(phrase)
    return grams
