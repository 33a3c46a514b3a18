"""The decision（办结）: granted with its outcome and certificates, or denied with a reason and the remedies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from zhengtong.apps.cases.actions.held_scope import case_scope
from zhengtong.apps.cases.actions.log import Held, append, hold, lock_case, no_case, require_current, shown
from zhengtong.apps.cases.actions.officer_rules import require_mine, require_officer, require_reason
from zhengtong.apps.cases.actions.parts import refresh_whole
from zhengtong.apps.cases.actions.readiness import require_ready
from zhengtong.apps.cases.checking import FORMATS, has_control_characters
from zhengtong.apps.cases.models import Case
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.scope import Scope, evaluate, holds, to_words
from zhengtong.apps.cases.shapes import CaseShape, FieldFault
from zhengtong.apps.certificates import actions as certificates
from zhengtong.apps.certificates import queries as certificate_queries
from zhengtong.apps.certificates.actions import DrawnCertificate
from zhengtong.apps.people import queries as people
from zhengtong.apps.people import statements
from zhengtong.apps.people.keys import subject_key
from zhengtong.apps.people.shapes import SYSTEM, Actor, Subject
from zhengtong.declared.shapes import CertificateIssue, OutcomeField
from zhengtong.kit import Refused, local_date, mask
from zhengtong.kit.calendar import Unit, calendar_in_force
from zhengtong.kit.calendar.terms import advance

DECISIONS = {"granted": "granted", "denied": "denied"}
LONGEST_OUTCOME = 200


def settle_case(
    *,
    case_no: str,
    decision: str,
    by: Actor,
    at: datetime,
    version: int,
    reason: str = "",
    outcome: Mapping[str, Any] | None = None,
) -> CaseShape:
    """Return the case settled: of two officers who decide at once the second is refused（409）with who and when.

    Certificates are drawn and signed before the transaction opens and recorded inside it with the decision; parts that
    waited for this one open, or learn that they cannot go on. Refused: no reason for a denial, an outcome field missing
    or wrong（422 `case.settle.outcome`）.
    """
    kind = _decision(decision)
    if kind == "granted" and _may_draw(case_no):
        seen = _may_decide(_peek(case_no), kind, by, version, at)
        drawn = draw_outcome(seen, _checked_outcome(seen, outcome or {}, at), at)
    else:
        drawn = []
    with transaction.atomic():
        held = _may_decide(lock_case(case_no), kind, by, version, at)
        payload: dict[str, Any] = {"reason": reason.strip() if kind == "granted" else require_reason(reason)}
        if kind == "granted":
            payload["outcome"] = _checked_outcome(held, outcome or {}, at)
        held = append(held, kind, payload, by=by, at=at, notice={"reason": payload["reason"]})
        for certificate in drawn:
            certificates.file_drawn(certificate, case_no=case_no, by=by, at=at)
        refresh_whole(held, at=at)
    return shown(held, by, at)


def _decision(decision: str) -> str:
    if decision not in DECISIONS:
        raise Refused(
            "case.settle.decision",
            "决定只能是准予或不予，请选择其一。",
            "A decision is either granted or denied; choose one.",
            field="decision",
        )
    return DECISIONS[decision]


def _may_draw(case_no: str) -> bool:
    """Return whether the matter issues certificates at all: where it does not, nothing is looked at before the lock."""
    found = statements.execute("SELECT pack_digest FROM cases_case WHERE no = %s", [case_no]).fetchone()
    if found is None:
        raise no_case()
    return bool(pinned_pack(found[0]).certificates)


def _peek(case_no: str) -> Held:
    """Return the case as it is before anything is locked: who may not decide, or is too late, learns it at once."""
    record = Case.objects.filter(no=case_no).first()
    if record is None:
        raise no_case()
    return hold(record)


def _may_decide(held: Held, kind: str, by: Actor, version: int, at: datetime) -> Held:
    """Return the case if `by` may decide it now; refused for outsiders, without the role, when it moved or is taken."""
    require_officer(held, kind, by)
    require_current(held, version, kind)
    require_mine(held, by, at)
    if kind == "granted":
        require_ready(held, at)
    return held


def _checked_outcome(held: Held, given: Mapping[str, Any], at: datetime) -> dict[str, str]:
    faults = [_unknown(name) for name in given if name not in {field.id for field in held.pack.outcome}]
    outcome: dict[str, str] = {}
    for field in held.pack.outcome:
        if field.when and not holds(field.when, case_scope(held, at, outcome=outcome)):
            continue
        value = str(given.get(field.id) or "").strip()
        fault = _outcome_fault(field, value)
        if fault:
            faults.append(fault)
        elif value:
            outcome[field.id] = value
    if faults:
        raise Refused(
            "case.settle.outcome",
            f"办理结果有 {len(faults)} 处需要修改：{'；'.join(fault.zh for fault in faults[:3])}。",
            f"{len(faults)} to put right in the outcome: {'; '.join(fault.en for fault in faults[:3])}.",
            field=faults[0].path,
            facts={"faults": [{"path": f.path, "code": f.code, "zh": f.zh, "en": f.en} for f in faults]},
        )
    return outcome


def _outcome_fault(field: OutcomeField, value: str) -> FieldFault | None:
    path, zh, en = f"outcome:{field.id}", field.label.zh, field.label.en
    if not value:
        return FieldFault(path, "required", f"请填写“{zh}”", f"Enter {en}") if field.required else None
    if len(value) > LONGEST_OUTCOME or has_control_characters(value):
        return FieldFault(path, "text", f"“{zh}”过长或含有不能显示的字符", f"{en} is too long or cannot be shown")
    if field.options and value not in dict(field.options):
        return FieldFault(path, "option", f"“{zh}”请从列出的选项中选择", f"Choose one of the options for {en}")
    if field.format and not FORMATS.conforms(value, field.format):
        return FieldFault(
            path, "format", f"“{zh}”格式不对，请核对每一位", f"{en} does not have the right form; check it"
        )
    return None


def _unknown(name: str) -> FieldFault:
    return FieldFault(f"outcome:{name}", "unknown", f"办理结果中没有“{name}”这一项", f"The outcome has no field {name}")


def draw_outcome(held: Held, outcome: Mapping[str, str], at: datetime) -> list[DrawnCertificate]:
    """Return the certificates that granting with this outcome issues, drawn and signed, not recorded yet."""
    scope = case_scope(held, at, outcome=outcome)
    return [_draw_one(held, issue, scope, at) for issue in held.pack.certificates if holds(issue.when, scope)]


def _draw_one(held: Held, issue: CertificateIssue, scope: Scope, at: datetime) -> DrawnCertificate:
    issuer = people.get_organisation(held.record.organisation_id or 0)
    _ensure_type(issue, issuer.id, at)
    holder = _holder(held, issue, scope)
    face = {field.key: (field.label.zh, field.label.en, to_words(evaluate(field.value, scope))) for field in issue.face}
    return certificates.draw(
        type_code=issue.type,
        holder=holder,
        keeper=held.applicant if holder.key != held.applicant.key else None,
        face=face,
        issuer=issuer,
        at=at,
        number=str(evaluate(issue.number, scope) or "") if issue.number else "",
        valid_to=_valid_to(issue.valid_years, local_date(at)),
    )


def _ensure_type(issue: CertificateIssue, definer_id: int, at: datetime) -> None:
    """Define the type from the pack where the site has not defined it; normally publishing did."""
    if certificate_queries.find_type(issue.type) is None:
        titles = {"code": issue.type, "title_zh": issue.title.zh, "title_en": issue.title.en, "definer_id": definer_id}
        certificates.define_type(declaration=titles, by=SYSTEM, at=at)


def _holder(held: Held, issue: CertificateIssue, scope: Scope) -> Subject:
    """Return the applicant, or the person a group of the form describes; a newborn may have no number yet."""
    if issue.holder == "applicant":
        return held.applicant
    group = scope["form"].get(issue.holder, {})
    number, name = str(group.get("id_number") or ""), str(group.get("name") or "")
    found = people.find_subject("resident", number) if number else None
    if found:
        return found
    return Subject(
        kind="resident",
        id="",
        name=name,
        masked_name=mask("name", name) if name else "",
        key=subject_key("resident", number) if number else "",
        number_masked=mask("resident-id", number) if number else "",
    )


def _valid_to(years: int | None, start: date) -> date | None:
    if years is None:
        return None
    return advance(start, years, Unit.YEAR, calendar_in_force()) - timedelta(days=1)
