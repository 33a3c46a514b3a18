"""The words of a declaration（双语文本）, kept apart in texts/zh.yaml and texts/en.yaml under the same keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zhengtong.declared.shapes import Finding, Text
from zhengtong.declared.yaml_source import Place, Source

LANGUAGES = ("zh", "en")


@dataclass
class Texts:
    """Reads pairs of words by key, remembering what was missing and what was never asked for."""

    sources: dict[str, Source]
    missing: list[Finding] = field(default_factory=list)
    used: set[Place] = field(default_factory=set)

    def pair(self, *place: str | int) -> dict[str, str]:
        """Return both languages at the key; an absent one is "" and noted as missing."""
        self.used.add(place)
        words = {lang: _at(self.sources[lang].value, place) for lang in LANGUAGES}
        for lang, found in words.items():
            if not isinstance(found, str) or not found.strip():
                words[lang] = ""
                self.missing.append(_missing(self.sources[lang], place))
        return words

    def maybe(self, *place: str | int) -> dict[str, str] | None:
        """Return both languages at the key, or None when neither language has it."""
        if all(_at(self.sources[lang].value, place) is None for lang in LANGUAGES):
            return None
        return self.pair(*place)

    def every(self, *place: str | int) -> list[dict[str, str]]:
        """Return the pairs of a list; the longer language decides how many there are."""
        return [self.pair(*place, at) for at in range(self.count(*place))]

    def count(self, *place: str | int) -> int:
        """Return how many members the list at the key has in the language that has more."""
        lists = [_at(self.sources[lang].value, place) for lang in LANGUAGES]
        return max((len(found) for found in lists if isinstance(found, list)), default=0)

    def unused(self) -> list[Finding]:
        """Return a finding for every text that nothing in the declaration refers to."""
        return [
            _unused(source, place)
            for source in self.sources.values()
            for place in _leaves(source.value)
            if place not in self.used
        ]


def _at(value: Any, place: Place) -> Any:
    for step in place:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _leaves(value: Any, place: Place = ()) -> list[Place]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, (*place, key))]
    if isinstance(value, list):
        return [leaf for at, inner in enumerate(value) for leaf in _leaves(inner, (*place, at))]
    return [place]


def _missing(source: Source, place: Place) -> Finding:
    key = ".".join(str(step) for step in place)
    return Finding(
        file=source.file,
        line=source.line(place),
        concern="texts",
        wrong=Text(f"缺少文本 {key}", f"the text {key} is missing"),
        why=Text("办事人会看到空白或另一种语言", "people would see a blank or the other language"),
        instead=Text(f"在这个文件里补上 {key}", f"write {key} in this file"),
    )


def _unused(source: Source, place: Place) -> Finding:
    key = ".".join(str(step) for step in place)
    return Finding(
        file=source.file,
        line=source.line(place),
        concern="texts",
        wrong=Text(f"文本 {key} 没有被任何声明用到", f"no declaration uses the text {key}"),
        why=Text("多半是键写错了，页面上会缺这句话", "most likely the key is misspelt and a page lacks this sentence"),
        instead=Text("改成声明里的键，或删去这一条", "write the key the declaration uses, or remove the entry"),
    )
