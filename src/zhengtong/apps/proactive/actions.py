"""Writes of this room: start a round, find the entitled, work through the batches, confirm or decline an offer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from zhengtong.apps.cases import actions as cases
from zhengtong.apps.cases.actions import Entitled, Finding
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.channels import actions as channels
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import actions as exchange
from zhengtong.apps.matters import queries as matters
from zhengtong.apps.people import bulk
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.apps.policies import queries as policies
from zhengtong.apps.proactive import found
from zhengtong.apps.proactive.found import Person
from zhengtong.apps.proactive.models import Batch, Offer, Round
from zhengtong.apps.proactive.queries import can_run, get_round, own_offer, to_offer
from zhengtong.apps.proactive.shapes import OfferShape, RoundShape
from zhengtong.declared.rule_sets import RuleSet
from zhengtong.declared.shapes import Pack, Proactive
from zhengtong.kit import Refused, local_date
from zhengtong.simulation import Found, find
from zhengtong.tables import Snapshot
from zhengtong.tables.population import Population

TRIES = 3


@transaction.atomic
def start_round(
    *, matter_code: str, period: str, by: Actor, at: dt.datetime, on: dt.date | None = None, region_code: str = ""
) -> RoundShape:
    """Return a round put under way for a matter and period; `tasks.run_round` finds and grants.

    Refused: not the head of the organisation that handles the matter（403）, a matter that is not granted without
    applying（422）, no version in force（404）. A round of the same period again grants only who has no grant of it yet.
    """
    day, region = on or local_date(at), region_code or str(settings.ZHENGTONG_REGION)
    pack = matters.get_pack(matter_code, on=day, region_code=region)
    declared = declared_in(pack)
    handler = people.find_organisation(function=pack.owner, region_code=region)
    if handler is None or not can_run(by) or (by.kind != "system" and by.organisation != handler):
        raise Refused(
            "proactive.round.not-allowed",
            "免申即享由办理机构的负责人发起。请由负责人办理。",
            "A round is started by the head of the organisation that handles the matter. Let them do it.",
            status=403,
        )
    rule = policies.rule_in_force(declared.rule_set, day, region)
    record = Round.objects.create(
        matter_code=matter_code,
        pack_digest=pack.digest,
        title_zh=pack.title.zh,
        title_en=pack.title.en,
        region_code=region,
        organisation_id=handler.id,
        period=period.strip()[:40],
        on=day,
        rule_digest=rule.version.digest,
        confirm=declared.confirm,
        started_by=by.label,
        started_at=at,
    )
    evidence.record(
        kind="proactive.started",
        body={"round": record.pk, "matter": matter_code, "period": record.period, "rule": record.rule_digest},
        by=by,
        at=at,
        summary_zh=f"发起免申即享：{pack.title.zh}（{record.period}）",
        summary_en=f"Granting without applications begun: {pack.title.en} ({record.period})",
    )
    return get_round(record.pk, SYSTEM)


def find_entitled(*, round_id: UUID, at: dt.datetime) -> None:
    """Find everybody the rule applies to, put them on disk in batches, and set the round to granting.

    A crash leaves the round finding: the next run begins it anew. A refusal of rule or grant ends the round with it.
    """
    record = Round.objects.get(pk=round_id)
    if record.state != "finding":
        return
    try:
        rule_set = policies.get_rule_set_of(record.rule_digest)
        pack = matters.get_pack_version(record.pack_digest)
        source = _source(record, rule_set, pack, at)
        sizes = found.keep(record.pk, _entitled(record, rule_set, declared_in(pack), source))
    except Refused as refused:
        problem = {"code": refused.code, "zh": refused.zh, "en": refused.en}
        Round.objects.filter(pk=round_id, state="finding").update(state="refused", problem=problem, finished_at=at)
        return
    with transaction.atomic():
        record = Round.objects.select_for_update().get(pk=round_id)
        if record.state != "finding":  # another process was faster with the same list
            return
        Batch.objects.bulk_create([Batch(round=record, number=n, people=size) for n, size in enumerate(sizes)])
        record.found, record.batches, record.state = sum(sizes), len(sizes), "granting"
        record.source_zh, record.source_en, record.read_receipt_no = source.title_zh, source.title_en, source.receipt_no
        record.receipt_no = evidence.record(
            kind="proactive.found",
            body={
                "round": record.pk,
                "rule": record.rule_digest,
                "data": source.snapshot.manifest.digest,
                "read": source.receipt_no,
                "found": record.found,
            },
            by=SYSTEM,
            at=at,
            summary_zh=f"免申即享：{record.title_zh}，找到 {record.found}",
            summary_en=f"Without applying: {record.title_en}, {record.found} found",
        ).no
        record.save()


def work_on(*, round_id: UUID, at: dt.datetime) -> bool:
    """Return whether a batch was done: the next that no other process holds, all of it in one transaction."""
    record = Round.objects.get(pk=round_id)
    if record.state != "granting":
        return False
    finding = _finding(record)
    for left in reversed(range(TRIES)):
        numbers = [] if record.confirm else cases.next_numbers(record.region_code, at, found.BATCH_PEOPLE)
        try:
            with transaction.atomic():
                batch = _claim(record)
                if batch is None:
                    break
                _do(batch, record, finding, numbers, at)
                return True
        except IntegrityError:  # somebody got their grant elsewhere meanwhile: the next try sees it
            if not left:
                raise
    _finish(record, at)
    return False


@transaction.atomic
def confirm_offer(
    *, offer_id: UUID | str, by: Actor, at: dt.datetime, values: Mapping[str, str] | None = None
) -> CaseShape:
    """Return the case granted because the person confirmed（确认）; `values` may change the form path that is to be confirmed.

    Refused: an offer of somebody else（404）, answered before（409）, a value that may not be changed here（422）.
    """
    offer = own_offer(offer_id, by, lock=True)
    _require_open(offer)
    pack = matters.get_pack_version(offer.round.pack_digest)
    account, given = declared_in(pack).account, dict(values or {})
    if set(given) - {account}:
        raise Refused(
            "proactive.offer.not-changeable",
            "这里只能修改收款账户，其他内容来自共享数据。有误请联系办理机构更正。",
            "Only the account can be changed here; the rest comes from shared data. Report an error to the organisation.",
            field=sorted(set(given) - {account})[0],
        )
    entitled = _person(by, offer.entitled["values"] | given, offer.entitled["outcome"])
    cases.refuse_values(pack=pack, values=given)
    case = cases.grant_found(finding=_finding(offer.round), entitled=entitled, at=at)
    offer.state, offer.answered_at, offer.case_no = "granted", at, case.no
    offer.save(update_fields=["state", "answered_at", "case_no"])
    return case


@transaction.atomic
def decline_offer(*, offer_id: UUID | str, by: Actor, at: dt.datetime) -> OfferShape:
    """Return the offer declined（放弃）; the person may still apply the ordinary way."""
    offer = own_offer(offer_id, by, lock=True)
    _require_open(offer)
    evidence.record(
        kind="proactive.declined",
        body={"round": offer.round_id, "matter": offer.matter_code, "period": offer.period},
        by=by,
        at=at,
        about=[offer.subject_key],
        summary_zh=f"放弃免申即享：{offer.round.title_zh}",
        summary_en=f"Declined: {offer.round.title_en}",
    )
    offer.state, offer.answered_at = "declined", at
    offer.save(update_fields=["state", "answered_at"])
    return to_offer(offer)


def declared_in(pack: Pack) -> Proactive:
    """Return what the pack declares of granting without applying; refused（422）when it declares nothing."""
    if pack.proactive is None:
        raise Refused(
            "proactive.matter.not-declared",
            f"“{pack.title.zh}”没有声明免申即享。请在事项包 pack.yaml 的 proactive 中写明规则和填写方式。",
            f"{pack.title.en!r} is not granted without applying. Declare rule and values under proactive in its pack.",
        )
    return pack.proactive


# -- finding ----------------------------------------------------------------------------------------------------------


def _source(record: Round, rule_set: RuleSet, pack: Pack, at: dt.datetime) -> exchange.Computation:
    """Return the data the rule is asked of: under a grant when catalogued, else the rule set's fictional sample."""
    use = rule_set.population
    if use is None or catalog.find_resource(use.resource) is None:
        snapshot: Snapshot = policies.population_of(rule_set)
        zh, en = rule_set.title.zh, rule_set.title.en
        return exchange.Computation(snapshot, {}, {}, zh, en, "", "", "")
    declared = declared_in(pack)
    taken = {use.key, declared.subject, *use.columns.values(), *_columns(rule_set, declared)}
    return exchange.open_computation(
        consumer=people.get_organisation(record.organisation_id),
        resource_code=use.resource,
        fields=sorted(taken),
        by=SYSTEM,
        at=at,
        purpose_zh=f"免申即享：{record.title_zh}",
        purpose_en=f"Granting without applications: {record.title_en}",
    )


