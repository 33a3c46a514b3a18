"""How anything happens to a case（办件动作）: lock, check, append to the log with a receipt, project, tell the applicant.

`lock_case` reads one row: the case with its folded state. `append` folds one more action into it and sends what is
written — receipt, log entry, projection, notice — in one go. Neither gets slower as the log grows.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from zhengtong.apps.cases.actions.parties import close_proposal
from zhengtong.apps.cases.held import subject_from_json
from zhengtong.apps.cases.labels import LABELS
from zhengtong.apps.cases.lifecycle import TRANSITIONS, CaseState, apply, rules_of
from zhengtong.apps.cases.models import Case, CaseAction, Material, Notice
from zhengtong.apps.cases.notices import has_notice, make_notice
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.process.following import follow_process
from zhengtong.apps.cases.projection import COLUMNS, SHORT_COLUMNS, fold_record, project, state_of, to_action
from zhengtong.apps.cases.queries.cases import get_case, to_case
from zhengtong.apps.cases.queries.opening import OpenCase
from zhengtong.apps.cases.shapes import STATE_TITLES, CaseShape, NoticeText, State
from zhengtong.apps.cases.snapshots import has_new_content
from zhengtong.apps.channels import actions as channels
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people import statements
from zhengtong.apps.people.shapes import Actor, OrganisationShape, Subject
from zhengtong.declared.shapes import MaterialNeed, Pack
from zhengtong.kit import Refused, digest, to_local

SHOWN_ENTRIES = 50  # the newest entries an action answers with; the whole log is `get_case`'s affair
_ALONE = "no = %s AND parent_id IS NULL"
_OF_ALONE = f"case_id = (SELECT id FROM cases_case WHERE {_ALONE})"  # noqa: S608 - our own texts
_SHOWN_AFTER = f"(SELECT version - {SHOWN_ENTRIES} FROM cases_case WHERE {_ALONE})"  # noqa: S608


@dataclass
class Held:
    """A case locked for the transaction, with what its log amounts to; the log itself is read when asked for."""

    record: Case
    pack: Pack
    entries: list[CaseAction] | None
    state: CaseState
    handler: OrganisationShape | None = None
    files: list[Material] | None = None

    @property
    def log(self) -> list[CaseAction]:
        """Return the entries, oldest first; one query when they were not read, or not from the beginning."""
        if self.entries is None or len(self.entries) != self.state.version:
            self.entries = list(CaseAction.objects.filter(case=self.record).order_by("seq"))
        return self.entries

    @property
    def last(self) -> CaseAction:
        """Return the newest entry."""
        return self.entries[-1] if self.entries else self.log[-1]

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
        """Return who handles it; one query the first time."""
        if self.handler is None and self.record.organisation_id:
            self.handler = people.get_organisation(self.record.organisation_id)
        return self.handler


def lock_case(case_no: str) -> Held:
    """Return a case locked until the transaction ends; its one-thing is locked first, so that nobody waits in a circle.

    For a case that stands alone three small reads in one go, whatever its history: the row with its folded state, and
    beside it what an answer shows — the first entry and the newest, and the files. Those are read after the lock.
    """
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    records, entries, files = statements.select_all(
        (Case, f"{_ALONE}{lock}", [case_no]),
        (CaseAction, f"{_OF_ALONE} AND (seq = 1 OR seq > {_SHOWN_AFTER}) ORDER BY seq", [case_no, case_no]),
        (Material, f"{_OF_ALONE} ORDER BY attached_at", [case_no]),
    )
    if not records:
        return hold(_lock_part(case_no))
    held = hold(records[0])
    held.entries, held.files = held.entries or entries, files
    return held


def _lock_part(case_no: str) -> Case:
    found = Case.objects.filter(no=case_no).values_list("pk", "parent_id").first()
    if found is None:
        raise no_case()
    pk, parent_id = found
    if parent_id:
        Case.objects.select_for_update().only("pk").get(pk=parent_id)
    return Case.objects.select_for_update().get(pk=pk)


def hold(record: Case) -> Held:
    """Return a case already locked, with its state: as it was folded last, else folded from its log by one query."""
    state = state_of(record)
    if state is not None:
        return Held(record, pinned_pack(record.pack_digest), None, state)
    log = list(CaseAction.objects.filter(case=record).order_by("seq"))
    return Held(record, pinned_pack(record.pack_digest), log, fold_record(record, log))


def require_current(held: Held, version: int | None, kind: str) -> None:
    """Refuse（409）when the case moved since it was on the screen, or its state does not admit the action: who and when."""
    if version is not None and version != held.state.version:
        raise moved(held, version)
    if kind not in held.state.allowed:
        raise not_in_state(held, kind)


def begin(
    record: Case,
    pack: Pack,
    payload: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    handler: OrganisationShape | None = None,
    kind: str = "submitted",
) -> Held:
    """Return the case a record becomes with its first action; the record is not in the database yet."""
    unborn = Held(record, pack, [], CaseState(State.WAITING), handler, files=[] if record.draft_id is None else None)
    after, entry = follow(unborn, kind, payload, by, at)
    project(record, after.state, at)
    statements.insert_with_key(record)
    entry.case_id = record.pk
    with statements.together():
        entry.receipt_no = _receipt(record, entry, by)
        statements.insert(entry)
        _tell(after, entry, {}, by)
    return after


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
    record = held.record
    if held.state.state not in TRANSITIONS[kind]:
        raise not_in_state(held, kind)
    after, entry = follow(held, kind, payload, by, at)
    project(record, after.state, at)
    with statements.together():
        entry.receipt_no = _receipt(record, entry, by)
        written = statements.insert(entry, once=("case_id", "seq"))
        statements.update(record, COLUMNS if has_new_content(held.state, after.state) else SHORT_COLUMNS)
        _tell(after, entry, notice or {}, by)
    if written.rowcount == 0:
        raise moved(hold(Case.objects.get(pk=record.pk)), held.state.version)
    if held.state.proposal is not None and after.state.proposal is None:
        close_proposal(record)
    follow_process(record, held.state, after.state, to_action(entry), after.pack)
    return after


def shown(held: Held, by: Actor, at: datetime) -> CaseShape:
    """Return the case as `by` sees it after acting; of a case that stands alone no query asks again what is in hand."""
    if held.record.parent_id or held.pack.parts:
        return get_case(held.record.no, by, at=at)
    handler = handler_of(held, by)
    opened = OpenCase(
        held.record, held.state, held.entries or held.log, files=None if held.record.has_new_files else held.files
    )
    return to_case(opened, by, at, {handler.id: handler} if handler else {}, whole=True)


def handler_of(held: Held, by: Actor) -> OrganisationShape | None:
    """Return the organisation that handles the case: the officer's own as a rule, which costs nothing."""
    if by.organisation is not None and by.organisation.id == held.record.organisation_id:
        return by.organisation
    return held.organisation


