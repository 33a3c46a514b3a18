"""Submission（提交）: a draft becomes a case, a one-thing its parts — once, however often the button is pressed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from zhengtong.apps.cases.actions.draft_rules import refuse_faults, require_version
from zhengtong.apps.cases.actions.drafts import reread_stale
from zhengtong.apps.cases.actions.log import Held, begin
from zhengtong.apps.cases.actions.parties import add_party
from zhengtong.apps.cases.actions.parts import part_values, save_whole
from zhengtong.apps.cases.held import read_to_json, values_to_json
from zhengtong.apps.cases.models import Case, Draft, Material
from zhengtong.apps.cases.numbers import next_numbers
from zhengtong.apps.cases.packs import pack_in_force
from zhengtong.apps.cases.queries.cases import get_case
from zhengtong.apps.cases.queries.drafts import OpenDraft, get_record, open_draft
from zhengtong.apps.cases.queries.tracking import track_key
from zhengtong.apps.cases.scope import holds
from zhengtong.apps.cases.shapes import CaseShape, FieldFault
from zhengtong.apps.cases.slots import replacing_certificate
from zhengtong.apps.certificates import actions as certificates
from zhengtong.apps.people import queries as people
from zhengtong.apps.people import statements
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.declared.shapes import Pack, Part
from zhengtong.kit import Refused, local_date

_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 6


@dataclass(frozen=True)
class PlannedPart:
    """A part that will be opened, with its number and the version it will run under."""

    declared: Part
    pack: Pack
    no: str
    waits_for: tuple[str, ...]


def submit_case(*, draft_id: UUID | str, version: int, by: Actor, at: datetime) -> CaseShape:
    """Return the case that came of a draft; submitting it again returns the same case.

    Data read long ago is read again first; if it changed, the applicant looks again before anything is submitted
    （409 `case.submit.data-changed`）. Refused（422）with everything that is missing by name; nothing is half submitted.
    """
    draft = get_record(draft_id, by)
    if not draft.is_submitted:
        if _reread(draft_id, version, by, at):
            raise _data_changed()
        numbers = _numbers(draft, by, at)
        with transaction.atomic():
            draft = get_record(draft_id, by, lock=True)
            if not draft.is_submitted:
                _submit(draft, version, numbers, by, at)
    return get_case(draft.case_no, by, at=at)


@transaction.atomic
def _reread(draft_id: UUID | str, version: int, by: Actor, at: datetime) -> bool:
    """Return whether shared data changed; its own transaction, so that the fresh values stay when the submission is refused."""
    draft = get_record(draft_id, by, lock=True)
    if draft.is_submitted:
        return False
    require_version(draft, version)
    return reread_stale(draft, open_draft(draft, by), by, at)


def _data_changed() -> Refused:
    return Refused(
        "case.submit.data-changed",
        "提交前重新核验时，共享数据有变化。表单已更新，请核对后再提交。",
        "Shared data changed when it was checked again before submission. The form is up to date; check it and submit again.",
        status=409,
    )


def _numbers(draft: Draft, by: Actor, at: datetime) -> list[str]:
    count = len(open_draft(draft, by).pack.parts)
    return next_numbers(draft.region_code, at, count) if count else []


def _submit(draft: Draft, version: int, numbers: list[str], by: Actor, at: datetime) -> None:
    require_version(draft, version)
    submit_draft(draft, numbers, by=by, at=at)


def submit_draft(
    draft: Draft,
    numbers: list[str],
    *,
    by: Actor,
    at: datetime,
    handler: OrganisationShape | None = None,
    filed: tuple[str | None, str] = (None, ""),
) -> Held:
    """Return the case that came of a draft found complete, its parts opened; refused with all that is missing.

    A draft that was never saved leaves nothing but its case. `filed` is the key and the digest of a filing in one call.
    """
    held = _submit_opened(open_draft(draft, by), numbers, handler, filed, by, at)
    if not draft._state.adding:
        Material.objects.filter(draft=draft).update(case=held.record)
        draft.is_submitted = True
        draft.values, draft.reads, draft.answers = {}, {}, {}  # they live on in the case's log; one copy is enough
        draft.save(update_fields=["is_submitted", "values", "reads", "answers"])
    return held


def _submit_opened(
    opened: OpenDraft,
    numbers: list[str],
    handler: OrganisationShape | None,
    filed: tuple[str | None, str],
    by: Actor,
    at: datetime,
) -> Held:
    draft, faults = opened.record, opened.faults
    only_materials = all(fault.code == "material" for fault in faults)
    refuse_faults(faults, "case.submit.missing-material" if only_materials else "case.submit.incomplete")
    refuse_faults(_altered(opened), "case.submit.altered")
    handler = handler or people.find_organisation(function=opened.pack.owner, region_code=draft.region_code)
    whole = _create_case(draft, opened, handler, filed[0], by, at)
    payload = {
        "answers": draft.answers,
        "values": values_to_json(opened.values),
        "reads": {use_id: read_to_json(read) for use_id, read in opened.reads.items()},
        "materials": {slot.id: [file.sha256 for file in slot.files] for slot in opened.slots if slot.files},
        "flags": _flags(opened),
        **_signed(opened),
        **({"filed": filed[1]} if filed[0] else {}),
    }
    held = begin(whole, opened.pack, payload, by=by, at=at, handler=handler)
    if draft.taken_in_by_id and draft.taken_in_by_id != whole.organisation_id:
        add_party(whole, draft.taken_in_by_id, "window", at, is_open=False)
    _use_certificates(opened, whole, handler, by, at)
    if opened.pack.parts:
        _create_parts(held, opened, numbers, by, at)
    return held


def _altered(opened: OpenDraft) -> list[FieldFault]:
    """Return the locked values that are not what their source gave: the server's own look, whatever the form sent."""
    faults = []
    for path, held in opened.values.items():
        if not held.locked:
            continue
        use_id = held.source.removeprefix("data:")
        read = opened.reads.get(use_id)
        field = opened.pack.data_use(use_id).fills.get(path) if read else None
        if read is None or field is None or read.values.get(field) != held.value:
            faults.append(
                FieldFault(
                    path,
                    "locked",
                    "共享数据与来源不一致，请重新开始申请",
                    "Shared data differs from its source; please start again",
                )
            )
    return faults


