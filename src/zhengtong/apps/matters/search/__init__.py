"""Matters found by everyday words（事项搜索）: characters, pinyin, initials, synonyms, a wrong character here and there."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from zhengtong.apps.matters.models import Matter
from zhengtong.apps.matters.search import store
from zhengtong.apps.matters.search.ranking import NONE, WEAK, Document, Reading, score, weight
from zhengtong.declared.wording import Wording, load_wording
from zhengtong.kit.grams import HAN, bigrams, document_grams, letter_grams, spell
from zhengtong.kit.text import to_search_key

CANDIDATES = 160
LONGEST_QUERY = 60
NEAREST = 5
STEP = 0.06  # how much less each further official term of an everyday word is trusted
COLUMNS = (
    "id",
    "title_zh",
    "title_en",
    "keywords",
    "summary_zh",
    "main_item",
    "department_name",
    "pinyin",
    "kind",
    "source",
)


@dataclass(frozen=True)
class Found:
    """What a search came to: ids best first with their scores, how the query was read, and what came nearest to it."""

    ids: tuple[tuple[int, float], ...]
    read_as: str
    nearest: tuple[int, ...] = ()


def reindex(matters: Iterable[Matter]) -> None:
    """Write the documents of matters into the index, in the caller's transaction."""
    store.write({matter.pk: document_grams(_texts(matter), matter.pinyin) for matter in matters})


def pinyin_of(title: str, keywords: Sequence[str]) -> str:
    """Return the phrases of a matter spelt out, as the index and ranking read them."""
    return "|".join(spell(phrase) for phrase in (title, *keywords))


def _texts(matter: Matter) -> list[str]:
    return [
        matter.title_zh,
        matter.title_en,
        matter.summary_zh,
        matter.main_item,
        matter.department_name,
        *matter.keywords,
    ]


def find(query: str, narrow: Callable[[Iterable[int]], Iterable[int]] | None = None) -> Found:
    """Return the matters that answer a query, best first; `narrow` keeps those of the candidates that may be shown.

    A query that only finds weak answers is tried once more by its sound, which heals a wrong character of the same
    sound（户藉 → 户籍）. Cost: three statements, six when tried again.
    """
    question = to_search_key(query[:LONGEST_QUERY])
    if not question:
        return Found((), "")
    readings = read(question, wording())
    found = dict(_rank(readings, narrow))
    read_as = readings[-1].text if len(readings) > 1 else ""
    if max(found.values(), default=0.0) < WEAK and (heard := _as_heard(question)):
        again = dict(_rank(heard, narrow))
        if max(again.values(), default=0.0) > max(found.values(), default=0.0):
            read_as = heard[0].text
        found = {id: max(found.get(id, 0.0), again.get(id, 0.0)) for id in {**found, **again}}
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    nearest = tuple(id for id, value in ordered[:NEAREST] if value < NONE)
    return Found(tuple(item for item in ordered if item[1] >= NONE), read_as, nearest)


def read(question: str, words: Wording) -> list[Reading]:
    """Return the ways to read a question: as written, bare, by the official terms, and letters by their sound."""
    bare = words.bare(question)
    readings = [Reading(bare)] if bare == question else [Reading(question), Reading(bare, 0.98)]
    readings += _by_terms(question if words.everyday(question) else bare, words)
    letters = re.sub(r"[^a-z]", "", bare)
    if letters and not HAN.search(bare):
        readings.append(Reading(letters, 0.97, by_sound=True))
        spoken = wording_sounds().get(letters, ())
        readings += [Reading(to_search_key(term), 0.93 - STEP * at) for at, term in enumerate(spoken[:4])]
    elif letters:
        readings.append(Reading(spell_mixed(bare), 0.9, by_sound=True))
    return readings


def spell_mixed(text: str) -> str:
    """Return a text of Han and letters as joined pinyin: 社bao卡 → shebaoka."""
    return re.sub(r"[^a-z]", "", HAN.sub(lambda run: spell(run.group()).replace(" ", ""), text))


