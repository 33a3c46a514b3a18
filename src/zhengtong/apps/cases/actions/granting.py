"""Granted without an application（免申即享）: a case opened and decided by the department, for one person or for thousands.

`grant_found` is the one path; `grant_many` writes what it would have written, thousands at a time: the cases of one
batch fold alike, so the fold is made once, and each row differs only in whom it is about and what they receive. Their
texts are made once too, with places left open, filled for each, and both digested and kept as they are.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Any

import msgspec
from django.db import connection, transaction

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
from zhengtong.apps.cases.held import subject_to_json, value_to_json, values_to_json
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
from zhengtong.apps.channels import actions as channels
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import bulk, statements
from zhengtong.apps.people.keys import blind_index
from zhengtong.apps.people.shapes import SYSTEM, OrganisationShape, ResidentProfile, Subject
from zhengtong.declared.shapes import Pack
from zhengtong.kit import digest_bytes, to_canonical

KINDS = ("found", "granted")
_OPEN = re.compile(r'"@@(\w+)@@"')  # a mark as it stands in JSON


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
    return {wanted[key] for key in _filed_under(list(wanted))}


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


class Template:
    """Canonical JSON with places left open: `evidence.mark(name)` stands for a value whose text is given later."""

    def __init__(self, pattern: Mapping[str, Any]) -> None:
        self.pieces = _OPEN.split(to_canonical(pattern).decode())
        self.names = self.pieces[1::2]

    def filled(self, **texts: str) -> str:
        """Return the text with the places filled by JSON texts."""
        pieces = self.pieces.copy()
        pieces[1::2] = [texts[name] for name in self.names]
        return "".join(pieces)


class Batch:
    """The records of many alike, made from those of the first: a pattern, and what differs."""

    def __init__(self, finding: Finding, entitled: Sequence[Entitled], numbers: Sequence[str], at: datetime) -> None:
        self.finding, self.entitled, self.numbers = finding, entitled, numbers
        self.ids = statements.reserve_keys(Case, len(entitled))
        self.values = _texts_of_values(finding, entitled, at)
        self.outcomes = [to_canonical(dict(one.outcome)).decode() for one in entitled]
        self.payloads = self._payloads(at)
        self.pattern = _record(finding, entitled[0], evidence.mark("case"), at)
        held = Held(self.pattern, finding.pack, [], CaseState(State.WAITING), finding.handler)
        entries = []
        for kind, payload in zip(KINDS, (_found(finding, entitled[0], at), _granted(entitled[0])), strict=True):
            held, entry = follow(held, kind, payload, SYSTEM, at)
            project(self.pattern, held.state, at)
            entries.append(entry)
        self.held, self.entries = held, entries

    def _payloads(self, at: datetime) -> tuple[list[bytes], list[bytes]]:
        """Return the canonical text of everybody's two entries, each with its salt."""
        first, salt = self.entitled[0], evidence.mark("salt")
        found = Template({**_found(self.finding, first, at), "values": evidence.mark("values"), "salt": salt})
        granted = Template({**_granted(first), "outcome": evidence.mark("outcome"), "salt": salt})
        return (
            [found.filled(values=one, salt=_salt()).encode() for one in self.values],
            [granted.filled(outcome=one, salt=_salt()).encode() for one in self.outcomes],
        )

    def write_cases(self) -> None:
        """Write the rows of the cases, as they are after the last entry."""
        names = "id no filing_key applicant_key applicant applicant_masked track_code track_key content"
        content = Template({name: evidence.mark(name) for name in ("values", "outcome")})
        bulk.insert_alike(
            self.pattern, names.split(), (self._case(place, content) for place in range(len(self.entitled)))
        )

    def _case(self, place: int, content: Template) -> tuple[Any, ...]:
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
            _as_it_is(content.filled(values=self.values[place], outcome=self.outcomes[place]).encode()),
        )

    def write_entries(self, place: int) -> None:
        """Write one entry of every log, with its receipt."""
        entry, payloads = self.entries[place], self.payloads[place]
        body = receipt_body(evidence.mark("case"), self.pattern.matter_code, entry.seq, evidence.mark("payload"))
        told = [
            evidence.Told(one.subject.key, no, {"payload": digest_bytes(payload)})
            for one, no, payload in zip(self.entitled, self.numbers, payloads, strict=True)
        ]
        receipts = evidence.record_alike(by=SYSTEM, body=body, told=told, **receipt_words(self.pattern, entry))
        rows = zip(self.ids, map(_as_it_is, payloads), receipts, strict=True)
        bulk.insert_alike(entry, ["case_id", "payload", "receipt_no"], rows)

    def write_notices(self) -> None:
        """Tell everybody once: that it is granted."""
        entry, case = self.entries[-1], evidence.mark("case")
        if not has_notice(entry.kind):
            return
        pattern = notice_of(self.held, entry.kind, "", entry.at, {"reason": ""}, self.finding.handler)
        text = to_canonical(pattern.text).decode()
        rows = (
            (one.subject.key, pk, f"{pk}:{entry.seq}:{entry.kind}", _as_it_is(text.replace(case, no).encode()))
            for pk, no, one in zip(self.ids, self.numbers, self.entitled, strict=True)
        )
        bulk.insert_alike(pattern, ["to_key", "case_id", "event", "text"], rows)
        reached = (
            channels.Addressee(
                f"case:{pk}:{entry.seq}:{entry.kind}", one.subject.key, no, str(one.facts.get("phone") or "")
            )
            for pk, no, one in zip(self.ids, self.numbers, self.entitled, strict=True)
        )
        channels.notify_many(kind=entry.kind, told=reached, at=entry.at)


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
    return {
        "values": values_to_json({path: _value(finding, value, at) for path, value in entitled.values.items()}),
        "flags": ["proactive"],
        "found": {"period": finding.period, "receipt": finding.receipt_no},
    }


