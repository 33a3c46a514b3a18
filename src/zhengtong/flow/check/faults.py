"""A fault（模型缺陷）: at which element, what is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from lxml import etree

from zhengtong.flow.program.names import local


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a model: `code` is stable, `element` the id at fault (or its name when it has none), `line` of the file.

    `is_serious` is false for what runs but deserves a look.
    """

    code: str
    element: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    line: int = 0
    is_serious: bool = True

    def __str__(self) -> str:
        level = "" if self.is_serious else "（提醒 / warning）"
        return (
            f"{self.line}: {self.element}: {level}{self.zh}；{self.remedy_zh}。"
            f" / {self.en}; {self.remedy_en}. [{self.code}]"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the fault for JSON."""
        return asdict(self)


def fault(
    code: str, at: etree._Element, texts: tuple[str, str, str, str], *, serious: bool = True, **words: object
) -> Fault:
    """Return a fault at an element; `texts` are what and remedy in Chinese and English, with `words` filled in."""
    name = at.get("id") or at.get("name") or local(at)
    zh, en, remedy_zh, remedy_en = (text.format(name=name, **words) for text in texts)
    return Fault(code, name, zh, en, remedy_zh, remedy_en, _line(at), serious)


def _line(at: etree._Element) -> int:
    line = at.sourceline
    return line if isinstance(line, int) else 0
