"""What officers do（工作台动作）: take, put back, accept, refuse, ask for additions, check data, settle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from zhengtong.apps.cases.actions.log import Held, append, lock_case, moved, no_case, require_current, shown
from zhengtong.apps.cases.actions.parts import refresh_whole
from zhengtong.apps.cases.checking import has_control_characters
from zhengtong.apps.cases.forms import field_schema, field_title
from zhengtong.apps.cases.held import (
    Read,
    facts_from_json,
    plain_values,
    read_from_json,
    read_to_json,
    values_from_json,
)
from zhengtong.apps.cases.labels import LABELS
from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.reading import found_data, read_uses
from zhengtong.apps.cases.rights import can_do, is_officer, no_right
from zhengtong.apps.cases.scope import Scope, make_scope, nest
from zhengtong.apps.cases.shapes import CaseShape, SupplementItem
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused, local_date, to_local
from zhengtong.kit.calendar import calendar_in_force, due_on

LONGEST_REASON = 1000


@transaction.atomic
def claim_task(*, case_no: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case now in the officer's hands（认领）; refused（409）with who has it when somebody was faster."""
    held = lock_for(case_no, "claimed", by, version)
    if held.state.assignee_id is not None:
        raise taken(held)
    needed = {"accept": "accepted", "examine": "granted"}.get(held.state.phase)
    if needed and not can_do(by, needed, held.record.organisation_id):
        raise no_right(*LABELS["claimed"])
    return _done(append(held, "claimed", {}, by=by, at=at), by, at)