def _value(finding: Finding, value: Any, at: datetime) -> FieldValue:
    """Return a value of the form with where it is from."""
    return FieldValue(
        value,
        "data:population",
        source_title_zh=finding.source_zh,
        source_title_en=finding.source_en,
        retrieved_at=at.astimezone(UTC),
        verified=True,
        receipt_no=finding.receipt_no,
    )


def _texts_of_values(finding: Finding, entitled: Sequence[Entitled], at: datetime) -> list[str]:
    """Return the canonical text of everybody's values as the log keeps them; what is around each value is made once."""
    before, _, after = Template(value_to_json(_value(finding, evidence.mark("value"), at))).pieces
    names: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    texts = []
    for one in entitled:
        paths = tuple(one.values)
        if paths not in names:  # in the order of RFC 8785 §3.2.3: by UTF-16 code units
            in_order = sorted(paths, key=lambda path: path.encode("utf-16-be"))
            names[paths] = [(path, f"{_text_of(path)}:{before}") for path in in_order]
        inside = ",".join([f"{name}{_text_of(one.values[path])}{after}" for path, name in names[paths]])
        texts.append(f"{{{inside}}}")
    return texts


def _text_of(value: Any) -> str:
    """Return the canonical text of a value; ordinary words take the short way."""
    if type(value) is str and value.isprintable():
        return encode_basestring(value)
    return to_canonical(value).decode()


def _as_it_is(text: bytes) -> msgspec.Raw:
    """Return a JSON text that a column of JSON keeps as it is."""
    return msgspec.Raw(text)


def _filed_under(keys: list[str]) -> list[str]:
    """Return those of the keys there is a case of; as one array where the database takes one, not thousands of marks."""
    if connection.vendor != "postgresql":
        return list(Case.objects.filter(filing_key__in=keys).values_list("filing_key", flat=True))
    asked = "SELECT filing_key FROM cases_case WHERE filing_key = ANY(%s::text[])"
    return [row[0] for row in statements.execute(asked, [keys]).fetchall()]


def _granted(entitled: Entitled) -> dict[str, Any]:
    return {"reason": "", "outcome": dict(entitled.outcome)}


def _salt() -> str:
    """Return a salt as JSON."""
    return f'"{secrets.token_hex(16)}"'
