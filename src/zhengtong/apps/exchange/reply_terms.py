"""How long a provider has to answer（答复期限）: the law's term by share type, and what it may be extended by."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from zhengtong.apps.catalog.shapes import CONDITIONAL, UNCONDITIONAL
from zhengtong.kit.calendar import Clock, Extension, StatutoryTerm, get_statutory_term

REPLY_TERMS = {UNCONDITIONAL: "SHR_REPLY_UNCOND", CONDITIONAL: "SHR_REPLY_COND"}


def reply_term(share_type: int, submitted_at: dt.datetime) -> StatutoryTerm:
    """Return the term of the answer that was in force when the request was put to its provider."""
    return get_statutory_term(REPLY_TERMS[share_type], on=timezone.localdate(submitted_at))


def most_days(term: StatutoryTerm) -> int:
    """Return by how many working days the law lets an answer be extended; 0 where it does not."""
    return term.extension.n if term.extension else 0


def reply_due(term: StatutoryTerm, submitted_at: dt.datetime, more: int, approver: str, reason: str) -> dt.date | None:
    """Return the last day of the answer: the term and `more` days granted beyond it, on the calendar in force now."""
    granted = (Extension(more, term.term.unit, approver, reason),) if more else ()
    return Clock(term.term, submitted_at, extensions=granted).due_on
