"""What an applicant signs in place of materials（容缺受理、告知承诺）, and what becomes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from zhengtong.apps.cases.actions.applicants import lock_own
from zhengtong.apps.cases.actions.draft_rules import refuse_submitted, saved
from zhengtong.apps.cases.actions.files import OfficeFile, keep_file, keep_office_files, slot_of
from zhengtong.apps.cases.actions.log import append, require_current
from zhengtong.apps.cases.actions.officer_rules import done, lock_for, require_leader, require_reason
from zhengtong.apps.cases.actions.parts import refresh_whole
from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.models import Case
from zhengtong.apps.cases.queries.cases import get_case
from zhengtong.apps.cases.queries.drafts import get_record, open_draft, tolerance_text
from zhengtong.apps.cases.shapes import CaseShape, DraftShape
from zhengtong.apps.certificates import actions as certificates
from zhengtong.apps.certificates import queries as certificate_queries
from zhengtong.apps.people.shapes import Actor
from zhengtong.declared.shapes import Pack
from zhengtong.kit import Refused
from zhengtong.kit.calendar import calendar_in_force, due_on

PROMISES = ("tolerance", "commitment")


@transaction.atomic
def sign_promise(*, draft_id: UUID | str, kind: str, by: Actor, at: datetime) -> DraftShape:
    """Return the draft with a written promise signed（书面承诺）: "tolerance" to bring tolerated materials in time,
    "commitment" that the conditions are met, in place of materials.

    Signing is a choice: without it the materials are brought. Refused（403）for whoever broke a commitment before.
    """
    draft = get_record(draft_id, by, lock=True)
    refuse_submitted(draft)
    text = _text_of(open_draft(draft, by).pack, kind)
    if kind == "commitment":
        _require_trust(draft.applicant_key)
    signed = {"at": at.isoformat(), "by": by.label, "text": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    draft.signed = {**(draft.signed or {}), kind: signed}
    draft.save(update_fields=["signed"])
    return saved(draft, by, at)


@transaction.atomic
def unsign_promise(*, draft_id: UUID | str, kind: str, by: Actor, at: datetime) -> DraftShape:
    """Return the draft without a promise; the materials are needed again."""
    draft = get_record(draft_id, by, lock=True)
    refuse_submitted(draft)
    draft.signed = {name: value for name, value in (draft.signed or {}).items() if name != kind}
    draft.save(update_fields=["signed"])
    return saved(draft, by, at)


@transaction.atomic
def send_follow_up(
    *, case_no: str, materials: Sequence[tuple[str, str, bytes]], by: Actor, at: datetime, version: int | None = None
) -> CaseShape:
    """Return the case with tolerated materials brought（补交容缺材料）, as (material id, file name, bytes)."""
    held = lock_own(case_no, by)
    require_current(held, version, "follow-up-received")
    open_ones = {one.material_id for one in held.state.follow_ups}
    strange = [material_id for material_id, _, _ in materials if material_id not in open_ones]
    if strange or not materials:
        raise Refused(
            "case.follow-up.not-awaited",
            "没有等待补交这项材料，或没有选择文件。请对照容缺材料清单上传。",
            "This material is not awaited, or no file was chosen. Upload what the list of tolerated materials names.",
            field="materials",
        )
    kept = [
        keep_file(slot_of(held, id), name, content, owner_key=held.record.applicant_key, at=at, case=held.record)
        for id, name, content in materials
    ]
    payload = {"materials": sorted({id for id, _, _ in materials}), "files": [file.sha256 for file in kept]}
    refresh_whole(append(held, "follow-up-received", payload, by=by, at=at), at=at)
    return get_case(case_no, by, at=at)


@transaction.atomic
def withdraw_commitment(*, case_no: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case without its commitment（撤回承诺）, before it is decided; the materials are needed again."""
    held = lock_own(case_no, by)
    require_current(held, version, "commitment-withdrawn")
    refresh_whole(append(held, "commitment-withdrawn", {}, by=by, at=at), at=at)
    return get_case(case_no, by, at=at)


@transaction.atomic
def verify_commitment(
    *,
    case_no: str,
    kept: bool,
    note: str,
    by: Actor,
    at: datetime,
    files: Sequence[OfficeFile] = (),
    version: int | None = None,
) -> CaseShape:
    """Return the case with its commitment verified（事后核查）.

    One that was not kept is to be put right in the declared time, told to the applicant; where none is declared, or it
    passes, the decision is revoked by the head (`revoke_decision`).
    """
    kind = "commitment-kept" if kept else "commitment-broken"
    held = lock_for(case_no, kind, by, version)
    declared = held.pack.handling.commitment
    payload: dict[str, object] = {
        "note": require_reason(note, "note"),
        "files": keep_office_files(held, "verification", files, at),
    }
    until = None
    if not kept and declared and declared.rectify:
        until = due_on(declared.rectify, at, calendar_in_force())
        payload["rectify_on"] = until.isoformat()
    words = {"reason": payload["note"], "due_on": until}
    return done(append(held, kind, payload, by=by, at=at, notice=words), by, at)


@transaction.atomic
def revoke_decision(*, case_no: str, reason: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case with its decision revoked（撤销）, by the head, with a reason; its certificates end with it."""
    held = lock_for(case_no, "revoked", by, version)
    require_leader(held, by)
    reason = require_reason(reason)
    held = append(held, "revoked", {"reason": reason}, by=by, at=at, notice={"reason": reason})
    for identifier in certificate_queries.list_case_certificates([case_no]).get(case_no, ()):
        certificates.revoke(identifier=identifier, reason=reason, by=by, at=at)
    return done(held, by, at)


def _text_of(pack: Pack, kind: str) -> str:
    """Return what is promised, in Chinese: the text that counts."""
    declared = pack.handling
    if kind == "commitment" and declared.commitment:
        return declared.commitment.text.zh
    if kind == "tolerance" and declared.tolerance:
        return tolerance_text(pack).zh
    raise Refused(
        "case.promise.not-offered",
        "这个事项没有提供这种承诺方式，请按清单提交材料。",
        "This matter does not offer this promise; bring the materials of the list.",
        field="kind",
        facts={"kind": kind},
    )


def _require_trust(applicant_key: str) -> None:
    """Whoever made a false commitment may not make another until their credit is restored（信用修复前不适用）."""
    endings = case_law().commitment_excludes
    if Case.objects.filter(applicant_key=applicant_key, state__in=endings).exists():
        raise Refused(
            "case.commitment.not-trusted",
            "您曾有承诺不实被撤销决定的记录，信用修复前不适用告知承诺。请按清单提交材料。",
            "A decision was revoked because an earlier commitment was untrue, so you cannot make one now. "
            "Bring the materials of the list.",
            status=403,
        )
