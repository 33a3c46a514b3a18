"""A draft is begun, filled page by page, given its materials, and dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from zhengtong.apps.cases.actions.draft_rules import refuse_faults, refuse_submitted, require_version, saved
from zhengtong.apps.cases.actions.materials import forget_files
from zhengtong.apps.cases.checking import check_fields, coerce, fault
from zhengtong.apps.cases.forms import field_schema, shown_pages, unanswered
from zhengtong.apps.cases.held import (
    Read,
    plain_values,
    read_to_json,
    subject_to_json,
    value_to_json,
    values_to_json,
)
from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.models import Draft, Material
from zhengtong.apps.cases.numbers import next_numbers
from zhengtong.apps.cases.packs import digest_of, pack_in_force
from zhengtong.apps.cases.queries.drafts import OpenDraft, get_record, open_draft, to_draft
from zhengtong.apps.cases.reading import found_data, read_uses
from zhengtong.apps.cases.scope import Scope, applicant_facts, make_scope, nest
from zhengtong.apps.cases.shapes import DraftShape, FieldFault, FieldValue
from zhengtong.apps.people import queries as people
from zhengtong.apps.people import statements
from zhengtong.apps.people.shapes import Actor, OrganisationShape, Subject
from zhengtong.declared.shapes import DataUse, Pack
from zhengtong.kit import Refused, local_date


def start_draft(
    *, matter_code: str, answers: Mapping[str, str], by: Actor, at: datetime, region_code: str | None = None
) -> DraftShape:
    """Return a new draft, prefilled through the grants of those who will handle it.

    Refused: nobody to apply for（403）, a matter outside the mandate（403）, a matter for others（403）, a situation question
    unanswered（422）. A source that cannot be read refuses nothing: its fields stay open and say so.
    """
    begun = begin_application(matter_code, answers, by, at, region_code)
    (case_no,) = next_numbers(begun.region, at)
    with transaction.atomic():
        draft = draft_of(begun, case_no, by, at)
        draft.save(force_insert=True)
        return to_draft(open_draft(draft, by))


@dataclass(frozen=True)
class Begun:
    """What is settled before anything is filled in: for whom, where, under which version, in which situation."""

    pack: Pack
    applicant: Subject
    region: str
    handler: OrganisationShape | None
    scope: Scope
    answers: Mapping[str, str]


def begin_application(
    matter_code: str, answers: Mapping[str, str], by: Actor, at: datetime, region_code: str | None
) -> Begun:
    """Return what `start_draft` and `file_case` begin with, or refuse as they say."""
    applicant = _applicant(by, matter_code)
    facts = applicant_facts(applicant)
    wished = region_code or str(facts.get("region_code") or settings.ZHENGTONG_REGION)
    pack = pack_in_force(matter_code, on=local_date(at), region_code=wished)
    _require_audience(pack, applicant)
    region, handler = _region_with_owner(pack, wished)
    scope = make_scope(applicant=facts, today=local_date(at), answers=answers)
    refuse_faults(unanswered(pack, scope), "case.start.unanswered")
    kept = {question.id: answers[question.id] for question in pack.questions if question.id in answers}
    return Begun(pack, applicant, region, handler, scope, kept)


def draft_of(begun: Begun, case_no: str, by: Actor, at: datetime) -> Draft:
    """Return the draft an application begins as, prefilled; not saved."""
    pack, applicant = begun.pack, begun.applicant
    draft = statements.new(
        Draft,
        case_no=case_no,
        matter_code=pack.id,
        pack_digest=digest_of(pack),
        title_zh=pack.title.zh,
        title_en=pack.title.en,
        applicant_key=applicant.key,
        applicant=subject_to_json(applicant, begun.scope["applicant"]),
        agent_account_id=by.account_id,
        region_code=begun.region,
        answers=begun.answers,
        created_at=at,
        changed_at=at,
        expires_on=local_date(at) + timedelta(days=case_law().draft_keep_days),
    )
    uses, defaults = _uses_on(pack, {"start"}), _defaults(pack)
    draft.reads, draft.values = _read_into(draft, pack, begun.scope, {}, defaults, uses, by, at)
    return draft


@transaction.atomic
def save_page(
    *,
    draft_id: UUID | str,
    page_id: str,
    values: Mapping[str, Any],
    version: int,
    by: Actor,
    at: datetime,
    complete: bool = True,
) -> DraftShape:
    """Return the draft with one page saved, after the reads that page sets off.

    `values` maps dotted paths to what was entered; texts are brought to the type the schema asks for. Locked fields may
    be sent back unchanged. Refused（422 `case.form.invalid`）with every fault by name in `facts["faults"]`, nothing saved;
    `complete=False` saves a page with gaps for later. Refused（409）when the draft moved in the meantime.
    """
    draft = get_record(draft_id, by, lock=True)
    require_version(draft, version)
    opened = open_draft(draft, by)
    fields = _fields_of(opened, page_id)
    refuse_faults(_foreign_fields(opened, fields, values), "case.form.unknown-field")
    enter_page(draft, opened, page_id, fields, values, by, at, complete=complete)
    return saved(draft, by, at)


def enter_page(
    draft: Draft,
    opened: OpenDraft,
    page_id: str,
    fields: tuple[str, ...],
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    *,
    complete: bool = True,
) -> None:
    """Put what was entered on a page into the draft and carry out the reads it sets off; the caller saves."""
    entered = _entered(opened, values)
    refuse_faults(_locked_changes(opened, entered), "case.form.locked")
    merged = {**plain_values(opened.values), **entered}
    refuse_faults(check_fields(opened.pack, fields, merged, complete=complete, page=page_id), "case.form.invalid")
    kept = dict(draft.values)
    for path, value in entered.items():
        held = opened.values.get(path)
        if held is None or held.value != value:
            kept[path] = value_to_json(FieldValue(value))
    draft.values = kept
    _read_waiting(draft, opened, page_id, by, at)


@transaction.atomic
def drop_draft(*, draft_id: UUID | str, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Delete a draft and its files; a submitted one stays, because a case came of it."""
    draft = get_record(draft_id, by, lock=True)
    refuse_submitted(draft)
    forget_files(Material.objects.filter(draft=draft))
    draft.delete()


