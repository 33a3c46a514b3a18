"""XPath regular expressions（正则表达式, XQuery 1.0 and XPath 2.0 Functions and Operators, 7.6.1）on Python's `re`."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

_FLAGS = {"s": re.DOTALL, "i": re.IGNORECASE, "m": 0, "x": 0, "q": 0}
#: Unicode blocks that patterns name as \p{IsName}; from Unicode 15 Blocks.txt
_BLOCKS = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "IPAExtensions": (0x0250, 0x02AF),
    "SpacingModifierLetters": (0x02B0, 0x02FF),
    "CombiningDiacriticalMarks": (0x0300, 0x036F),
    "Greek": (0x0370, 0x03FF),
    "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Armenian": (0x0530, 0x058F),
    "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF),
    "Devanagari": (0x0900, 0x097F),
    "Bengali": (0x0980, 0x09FF),
    "Thai": (0x0E00, 0x0E7F),
    "Tibetan": (0x0F00, 0x0FFF),
    "HangulJamo": (0x1100, 0x11FF),
    "Mongolian": (0x1800, 0x18AF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "BoxDrawing": (0x2500, 0x257F),
    "CJKRadicalsSupplement": (0x2E80, 0x2EFF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "Bopomofo": (0x3100, 0x312F),
    "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7AF),
    "PrivateUse": (0xE000, 0xF8FF),
    "CJKCompatibilityIdeographs": (0xF900, 0xFAFF),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
    "CJKUnifiedIdeographsExtensionB": (0x20000, 0x2A6DF),
}
_NAME_START = (
    "_:A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
)
_CLASSES = {
    "i": _NAME_START,
    "c": _NAME_START + "\\-.0-9\u00b7\u0300-\u036f\u203f-\u2040",
    "s": " \\t\\n\\r",
    "d": "0-9",
}
_CLASSES["d"] = "\\d"
_LITERALS = set("\\|.?*+(){}-[]^$")
_CONTROLS = {"n": "\\n", "r": "\\r", "t": "\\t"}


class _BadPattern(ValueError):
    pass


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> re.Pattern[str] | None:
    """Return the compiled pattern, None where pattern or flags are not of XPath."""
    if any(flag not in _FLAGS for flag in flags):
        return None
    options = 0
    for flag in flags:
        options |= _FLAGS[flag]
    try:
        if "q" in flags:
            return re.compile(re.escape(pattern), options)
        text = _without_space(pattern) if "x" in flags else pattern
        return re.compile(_Translation(text, "m" in flags, "s" in flags).whole(), options)
    except (_BadPattern, re.error, RecursionError, OverflowError):
        return None


def _without_space(pattern: str) -> str:
    """Return the pattern without white space outside character classes (flag x)."""
    kept, depth, at = [], 0, 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and depth and at + 1 < len(pattern):
            kept.append(pattern[at : at + 2])
            at += 2
            continue
        depth += (char == "[") - (char == "]" and depth > 0)
        if depth or char not in " \t\n\r":
            kept.append(char)
        at += 1
    return "".join(kept)


class _Translation:
    """Reads an XPath pattern once and writes the Python one."""

    def __init__(self, pattern: str, multiline: bool, dotall: bool) -> None:
        self.pattern, self.at = pattern, 0
        self.multiline, self.dotall = multiline, dotall
        self.opened = 0
        self.open_groups: list[int] = []
        self.closed: set[int] = set()

    def whole(self) -> str:
        parts: list[str] = []
        while self.at < len(self.pattern):
            parts.append(self._piece())
        if self.open_groups:
            raise _BadPattern
        return "".join(parts)

    def _piece(self) -> str:
        char = self._next()
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._class()
        if char == "(":
            return self._open_group()
        if char == ")":
            if not self.open_groups:
                raise _BadPattern
            self.closed.add(self.open_groups.pop())
            return ")"
        if char == "^":
            return r"(?:(?<![\s\S])|(?<=\n)(?=[\s\S]))" if self.multiline else r"\A"
        if char == "$":
            return r"(?=\n|\Z)" if self.multiline else r"\Z"
        if char == ".":
            return "." if self.dotall else r"[^\n\r]"
        return char if char in "|?*+{}" else self._plain(char)

    def _plain(self, char: str) -> str:
        if char == "]":
            raise _BadPattern
        return re.escape(char)

    def _open_group(self) -> str:
        if self.pattern.startswith("?", self.at):
            if not self.pattern.startswith("?:", self.at):
                raise _BadPattern
            self.at += 2
            self.open_groups.append(-1)
            return "(?:"
        self.opened += 1
        self.open_groups.append(self.opened)
        return "("

    def _escape(self) -> str:
        char = self._next()
        if char.isdigit():
            return self._back_reference(char)
        if char in "pP":
            return f"[{'^' if char == 'P' else ''}{self._property()}]"
        lower = char.lower()
        if lower in _CLASSES:
            return f"[{'^' if char.isupper() else ''}{_CLASSES[lower]}]"
        if lower == "w":
            return f"[{'' if char == 'W' else '^'}{_ranges('P')}{_ranges('Z')}{_ranges('C')}]"
        return self._single_escape(char)

    def _single_escape(self, char: str) -> str:
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char in _LITERALS:
            return re.escape(char)
        raise _BadPattern

    def _back_reference(self, digit: str) -> str:
        number = int(digit)
        while self.at < len(self.pattern) and self.pattern[self.at].isdigit():
            longer = number * 10 + int(self.pattern[self.at])
            if longer > self.opened:
                break
            number = longer
            self.at += 1
        if number not in self.closed:
            raise _BadPattern
        return f"(?:\\{number})"

    def _property(self) -> str:
        end = self.pattern.find("}", self.at)
        if not self.pattern.startswith("{", self.at) or end < 0:
            raise _BadPattern
        name = self.pattern[self.at + 1 : end]
        self.at = end + 1
        if name.startswith("Is"):
            block = _BLOCKS.get(name[2:])
            if block is None:
                raise _BadPattern
            return f"\\U{block[0]:08x}-\\U{block[1]:08x}"
        ranges = _ranges(name)
        if not ranges:
            raise _BadPattern
        return ranges

    def _class(self) -> str:
        """Return a character class; a subtraction `[a-z-[aeiou]]` becomes a negative look-ahead."""
        negated = self.pattern.startswith("^", self.at)
        self.at += negated
        body: list[str] = []
        while True:
            char = self._next()
            if char == "]":
                if not body:
                    raise _BadPattern
                return f"[{'^' if negated else ''}{''.join(body)}]"
            if char == "[":
                raise _BadPattern
            if char == "-" and self.pattern.startswith("[", self.at) and body:
                self.at += 1
                minus = self._class()
                if self._next() != "]":
                    raise _BadPattern
                return f"(?:(?!{minus})[{'^' if negated else ''}{''.join(body)}])"
            body.append(self._class_part(char))

    def _class_part(self, char: str) -> str:
        if char != "\\":
            return char if char == "-" and not self.pattern.startswith("]", self.at) else re.escape(char)
        escaped = self._next()
        if escaped in "pP":
            inner = self._property()
            if escaped == "P":
                return _complement(inner)
            return inner
        if escaped.lower() in _CLASSES:
            inner = _CLASSES[escaped.lower()]
            return _complement(inner) if escaped.isupper() else inner
        if escaped == "w":
            return _complement(_ranges("P") + _ranges("Z") + _ranges("C"))
        return self._single_escape(escaped)

    def _next(self) -> str:
        if self.at >= len(self.pattern):
            raise _BadPattern
        self.at += 1
        return self.pattern[self.at - 1]


@lru_cache(maxsize=64)
def _ranges(category: str) -> str:
    """Return a class body of all characters whose general category starts with `category`."""
    if not 1 <= len(category) <= 2:
        return ""
    return _runs([code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)).startswith(category)])


@lru_cache(maxsize=32)
def _complement(body: str) -> str:
    """Return a class body of all characters that `[body]` does not match."""
    outside = re.compile(f"[^{body}]")
    return _runs([code for code in range(sys.maxunicode + 1) if outside.match(chr(code))])


def _runs(codes: list[int]) -> str:
    runs: list[list[int]] = []
    for code in codes:
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in runs)


def fill_replacement(replacement: str, found: re.Match[str] | None, groups: int) -> str | None:
    """Return the replacement with $n filled in; None when it is malformed (checked with `found` None)."""
    out: list[str] = []
    at = 0
    while at < len(replacement):
        char = replacement[at]
        at += 1
        if char == "\\":
            if at >= len(replacement) or replacement[at] not in "\\$":
                return None
            out.append(replacement[at])
            at += 1
        elif char == "$":
            if at >= len(replacement) or not replacement[at].isdigit():
                return None
            number, at = _group_number(replacement, at, groups)
            if found is not None and number <= groups:
                out.append(found.group(number) or "")
        else:
            out.append(char)
    return "".join(out)


def _group_number(replacement: str, at: int, groups: int) -> tuple[int, int]:
    number = int(replacement[at])
    at += 1
    while at < len(replacement) and replacement[at].isdigit() and number * 10 + int(replacement[at]) <= groups:
        number = number * 10 + int(replacement[at])
        at += 1
    return number, at
