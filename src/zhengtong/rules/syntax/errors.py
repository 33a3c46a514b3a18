"""The refusal of a text that is not FEEL（语法错误）: where, what was expected, what to do."""

from __future__ import annotations

from zhengtong.kit import Refused


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of an offset."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def syntax_error(text: str, offset: int, expected: str, remedy_zh: str, remedy_en: str) -> Refused:
    """Return the refusal `rules.syntax`; `expected` names the tokens that could stand at `offset`."""
    line, column = place_of(text, offset)
    rest = text[offset : offset + 20].split("\n")[0]
    found = f"`{rest}`" if rest else "the end"
    found_zh = f"“{rest}”" if rest else "文本结尾"
    return Refused(
        code="rules.syntax",
        zh=f"规则第 {line} 行第 {column} 列读不懂：此处应为 {expected}，却是{found_zh}。{remedy_zh}",
        en=f"Line {line}, column {column}: expected {expected}, found {found}. {remedy_en}",
        facts={"line": line, "column": column, "expected": expected, "found": rest, "text": text[:200]},
    )
