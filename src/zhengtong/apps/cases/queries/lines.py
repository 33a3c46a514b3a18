"""Cases as lines of a list（办件列表）."""

from __future__ import annotations

from collections.abc import Sequence

from zhengtong.apps.cases.models import Case
from zhengtong.apps.cases.queries.opening import list_organisations
from zhengtong.apps.cases.shapes import STATE_TITLES, CaseLine
from zhengtong.apps.people.shapes import OrganisationShape


def to_lines(tops: Sequence[Case], everyone: Sequence[Case]) -> list[CaseLine]:
    """Return the lines of cases with what their parts add: how many, how many settled, what needs the applicant."""
    parts: dict[int, list[Case]] = {}
    for record in everyone:
        if record.parent_id:
            parts.setdefault(record.parent_id, []).append(record)
    organisations = {
        shape.id: shape for shape in list_organisations({r.organisation_id for r in tops if r.organisation_id})
    }
    return [_line(record, parts.get(record.pk, []), organisations.get(record.organisation_id or 0)) for record in tops]


def _line(record: Case, parts: Sequence[Case], organisation: OrganisationShape | None) -> CaseLine:
    zh, en = STATE_TITLES[record.state]
    asked = [case for case in [*parts, record] if case.supplement_due_on]
    due = min((case.supplement_due_on for case in asked if case.supplement_due_on), default=None)
    is_done = record.is_settled and record.state in ("granted", "denied", "not_accepted", "closed")
    return CaseLine(
        no=record.no,
        matter_code=record.matter_code,
        title_zh=record.title_zh,
        title_en=record.title_en,
        state=record.state,
        state_zh=zh,
        state_en=en,
        submitted_at=record.submitted_at,
        promised_on=record.promised_on,
        needs_me="supplement" if asked else "review" if is_done and not record.is_reviewed else "",
        due_on=due,
        parts_total=len(parts),
        parts_settled=sum(part.is_settled for part in parts),
        reviewed=record.is_reviewed,
        organisation_zh=organisation.name_zh if organisation else "",
        organisation_en=organisation.name_en if organisation else "",
    )
