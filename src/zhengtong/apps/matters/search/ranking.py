"""How well a document answers a query（排序）: exact, prefix, inside, then by the weight of shared grams. Pure.

Scores run from 0 to 100. Below `WEAK` an answer is shown only if there is no better one; below `NONE` not at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhengtong.kit.grams import bigrams, key_of, letter_grams

WEAK, NONE = 45.0, 16.0


@dataclass(frozen=True)
class Document:
    """What ranking sees of a matter."""

    id: int
    title: str
    keywords: tuple[str, ...]
    other: str
    spelt: str
    is_one_thing: bool
    is_online: bool


@dataclass(frozen=True)
class Reading:
    """One way to read a query（查询释义）: as written, by an official term, by sound; `trust` discounts the score.

    `also` are the grams of what the query says besides the words this reading stands for（烟草证 + 到期）: documents that
    say it too are preferred to those that do not.
    """

    text: str
    trust: float = 1.0
    by_sound: bool = False
    also: frozenset[str] = frozenset()


def score(document: Document, readings: Sequence[Reading], weights: Mapping[str, float]) -> float:
    """Return how well the document answers the best of the readings."""
    best = max((_score_one(document, reading, weights) * reading.trust for reading in readings), default=0.0)
    if best < NONE:
        return best
    # a one-thing that answers well goes before the single matters in it; what can be done here before what is told
    bonus = (9.0 if document.is_one_thing and best >= 60 else 0.0) + (5.0 if document.is_online else 0.0)
    return best + bonus * min(1.0, best / 70)


def _score_one(document: Document, reading: Reading, weights: Mapping[str, float]) -> float:
    if reading.by_sound:
        return _by_sound(document.spelt, reading.text)
    query = key_of(reading.text)
    title = key_of(document.title)
    best = max((_phrase(query, key_of(keyword)) * 0.97 for keyword in document.keywords), default=0.0)
    best = max(best, _phrase(query, title), _shared(bigrams(reading.text), document, weights))
    if reading.also:
        best = best * 0.9 + (8.0 if reading.also & bigrams(document.title) else 0.0)
    return best


def _phrase(query: str, text: str) -> float:
    """Return 100 for the same words, less for a beginning, less for words inside; shorter texts before longer."""
    if not query or not text:
        return 0.0
    if query == text:
        return 100.0
    share = len(query) / len(text)
    if text.startswith(query):
        return 82.0 + 12.0 * share
    if query in text and len(query) >= 2:
        return 72.0 + 12.0 * share
    if len(text) >= 2 and text in query:
        return 58.0 + 24.0 * len(text) / len(query)
    return 0.0


def _shared(grams: frozenset[str], document: Document, weights: Mapping[str, float]) -> float:
    """Return up to 70 by the weight of the query's grams found, most in the title, a little in the rest."""
    total = sum(weights[gram] for gram in grams)
    if not total:
        return 0.0
    title = bigrams(document.title)
    words = title.union(*(bigrams(keyword) for keyword in document.keywords))
    near = sum(weights[gram] for gram in grams & words)
    far = sum(weights[gram] for gram in (grams & bigrams(document.other)) - words)
    precision = len(grams & title) / len(title) if title else 0.0
    return 56.0 * near / total + 18.0 * far / total + 14.0 * precision


def _by_sound(spelt: str, letters: str) -> float:
    """Return how well letters are the pinyin or the initials of a phrase, or nearly so."""
    return max((_one_phrase(phrase.split(), letters) for phrase in spelt.split("|")), default=0.0)


def _one_phrase(syllables: list[str], letters: str) -> float:
    if not syllables or len(letters) < 2:
        return 0.0
    joined, initials = "".join(syllables), "".join(syllable[0] for syllable in syllables)
    best = _starts(joined, syllables, letters)
    if letters == initials:
        best = max(best, 92.0)
    elif initials.startswith(letters):
        best = max(best, 70.0 + 18.0 * len(letters) / len(initials))
    elif letters in initials and len(letters) >= 3:
        best = max(best, 58.0 + 18.0 * len(letters) / len(initials))
    if best:
        return best
    wanted, held = letter_grams(letters), letter_grams(joined)
    share = len(wanted & held) / len(wanted)
    return 62.0 * share + 6.0 * share * len(letters) / max(len(joined), len(letters)) if share >= 0.5 else 0.0


def _starts(joined: str, syllables: list[str], letters: str) -> float:
    """Return a score when the letters stand in the joined pinyin from the start of a syllable on."""
    if joined == letters:
        return 96.0
    at = 0
    for syllable in syllables:
        if joined.startswith(letters, at):
            return (84.0 if at == 0 else 74.0) + 10.0 * len(letters) / len(joined)
        at += len(syllable)
    return 0.0


def weight(count: int, documents: int) -> float:
    """Return the weight of a gram that stands in `count` of so many documents: rare ones weigh more (BM25's idf)."""
    return math.log(1 + (documents - count + 0.5) / (count + 0.5)) + 0.1
