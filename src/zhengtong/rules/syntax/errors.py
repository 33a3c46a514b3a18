"""The refusal of a text that is not FEEL（语法错误）: where, what was expected, what to do."""

from __future__ import annotations

import re

from zhengtong.kit import Refused

_ZH = {
    "an expression": "表达式",
    'a closing "': "结束的半角双引号",
    "an operator or the end": "运算符或结尾",
    "a value, a name, `(`, `[` or `{`": "值、名称、`(`、`[` 或 `{`",
    "a value or a name": "值或名称",
    "a name after the dot": "点号后的名称",
    "`name: value`": "`参数名: 值`",
    "`key: value`": "`名称: 值`",
    "a quoted date, time or duration": "带引号的日期、时间或时长",
    "a name for each item": "循环变量名",
    "a parameter name or `)`": "参数名或 `)`",
    "a type": "类型",
    "`]`, `)` or `[`": "`]`、`)` 或 `[`",
}
_AT_MOST = re.compile(r"at most (\d+) (.+)")
_UNITS = {
    "characters": "个字符",
    "operators": "个运算符",
    "comparisons": "个比较",
    "levels of nesting": "层嵌套",
    "steps in a path": "级路径",
}


def _in_chinese(expected: str) -> str:
    """Return what was expected in Chinese; a single token is its own name."""
    bound = _AT_MOST.fullmatch(expected)
    if bound:
        return f"至多 {bound[1]} {_UNITS.get(bound[2], bound[2])}"
    return _ZH.get(expected, expected)


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
        zh=f"规则第 {line} 行第 {column} 列读不懂：此处应为{_in_chinese(expected)}，却是{found_zh}。{remedy_zh}",
        en=f"Line {line}, column {column}: expected {expected}, found {found}. {remedy_en}",
        facts={"line": line, "column": column, "expected": expected, "found": rest, "text": text[:200]},
    )
