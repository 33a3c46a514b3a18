"""Granted without applying: found, told, granted — once for a person and period, one by one and in bulk alike."""

from __future__ import annotations

import json

import pytest

from tests.apps.cases.city import packs
from zhengtong.apps.cases import queries as cases
from zhengtong.apps.cases.models import Case, CaseAction, Notice
from zhengtong.apps.cases.projection import fold_record, state_of
from zhengtong.apps.channels import actions as channels
from zhengtong.apps.channels.configured import words
from zhengtong.apps.channels.models import Message
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.evidence import queries as receipts
from zhengtong.apps.evidence.leaves import body_digest
from zhengtong.apps.evidence.models import Receipt
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.apps.proactive import actions, found, queries, tasks
from zhengtong.apps.proactive.models import Batch
from zhengtong.kit import digest, to_canonical

DIFFERENT = {"id", "no", "filing_key", "track_code", "track_key", "content", "folded", "applicant", "applicant_key"}


def run(period, now, by=SYSTEM):
    started = actions.start_round(matter_code="allowance", period=period, by=by, at=now)
    tasks.run_round(round_id=started.id, at=now)
    return queries.get_round(started.id, SYSTEM)


def test_everybody_entitled_has_a_granted_case_and_is_told(town, now):
    town.publish()
    done = run("2026", now)
    assert (done.state, done.found, done.granted, done.unknown) == ("done", 3, 2, 1)
    (line,) = cases.list_my_cases(town.city.father, at=now)
    case = cases.get_case(line.no, town.city.father, at=now)
    assert (case.state, case.outcome, case.flags) == ("granted", {"amount": "300"}, ("proactive",))
    assert case.values["residence.address"].value == "滨河路 8 号"
    assert [event.kind for event in case.timeline] == ["found", "granted"]
    assert len(cases.list_notices(town.city.father)) == 1
    assert {one.kind for one in receipts.list_receipts(case.no)} == {"case.found", "case.granted"}


@pytest.fixture
def reached(settings, tmp_path):
    """Return what was put on its way outside the inbox; the site has set up SMS and a webhook."""
    path = tmp_path / "channels.yaml"
    path.write_text("sms: {url: 'http://127.0.0.1:9/', secret: s}\nwebhook: {url: 'http://127.0.0.1:9/', secret: s}\n")
    settings.ZHENGTONG_CHANNELS = str(path)
    return lambda: sorted(Message.objects.values_list("channel", "kind", "case_no", "address"))


def test_who_is_granted_in_bulk_hears_of_it_as_one_alone_does(town, now, reached):
    town.publish()
    run("2026", now)
    cases_of = {case.applicant_key: case for case in Case.objects.all()}
    phones = {case.no: case.applicant["facts"]["phone"] for case in cases_of.values()}
    assert len(phones) == 2
    texts = [("sms", "granted", no, phone) for no, phone in phones.items()]
    calls = [("webhook", "granted", no, "") for no in phones]
    assert reached() == sorted(texts + calls)
    run("2026", now)
    assert len(reached()) == 4
    case = next(iter(cases_of.values()))
    again = {"event": f"case:{case.pk}:2:granted", "kind": "granted", "to_key": case.applicant_key, "case_no": case.no}
    channels.notify(**again, at=now)
    assert len(reached()) == 4, "the event bears the name the single path gives it"


def test_an_offer_goes_out_once_and_does_not_say_of_what(town, now, reached):
    town.publish(confirm=True)
    run("2026", now)
    run("2026", now)
    told = reached()
    assert [(channel, kind, no) for channel, kind, no, _ in told] == [("sms", "offered", "")] * 2 + [
        ("webhook", "offered", "")
    ] * 2
    assert all(address for channel, _, _, address in told if channel == "sms")
    said = words().of("offered")
    assert "{no}" not in said.sms + said.subject + said.body
    assert said != words().of("granted")


def test_a_second_round_of_the_period_grants_nobody_twice(town, now):
    town.publish()
    run("2026", now)
    again = run("2026", now)
    assert (again.granted, again.already) == (0, 2)
    assert run("2027", now).granted == 2
    assert Case.objects.count() == 4


def test_a_batch_left_by_a_dead_process_is_done_by_the_next(town, now, monkeypatch):
    town.publish()
    monkeypatch.setattr(found, "BATCH_PEOPLE", 1)
    started = actions.start_round(matter_code="allowance", period="2026", by=SYSTEM, at=now)
    written = evidence.record_alike
    monkeypatch.setattr(evidence, "record_alike", lambda **_: 1 / 0)  # as if killed in the middle of a batch
    with pytest.raises(ZeroDivisionError):
        tasks.run_round(round_id=started.id, at=now)
    assert (Case.objects.count(), CaseAction.objects.count()) == (0, 0)
    assert Batch.objects.filter(is_done=False).count() >= 2
    monkeypatch.setattr(evidence, "record_alike", written)
    tasks.run_round(round_id=started.id, at=now)
    assert queries.get_round(started.id, SYSTEM).granted == 2
    assert Case.objects.count() == 2


