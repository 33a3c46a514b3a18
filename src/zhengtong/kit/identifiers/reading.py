"""How every identifier is read before it is judged: one normal form, one shape of refusal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zhengtong.kit.refused import Refused

# What people type between groups of digits: white space, and hyphens and dashes of every width.
_SEPARATORS = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212]+")


def to_plain(text: str) -> str:
    """Return `text` half-width (NFKC), upper-case, without white space and hyphens."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


@dataclass(frozen=True)
class Kind:
    """One kind of identifier as its refusals name it: the slug of the code and the name in two languages."""

    slug: str
    zh: str
    en: str

    def refuse(self, reason: str, *, zh: str, en: str, **facts: Any) -> Refused:
        """Return the refusal `identifier.<slug>.<reason>`; the sentences never repeat the identifier itself."""
        return Refused(
            f"identifier.{self.slug}.{reason}", f"{self.zh}{zh}", f"The {self.en} {en}", field=self.slug, facts=facts
        )

    def wrong_length(self, found: int, wanted: str) -> Refused:
        return self.refuse(
            "length",
            zh=f"应为 {wanted} 位，现有 {found} 位，请核对后重新填写。",
            en=f"must have {wanted} characters but has {found}; please check it and enter it again.",
            length=found,
        )

    def wrong_characters(self, allowed_zh: str, allowed_en: str) -> Refused:
        return self.refuse(
            "characters",
            zh=f"含有不允许的字符，只能使用{allowed_zh}，请核对后重新填写。",
            en=f"has characters that are not allowed; use {allowed_en} only and enter it again.",
        )

    def wrong_check_digit(self) -> Refused:
        return self.refuse(
            "check-digit",
            zh="校验位不正确，可能有一位写错或两位颠倒，请对照证件逐位核对。",
            en="fails its check digit: a character is probably wrong or two are swapped; compare it with the document.",
        )


def is_accepted(parse: Callable[[str], object], text: str) -> bool:
    """Return whether `parse` takes `text`; a refusal is a no, any other error is a bug and rises."""
    try:
        parse(text)
    except Refused:
        return False
    return True
