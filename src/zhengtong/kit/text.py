"""Text as people type it, brought to one form（文本规范化）for names and for search."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_MIDDLE_DOTS = re.compile(r"\s*[·•‧∙⋅・･᛫．。.]\s*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# A space between Han characters carries nothing; one between Latin words does.
_HAN = r"[\u2e80-\u2fdf\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BETWEEN_HAN = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")


def to_half_width(text: str) -> str:
    """Return `text` with full-width Latin letters, digits, signs and spaces narrowed; Han and 、。 stay as they are."""
    return "".join(_narrow(char) for char in text)


def normalise(text: str) -> str:
    """Return `text` in NFKC, without invisible and direction characters, white space collapsed and trimmed."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).strip()


def normalise_name(text: str) -> str:
    """Return a person's or organisation's name（姓名、名称）as compared.

    As `normalise`, with no space between Han characters and every middle dot written ·, so that 买买提．艾合买提 and
    买买提·艾合买提 are one name. Letters keep their case.
    """
    plain = _BETWEEN_HAN.sub("", normalise(text))
    if re.search(_HAN, plain):
        plain = _MIDDLE_DOTS.sub("·", plain)
    return plain.strip("· ")


def to_search_key(text: str) -> str:
    """Return what search compares: NFKC, case folded, letters and digits only, one space between words."""
    folded = normalise(text).casefold()
    kept = "".join(char if unicodedata.category(char)[0] in "LNM" else " " for char in folded)
    return _BETWEEN_HAN.sub("", _SPACES.sub(" ", kept).strip())


def _narrow(char: str) -> str:
    point = ord(char)
    if 0xFF01 <= point <= 0xFF5E:
        return chr(point - 0xFEE0)
    return " " if point == 0x3000 else char
