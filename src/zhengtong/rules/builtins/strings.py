"""String builtins（字符串函数）, DMN 1.5 table 74; a character is a Unicode code point."""

from __future__ import annotations

from decimal import Decimal

from zhengtong.rules.builtins.declare import builtin
from zhengtong.rules.builtins.patterns import compile_pattern, fill_replacement


@builtin("substring", "string: string, start position: number, length?: number", "string")
def substring(string: str, start: Decimal, length: Decimal | None = None) -> str | None:
    """length characters (or all) from the start position, which counts from 1, or from the end when negative"""
    first = int(start)
    if first == 0 or abs(first) > len(string) or (length is not None and int(length) < 1):
        return None
    begin = first - 1 if first > 0 else len(string) + first
    return string[begin:] if length is None else string[begin : begin + int(length)]


@builtin("string length", "string: string", "number")
def string_length(string: str) -> Decimal:
    """the number of characters"""
    return Decimal(len(string))


@builtin("upper case", "string: string", "string")
def upper_case(string: str) -> str:
    """the string in capital letters"""
    return string.upper()


@builtin("lower case", "string: string", "string")
def lower_case(string: str) -> str:
    """the string in small letters"""
    return string.lower()


@builtin("substring before", "string: string, match: string", "string")
def substring_before(string: str, match: str) -> str:
    """what stands before the first match, empty when there is none"""
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string, match: string", "string")
def substring_after(string: str, match: str) -> str:
    """what stands after the first match, empty when there is none"""
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string, match: string", "boolean")
def contains(string: str, match: str) -> bool:
    """whether the match occurs in the string"""
    return match in string


@builtin("starts with", "string: string, match: string", "boolean")
def starts_with(string: str, match: str) -> bool:
    """whether the string starts with the match"""
    return string.startswith(match)


@builtin("ends with", "string: string, match: string", "boolean")
def ends_with(string: str, match: str) -> bool:
    """whether the string ends with the match"""
    return string.endswith(match)


@builtin("matches", "input: string, pattern: string, flags?: string?", "boolean")
def matches(text: str, pattern: str, flags: str | None = None) -> bool | None:
    """whether the XPath pattern occurs in the input; flags are of s m i x q; null for a pattern that is none"""
    compiled = compile_pattern(pattern, flags or "")
    return None if compiled is None else compiled.search(text) is not None


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string?", "string")
def replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    """every occurrence of the pattern replaced; $1 … are the groups, $0 the match"""
    compiled = compile_pattern(pattern, flags or "")
    if compiled is None or compiled.search("") is not None:
        return None
    if fill_replacement(replacement, None, compiled.groups) is None:
        return None
    return compiled.sub(lambda found: fill_replacement(replacement, found, compiled.groups) or "", text)


@builtin("split", "string: string, delimiter: string", "list")
def split(string: str, delimiter: str) -> list[str] | None:
    """the parts between occurrences of the delimiter pattern"""
    compiled = compile_pattern(delimiter, "")
    if compiled is None:
        return None
    parts, last = [], 0
    for found in compiled.finditer(string):
        if found.end() > found.start():
            parts.append(string[last : found.start()])
            last = found.end()
    return [*parts, string[last:]]


@builtin("string join", "list: list, delimiter?: string?", "string")
def string_join(items: list[str | None], delimiter: str | None = None) -> str | None:
    """the strings of the list, nulls left out, joined by the delimiter"""
    if any(item is not None and not isinstance(item, str) for item in items):
        return None
    return (delimiter or "").join(item for item in items if item is not None)
