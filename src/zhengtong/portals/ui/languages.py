"""Two languages（双语）: the language of the page, and the right half of a bilingual value."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language


def is_english() -> bool:
    """Return whether the page is in English."""
    return (get_language() or "").startswith("en")


def pick(zh: str, en: str) -> str:
    """Return the words in the page's language; Chinese stands in where there is no English."""
    return (en or zh) if is_english() else (zh or en)


def words_of(value: Any, name: str = "") -> str:
    """Return `value.<name>_zh|_en`, or the halves of a Text-like value, in the page's language; "" for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    prefix = f"{name}_" if name else ""
    return pick(str(getattr(value, f"{prefix}zh", "") or ""), str(getattr(value, f"{prefix}en", "") or ""))


def is_untranslated(value: Any, name: str = "") -> bool:
    """Return whether an English page must show Chinese words here, so that they can be marked as Chinese."""
    prefix = f"{name}_" if name else ""
    return is_english() and value is not None and not isinstance(value, str) and not getattr(value, f"{prefix}en", "")
