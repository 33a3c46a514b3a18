"""Granted without an application（免申即享）: a case opened and decided by the department, for one person or for thousands.

`grant_found` is the one path; `grant_many` writes what it would have written, thousands at a time: the cases of one
batch fold alike, so the fold is made once, and each row differs only in whom it is about and what they receive.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from zhengtong.apps.cases.actions.draft_rules import refuse_faults
from zhengtong.apps.cases.actions.log import (
    Held,
    append,
    begin,
    follow,
    notice_of,
    receipt_body,
    receipt_words,
    shown,
)
from zhengtong.apps.cases.actions.settling import draw_outcome
from zhengtong.apps.cases.actions.submitting import new_track_code
from zhengtong.apps.cases.checking import check_fields
from zhengtong.apps.cases.held import subject_to_json, values_to_json
from zhengtong.apps.cases.lifecycle import CaseState
from zhengtong.apps.cases.models import Case
from zhengtong.apps.cases.notices import has_notice
from zhengtong.apps.cases.numbers import next_numbers
from zhengtong.apps.cases.packs import digest_of
from zhengtong.apps.cases.projection import project
from zhengtong.apps.cases.queries.tracking import track_key
from zhengtong.apps.cases.scope import applicant_facts, facts_of_profile
from zhengtong.apps.cases.shapes import CaseShape, FieldValue, State
from zhengtong.apps.certificates import actions as certificates
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import bulk, statements
from zhengtong.apps.people.keys import blind_index
from zhengtong.apps.people.shapes import SYSTEM, OrganisationShape, ResidentProfile, Subject
from zhengtong.declared.shapes import Pack
from zhengtong.kit import digest

KINDS = ("found", "granted")


@dataclass(frozen=True)
class Finding:
    """What a batch has in common: the matter's version, who grants, for which period, and the finding it rests on."""

    pack: Pack
    region_code: str
    handler: OrganisationShape
    period: str
    receipt_no: str
    source_zh: str
    source_en: str


@dataclass(frozen=True)
class Entitled:
    """Somebody entitled（应享人）: who, what expressions may know of them, the form's values, and what they receive."""

    subject: Subject
    facts: Mapping[str, Any]
    values: Mapping[str, Any]
    outcome: Mapping[str, str]


def facts_of(subject: Subject, profile: ResidentProfile | None = None) -> dict[str, Any]:
    """Return what expressions may know of somebody; a resident's particulars are read unless they are given."""
    return facts_of_profile(profile) if profile else applicant_facts(subject)


def refuse_values(*, pack: Pack, values: Mapping[str, Any]) -> None:
    """Refuse（422 `case.form.invalid`）values the form does not take, with every fault by name."""
    refuse_faults(check_fields(pack, list(values), values), "case.form.invalid")


def granted_key(finding: Finding, subject_key: str) -> str:
    """Return what makes a grant the same: person, matter and period; the database lets no two cases have it."""
    return blind_index("case.granted", f"{finding.pack.id}/{finding.period}/{subject_key}")


def list_granted(finding: Finding, subject_keys: Sequence[str]) -> set[str]:
    """Return those of the people who have their grant of this period already; one query."""
    wanted = {granted_key(finding, key): key for key in subject_keys}
    found = Case.objects.filter(filing_key__in=list(wanted)).values_list("filing_key", flat=True)
    return {wanted[key] for key in found if key}


def grant_found(*, finding: Finding, entitled: Entitled, at: datetime) -> CaseShape:
    """Return the case opened for somebody and granted at once, with its certificates; by the system, which the rule speaks for."""
    (no,) = next_numbers(finding.region_code, at)
    with transaction.atomic():
        record = _record(finding, entitled, no, at)
        held = begin(
            record, finding.pack, _found(finding, entitled, at), by=SYSTEM, at=at, handler=finding.handler, kind="found"
        )
        drawn = draw_outcome(held, entitled.outcome, at) if finding.pack.certificates else []
        held = append(held, "granted", _granted(entitled), by=SYSTEM, at=at, notice={"reason": ""})
        for certificate in drawn:
            certificates.file_drawn(certificate, case_no=no, by=SYSTEM, at=at)
    return shown(held, SYSTEM, at)


def grant_many(*, finding: Finding, entitled: Sequence[Entitled], numbers: Sequence[str], at: datetime) -> int:
    """Return how many cases were opened and granted, in the caller's transaction; about 0.3 ms each.

    `numbers` are case numbers taken beforehand, one each. For a matter that issues certificates call `grant_found`
    for each: drawing one takes longer than everything else.
    """
    if finding.pack.certificates:
        raise ValueError(f"{finding.pack.id} issues certificates: they are drawn one by one")
    if not entitled:
        return 0
    batch = Batch(finding, entitled, numbers, at)
    batch.write_cases()
    for place in range(len(KINDS)):
        batch.write_entries(place)
    batch.write_notices()
    return len(entitled)


