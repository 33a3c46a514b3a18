"""Drafts, as their applicant sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from zhengtong.apps.cases.checking import check_fields
from zhengtong.apps.cases.forms import shown_pages, unanswered
from zhengtong.apps.cases.held import (
    Read,
    facts_from_json,
    plain_values,
    read_from_json,
    subject_from_json,
    values_from_json,
)
from zhengtong.apps.cases.models import Draft, Material
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.reading import found_data
from zhengtong.apps.cases.scope import Scope, make_scope, nest
from zhengtong.apps.cases.shapes import (
    DraftLine,
    DraftShape,
    FieldFault,
    FieldValue,
    FileShape,
    MaterialSlot,
    PageState,
    PromiseShape,
)
from zhengtong.apps.cases.slots import material_slots, missing_materials, to_file
from zhengtong.apps.certificates import queries as certificates
from zhengtong.apps.certificates.shapes import CertificateShape
from zhengtong.apps.people.shapes import Actor, Subject
from zhengtong.declared.shapes import Pack, Text
from zhengtong.kit import Refused, local_date

UNIT_WORDS = {
    "WORKDAY": ("个工作日", "workdays"),
    "CALENDAR_DAY": ("日", "days"),
    "HOUR": ("小时", "hours"),
    "MINUTE": ("分钟", "minutes"),
    "MONTH": ("个月", "months"),
    "YEAR": ("年", "years"),
}


@dataclass(frozen=True)
class OpenDraft:
    """A draft with all that judging it needs, read once."""

    record: Draft
    pack: Pack
    applicant: Subject
    scope: Scope
    values: Mapping[str, FieldValue]
    reads: Mapping[str, Read]
    slots: tuple[MaterialSlot, ...]
    certificates: tuple[CertificateShape, ...]

    @property
    def faults(self) -> list[FieldFault]:
        """Return everything that stands between the draft and its submission."""
        return [
            *unanswered(self.pack, self.scope),
            *self.page_faults(),
            *missing_materials(self.slots),
            *self._unsigned(),
        ]

    def _unsigned(self) -> list[FieldFault]:
        """Return the promise still to be signed when a tolerated material comes later; files of it spare that."""
        late = any(slot.need == "tolerated" and slot.state == "wanted" for slot in self.slots)
        if not late or self.pack.handling.tolerance is None or is_signed(self.record, "tolerance"):
            return []
        zh, en = "请签署容缺承诺，或上传可容缺的材料", "Sign the promise to bring it later, or upload the material now"
        return [FieldFault("promise:tolerance", "promise", zh, en)]

    def page_faults(self) -> list[FieldFault]:
        """Return what is missing or wrong on the pages that apply."""
        plain = plain_values(self.values)
        found: list[FieldFault] = []
        for page in shown_pages(self.pack, self.scope):
            found.extend(check_fields(self.pack, page.fields, plain, page=page.id))
        return found


def get_draft(draft_id: UUID | str, by: Actor) -> DraftShape:
    """Return a draft of the person or enterprise that `by` acts as; refused（404）for everybody else's."""
    return to_draft(open_draft(get_record(draft_id, by), by))


def list_drafts(by: Actor, *, at: datetime | None = None) -> list[DraftLine]:
    """Return the drafts not submitted yet, newest first; one query."""
    if by.applicant is None:
        return []
    today = local_date(at or datetime.now(UTC))
    drafts = Draft.objects.filter(applicant_key=by.applicant.key, is_submitted=False, expires_on__gte=today)
    columns = ("id", "matter_code", "title_zh", "title_en", "changed_at", "expires_on")
    return [DraftLine(*row) for row in drafts.order_by("-changed_at").values_list(*columns)]


def list_reusable_materials(draft_id: UUID | str, by: Actor) -> list[FileShape]:
    """Return files the applicant brought in earlier applications, newest first, at most 20."""
    draft = get_record(draft_id, by)
    files = Material.objects.filter(owner_key=draft.applicant_key).exclude(draft=draft).order_by("-attached_at")
    found: dict[str, FileShape] = {}
    for file in files[:60]:
        found.setdefault(file.sha256, to_file(file))
    return list(found.values())[:20]


def get_record(draft_id: UUID | str, by: Actor, *, lock: bool = False) -> Draft:
    """Return the record of a draft `by` may work on, locked for the transaction if asked; refused（404）otherwise."""
    drafts = Draft.objects.select_for_update() if lock else Draft.objects.all()
    try:
        wanted = UUID(str(draft_id))
    except ValueError:
        raise _no_draft() from None
    record = drafts.filter(pk=wanted, applicant_key=by.applicant.key).first() if by.applicant else None
    if record is None:
        raise _no_draft()
    return record