def _columns(rule_set: RuleSet, declared: Proactive) -> list[str]:
    """Return the columns that fill the form and the outcome; the amount comes of the rule itself."""
    assert rule_set.population is not None, "a rule set that finds people declares a population"
    wanted = dict.fromkeys([*declared.fills.values(), *declared.outcome.values()])
    return [column for column in wanted if column != rule_set.population.amount]


def _entitled(record: Round, rule_set: RuleSet, declared: Proactive, source: exchange.Computation) -> Iterator[Person]:
    use, columns = rule_set.population, _columns(rule_set, declared)
    assert use is not None, "a rule set that finds people declares a population"
    asked = use.columns if record.confirm else {}
    keep = list(dict.fromkeys([declared.subject, *columns, *source.rows, *asked.values()]))
    decision = rule_set.decision(record.on, record.region_code)
    for one in find(decision, Population(source.snapshot), use=use, near=False, keep=keep):
        if all(str(one.kept[name]) in allowed for name, allowed in source.rows.items()):
            person = _person_found(one, declared, source, use.amount)
            inputs = {name: cases.to_plain(one.kept[column]) for name, column in asked.items()}
            yield person._replace(inputs=inputs) if asked else person


def _person_found(one: Found, declared: Proactive, source: exchange.Computation, amount: str) -> Person:
    told = {**{name: cases.to_plain(value) for name, value in one.kept.items()}, amount: cases.to_plain(one.amount)}
    shown = {name: exchange.masked_as(source.masks.get(name, ""), value) for name, value in told.items()}
    values = {path: shown[name] for path, name in declared.fills.items() if shown[name] is not None}
    outcome = {field: str(told[name]) for field, name in declared.outcome.items() if told[name] is not None}
    return Person(str(one.kept[declared.subject]), values, outcome)


