"""FEEL over columns: expressions and rows. Every expression runs on every row by reference and on every back-end that has it."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Any

COLUMNS = {
    "a": "DECIMAL(18, 4)",
    "b": "DECIMAL(9, 0)",
    "c": "DECIMAL(5, 2)",
    "s": "VARCHAR",
    "t": "VARCHAR",
    "f": "BOOLEAN",
    "d": "DATE",
    "e": "DATE",
}
INPUTS = {
    **dict.fromkeys("abc", "number"),
    **dict.fromkeys("st", "string"),
    "f": "boolean",
    **dict.fromkeys("de", "date"),
}

_NUMBERS = [
    *(
        f"{function}({of}, {scale})"
        for function in ("decimal", "floor", "ceiling", "round up", "round down", "round half up", "round half down")
        for of, scale in (("a", 0), ("a", 2), ("a", -2), ("c", 1), ("c * c", 2), ("b / 7", 1), ("c / b", 3))
    ),
    "floor(a)",
    "ceiling(c)",
    "abs(a)",
    "-a",
    "a + b",
    "a - b * c",
    "a * b",
    "c ** 2",
    "b ** 3",
    "modulo(b, 7)",
    "modulo(b, -7)",
    "modulo(c, 0.3)",
    "modulo(b, c)",
    "odd(b)",
    "even(b)",
    "odd(c)",
    "min(a, b)",
    "max(a, b, 3)",
    "sum(a, b, c)",
    "string(a)",
    "string(c)",
    "string(b)",
    "decimal(a, b)",
]
_TRUTHS = [
    "a = b",
    "a != b",
    "a < c",
    "a >= b",
    "a = null",
    "b != null",
    "a < null",
    "b / c > 1",
    "c / b = 0.5",
    "b / c != c / b",
    "a between b and c",
    "a in (> 3, < -3, null)",
    "b in [0..10)",
    "f",
    "not(f)",
    "f and a > 0",
    "f or a > 0",
    "f = null",
    "f = true",
    "if f then a else b",
    "if a > b then s else t",
    "if s = null then 1 else 2.5",
    "is(a, b)",
    "is(s, t)",
    'is(s, "x")',
    "s = t",
    "s != t",
    "s < t",
    "s >= t",
    's in ("x", "y", null)',
    's in ("", "中文")',
    "s = null",
    "d < e",
    "d = e",
    "d >= e",
    'd in [@"2020-01-01"..@"2026-06-30"]',
    "d between e and null",
    "a instance of number",
    "s instance of number",
]
_TEXTS = [
    *(f"substring(s, {start})" for start in (1, 2, 3, -1, -2, 9)),
    *(f"substring(s, {start}, {length})" for start, length in ((1, 1), (2, 2), (-2, 1), (-3, 5), (3, 99), (1, 0.5))),
    "substring(s, b)",
    "substring(s, c, 2)",
    "string length(s)",
    "contains(s, t)",
    "starts with(s, t)",
    "ends with(s, t)",
    "substring before(s, t)",
    "substring after(s, t)",
    "s + t",
    's + "\'" + t',
    "string(s)",
    "string(f)",
    "string(d)",
    "upper case(s)",
]
_DAYS = [
    'd + @"P1M"',
    'd - @"P1M"',
    'd + @"P3Y2M"',
    'd + @"P1D"',
    'd - @"PT1S"',
    'd + @"PT36H"',
    "d - e",
    '(d - e) > @"P1D"',
    "(d - e).days",
    "d.year",
    "d.month",
    "d.day",
    "d.weekday",
    "day of week(d)",
    "month of year(d)",
    "week of year(d)",
    "day of year(d)",
    "years and months duration(d, e)",
    "years and months duration(d, e).years",
    "years and months duration(d, e).months",
    "string(years and months duration(d, e))",
    'years and months duration(d, e) < @"P1Y"',
    "date(2024, b, 1)",
    "date(2023, 2, c)",
    "date(d)",
]
EXPRESSIONS = [*_NUMBERS, *_TRUTHS, *_TEXTS, *_DAYS]

_A = [
    Decimal(text)
    for text in ("0", "0.0001", "-0.5", "2.5", "-2.5", "3.45", "99999999999999.9999", "-99999999999999.9999")
]
_B = [Decimal(number) for number in (0, 1, -1, 2, -2, 3, 7, 29, 2024, 999999999, -999999999)]
_C = [Decimal(text) for text in ("0", "0.5", "-0.5", "1.5", "2.50", "-2.5", "29.00", "0.01", "999.99", "-999.99")]
_S = [
    "",
    "x",
    "y",
    "xyx",
    "中文",
    "𠮷野家",
    "e\u0301",
    "a'b",
    'a"b',
    "a\\b",
    "`",
    "zt1",
    "X",
    "ß",
    "x ",
    " x",
    "%",
    "\n",
]
_D = [
    datetime.date.fromisoformat(day)
    for day in ("2024-02-29", "2024-01-31", "2023-12-31", "2026-06-30", "2020-01-01", "1999-03-28", "1900-03-01", "2005-01-01")
]  # fmt: skip


def rows(count: int = 240) -> list[dict[str, Any]]:
    """Return rows of values that are easily got wrong; about every eighth cell is empty."""
    draw = random.Random(20261121)
    values = {"a": _A, "b": _B, "c": _C, "s": _S, "t": _S, "f": [True, False], "d": _D, "e": _D}
    return [
        {name: None if draw.random() < 0.12 else draw.choice(values[name]) for name in COLUMNS} for _ in range(count)
    ]
