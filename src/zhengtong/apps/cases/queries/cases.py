"""One case, whole（办件详情）, and the lists a person sees of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from zhengtong.apps.cases import store
from zhengtong.apps.cases.held import read_from_json, subject_from_json, values_from_json
from zhengtong.apps.cases.labels import LABELS
from zhengtong.apps.cases.lifecycle import CaseState, fold_parts
from zhengtong.apps.cases.models import LONG_COLUMNS, Case, CaseAction, Material, Review
from zhengtong.apps.cases.previewing import preview
from zhengtong.apps.cases.queries.clocks import clock_view
from zhengtong.apps.cases.queries.lines import to_lines
from zhengtong.apps.cases.queries.opening import OpenCase, case_scope, open_case, organisations_of
from zhengtong.apps.cases.queries.pending import allowed_to, pending_of, remedies_of
from zhengtong.apps.cases.rights import OFFICE_KINDS, handles, is_officer, is_party, own_keys, visible_to
from zhengtong.apps.cases.scope import evaluate
from zhengtong.apps.cases.shapes import (
    STATE_TITLES,
    CaseLine,
    CaseShape,
    Event,
    FileShape,
    MaterialSlot,
    Pending,
    ReviewShape,
    State,
    Supplement,
    SupplementItem,
)
from zhengtong.apps.cases.slots import OFFICE_TITLES, TOLD_TO_APPLICANT, committed_to, material_slots, to_file
from zhengtong.apps.certificates import queries as certificates
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.declared.shapes import Pack
from zhengtong.kit import Refused

# what an entry says in words, by the name it has in the payload
DETAILS = ("reason", "reply", "answer", "text", "question", "note", "opinion", "appeal_reason")


def get_case(no: str, by: Actor, *, at: datetime | None = None) -> CaseShape:
    """Return a case with its timeline, clock, values, materials and parts, for its applicant and its officers.

    Refused（404）for everybody else. About a dozen queries, however many parts and actions there are.
    """
    moment = at or datetime.now(UTC)
    opened = open_case(no, by)
    organisations = organisations_of(opened)
    return to_case(opened, by, moment, organisations, whole=True)


def list_my_cases(by: Actor, *, at: datetime | None = None) -> list[CaseLine]:  # noqa: ARG001
    """Return the cases of the person or enterprise `by` acts as, newest first, parts inside their whole."""
    own = Case.objects.filter(applicant_key__in=own_keys(by)).defer(*LONG_COLUMNS)
    records = list(own.order_by("-submitted_at", "pk"))
    return to_lines([record for record in records if record.parent_id is None], records)


def get_material(file_id: Any, by: Actor) -> tuple[FileShape, bytes]:
    """Return a material's shape and bytes, to the applicant and to officers who may see the case."""
    file = _material(file_id, by)
    return to_file(file), store.fetch(file.storage)


def material_preview(file_id: Any, by: Actor) -> bytes | None:
    """Return a small picture（PNG）of a material's first page, to whoever may open it; None where none can be drawn."""
    file = _material(file_id, by)
    return preview(file.storage, file.media_type)


def _material(file_id: Any, by: Actor) -> Material:
    file = Material.objects.select_related("case", "draft").filter(pk=file_id).first()
    if file is None or not _may_open(file, by):
        raise Refused(
            "case.material.not-found",
            "找不到这个文件，或您无权查看。请从办件页面打开。",
            "There is no such file, or it is not yours to see. Open it from the case.",
            status=404,
        )
    return file


def to_case(
    opened: OpenCase, by: Actor, at: datetime, organisations: Mapping[int, OrganisationShape], *, whole: bool
) -> CaseShape:
    """Return the shape of an opened case as `by` may see it; a part inside its whole comes without values and files."""
    record, state = opened.record, opened.state
    own = _own_state(opened)
    zh, en = STATE_TITLES[own]
    is_own = record.applicant_key in own_keys(by)
    is_mine = is_own or by.kind == "system" or handles(by, record) or is_party(by, record)
    return CaseShape(
        no=record.no,
        matter_code=record.matter_code,
        title_zh=record.title_zh,
        title_en=record.title_en,
        applicant=subject_from_json(record.applicant),
        agent_label=record.agent_label,
        state=own.value,
        state_zh=zh,
        state_en=en,
        phase=record.phase,
        flags=tuple(record.flags),
        organisation=organisations.get(record.organisation_id or 0),
        parent_no=opened.parent.record.no if opened.parent else None,
        part_id=record.part_id,
        parts=tuple(to_case(part, by, at, organisations, whole=False) for part in opened.parts) if whole else (),
        submitted_at=record.submitted_at,
        accepted_at=record.accepted_at,
        settled_at=record.settled_at,
        promised_on=record.promised_on,
        statutory_on=record.statutory_on,
        clock=clock_view(state, own, at, record.due_on if record.due_on and not opened.parts else record.promised_on),
        timeline=_timeline(opened, by) if whole else (),
        values=values_from_json(state.values) if whole and is_mine else {},
        materials=_materials(opened, at, office=not is_own) if whole and is_mine else (),
        certificates=_certificates(opened) if whole else (),
        supplement=_supplement(state) if is_mine else None,
        decision_reason=state.reason if is_mine else "",
        remedies=remedies_of(own, record),
        outcome=state.outcome if is_mine else {},
        outcome_suggested=_suggested(opened, at) if whole and not is_own and is_mine else {},
        waiting_for=_waiting_titles(opened),
        allowed=allowed_to(opened, by, own, at),
        pending=pending_of(opened, by, at) if is_mine else Pending(),
        assignee_id=record.assignee_id,
        assignee_label=record.assignee_label,
        assigned_at=record.assigned_at,
        review=_review(record) if whole and record.is_reviewed else None,
        version=state.version,
        receipt_no=opened.log[0].receipt_no if opened.log else "",
        track_code=record.track_code if is_own else "",
        pack=opened.pack,
    )


