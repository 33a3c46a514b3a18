"""How anything happens to a case（办件动作）: lock, check, append to the log with a receipt, project, tell the applicant."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from zhengtong.apps.cases.held import subject_from_json
from zhengtong.apps.cases.labels import LABELS
from zhengtong.apps.cases.lifecycle import TRANSITIONS, CaseState, apply, rules_of
from zhengtong.apps.cases.models import Case, CaseAction, Notice
from zhengtong.apps.cases.notices import has_notice, make_notice
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.projection import COLUMNS, fold_record, project, to_action
from zhengtong.apps.cases.shapes import STATE_TITLES, NoticeText
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape, Subject
from zhengtong.declared.shapes import MaterialNeed, Pack
from zhengtong.kit import Refused, digest, to_local


@dataclass
class Held:
    """A case locked for the transaction, with its log folded."""

    record: Case
    pack: Pack
    log: list[CaseAction]
    state: CaseState

    @property
    def applicant(self) -> Subject:
        """Return whose case it is."""
        return subject_from_json(self.record.applicant)

    @property
    def needs(self) -> tuple[MaterialNeed, ...]:
        """Return the materials that can be asked for: the matter's own, and those of the one set of its one-thing."""
        parent = self.record.parent
        shared = pinned_pack(parent.pack_digest).materials if parent else ()
        known = {need.id for need in self.pack.materials}
        return (*self.pack.materials, *(need for need in shared if need.id not in known))

    @property
    def organisation(self) -> OrganisationShape | None:
        """Return who handles it."""
        return people.get_organisation(self.record.organisation_id) if self.record.organisation_id else None


def lock_case(case_no: str) -> Held:
    """Return a case locked until the transaction ends; its one-thing is locked first, so that nobody waits in a circle."""
    found = Case.objects.filter(no=case_no).values_list("pk", "parent_id").first()
    if found is None:
        raise no_case()
    pk, parent_id = found
    if parent_id:
        Case.objects.select_for_update().only("pk").get(pk=parent_id)
    record = Case.objects.select_for_update().get(pk=pk)
    return hold(record)


def hold(record: Case) -> Held:
    """Return a case already locked, with its log folded; one query."""
    log = list(CaseAction.objects.filter(case=record).order_by("seq"))
    return Held(record, pinned_pack(record.pack_digest), log, fold_record(record, log))


def require_current(held: Held, version: int | None, kind: str) -> None:
    """Refuse（409）when the case moved since it was on the screen, or its state does not admit the action: who and when."""
    if version is not None and version != held.state.version:
        raise moved(held, version)
    if kind not in held.state.allowed:
        raise not_in_state(held, kind)


def append(
    held: Held,
    kind: str,
    payload: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    notice: Mapping[str, Any] | None = None,
) -> Held:
    """Return the case after one more action: receipt, log entry, projection and notice, in the caller's transaction.

    The receipt commits to the payload by a salted digest: whoever may read the log can prove what it said, nobody can
    guess it from the receipt. Refused（409）when another process wrote the same number first.
    """
    record, seq = held.record, held.state.version + 1
    if held.state.version and held.state.state not in TRANSITIONS[kind]:
        raise not_in_state(held, kind)
    kept = {**payload, "salt": secrets.token_hex(16)}
    zh, en = LABELS[kind]
    receipt = evidence.record(
        kind=f"case.{kind}",
        body={"case": record.no, "seq": seq, "matter": record.matter_code, "payload": digest(kept)},
        by=by,
        at=at,
        about=[record.applicant_key],
        case_no=record.no,
        summary_zh=f"{record.title_zh}：{zh}",
        summary_en=f"{record.title_en}: {en}",
    )
    entry = CaseAction(
        case=record,
        seq=seq,
        kind=kind,
        by_kind=by.kind,
        by_account_id=by.account_id,
        by_label=by.label,
        at=at,
        payload=kept,
        receipt_no=receipt.no,
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        raise moved(hold(record), held.state.version) from None
    after = replace_log(held, entry)
    project(record, after.state, at)
    record.save(update_fields=COLUMNS)
    if has_notice(kind) and not (kind == "submitted" and record.parent_id):
        send_notice(after, kind, f"{record.pk}:{seq}", at, notice or {})
    return after


def replace_log(held: Held, entry: CaseAction) -> Held:
    """Return the case with one more log entry folded in."""
    state = apply(held.state, to_action(entry), rules_of(held.pack))
    return replace(held, log=[*held.log, entry], state=state)


def send_notice(held: Held, kind: str, event: str, at: datetime, words: Mapping[str, Any]) -> None:
    """Put a notice into the applicant's inbox; the same event twice is one notice."""
    text = notice_text(held, kind, held.organisation, words)
    kept = {name: getattr(text, name) for name in NoticeText.__dataclass_fields__}
    notice = Notice(
        to_key=held.record.applicant_key, case=held.record, kind=kind, event=f"{event}:{kind}", text=kept, at=at
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def notice_text(held: Held, kind: str, organisation: OrganisationShape | None, words: Mapping[str, Any]) -> NoticeText:
    """Return the words of a notice about a case."""
    record = held.record
    return make_notice(
        kind,
        no=record.no,
        title=(record.title_zh, record.title_en),
        organisation=organisation,
        **{"promised_on": record.promised_on, "result": (held.pack.result.zh, held.pack.result.en), **words},
    )


def no_case() -> Refused:
    """Return the refusal of a case that is not there, or not to be seen."""
    return Refused(
        "case.case.not-found",
        "找不到这个办件，或您无权查看。请核对编号，或从“我的办件”“待办”进入。",
        "There is no such case, or it is not yours to see. Check the number, or go there from your list.",
        status=404,
    )


def moved(held: Held, seen: int) -> Refused:
    """Return the refusal for whoever acts on a case that somebody else changed meanwhile."""
    last = held.log[-1]
    zh, en = LABELS[last.kind]
    when = f"{to_local(last.at):%Y-%m-%d %H:%M}"
    return Refused(
        "case.case.moved",
        f"{last.by_label or '系统'}已于 {when} 对这个办件作了“{zh}”。请刷新后再决定，您填写的内容没有保存。",
        f"{last.by_label or 'The system'} acted on this case at {when} ({en}). Reload before you decide; nothing was saved.",
        status=409,
        facts={
            "by": last.by_label,
            "at": last.at.isoformat(),
            "kind": last.kind,
            "version": held.state.version,
            "seen": seen,
        },
    )


def not_in_state(held: Held, kind: str) -> Refused:
    """Return the refusal of an action the present state does not admit."""
    last = held.log[-1]
    zh, en = LABELS[kind]
    state_zh, state_en = STATE_TITLES[held.state.state]
    when = f"{to_local(last.at):%Y-%m-%d %H:%M}"
    return Refused(
        "case.case.not-in-state",
        f"办件现在是“{state_zh}”（{last.by_label or '系统'}，{when}），不能“{zh}”。请刷新查看最新状态。",
        f"The case is now “{state_en}” ({last.by_label or 'the system'}, {when}), which does not allow “{en}”. Reload to see it.",
        status=409,
        facts={"state": held.state.state.value, "by": last.by_label, "at": last.at.isoformat(), "kind": kind},
    )
