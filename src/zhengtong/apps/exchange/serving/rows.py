"""Rows of a call（取行）: found here or asked of the provider's API, compared, cut to the grant, and whom they are about."""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from zhengtong.apps.exchange.deciding import refusal
from zhengtong.apps.exchange.serving.book import Held, Plan
from zhengtong.apps.exchange.serving.upstream import fetch
from zhengtong.apps.people.keys import subject_keys
from zhengtong.kit import Refused
from zhengtong.tables import Filter, Projection

MOST_SAME_KEY_ROWS = 100
SAME, DIFFERENT, ABSENT = "same", "different", "absent"


def find_row(held: Held, plan: Plan, key_field: str, key: str) -> dict[str, Any] | None:
    """Return the row of a key within the grant's rows; where several share it the newest by `latest_by` answers."""
    if held.upstream is not None:
        return ask_upstream(held, plan, key_field, key)
    projection, resource = hosted(held), held.grant.resource
    if projection.key == (key_field,):
        return projection.lookup(key, plan.wanted, held.filters)
    by_key = (Filter(key_field, "=", key), *held.filters)
    rows = projection.page(by_key, limit=MOST_SAME_KEY_ROWS, fields=plan.wanted).rows
    if len(rows) > 1 and not resource.latest_by:
        raise refusal(
            "ambiguous", f"查询条件对应 {len(rows)} 行，请换用别的主键", f"The key matches {len(rows)} rows", 409
        )
    return max(rows, key=lambda row: str(row.get(resource.latest_by) or ""), default=None)


def hosted(held: Held) -> Projection:
    """Return the look-up file of rows that lie here; refused where the provider's API is asked for one row at a time."""
    if held.projection is None:
        raise Refused(
            "exchange.read.not-hosted",
            f"“{held.grant.resource.title_zh}”由提供部门的接口实时答复，只能按主键逐个查询或核验。",
            f"{held.grant.resource.title_en} is answered by its provider's API: look up or verify one key at a time.",
            status=422,
        )
    return held.projection


def ask_upstream(held: Held, plan: Plan, key_field: str, key: str) -> dict[str, Any] | None:
    """Return the row that the provider's API has for a key, None when it has none or the grant's rows leave it out."""
    upstream = held.upstream
    assert upstream is not None, "the caller saw one"
    if key_field != upstream.key_field:
        raise refusal(
            "key", f"该资源只能按 {upstream.key_field} 查询", f"Look this resource up by {upstream.key_field}", 422
        )
    row = fetch(upstream, key, tuple(dict.fromkeys((*plan.wanted, *(one.column for one in held.filters)))))
    is_within = row is not None and all(str(row[one.column]) in one.value for one in held.filters)
    return row if is_within else None


def compared(held: Held, row: dict[str, Any] | None, claims: dict[str, Any]) -> dict[str, str]:
    """Return how each claim compares with the row that answers for the key."""
    if row is None:
        return dict.fromkeys(claims, ABSENT)
    if held.projection is None:
        return {name: compare(row[name], claim) for name, claim in claims.items()}
    return held.projection.compare(row, claims)


def compare(value: Any, claim: Any) -> str:
    """Return how a claim compares with a value of an API: by number if both are numbers, else as folded text."""
    if value is None:
        return ABSENT
    with contextlib.suppress(InvalidOperation):
        if not isinstance(value, str | bool):
            return SAME if Decimal(str(value)) == Decimal(str(claim)) else DIFFERENT
    return SAME if folded(value) == folded(claim) else DIFFERENT


def folded(value: Any) -> str:
    return unicodedata.normalize("NFKC", str(value)).strip().casefold()


def handed_out(plan: Plan, rows: Sequence[dict[str, Any] | None]) -> tuple[dict[str, Any] | None, ...]:
    """Return the fields of rows as the grant gives them: no other column, masked where it says so.

    The rows are used up by it: where they have no other column, they are what is handed out.
    """
    names, count = plan.fields, len(plan.fields)
    given = [row if row is None or len(row) == count else {name: row[name] for name in names} for row in rows]
    there = [row for row in given if row is not None]
    for name, mask in plan.masks:
        for row in there:
            value = row[name]
            if value is not None:
                row[name] = mask(value if type(value) is str else str(value))
    return tuple(given)


def subjects_of(held: Held, key_field: str, keys: Sequence[str], rows: Sequence[dict[str, Any] | None]) -> list[str]:
    """Return the blind index of everybody the read is about: the rows', else those who were asked for."""
    resource = held.grant.resource
    name, kind = resource.subject_field, resource.subject_kind or "resident"
    if not name:
        return []
    asked = keys if (key_field or resource.keys[0]) == name else [None] * len(rows)
    if len(asked) != len(rows):
        asked = [None] * len(rows)
    numbers = [(row and row.get(name)) or number for row, number in zip(rows, asked, strict=True)]
    return list(dict.fromkeys(subject_keys(kind, [str(number) for number in numbers if number])))