def _signed(opened: OpenDraft) -> dict[str, Any]:
    """Return what the applicant has signed, and for which materials a commitment stands here."""
    signed, declared = opened.record.signed or {}, opened.pack.handling.commitment
    spared = [slot.id for slot in opened.slots if declared and slot.id in declared.materials and not slot.files]
    committed = spared if "commitment" in signed else []
    return {name: value for name, value in (("signed", signed), ("committed", committed)) if value}


def _flags(opened: OpenDraft) -> list[str]:
    """Return "tolerant"（容缺受理）, "commitment"（告知承诺）and "cross-region"（异地受理）as they apply."""
    tolerated = any(slot.need == "tolerated" and slot.state == "wanted" for slot in opened.slots)
    applies = {
        "tolerant": tolerated,
        "commitment": bool(_signed(opened).get("committed")),
        "cross-region": opened.record.taken_in_by_id is not None,
    }
    return [flag for flag, holds_here in applies.items() if holds_here]


def new_track_code() -> str:
    """Return the code on a receipt with which progress is asked for: six characters that nobody misreads."""
    number, letters = secrets.randbelow(len(_CODE_ALPHABET) ** _CODE_LENGTH), []
    for _ in range(_CODE_LENGTH):
        number, letter = divmod(number, len(_CODE_ALPHABET))
        letters.append(_CODE_ALPHABET[letter])
    return "".join(letters)