def _by_terms(text: str, words: Wording) -> list[Reading]:
    """Return a reading for each official term of the everyday words in a text, the rest of the text beside it."""
    readings: list[Reading] = []
    everyday = words.everyday(text)
    for word, terms in everyday[:2]:
        rest = text.replace(word, "")
        others = [term for other, its in everyday if other != word for term in its]
        also = frozenset[str]().union(bigrams(rest) if len(rest) >= 2 else (), *(bigrams(term) for term in others))
        readings += [Reading(to_search_key(term), 0.95 - STEP * at, also=also) for at, term in enumerate(terms[:4])]
    return readings


def _as_heard(question: str) -> list[Reading]:
    """Return the readings of a question by its sound: as it sounds, and the everyday words it sounds like."""
    bare = wording().bare(question)
    sound = spell_mixed(bare)
    if not HAN.search(bare) or len(sound) < 4:
        return []
    heard = sorted((known for known in wording_sounds() if len(known) >= 5 and known in sound), key=len, reverse=True)
    terms = [term for known in heard[:1] for term in wording_sounds()[known]]
    return [
        Reading(sound, 0.85, by_sound=True),
        *(Reading(to_search_key(term), 0.88 - STEP * at) for at, term in enumerate(terms[:4])),
    ]


def _rank(
    readings: Sequence[Reading], narrow: Callable[[Iterable[int]], Iterable[int]] | None
) -> list[tuple[int, float]]:
    grams = sorted(set().union(*(_grams(reading) for reading in readings)))
    counts = store.count_by_gram(grams)
    documents = max(store.count(), 1)
    ids: Iterable[int] = store.find(_telling(counts, documents), CANDIDATES)
    ids = narrow(ids) if narrow else ids
    weights = {gram: weight(counts.get(gram, 0), documents) for gram in grams}
    scored = [(document.id, score(document, readings, weights)) for document in _documents(ids)]
    return [(id, value) for id, value in scored if value > 0]


def _grams(reading: Reading) -> set[str]:
    if not reading.by_sound:
        return set(bigrams(reading.text))
    initials = {f"i_{reading.text[at : at + 2]}" for at in range(len(reading.text) - 1)}
    return letter_grams(reading.text) | (initials if len(reading.text) <= 8 else set())


def _telling(counts: dict[str, int], documents: int) -> list[str]:
    """Return the grams worth looking up: all but those in over a quarter of the documents, unless nothing is left."""
    rare = [gram for gram, count in counts.items() if count <= max(20, documents // 4)]
    return sorted(rare or counts)


def _documents(ids: Iterable[int]) -> list[Document]:
    rows = Matter.objects.filter(pk__in=list(ids)).values_list(*COLUMNS)
    return [
        Document(
            id=id,
            title=title,
            keywords=(*keywords, title_en) if title_en else tuple(keywords),
            other=f"{summary} {main_item} {department}",
            spelt=spelt,
            is_one_thing=kind == "one-thing",
            is_online=source == "pack",
        )
        for id, title, title_en, keywords, summary, main_item, department, spelt, kind, source in rows
    ]


def wording() -> Wording:
    """Return the site's everyday words; the first packs folder that has them wins."""
    return _wording(tuple(str(folder) for folder in settings.ZHENGTONG_PACKS))


@functools.lru_cache(maxsize=4)
def _wording(folders: tuple[str, ...]) -> Wording:
    found = (load_wording(Path(folder)) for folder in folders)
    return next((words for words in found if words.words), Wording())


def wording_sounds() -> dict[str, tuple[str, ...]]:
    """Return the everyday words by their pinyin, and by their initials where there are three or more."""
    return _sounds(tuple(str(folder) for folder in settings.ZHENGTONG_PACKS))


@functools.lru_cache(maxsize=4)
def _sounds(folders: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    sounds: dict[str, tuple[str, ...]] = {}
    for word, terms in _wording(folders).words.items():
        syllables = spell(word).split()
        sounds.setdefault("".join(syllables), (word, *terms))
        if len(syllables) >= 3:
            sounds.setdefault("".join(syllable[0] for syllable in syllables), (word, *terms))
    return sounds
