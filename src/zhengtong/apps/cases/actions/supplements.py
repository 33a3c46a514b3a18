"""Asking for additions（一次性告知补正）: one complete list, by when, and every clock stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from zhengtong.apps.cases.actions.log import Held, append
from zhengtong.apps.cases.actions.officer_rules import done, lock_for, require_mine, require_reason
from zhengtong.apps.cases.forms import field_schema, field_title
from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.shapes import CaseShape, SupplementItem
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.kit.calendar import calendar_in_force, due_on


@transaction.atomic
def ask_supplement(
    *,
    case_no: str,
    items: Sequence[SupplementItem | Mapping[str, str]],
    reason: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> CaseShape:
    """Return the case waiting for the applicant（一次性告知补正）: one complete list, and every clock stands still.

    The law allows telling once; a second time is for the head of the department（403 `case.supplement.needs-leader`）, to whom
    `propose_supplement` puts it.
    """
    held = lock_for(case_no, "supplement-asked", by, version)
    is_leader = "leader" in by.roles
    if not is_leader:
        require_mine(held, by, at)
    if held.state.supplements >= case_law().supplements_without_leader and not is_leader:
        raise _needs_leader(held)
    wanted = supplement_items(held, items)
    return done(append_demand(held, wanted, require_reason(reason), by=by, at=at), by, at)


def append_demand(
    held: Held,
    items: list[dict[str, str]],
    reason: str,
    *,
    by: Actor,
    at: datetime,
    more: Mapping[str, Any] | None = None,
) -> Held:
    """Return the case with a demand for additions in its log, due by the pack's term; the applicant is told."""
    due = due_on(held.pack.terms.supplement, at, calendar_in_force())
    words = {"items": items, "reason": reason}
    payload = {**words, **(more or {}), "due_on": due.isoformat()}
    return append(held, "supplement-asked", payload, by=by, at=at, notice={**words, "due_on": due})


def supplement_items(held: Held, items: Sequence[SupplementItem | Mapping[str, str]]) -> list[dict[str, str]]:
    """Return what is to be brought or corrected, each called by its name; refused when nothing is listed."""
    wanted = []
    for item in items:
        given = item if isinstance(item, Mapping) else vars_of(item)
        title_zh = given.get("title_zh", "").strip() or _title(held, given.get("target", ""))[0]
        title_en = given.get("title_en", "").strip() or _title(held, given.get("target", ""))[1] or title_zh
        if title_zh:
            wanted.append(
                {
                    "target": given.get("target", ""),
                    "title_zh": title_zh,
                    "title_en": title_en,
                    "note_zh": given.get("note_zh", ""),
                    "note_en": given.get("note_en", ""),
                }
            )
    if not wanted:
        raise Refused(
            "case.supplement.no-items",
            "请列出需要补正的全部内容：法律要求一次告知。",
            "List everything that is needed: the law requires telling it once and in full.",
            basis=case_law().supplement_basis,
            field="items",
        )
    return wanted


def vars_of(item: SupplementItem) -> dict[str, str]:
    """Return a supplement item as plain values."""
    return {name: getattr(item, name) for name in SupplementItem.__dataclass_fields__}


def _title(held: Held, target: str) -> tuple[str, str]:
    """Return how a target is called: a material by the pack, a field by the form, anything else not at all."""
    kind, _, material_id = target.partition(":")
    if kind == "material":
        return next(((need.title.zh, need.title.en) for need in held.needs if need.id == material_id), ("", ""))
    return field_title(held.pack, target) if field_schema(held.pack, target) and target else ("", "")


def _needs_leader(held: Held) -> Refused:
    return Refused(
        "case.supplement.needs-leader",
        "已经告知过一次补正。再次要求补正须由本单位负责人提出，请先报告负责人。",
        "Additions were asked for once already. Asking again is for the head of the department; report to them first.",
        status=403,
        basis=case_law().supplement_basis,
        facts={"times": held.state.supplements},
    )