# -- granting ---------------------------------------------------------------------------------------------------------


def _finding(record: Round) -> Finding:
    return Finding(
        pack=matters.get_pack_version(record.pack_digest),
        region_code=record.region_code,
        handler=people.get_organisation(record.organisation_id),
        period=record.period,
        receipt_no=record.read_receipt_no or record.receipt_no,
        source_zh=record.source_zh,
        source_en=record.source_en,
    )


def _claim(record: Round) -> Batch | None:
    """Return the next batch, ours until the transaction ends; None when none is left or others hold all that are."""
    waiting = Batch.objects.filter(round=record, is_done=False).order_by("number")
    if connection.vendor == "postgresql":
        waiting = waiting.select_for_update(skip_locked=True)
    return waiting.first()


def _do(batch: Batch, record: Round, finding: Finding, numbers: list[str], at: dt.datetime) -> None:
    kind = "legal-entity" if finding.pack.audience == "legal-entity" else "resident"
    listed = {person.number: person for person in found.read(record.pk, batch.number)}  # twice in the data is once here
    known = people.list_profiles(kind, list(listed))
    due = {subject.key: number for number, (subject, _) in known.items()}
    already = cases.list_granted(finding, list(due))
    entitled = [
        Entitled(known[number][0], cases.facts_of(*known[number]), listed[number].values, listed[number].outcome)
        for key, number in due.items()
        if key not in already
    ]
    batch.unknown, batch.already = batch.people - len(known), len(already)
    if record.confirm:
        inputs = {known[number][0].key: person.inputs for number, person in listed.items() if number in known}
        batch.offered = _offer(record, entitled, inputs, at)
        batch.already = len(due) - batch.offered
    elif finding.pack.certificates:
        batch.granted = sum(bool(cases.grant_found(finding=finding, entitled=one, at=at)) for one in entitled)
    else:
        batch.granted = cases.grant_many(finding=finding, entitled=entitled, numbers=numbers[: len(entitled)], at=at)
    batch.is_done = True
    batch.save()