def follow(held: Held, kind: str, payload: Mapping[str, Any], by: Actor, at: datetime) -> tuple[Held, CaseAction]:
    """Return the case with one more entry folded in, and the entry, neither written yet."""
    entry = statements.new(
        CaseAction,
        case_id=held.record.pk,
        seq=held.state.version + 1,
        kind=kind,
        by_kind=by.kind,
        by_account_id=by.account_id,
        by_label=by.label,
        at=at.astimezone(UTC),  # as it will be read back: what is folded now is what would be folded then
        payload={**payload, "salt": secrets.token_hex(16)},
    )
    state = apply(held.state, to_action(entry), rules_of(held.pack))
    entries = None if held.entries is None else [*held.entries, entry]
    return replace(held, entries=entries, state=state), entry


def _receipt(record: Case, entry: CaseAction, by: Actor) -> str:
    """Return the number of the entry's receipt."""
    receipt = evidence.record(
        body=receipt_body(record.no, record.matter_code, entry.seq, digest(entry.payload)),
        by=by,
        about=[record.applicant_key],
        case_no=record.no,
        **receipt_words(record, entry),
    )
    return receipt.no


def receipt_body(no: str, matter_code: str, seq: int, payload_digest: str) -> dict[str, Any]:
    """Return what the receipt of an entry commits to."""
    return {"case": no, "seq": seq, "matter": matter_code, "payload": payload_digest}


def receipt_words(record: Case, entry: CaseAction) -> dict[str, Any]:
    """Return what the receipt of an entry is called, and when it happened."""
    zh, en = LABELS[entry.kind]
    return {
        "kind": f"case.{entry.kind}",
        "at": entry.at,
        "summary_zh": f"{record.title_zh}：{zh}",
        "summary_en": f"{record.title_en}: {en}",
    }


def _tell(held: Held, entry: CaseAction, words: Mapping[str, Any], by: Actor) -> None:
    """Tell the applicant what happened, unless it is the office's own affair or the one-thing tells it already."""
    if has_notice(entry.kind) and not (entry.kind == "submitted" and held.record.parent_id):
        event = f"{held.record.pk}:{entry.seq}"
        send_notice(held, entry.kind, event, entry.at, words, handler=handler_of(held, by))


def send_notice(
    held: Held,
    kind: str,
    event: str,
    at: datetime,
    words: Mapping[str, Any],
    *,
    handler: OrganisationShape | None = None,
) -> None:
    """Put a notice into the applicant's inbox, and messages on their way; the same event twice is one of each."""
    statements.insert(notice_of(held, kind, event, at, words, handler or held.organisation), once=("event",))
    channels.notify(
        event=f"case:{event}:{kind}",
        kind=kind,
        to_key=held.record.applicant_key,
        case_no=held.record.no,
        at=at,
        phone=str(held.record.applicant.get("facts", {}).get("phone") or ""),
    )


def notice_of(
    held: Held, kind: str, event: str, at: datetime, words: Mapping[str, Any], handler: OrganisationShape | None
) -> Notice:
    """Return the record of a notice, not written yet."""
    text = notice_text(held, kind, handler, words)
    kept = {name: getattr(text, name) for name in NoticeText.__dataclass_fields__}
    return statements.new(
        Notice,
        to_key=held.record.applicant_key,
        case_id=held.record.pk,
        kind=kind,
        event=f"{event}:{kind}",
        text=kept,
        at=at,
    )


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
    last = held.last
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
    last = held.last
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