def test_the_bulk_path_leaves_what_the_single_path_leaves(town, now):
    town.publish()
    run("bulk", now)
    town.publish(confirm=True)
    run("single", now)
    offer = next(one for one in queries.list_offers(town.city.father) if one.period == "single")
    actions.confirm_offer(offer_id=offer.id, by=town.city.father, at=now)
    bulk, single = Case.objects.filter(applicant_key=town.city.father.resident.key).order_by("id")
    assert alike(bulk, now) == alike(single, now)
    assert bulk.applicant == single.applicant
    assert (bulk.folded.keys(), bulk.content.keys()) == (single.folded.keys(), single.content.keys())
    for record in (bulk, single):
        log = list(record.actions.order_by("seq"))
        assert state_of(record) == fold_record(record, log)
        assert [(entry.kind, sorted(entry.payload)) for entry in log] == [
            ("found", ["flags", "found", "salt", "values"]), ("granted", ["outcome", "reason", "salt"])
        ]  # fmt: skip
        assert cases.track(record.no, "5678", record.track_code, at=now).state == "granted"
    assert notice(bulk) == notice(single)


def alike(record, now):
    """Return the columns that do not say who, which version, or when."""
    columns = {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}
    moments = {name for name, value in columns.items() if hasattr(value, "hour")}
    return {name: value for name, value in columns.items() if name not in DIFFERENT | moments | {"pack_digest"}}


def notice(record):
    kept = Notice.objects.get(case=record)
    return kept.kind, {name: said.replace(record.no, "") for name, said in kept.text.items()}


def test_bulk_receipts_commit_to_their_entries_and_seal_as_others(town, now):
    town.publish()
    run("2026", now)
    for entry in CaseAction.objects.all():
        receipt = Receipt.objects.get(no=entry.receipt_no)
        body = json.loads(receipt.body)
        assert receipt.body.encode() == to_canonical(body)
        assert receipt.digest == body_digest(receipt.body)
        assert body["body"]["payload"] == digest(entry.payload)
        assert body["about"] == [entry.case.applicant_key]
        assert receipts.list_receipts(entry.case.no)
    evidence.seal(at=now)
    assert receipts.prove(entry.receipt_no).leaf_index is not None


def test_an_offer_is_granted_once_it_is_confirmed(town, now, refuses):
    town.publish(confirm=True)
    done = run("2026", now)
    assert (done.offered, done.granted, Case.objects.count()) == (2, 0, 0)
    (offer,) = queries.list_offers(town.city.mother)
    with refuses("proactive.offer.unknown", 404):
        actions.confirm_offer(offer_id=offer.id, by=town.city.father, at=now)
    with refuses("proactive.offer.not-changeable"):
        actions.confirm_offer(offer_id=offer.id, by=town.city.mother, at=now, values={"person.name": "别人"})
    case = actions.confirm_offer(
        offer_id=offer.id, by=town.city.mother, at=now, values={"residence.address": "新地址 1 号"}
    )
    assert (case.state, case.values["residence.address"].value) == ("granted", "新地址 1 号")
    with refuses("proactive.offer.answered", 409):
        actions.decline_offer(offer_id=offer.id, by=town.city.mother, at=now)
    (other,) = queries.list_offers(town.city.father)
    assert actions.decline_offer(offer_id=other.id, by=town.city.father, at=now).state == "declined"
    assert run("2026", now).offered == 0


def test_a_matter_that_issues_certificates_is_granted_one_by_one(town, now):
    permit = next(pack for pack in packs() if pack.id == "residence-permit")
    town.publish(certificates=permit.certificates[:0])
    assert run("2026", now).granted == 2


def test_who_may_start_and_what_may_be_granted(town, now, refuses):
    town.publish()
    with refuses("proactive.round.not-allowed", 403):
        run("2026", now, by=town.city.officer("public-security"))
    with refuses("proactive.matter.not-declared"):
        actions.start_round(matter_code="residence-permit", period="2026", by=SYSTEM, at=now)
    leader = town.city.officer("public-security", "leader")
    assert run("2026", now, by=leader).granted == 2
    assert [one.state for one in queries.list_rounds(leader)] == ["done"]
    assert queries.list_rounds(town.city.officer("health", "leader")) == []


def test_who_is_asked_to_confirm_is_told_why_rule_by_rule(town, now, refuses):
    town.publish(confirm=True)
    run("2026", now)
    (offer,) = queries.list_offers(town.city.father)
    told = " ".join(queries.explain_offer(offer.id, town.city.father))
    assert "86" in told, "what the rule asked of the person"
    assert str(offer.outcome["amount"]).rstrip("0").rstrip(".") in told
    assert "Result" in " ".join(queries.explain_offer(offer.id, town.city.father, language="en"))
    with refuses("proactive.offer.unknown", 404):
        queries.explain_offer(offer.id, town.city.mother)
