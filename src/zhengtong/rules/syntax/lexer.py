"""The lexer of FEEL（词法）: tokens on demand, because where a name ends depends on the names in scope."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from zhengtong.rules.syntax.errors import syntax_error

_START = (
    "?_A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SPACE = re.compile(
    r"(?:[\s\u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]+|//[^\n]*|/\*[\s\S]*?\*/)*"
)
_NAME = re.compile(f"[{_START}][{_PART}]*")
#: one piece of a name with special characters: a word (digits may lead after the first piece) or one symbol
_PIECE = re.compile(f"[{_PART}]+|[./\\-’'+*]")
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")
_STRING = re.compile(r'"((?:[^"\\]|\\[\s\S])*)"')
_SYMBOL = re.compile(r"\*\*|\.\.|->|<=|>=|!=|[-+*/=<>(){}\[\],.:@]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|([\s\S]))")
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}

KEYWORDS = frozenset(
    [
        "and",
        "or",
        "between",
        "in",
        "instance",
        "if",
        "then",
        "else",
        "for",
        "return",
        "some",
        "every",
        "satisfies",
        "function",
        "external",
        "true",
        "false",
        "null",
    ]
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `kind` is name, number, string, symbol or end; `text` its meaning (a string without quotes)."""

    kind: str
    text: str
    start: int
    end: int


def name_pieces(name: str) -> tuple[str, ...]:
    """Return the pieces of a name, whitespace dropped: what makes `a  b` and `a b` one name."""
    pieces, at = [], 0
    while at < len(name):
        at = skip_space(name, at)
        found = _PIECE.match(name, at)
        if not found:
            if at < len(name):
                pieces.append(name[at])
            at += 1
            continue
        pieces.append(found[0])
        at = found.end()
    return tuple(pieces)


def skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


class NameTable:
    """The names of more than one piece that are in scope（作用域名称）, found longest first."""

    __slots__ = ("_by_first",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], str]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        pieces = name_pieces(name)
        if len(pieces) > 1:
            self._by_first.setdefault(pieces[0], {})[pieces] = name

    def longest(self, text: str, at: int) -> tuple[str, int] | None:
        """Return the longest known name that starts at `at`, and where it ends."""
        first = _PIECE.match(text, at)
        candidates = self._by_first.get(first[0]) if first else None
        if not candidates:
            return None
        pieces, ends = _pieces_at(text, at, max(map(len, candidates)))
        for count in range(len(pieces), 1, -1):
            name = candidates.get(pieces[:count])
            if name is not None:
                return name, ends[count - 1]
        return None


def _pieces_at(text: str, at: int, limit: int) -> tuple[tuple[str, ...], list[int]]:
    pieces: list[str] = []
    ends: list[int] = []
    while len(pieces) < limit:
        found = _PIECE.match(text, skip_space(text, at))
        if not found:
            break
        pieces.append(found[0])
        at = found.end()
        ends.append(at)
    return tuple(pieces), ends


def unescape(body: str) -> str:
    """Return the string a literal's body means; an unknown escape such as `\\d` keeps its backslash (for patterns)."""
    if "\\" not in body:
        return body

    def meaning(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        if code:
            return chr(min(int(code, 16), 0x10FFFF))
        return _PLAIN_ESCAPES.get(found[3], found[0])

    text = _ESCAPE.sub(meaning, body)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Lexer:
    """Reads one token at a time from `text`; the parser moves `at`."""

    __slots__ = ("_cached", "at", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._cached: Token | None = None

    def peek(self) -> Token:
        """Return the token at the position without moving."""
        cached = self._cached
        if cached is not None and cached.start >= self.at:
            return cached
        self._cached = self._read(skip_space(self.text, self.at))
        return self._cached

    def move_to(self, at: int) -> None:
        self.at = at
        self._cached = None

    def take(self) -> Token:
        """Return the token at the position and move behind it."""
        token = self.peek()
        self.move_to(token.end)
        return token

    def _read(self, at: int) -> Token:
        text = self.text
        if at >= len(text):
            return Token("end", "", at, at)
        found = _NAME.match(text, at)
        if found:
            return Token("name", found[0], at, found.end())
        found = _NUMBER.match(text, at)
        if found:
            return Token("number", found[0], at, found.end())
        if text[at] == '"':
            return self._string(at)
        found = _SYMBOL.match(text, at)
        if found:
            return Token("symbol", found[0], at, found.end())
        raise syntax_error(text, at, "an expression", "请删去这个字符。", "Remove this character.")

    def _string(self, at: int) -> Token:
        found = _STRING.match(self.text, at)
        if not found:
            raise syntax_error(
                self.text, at, 'a closing "', "字符串要以半角双引号结束。", 'End the string with a double quote (").'
            )
        return Token("string", unescape(found[1]), at, found.end())
