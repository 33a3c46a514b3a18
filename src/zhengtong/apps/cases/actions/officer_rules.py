"""What every officer's action respects（经办规则）: whose case, whose turn, a reason, and what the matter allows."""

from __future__ import annotations

from datetime import datetime

from zhengtong.apps.cases.actions.log import Held, lock_case, moved, no_case, require_current, shown
from zhengtong.apps.cases.actions.parts import refresh_whole
from zhengtong.apps.cases.checking import has_control_characters
from zhengtong.apps.cases.labels import LABELS
from zhengtong.apps.cases.lifecycle import is_declared, list_kinds
from zhengtong.apps.cases.rights import WHOLE_KINDS, can_do, handles, is_officer, is_party, no_right, stands_in_for
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused, local_date, to_local

LONGEST_REASON = 1000


def lock_for(case_no: str, kind: str, by: Actor, version: int | None) -> Held:
    """Return the case locked for an officer's action; 404 for outsiders, 403 without the role, 409 when it moved."""
    held = lock_case(case_no)
    require_officer(held, kind, by)
    require_current(held, version, kind)
    require_declared(held, kind)
    return held


def lock_for_other(case_no: str, kind: str, by: Actor, version: int | None) -> Held:
    """Return the case locked for an action that another organisation than the handling one may take; 403 without the role,
    404 for whoever is neither handling it nor asked about it."""
    held = lock_case(case_no)
    if by.organisation is None or not (handles(by, held.record) or is_party(by, held.record)):
        raise no_case()
    if not any(people.can_(by, permission, by.organisation.id) for permission in list_kinds()[kind].permits):
        raise no_right(*LABELS[kind])
    require_current(held, version, kind)
    return held


def require_officer(held: Held, kind: str, by: Actor) -> None:
    """Refuse whoever is not an officer of the organisation that handles the case（404）or lacks the role（403）."""
    organisation_id = held.record.organisation_id
    if by.kind != "system" and not (is_officer(by) and by.organisation and by.organisation.id == organisation_id):
        raise no_case()
    if held.pack.parts and kind not in WHOLE_KINDS:
        raise Refused(
            "case.whole.by-parts",
            "“一件事”的总办件由各部门分别办理其中的事项，不能直接办理。请打开本单位负责的那一件。",
            "A one-thing is handled part by part, each by its department, never as a whole. Open the part that is yours.",
            status=409,
        )
    if not can_do(by, kind, organisation_id):
        raise no_right(*LABELS[kind])


def require_declared(held: Held, kind: str) -> None:
    """Refuse（409）what the matter does not allow: its pack declares what may happen to its cases."""
    if is_declared(kind, held.state, held.pack):
        return
    zh, en = LABELS[kind]
    raise Refused(
        "case.act.not-declared",
        f"“{held.pack.title.zh}”没有规定可以“{zh}”，或次数已用完。请按一般程序办理；确需调整的，由主管部门修改事项包。",
        f"“{held.pack.title.en}” does not provide for “{en}”, or not again. Handle it in the ordinary course; what a "
        "matter allows is changed in its pack.",
        status=409,
        facts={"kind": kind},
    )


def require_mine(held: Held, by: Actor, at: datetime) -> None:
    """Refuse（409）when a colleague has the case, unless `by` stands in for them today（代岗）; the platform itself may."""
    if by.kind == "system":
        return
    holder = held.state.assignee_id
    if holder not in (None, by.account_id) and holder not in stands_in_for(by, local_date(at)):
        raise taken(held)


def require_leader(held: Held, by: Actor) -> None:
    """Refuse（403）whoever is not the head of the department that handles the case."""
    if by.kind == "system" or "leader" in by.roles:
        return
    raise Refused(
        "case.act.needs-leader",
        "这一步由本单位负责人决定。请提交负责人批准。",
        "This is for the head of the department to decide. Put it to them.",
        status=403,
        facts={"case": held.record.no},
    )


def require_reason(reason: str, field: str = "reason") -> str:
    """Return a reason fit to be read by the applicant; refused when empty, too long or unreadable."""
    tidy = reason.strip()
    if not tidy or len(tidy) > LONGEST_REASON or has_control_characters(tidy):
        raise Refused(
            "case.reason.missing",
            f"请写明理由（不超过 {LONGEST_REASON} 字），申请人会看到。",
            f"Give the reason, at most {LONGEST_REASON} characters; the applicant will read it.",
            field=field,
        )
    return tidy


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


def done(held: Held, by: Actor, at: datetime) -> CaseShape:
    """Return the case as the officer sees it after acting, its one-thing brought up to date."""
    refresh_whole(held, at=at)
    return shown(held, by, at)