def _offer(
    record: Round, entitled: list[Entitled], inputs: Mapping[str, Mapping[str, Any] | None], at: dt.datetime
) -> int:
    """Return how many were offered; who had the offer of this period before is not asked again."""
    asked = Offer.objects.filter(matter_code=record.matter_code, period=record.period)
    before = set(
        asked.filter(subject_key__in=[one.subject.key for one in entitled]).values_list("subject_key", flat=True)
    )
    fresh = [one for one in entitled if one.subject.key not in before]
    offers = [
        Offer(
            round=record,
            matter_code=record.matter_code,
            period=record.period,
            subject_key=one.subject.key,
            entitled={
                "values": dict(one.values),
                "outcome": dict(one.outcome),
                "inputs": inputs.get(one.subject.key) or {},
            },
            offered_at=at,
        )
        for one in fresh
    ]
    if offers:
        names = ["id", "subject_key", "entitled"]
        bulk.insert_alike(offers[0], names, [(offer.id, offer.subject_key, offer.entitled) for offer in offers])
        words = {"summary_zh": f"可享受：{record.title_zh}", "summary_en": f"You may have: {record.title_en}"}
        body = {"round": str(record.pk), "matter": record.matter_code, "period": record.period}
        told = [evidence.Told(offer.subject_key, "", {}) for offer in offers]
        evidence.record_alike(kind="proactive.offered", by=SYSTEM, at=at, body=body, told=told, **words)
        reached = (
            channels.Addressee(f"offer:{offer.id}", offer.subject_key, phone=str(one.facts.get("phone") or ""))
            for offer, one in zip(offers, fresh, strict=True)
        )
        channels.notify_many(kind="offered", told=reached, at=at)
    return len(offers)


def _finish(record: Round, at: dt.datetime) -> None:
    """Close the round once every batch is done, by whichever process did the last."""
    if Batch.objects.filter(round=record, is_done=False).exists():
        return
    if Round.objects.filter(pk=record.pk, state="granting").update(state="done", finished_at=at):
        found.forget(record.pk)


def _person(by: Actor, values: Mapping[str, Any], outcome: Mapping[str, str]) -> Entitled:
    assert by.applicant is not None, "an offer was found for them"
    return Entitled(by.applicant, cases.facts_of(by.applicant), values, outcome)


def _require_open(offer: Offer) -> None:
    if offer.state != "offered":
        raise Refused(
            "proactive.offer.answered",
            "这项权益已经确认或放弃，不能再次办理。结果请看“我的办件”。",
            "This offer was confirmed or declined already. See your cases for what came of it.",
            status=409,
            facts={"state": offer.state, "case_no": offer.case_no},
        )