def reread_stale(draft: Draft, opened: OpenDraft, by: Actor, at: datetime) -> bool:
    """Read again what was read too long ago; return whether any value changed, with the draft saved as it now is."""
    limit = timedelta(hours=case_law().recheck_after_hours)
    stale = {
        use_id for use_id, read in opened.reads.items() if read.state == "read" and read.at and at - read.at > limit
    }
    if not stale:
        return False
    kept = {path: held for path, held in opened.values.items() if held.source.removeprefix("data:") not in stale}
    reads = {use_id: read for use_id, read in opened.reads.items() if use_id not in stale}
    uses = [use for use in opened.pack.data_uses if use.id in stale]
    draft.reads, draft.values = _read_into(draft, opened.pack, opened.scope, reads, kept, uses, by, at)
    before = {path: held.value for path, held in opened.values.items() if held.verified}
    after = {path: value["v"] for path, value in draft.values.items() if value.get("ok")}
    draft.changed_at = at
    changed = before != after
    draft.version += int(changed)
    draft.save(update_fields=["reads", "values", "version", "changed_at"])
    return changed


def _applicant(by: Actor, matter_code: str) -> Subject:
    if by.applicant is None:
        raise Refused(
            "case.start.no-applicant",
            "请先以本人或企业身份登录，再开始申请。",
            "Sign in as yourself or for an enterprise before you apply.",
            status=403,
        )
    if not by.is_within_scope(matter_code):
        raise Refused(
            "case.start.outside-mandate",
            "您的代办授权不包括这个事项。请让被代办人补充授权，或切换回本人办理。",
            "Your mandate does not cover this matter. Ask for it to be extended, or apply for yourself.",
            status=403,
        )
    return by.applicant


