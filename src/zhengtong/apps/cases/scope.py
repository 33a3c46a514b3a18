"""What a pack's FEEL expressions can name（表达式作用域）: applicant, answers, data, form, outcome, parts, today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import ResidentProfile, Subject
from zhengtong.declared.facts import compile_in_scope

Scope = dict[str, Any]


def make_scope(
    *,
    applicant: Mapping[str, Any],
    today: date,
    answers: Mapping[str, str] | None = None,
    form: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    outcome: Mapping[str, Any] | None = None,
    parts: Mapping[str, Any] | None = None,
) -> Scope:
    """Return the scope; a name without a value is there and empty, so that asking for it gives null, not a fault."""
    return {
        "applicant": dict(applicant),
        "answers": dict(answers or {}),
        "form": dict(form or {}),
        "data": dict(data or {}),
        "outcome": dict(outcome or {}),
        "parts": dict(parts or {}),
        "today": today,
    }


def applicant_facts(subject: Subject) -> dict[str, Any]:
    """Return what expressions may know of the applicant; of an enterprise its name and credit code."""
    if subject.kind != "resident":
        return {"kind": subject.kind, "name": subject.name, "uscc": subject.id, "id_number": subject.id}
    return facts_of_profile(people.resident_profile(subject.id))


def facts_of_profile(own: ResidentProfile) -> dict[str, Any]:
    """Return what expressions may know of a resident."""
    return {
        "kind": own.subject.kind,
        "name": own.name,
        "id_number": own.id_number,
        "sex": own.sex,
        "born_on": own.born_on.isoformat(),
        "phone": own.phone,
        "region_code": own.region_code,
        "address": own.address,
    }


def evaluate(text: str, scope: Scope) -> Any:
    """Return the value of a FEEL expression as JSON-like Python."""
    return to_plain(compile_in_scope(text).evaluate(scope))


def holds(text: str, scope: Scope) -> bool:
    """Return whether a condition holds; no condition always does, null never."""
    return not text or compile_in_scope(text).evaluate(scope) is True


def to_plain(value: Any) -> Any:
    """Return a FEEL result as JSON keeps it: whole decimals as int, others and dates as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(inner) for key, inner in value.items()}
    return value


def nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return dotted paths as the nested object the JSON Schema describes."""
    nested: dict[str, Any] = {}
    for path, value in flat.items():
        *groups, leaf = path.split(".")
        here = nested
        for name in groups:
            here = here.setdefault(name, {})
        here[leaf] = value
    return nested


def to_words(value: Any) -> str:
    """Return a value as it is printed and compared by people: no null, no ISO letter T."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    return text.replace("T", " ") if len(text) >= 16 and text[4:5] == "-" and text[10:11] == "T" else text