def _create_case(
    draft: Draft,
    opened: OpenDraft,
    handler: OrganisationShape | None,
    filing_key: str | None,
    by: Actor,
    at: datetime,
) -> Case:
    code = new_track_code()
    return statements.new(
        Case,
        no=draft.case_no,
        draft_id=None if draft._state.adding else draft.pk,
        filing_key=filing_key,
        matter_code=draft.matter_code,
        pack_digest=draft.pack_digest,
        title_zh=draft.title_zh,
        title_en=draft.title_en,
        applicant_key=draft.applicant_key,
        applicant=draft.applicant,
        applicant_masked=opened.applicant.masked_name,
        agent_account_id=by.account_id if by.acting_for else None,
        agent_label=by.label if by.acting_for else "",
        region_code=draft.region_code,
        organisation_id=handler.id if handler else None,
        track_code=code,
        track_key=track_key(draft.case_no, _phone(opened, by)[-4:], code),
        taken_in_by_id=draft.taken_in_by_id,
        submitted_at=at,
    )


def _phone(opened: OpenDraft, by: Actor) -> str:
    own = str(opened.scope["applicant"].get("phone") or "")
    return own or (people.resident_profile(by.resident.id).phone if by.resident else "")


def _use_certificates(
    opened: OpenDraft, whole: Case, organisation: OrganisationShape | None, by: Actor, at: datetime
) -> None:
    for slot in opened.slots:
        certificate = replacing_certificate(opened.pack.material(slot.id), opened.certificates)
        if slot.state == "replaced" and certificate and organisation:
            certificates.record_use(
                identifier=certificate.identifier,
                cause_zh=f"办理{whole.title_zh}，免交{slot.title_zh}",
                cause_en=f"{whole.title_en}: instead of {slot.title_en}",
                organisation=organisation,
                by=by,
                at=at,
                case_no=whole.no,
            )


def _create_parts(whole: Held, opened: OpenDraft, numbers: list[str], by: Actor, at: datetime) -> None:
    """Open a case for each part the situation includes; those with nothing before them start at once."""
    record, parts = whole.record, {}
    for planned in _plan(opened, numbers, at):
        values = {}
        if not planned.waits_for:
            titles = (record.title_zh, record.title_en)
            values = part_values(planned.declared, opened.scope, opened.values, title=titles)
        payload: Mapping[str, Any] = {
            "waiting_for": list(planned.waits_for),
            "answers": whole.state.answers,
            "values": values_to_json(values),
        }
        child = _part_record(record, planned)
        parts[planned.declared.id] = begin(child, planned.pack, payload, by=by, at=at)
    save_whole(whole, parts, at)


def _plan(opened: OpenDraft, numbers: list[str], at: datetime) -> list[PlannedPart]:
    included = [part for part in opened.pack.parts if holds(part.when, opened.scope)]
    present = {part.id for part in included}
    region = opened.record.region_code
    return [
        PlannedPart(
            declared=part,
            pack=pack_in_force(part.pack, on=local_date(at), region_code=region),
            no=no,
            waits_for=tuple(name for name in part.after if name in present),
        )
        for part, no in zip(included, numbers, strict=False)
    ]


def _part_record(whole: Case, planned: PlannedPart) -> Case:
    pack = planned.pack
    organisation = people.find_organisation(function=pack.owner, region_code=whole.region_code)
    if organisation is None:
        raise Refused(
            "case.submit.no-organisation",
            f"本地没有办理“{pack.title.zh}”的机构，暂时不能提交。请联系 12345。",
            f"No organisation here handles “{pack.title.en}”, so it cannot be submitted now. Please call 12345.",
            facts={"function": pack.owner},
        )
    return Case(
        no=planned.no,
        parent=whole,
        part_id=planned.declared.id,
        matter_code=planned.declared.pack,
        pack_digest=pack.digest,
        title_zh=pack.title.zh,
        title_en=pack.title.en,
        applicant_key=whole.applicant_key,
        applicant=whole.applicant,
        applicant_masked=whole.applicant_masked,
        agent_account_id=whole.agent_account_id,
        agent_label=whole.agent_label,
        region_code=whole.region_code,
        organisation_id=organisation.id,
        track_code=whole.track_code,
        track_key="",
        submitted_at=whole.submitted_at,
    )