def _require_audience(pack: Pack, applicant: Subject) -> None:
    if pack.audience not in ("both", applicant.kind):
        who_zh, who_en = ("个人", "individuals") if pack.audience == "resident" else ("企业和组织", "enterprises")
        raise Refused(
            "case.start.audience",
            f"“{pack.title.zh}”由{who_zh}申请。请切换身份后再试。",
            f"“{pack.title.en}” is for {who_en}. Switch who you act as and try again.",
            status=403,
        )


def _region_with_owner(pack: Pack, wished: str) -> tuple[str, OrganisationShape | None]:
    """Return where the application is handled, and by whom."""
    handler = people.find_organisation(function=pack.owner, region_code=wished)
    if handler:
        return wished, handler
    site = str(settings.ZHENGTONG_REGION)
    return site, people.find_organisation(function=pack.owner, region_code=site)


def _defaults(pack: Pack) -> dict[str, FieldValue]:
    paths = dict.fromkeys(path for page in pack.form.pages for path in page.fields)
    found = {path: field_schema(pack, path).get("default") for path in paths}
    return {path: FieldValue(value, source="default") for path, value in found.items() if value is not None}


def _uses_on(pack: Pack, moments: set[str]) -> list[DataUse]:
    return [use for use in pack.data_uses if use.on in moments]


def _read_into(
    draft: Draft,
    pack: Pack,
    scope: Scope,
    reads: Mapping[str, Read],
    values: Mapping[str, FieldValue],
    uses: list[DataUse],
    by: Actor,
    at: datetime,
) -> tuple[dict[str, Any], dict[str, Any]]:
    scope = {**scope, "form": nest(plain_values(values)), "data": found_data(reads)}
    done, filled = read_uses(
        uses,
        scope,
        pack=pack,
        region_code=draft.region_code,
        case_no=draft.case_no,
        by=by,
        at=at,
        done=reads,
        values=values,
    )
    return {use_id: read_to_json(read) for use_id, read in done.items()}, values_to_json(filled)


def _read_waiting(draft: Draft, before: OpenDraft, page_id: str, by: Actor, at: datetime) -> None:
    """Carry out what this page sets off, and what waited for a value that may now be there."""
    pack = before.pack
    if not pack.data_uses:
        return
    opened = open_draft(draft, by)
    waiting = {use_id for use_id, read in opened.reads.items() if read.state == "waiting"}
    uses = [use for use in pack.data_uses if use.on == page_id or use.id in waiting]
    if uses:
        draft.reads, draft.values = _read_into(draft, pack, opened.scope, opened.reads, opened.values, uses, by, at)


def _fields_of(opened: OpenDraft, page_id: str) -> tuple[str, ...]:
    for page in shown_pages(opened.pack, opened.scope):
        if page.id == page_id:
            return page.fields
    raise Refused(
        "case.form.unknown-page",
        "这份申请没有这一页，或您的情况不需要填写。请从任务列表进入。",
        "This application has no such page, or your situation does not need it. Go there from the task list.",
        status=404,
        facts={"page": page_id},
    )


def _foreign_fields(opened: OpenDraft, fields: tuple[str, ...], values: Mapping[str, Any]) -> list[FieldFault]:
    return [fault(opened.pack, path, "unknown") for path in values if path not in fields]


def _entered(opened: OpenDraft, values: Mapping[str, Any]) -> dict[str, Any]:
    return {path: coerce(field_schema(opened.pack, path), value) for path, value in values.items()}


def _locked_changes(opened: OpenDraft, entered: Mapping[str, Any]) -> list[FieldFault]:
    locked = {path: held.value for path, held in opened.values.items() if held.locked}
    return [
        fault(opened.pack, path, "locked")
        for path, value in entered.items()
        if path in locked and str(value) != str(locked[path])
    ]
