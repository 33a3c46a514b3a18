"""Model fields whose column holds ciphertext（加密字段）; they are read row by row and never searched."""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.exceptions import FieldError
from django.db import models
from django.utils.functional import cached_property

from zhengtong.apps.people import keys

_encode, _decode = msgspec.json.Encoder(order="sorted").encode, msgspec.json.Decoder().decode


class EncryptedText(models.TextField):
    """Text stored under AES-256-GCM, bound to its table and column; only `isnull` can be asked of it in a query."""

    @cached_property
    def context(self) -> str:
        """Return what the ciphertext is bound to, so that it cannot be moved to another column."""
        return f"{self.model._meta.db_table}.{self.column}"

    def get_lookup(self, lookup_name: str) -> Any:
        """Return the `isnull` lookup; every other one is a programming error, because equal texts differ on disk."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.context} is encrypted: find it by its blind index, not by {lookup_name}")
        return super().get_lookup(lookup_name)

    def to_text(self, value: Any) -> str:
        """Return the clear text to encrypt."""
        return str(value)

    def from_text(self, text: str) -> Any:
        """Return the value the clear text stands for."""
        return text

    def get_prep_value(self, value: Any) -> Any:
        """Return the ciphertext to store."""
        return None if value is None else keys.encrypt(self.to_text(value), self.context)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:  # noqa: ARG002
        """Return the value of a stored ciphertext."""
        return None if value is None else self.from_text(keys.decrypt(value, self.context))


class EncryptedJSON(EncryptedText):
    """A JSON value stored as EncryptedText."""

    def to_python(self, value: Any) -> Any:
        """Return the value unchanged: it is already Python, never a JSON text."""
        return value

    def to_text(self, value: Any) -> str:
        """Return compact JSON."""
        return _encode(value).decode()

    def from_text(self, text: str) -> Any:
        """Return the JSON value."""
        return _decode(text)
