"""Regular expressions of RE2 as Java's（正则转写）: the subset that means the same, written so that it does; else refused.

Java's `.` stops at more line ends than RE2's, its `$` matches before a last line end, its `\\s` knows one space more, and a
`[` or `&&` inside a class is an operation on sets. RE2: github.com/google/re2/wiki/Syntax; Java: java.util.regex.Pattern.
"""

from __future__ import annotations

import re

from zhengtong.tables.engine.spark.errors import CannotRun

_TOKEN = re.compile(
    r"""(?P<escape>\\(?:p\{[A-Za-z]+\}|P\{[A-Za-z]+\}|x\{[0-9A-Fa-f]{1,6}\}|x[0-9A-Fa-f]{2}|.))
    |(?P<group>\((?:\?:)?|\))
    |(?P<class>\[)
    |(?P<repeat>(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)
    |(?P<bar>\|)|(?P<dot>\.)|(?P<start>\^)|(?P<end>\$)
    |(?P<plain>[^\\()\[\]{}*+?|.^$])""",
    re.VERBOSE | re.DOTALL,
)
#: classes that mean the same in both, and how Java is to write them
_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_LETTERS = set("tnrfav")
_CATEGORIES = re.compile(r"\\[pP]\{(L|Lu|Ll|Lt|Lm|Lo|M|Mn|Mc|Me|N|Nd|Nl|No|P|S|Z|Zs|Han)\}")


def to_java(pattern: str, *, dot_all: bool = False) -> str:
    """Return the Java pattern that matches what RE2's does; raise `CannotRun` for what has no such form."""
    made, place, repeated = [], 0, True
    while place < len(pattern):
        found = _TOKEN.match(pattern, place)
        kind = found.lastgroup if found else None
        if (
            found is None
            or (kind == "repeat" and repeated)
            or pattern.startswith(("(?", "(*"), place)
            and found[0] == "("
        ):
            raise _no_form(pattern)
        place, text = found.end(), found[0]
        repeated = kind in ("repeat", "start", "end", "bar") or text.startswith("(")
        if kind == "class":
            text, place = _class(pattern, place)
        elif kind == "escape":
            text = _escape(text, pattern, inside=False)
        elif kind == "dot":
            text = r"[\s\S]" if dot_all else r"[^\n]"
        made.append({"start": r"\A", "end": r"\z"}.get(kind or "", text))
    return "".join(made)


def _class(pattern: str, place: int) -> tuple[str, int]:
    """Return the class that begins before `place`, as Java writes it, and the place behind it."""
    made = ["["]
    if pattern.startswith("^", place):
        made.append("^")
        place += 1
    first = place
    while place < len(pattern) and (pattern[place] != "]" or place == first):
        if pattern.startswith("[:", place):
            raise _no_form(pattern)
        found = _TOKEN.match(pattern, place) if pattern[place] == "\\" else None
        if found:
            made.append(_escape(found[0], pattern, inside=True))
            place = found.end()
            continue
        made.append("\\" + pattern[place] if pattern[place] in "[]&^~" else pattern[place])
        place += 1
    if place >= len(pattern):
        raise _no_form(pattern)
    return "".join([*made, "]"]), place + 1


def _escape(text: str, pattern: str, *, inside: bool) -> str:
    letter = text[1]
    if _CATEGORIES.fullmatch(text):
        return text.replace("{Han}", "{IsHan}")
    if letter in _CLASSES:
        return _CLASSES[letter] if inside else f"[{_CLASSES[letter]}]"
    if letter in "DWS" and not inside:
        return f"[^{_CLASSES[letter.lower()]}]"
    if letter == "v":
        return r"\x0b"
    if letter == "x" or letter in _LETTERS or not (letter.isalnum() or ord(letter) > 126):
        return text
    raise _no_form(pattern)


def _no_form(pattern: str) -> CannotRun:
    return CannotRun(f"the regular expression {pattern!r} has no form that Spark reads alike")
