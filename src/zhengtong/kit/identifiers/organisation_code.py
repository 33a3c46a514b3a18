"""The organisation code（组织机构代码）of GB 11714: 8 characters and a check digit, places 9–17 of the credit code."""

from __future__ import annotations

import re

from zhengtong.kit.identifiers.reading import Kind, is_accepted, to_plain

_KIND = Kind("organisation-code", "组织机构代码", "organisation code")
_SHAPE = re.compile(r"[0-9A-Z]{8}[0-9X]")
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(body: str) -> str:
    """Return the 9th character: 11 − Σ C_i·W_i mod 11, 10 written X and 11 written 0; letters count A=10 … Z=35."""
    remainder = -sum(int(char, 36) * weight for char, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return "X" if remainder == 10 else str(remainder)


def parse_organisation_code(text: str) -> str:
    """Return the nine characters without hyphen; refuses wrong length, characters or check digit."""
    plain = to_plain(text)
    if len(plain) != 9:
        raise _KIND.wrong_length(len(plain), "9")
    if not _SHAPE.fullmatch(plain):
        raise _KIND.wrong_characters("数字和大写字母（末位为数字或 X）", "digits and capitals, a digit or X last,")
    if check_digit(plain[:8]) != plain[8]:
        raise _KIND.wrong_check_digit()
    return plain


def is_organisation_code(text: str) -> bool:
    return is_accepted(parse_organisation_code, text)


def make_organisation_code(body: str) -> str:
    """Return the code of an eight-character `body` with its check digit."""
    return parse_organisation_code(body + check_digit(body))
