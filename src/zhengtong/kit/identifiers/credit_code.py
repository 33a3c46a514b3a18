"""The unified social credit code（统一社会信用代码）of GB 32100—2015: 18 characters of an alphabet of 31."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhengtong.kit.identifiers.organisation_code import is_organisation_code, make_organisation_code
from zhengtong.kit.identifiers.reading import Kind, is_accepted, to_plain

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O Z S V

_KIND = Kind("credit-code", "统一社会信用代码", "unified social credit code")
_SHAPE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))  # GB 32100 §5: W_i = 3^(i-1) mod 31


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A unified social credit code that holds（统一社会信用代码）: who registered it, what it is, where."""

    canonical: str
    authority: str
    category: str
    region_code: str
    organisation_code: str

    def __str__(self) -> str:
        return self.canonical

    @property
    def has_valid_organisation_code(self) -> bool:
        """Whether places 9–17 also pass GB 11714; told apart, for the outer check digit is what counts."""
        return is_organisation_code(self.organisation_code)


def check_digit(first_17: str) -> str:
    """Return the 18th character: 31 − Σ C_i·W_i mod 31, with 31 read as 0."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first_17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def parse_credit_code(text: str) -> CreditCode:
    """Return the parts of `text`; refuses wrong length, characters outside the alphabet and a wrong check digit."""
    plain = to_plain(text)
    if len(plain) != 18:
        raise _KIND.wrong_length(len(plain), "18")
    if not _SHAPE.fullmatch(plain):
        raise _KIND.wrong_characters(
            "数字和大写字母（不含 I、O、Z、S、V），第 3 至 8 位为数字",
            "digits and capitals except I, O, Z, S and V, with digits in places 3 to 8,",
        )
    if check_digit(plain[:17]) != plain[17]:
        raise _KIND.wrong_check_digit()
    return CreditCode(plain, plain[0], plain[1], plain[2:8], plain[8:17])


def is_credit_code(text: str) -> bool:
    return is_accepted(parse_credit_code, text)


def make_credit_code(*, authority: str, category: str, region_code: str, body: str) -> CreditCode:
    """Return the code with both check digits; `body` is the first 8 characters of the organisation code."""
    first_17 = authority + category + region_code + make_organisation_code(body)
    return parse_credit_code(first_17 + check_digit(first_17))