def _own_state(opened: OpenCase) -> State:
    if opened.parts and not opened.state.is_settled:
        return fold_parts([part.state.state for part in opened.parts])
    return opened.state.state


def _timeline(opened: OpenCase, by: Actor) -> tuple[Event, ...]:
    titles = {case.record.pk: case.record for case in [opened, *opened.parts]}
    shows_office = is_officer(by) or by.kind == "system"
    entries = [entry for case in [opened, *opened.parts] for entry in case.log]
    events = [
        _event(entry, titles[entry.case_id], is_part=titles[entry.case_id].parent_id is not None and bool(opened.parts))
        for entry in sorted(entries, key=lambda entry: (entry.at, entry.case_id, entry.seq))
        if shows_office or entry.kind not in OFFICE_KINDS
    ]
    return tuple(events)


def _event(entry: CaseAction, record: Case, *, is_part: bool) -> Event:
    zh, en = LABELS[entry.kind]
    if is_part:
        zh, en = f"{record.title_zh}：{zh}", f"{record.title_en}: {en}"
    detail = next((entry.payload[name] for name in DETAILS if entry.payload.get(name)), "")
    return Event(
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        label_zh=zh,
        label_en=en,
        by_label=entry.by_label,
        receipt_no=entry.receipt_no,
        detail_zh="" if is_part else detail,
        detail_en="" if is_part else entry.payload.get("reason_en", detail),
        case_no=record.no,
    )


def _materials(opened: OpenCase, at: datetime, *, office: bool) -> tuple[MaterialSlot, ...]:
    """Return the materials of a case; a part shows the one set brought to its one-thing, and its own additions.

    Of what officers put in, the applicant is shown the minutes and the results, not the evidence.
    """
    source = opened.parent or opened
    kept = _files(opened, source)
    if not kept and not source.pack.materials:
        return ()
    files = [file for file in kept if office or not file.by_office or file.material_id in TOLD_TO_APPLICANT]
    reads = {use_id: read_from_json(kept) for use_id, kept in source.state.reads.items()}
    scope = case_scope(source, at)
    brought = [file for file in files if file.case_id == source.record.pk]
    slots = list(material_slots(source.pack, scope, files=brought, reads=reads, committed=committed_to(source.state)))
    added: dict[str, list[FileShape]] = {}
    known = {slot.id for slot in slots} if source is opened else set()
    for file in files:
        if file.material_id not in known and (
            source is not opened and file.case_id == opened.record.pk or source is opened
        ):
            added.setdefault(file.material_id, []).append(to_file(file))
    return (*slots, *(_added_slot(opened.pack, material_id, files) for material_id, files in added.items()))


def _files(opened: OpenCase, source: OpenCase) -> list[Material]:
    if opened.files is not None and source is opened:
        return list(opened.files)
    return list(Material.objects.filter(case__in=[source.record, opened.record]).order_by("attached_at"))


def _added_slot(pack: Pack, material_id: str, files: list[FileShape]) -> MaterialSlot:
    need = next((need for need in pack.materials if need.id == material_id), None)
    zh, en = (need.title.zh, need.title.en) if need else OFFICE_TITLES.get(material_id, ("补正材料", "Addition"))
    return MaterialSlot(material_id, zh, en, "", "", "required", (), 0, "attached", tuple(files))


def _certificates(opened: OpenCase) -> tuple[str, ...]:
    numbers = [case.record.no for case in [opened, *opened.parts] if case.pack.certificates]
    if not numbers:
        return ()
    found = certificates.list_case_certificates(numbers)
    return tuple(identifier for no in numbers for identifier in found.get(no, ()))


def _supplement(state: CaseState) -> Supplement | None:
    asked = state.supplement
    if asked is None:
        return None
    names = SupplementItem.__dataclass_fields__
    items = tuple(SupplementItem(**{name: item.get(name, "") for name in names}) for item in asked.items)
    return Supplement(items, asked.reason, asked.asked_at, asked.due_on, asked.asked_by, state.supplements)


def _suggested(opened: OpenCase, at: datetime) -> dict[str, Any]:
    suggesting = [out for out in opened.pack.outcome if out.suggest]
    if opened.state.is_settled or not suggesting or opened.parts:
        return {}
    scope = case_scope(opened, at)
    found = {out.id: evaluate(out.suggest, scope) for out in suggesting}
    return {name: value for name, value in found.items() if value is not None}


def _waiting_titles(opened: OpenCase) -> tuple[str, ...]:
    return opened.state.waiting_for


def _review(record: Case) -> ReviewShape | None:
    kept = Review.objects.filter(case=record).first()
    if kept is None:
        return None
    return ReviewShape(record.no, kept.satisfaction, tuple(kept.tags), kept.comment, kept.at)


def _may_open(file: Material, by: Actor) -> bool:
    if file.owner_key in own_keys(by):
        return True
    return file.case_id is not None and Case.objects.filter(visible_to(by), pk=file.case_id).exists()
