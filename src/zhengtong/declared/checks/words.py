"""The words are complete in both languages, and each language is itself（文本检查）."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from zhengtong.declared.checks.ground import Ground
from zhengtong.declared.shapes import Finding, Text
from zhengtong.declared.yaml_source import Source

CONCERN = "texts"
HAN = re.compile(r"[\u3400-\u9fff]")
LETTER = re.compile(r"[A-Za-z]")


def check_words(ground: Ground) -> Iterator[Finding]:
    """Yield texts nothing uses, English with Chinese characters in it, Chinese without any."""
    yield from ground.work.texts.unused()
    for lang, source in ground.work.texts.sources.items():
        for place, words in _leaves(source.value):
            if isinstance(words, str) and words and not _is_itself(lang, words):
                yield _wrong_language(source, place, lang)


def _is_itself(lang: str, words: str) -> bool:
    return not HAN.search(words) if lang == "en" else bool(HAN.search(words) or not LETTER.search(words))


def _leaves(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in members:
            yield from _leaves(inner, (*place, key))
    else:
        yield place, value


def _wrong_language(source: Source, place: tuple[str | int, ...], lang: str) -> Finding:
    return Finding(
        source.file,
        source.line(place),
        CONCERN,
        Text(
            f"这句话不是{'英文' if lang == 'en' else '中文'}",
            f"this is not in {'English' if lang == 'en' else 'Chinese'}",
        ),
        Text("读这种语言的人看不懂", "those who read this language cannot understand it"),
        Text("写成这个文件的语言", "write it in the language of this file"),
    )
