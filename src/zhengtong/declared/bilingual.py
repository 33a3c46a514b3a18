"""The same words in two languages（双语文本）."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """The same words in Chinese and in English（双语文本）."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        """Return the words in the language of a code such as `zh-hans` or `en`."""
        return self.en if lang.startswith("en") else self.zh