def open_draft(record: Draft, by: Actor, files: Sequence[Material] | None = None) -> OpenDraft:
    """Return a draft opened; one query for its files unless they are given, one more where certificates may spare some."""
    pack = pinned_pack(record.pack_digest)
    applicant = subject_from_json(record.applicant)
    values = values_from_json(record.values)
    reads = {use_id: read_from_json(kept) for use_id, kept in record.reads.items()}
    scope = make_scope(
        applicant=facts_from_json(record.applicant),
        today=local_date(record.changed_at),
        answers=record.answers,
        form=nest(plain_values(values)),
        data=found_data(reads),
    )
    needs_certificates = any(need.replaced_by.startswith("certificate:") for need in pack.materials)
    held = tuple(certificates.list_certificates(applicant, by)) if needs_certificates else ()
    if files is None:
        is_saved = not record._state.adding
        files = list(Material.objects.filter(draft=record).order_by("attached_at")) if is_saved else []
    declared = pack.handling.commitment
    committed = declared.materials if declared and is_signed(record, "commitment") else ()
    slots = material_slots(pack, scope, files=files, reads=reads, certificates=held, committed=committed)
    return OpenDraft(record, pack, applicant, scope, values, reads, slots, held)


def is_signed(record: Draft, kind: str) -> bool:
    """Return whether the applicant has signed a promise: "tolerance" or "commitment"."""
    return kind in (record.signed or {})


def to_draft(opened: OpenDraft) -> DraftShape:
    """Return the shape of an opened draft."""
    record = opened.record
    return DraftShape(
        id=record.pk,
        matter_code=record.matter_code,
        title_zh=record.title_zh,
        title_en=record.title_en,
        pack=opened.pack,
        applicant=opened.applicant,
        region_code=record.region_code,
        values=opened.values,
        answers=record.answers,
        materials=opened.slots,
        sources=tuple(read.to_state() for read in opened.reads.values()),
        pages=_pages(opened),
        missing=tuple(opened.faults),
        version=record.version,
        created_at=record.created_at,
        changed_at=record.changed_at,
        expires_on=record.expires_on,
        case_no=record.case_no if record.is_submitted else "",
        promises=_promises(opened),
    )


def _promises(opened: OpenDraft) -> tuple[PromiseShape, ...]:
    """Return what may be signed here instead of bringing materials now, with what it says."""
    handling, record = opened.pack.handling, opened.record
    offered = []
    if handling.tolerance and any(slot.need == "tolerated" and slot.state == "wanted" for slot in opened.slots):
        text = tolerance_text(opened.pack)
        offered.append(PromiseShape("tolerance", text.zh, text.en, is_signed(record, "tolerance"), ()))
    if handling.commitment:
        text, spared = handling.commitment.text, handling.commitment.materials
        offered.append(PromiseShape("commitment", text.zh, text.en, is_signed(record, "commitment"), spared))
    return tuple(offered)


def tolerance_text(pack: Pack) -> Text:
    """Return what an applicant promises who brings tolerated materials later."""
    tolerance = pack.handling.tolerance
    if tolerance is None:
        return Text("", "")
    term, needs = tolerance.term, [need.title for need in pack.materials if need.need == "tolerated"]
    zh_unit, en_unit = UNIT_WORDS[term.unit.value]
    return Text(
        f"本人承诺在受理后 {term.n} {zh_unit}内补交：{'、'.join(title.zh for title in needs)}。逾期未补的，按规定处理。",
        f"I promise to bring within {term.n} {en_unit} of acceptance: {', '.join(title.en for title in needs)}. "
        "Without them the case is handled as provided.",
    )


def _pages(opened: OpenDraft) -> tuple[PageState, ...]:
    blocked = bool(unanswered(opened.pack, opened.scope))
    todo = {fault.page_id for fault in opened.page_faults()}
    pages = shown_pages(opened.pack, opened.scope)
    return tuple(
        PageState(
            page.id,
            page.title.zh,
            page.title.en,
            "blocked" if blocked else "todo" if page.id in todo else "done",
        )
        for page in pages
    )


def _no_draft() -> Refused:
    return Refused(
        "case.draft.not-found",
        "找不到这份草稿：可能已过期、已撤销，或属于其他人。请在“我的办件”中查看，或重新开始。",
        "There is no such draft: it may have expired, been dropped, or be somebody else's. See “My cases”, or start again.",
        status=404,
    )