@transaction.atomic
def release_task(*, case_no: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case put back into the pool（退回待认领）, by whoever has it or a leader."""
    held = lock_for(case_no, "released", by, version)
    if held.state.assignee_id != by.account_id and not can_do(by, "reassigned", held.record.organisation_id):
        raise taken(held)
    return _done(append(held, "released", {}, by=by, at=at), by, at)


@transaction.atomic
def reassign_task(
    *, case_no: str, to_account_id: int, by: Actor, at: datetime, version: int | None = None
) -> CaseShape:
    """Return the case given to a colleague（改派）; a leader's action, to somebody with a post in the organisation."""
    held = lock_for(case_no, "reassigned", by, version)
    account = get_user_model().objects.filter(pk=to_account_id, is_active=True).first()
    if account is None:
        raise Refused(
            "case.task.no-colleague",
            "没有这位同事的可用账户，无法改派。请从本单位人员中重新选择。",
            "This colleague has no account in use, so the case cannot be given to them. Choose somebody else.",
            status=404,
        )
    colleague = people.get_actor(account, organisation_id=held.record.organisation_id, at=at)
    payload = {"account_id": colleague.account_id, "label": colleague.label}
    return _done(append(held, "reassigned", payload, by=by, at=at), by, at)


@transaction.atomic
def accept_case(*, case_no: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case accepted（受理）: the promised and statutory clocks start, and the pack's data checks are read.

    Whoever accepts keeps the case if they may examine it too, else it returns to the pool.
    """
    held = lock_for(case_no, "accepted", by, version)
    _require_mine(held, by)
    payload = {
        "keeps_assignee": can_do(by, "granted", held.record.organisation_id),
        "reads": {use_id: read_to_json(read) for use_id, read in check_reads(held, by, at).items()},
    }
    return _done(append(held, "accepted", payload, by=by, at=at), by, at)


@transaction.atomic
def check_data(*, case_no: str, by: Actor, at: datetime) -> CaseShape:
    """Return the case after its data checks were read again（重新核验）."""
    held = lock_for(case_no, "checked", by, None)
    reads = check_reads(held, by, at, again=True)
    payload = {"reads": {use_id: read_to_json(read) for use_id, read in reads.items()}}
    return _done(append(held, "checked", payload, by=by, at=at), by, at)


@transaction.atomic
def refuse_acceptance(*, case_no: str, reason: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case not accepted（不予受理）, with a reason and the remedies the law gives."""
    held = lock_for(case_no, "not-accepted", by, version)
    _require_mine(held, by)
    reason = require_reason(reason)
    return _done(append(held, "not-accepted", {"reason": reason}, by=by, at=at, notice={"reason": reason}), by, at)


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

    The law allows telling once; a second time needs the head of the department（403 `case.supplement.needs-leader`）.
    """
    held = lock_for(case_no, "supplement-asked", by, version)
    is_leader = "leader" in by.roles
    if not is_leader:
        _require_mine(held, by)
    if held.state.supplements >= case_law().supplements_without_leader and not is_leader:
        raise _needs_leader(held)
    wanted = _items(held, items)
    reason = require_reason(reason)
    due = due_on(held.pack.terms.supplement, at, calendar_in_force())
    payload = {"items": wanted, "reason": reason, "due_on": due.isoformat()}
    notice = {"items": wanted, "reason": reason, "due_on": due}
    return _done(append(held, "supplement-asked", payload, by=by, at=at, notice=notice), by, at)


def lock_for(case_no: str, kind: str, by: Actor, version: int | None) -> Held:
    """Return the case locked for an officer's action; 404 for outsiders, 403 without the role, 409 when it moved."""
    held = lock_case(case_no)
    require_officer(held, kind, by)
    require_current(held, version, kind)
    return held


def require_officer(held: Held, kind: str, by: Actor) -> None:
    """Refuse whoever is not an officer of the organisation that handles the case（404）or lacks the role（403）."""
    organisation_id = held.record.organisation_id
    if by.kind != "system" and not (is_officer(by) and by.organisation and by.organisation.id == organisation_id):
        raise no_case()
    if held.pack.parts:
        raise Refused(
            "case.whole.by-parts",
            "“一件事”的总办件由各部门分别办理其中的事项，不能直接办理。请打开本单位负责的那一件。",
            "A one-thing is handled part by part, each by its department, never as a whole. Open the part that is yours.",
            status=409,
        )
    if not can_do(by, kind, organisation_id):
        raise no_right(*LABELS[kind])


def check_reads(held: Held, by: Actor, at: datetime, *, again: bool = False) -> dict[str, Read]:
    """Return the reads the pack's checks need, those the applicant's own prefill has not brought already."""
    wanted = {check.use for check in held.pack.checks}
    done = {use_id: read_from_json(kept) for use_id, kept in held.state.reads.items()}
    known = (
        {} if again else {use_id: read for use_id, read in done.items() if use_id not in wanted or read.state == "read"}
    )
    uses = [use for use in held.pack.data_uses if use.id in wanted and use.id not in known]
    if not uses:
        return {}
    reads, _ = read_uses(
        uses,
        case_scope(held, at, reads=known),
        pack=held.pack,
        region_code=held.record.region_code,
        case_no=held.record.no,
        by=by,
        at=at,
        done=known,
        values=values_from_json(held.state.values),
    )
    return {use.id: reads[use.id] for use in uses if use.id in reads}


def case_scope(
    held: Held, at: datetime, *, reads: Mapping[str, Read], outcome: Mapping[str, Any] | None = None
) -> Scope:
    """Return what expressions of the pack can name in this case."""
    return make_scope(
        applicant=facts_from_json(held.record.applicant),
        today=local_date(at),
        answers=held.state.answers,
        form=nest(plain_values(values_from_json(held.state.values))),
        data=found_data(reads),
        outcome=outcome,
    )


def require_reason(reason: str) -> str:
    """Return a reason fit to be read by the applicant; refused when empty, too long or unreadable."""
    tidy = reason.strip()
    if not tidy or len(tidy) > LONGEST_REASON or has_control_characters(tidy):
        raise Refused(
            "case.reason.missing",
            f"请写明理由（不超过 {LONGEST_REASON} 字），申请人会看到。",
            f"Give the reason, at most {LONGEST_REASON} characters; the applicant will read it.",
            field="reason",
        )
    return tidy


def _require_mine(held: Held, by: Actor) -> None:
    if held.state.assignee_id not in (None, by.account_id):
        raise taken(held)


def _items(held: Held, items: Sequence[SupplementItem | Mapping[str, str]]) -> list[dict[str, str]]:
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


def taken(held: Held) -> Refused:
    """Return the refusal of a case that is in a colleague's hands: whose, and since when."""
    if held.state.assigned_at is None:
        return moved(held, held.state.version)
    when = f"{to_local(held.state.assigned_at):%Y-%m-%d %H:%M}"
    return Refused(
        "case.task.taken",
        f"这个办件已由{held.state.assignee_label}于 {when} 认领。请办理其他件，或请其退回、由负责人改派。",
        f"{held.state.assignee_label} took this case at {when}. Take another, or ask for it to be put back or reassigned.",
        status=409,
        facts={"by": held.state.assignee_label, "at": held.state.assigned_at.isoformat()},
    )


def _done(held: Held, by: Actor, at: datetime) -> CaseShape:
    refresh_whole(held, at=at)
    return shown(held, by, at)
