"""What a password must be（口令规则）, beside Django's own checks of length, likeness and commonness."""

from __future__ import annotations

import string
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language

KINDS = (str.islower, str.isupper, str.isdigit, lambda char: char in string.punctuation or ord(char) > 127)


class KindsOfCharacters:
    """Asks for characters of so many kinds among small and capital letters, digits and signs（等保三级惯用）."""

    def __init__(self, kinds: int = 3) -> None:
        self.kinds = kinds

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002
        """Return when enough kinds occur; otherwise a ValidationError that the form shows."""
        found = sum(any(is_kind(char) for char in password) for is_kind in KINDS)
        if found < self.kinds:
            raise ValidationError(self.get_help_text(), code="password_too_uniform")

    def get_help_text(self) -> str:
        """Return the rule in the reader's language."""
        if (get_language() or "zh").startswith("zh"):
            return f"口令须包含小写字母、大写字母、数字、符号中的至少 {self.kinds} 类。"
        return f"Use at least {self.kinds} of: small letters, capitals, digits, signs."
