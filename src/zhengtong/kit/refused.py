"""A foreseen "no"（拒绝）, told so that the person can act on it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Basis:
    """Where a rule comes from（依据）: the law's name, the article and the day it took effect (ISO 8601)."""

    law: str
    article: str = ""
    since: str = ""

    def __str__(self) -> str:
        return f"《{self.law}》{self.article}" if self.article else f"《{self.law}》"


@dataclass(eq=False)
class Refused(Exception):
    """A "no" the platform foresaw: what, why and what to do next, in Chinese and in English.

    `code` is dotted, `capability.verb.reason` (`case.submit.missing-material`); `status` is the HTTP status class the
    refusal belongs to, read in one place per edge; `facts` are the values the sentences speak of, for machines;
    `field` names the input at fault, if one is. Never carries unmasked personal data.
    """

    code: str
    zh: str
    en: str
    status: int = 422
    basis: Basis | None = None
    field: str | None = None
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.code)

    def __str__(self) -> str:
        source = f"（依据：{self.basis}）" if self.basis else ""
        return f"{self.zh}{source} / {self.en} [{self.code}]"

    def to_problem(self, instance: str = "") -> dict[str, Any]:
        """Return the RFC 9457 problem body."""
        body: dict[str, Any] = {
            "type": f"urn:zhengtong:refused:{self.code}",
            "title": self.zh,
            "detail": self.en,
            "status": self.status,
            "code": self.code,
        }
        if self.basis:
            body["basis"] = str(self.basis)
        if self.field:
            body["field"] = self.field
        if self.facts:
            body["facts"] = self.facts
        if instance:
            body["instance"] = instance
        return body
