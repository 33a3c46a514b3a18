"""What expressions of a pack can name in a case held for an action（办件作用域）."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhengtong.apps.cases.actions.log import Held
from zhengtong.apps.cases.held import Read, facts_from_json, plain_values, read_from_json, values_from_json
from zhengtong.apps.cases.reading import found_data
from zhengtong.apps.cases.scope import Scope, make_scope, nest
from zhengtong.kit import local_date


def case_scope(
    held: Held, at: datetime, *, reads: Mapping[str, Read] | None = None, outcome: Mapping[str, Any] | None = None
) -> Scope:
    """Return what expressions of the pack can name in this case; `reads` are those in its log unless others are given."""
    if reads is None:
        reads = {use_id: read_from_json(kept) for use_id, kept in held.state.reads.items()}
    return make_scope(
        applicant=facts_from_json(held.record.applicant),
        today=local_date(at),
        answers=held.state.answers,
        form=nest(plain_values(values_from_json(held.state.values))),
        data=found_data(reads),
        outcome=outcome,
    )