class Batch:
    """The records of many alike, made from those of the first: a pattern, and what differs."""

    def __init__(self, finding: Finding, entitled: Sequence[Entitled], numbers: Sequence[str], at: datetime) -> None:
        self.finding, self.entitled, self.numbers = finding, entitled, numbers
        self.ids = statements.reserve_keys(Case, len(entitled))
        self.payloads = (
            [_salted(_found(finding, one, at)) for one in entitled],
            [_salted(_granted(one)) for one in entitled],
        )
        self.pattern = _record(finding, entitled[0], evidence.mark("case"), at)
        held = Held(self.pattern, finding.pack, [], CaseState(State.WAITING), finding.handler)
        entries = []
        for kind, payloads in zip(KINDS, self.payloads, strict=True):
            held, entry = follow(held, kind, payloads[0], SYSTEM, at)
            project(self.pattern, held.state, at)
            entries.append(entry)
        self.held, self.entries = held, entries

    def write_cases(self) -> None:
        """Write the rows of the cases, as they are after the last entry."""
        names = "id no filing_key applicant_key applicant applicant_masked track_code track_key content"
        bulk.insert_alike(self.pattern, names.split(), map(self._case, range(len(self.entitled))))

    def _case(self, place: int) -> tuple[Any, ...]:
        one, no, code = self.entitled[place], self.numbers[place], new_track_code()
        return (
            self.ids[place],
            no,
            granted_key(self.finding, one.subject.key),
            one.subject.key,
            subject_to_json(one.subject, one.facts),
            one.subject.masked_name,
            code,
            _track_key(no, one, code),
            {"values": self.payloads[0][place]["values"], "outcome": dict(one.outcome)},
        )

    def write_entries(self, place: int) -> None:
        """Write one entry of every log, with its receipt."""
        entry, payloads = self.entries[place], self.payloads[place]
        body = receipt_body(evidence.mark("case"), self.pattern.matter_code, entry.seq, evidence.mark("payload"))
        told = [
            evidence.Told(one.subject.key, no, {"payload": digest(payload)})
            for one, no, payload in zip(self.entitled, self.numbers, payloads, strict=True)
        ]
        receipts = evidence.record_alike(by=SYSTEM, body=body, told=told, **receipt_words(self.pattern, entry))
        bulk.insert_alike(entry, ["case_id", "payload", "receipt_no"], zip(self.ids, payloads, receipts, strict=True))

    def write_notices(self) -> None:
        """Tell everybody once: that it is granted."""
        entry, case = self.entries[-1], evidence.mark("case")
        if not has_notice(entry.kind):
            return
        pattern = notice_of(self.held, entry.kind, "", entry.at, {"reason": ""}, self.finding.handler)
        rows = (
            (
                one.subject.key,
                pk,
                f"{pk}:{entry.seq}:{entry.kind}",
                {name: said.replace(case, no) for name, said in pattern.text.items()},
            )
            for pk, no, one in zip(self.ids, self.numbers, self.entitled, strict=True)
        )
        bulk.insert_alike(pattern, ["to_key", "case_id", "event", "text"], rows)


def _record(finding: Finding, entitled: Entitled, no: str, at: datetime) -> Case:
    pack, code = finding.pack, new_track_code()
    return Case(
        no=no,
        filing_key=granted_key(finding, entitled.subject.key),
        matter_code=pack.id,
        pack_digest=digest_of(pack),
        title_zh=pack.title.zh,
        title_en=pack.title.en,
        applicant_key=entitled.subject.key,
        applicant=subject_to_json(entitled.subject, entitled.facts),
        applicant_masked=entitled.subject.masked_name,
        region_code=finding.region_code,
        organisation_id=finding.handler.id,
        track_code=code,
        track_key=_track_key(no, entitled, code),
        submitted_at=at,
    )


def _track_key(no: str, entitled: Entitled, code: str) -> str:
    return track_key(no, str(entitled.facts.get("phone") or "")[-4:], code)


def _found(finding: Finding, entitled: Entitled, at: datetime) -> dict[str, Any]:
    """Return what the log says of the finding: the values with where they are from, the period, the receipt it rests on."""
    source = {
        "source_title_zh": finding.source_zh,
        "source_title_en": finding.source_en,
        "retrieved_at": at.astimezone(UTC),
        "verified": True,
        "receipt_no": finding.receipt_no,
    }
    values = {path: FieldValue(value, "data:population", **source) for path, value in entitled.values.items()}
    return {
        "values": values_to_json(values),
        "flags": ["proactive"],
        "found": {"period": finding.period, "receipt": finding.receipt_no},
    }


def _granted(entitled: Entitled) -> dict[str, Any]:
    return {"reason": "", "outcome": dict(entitled.outcome)}


def _salted(payload: dict[str, Any]) -> dict[str, Any]:
    return {**payload, "salt": secrets.token_hex(16)}
