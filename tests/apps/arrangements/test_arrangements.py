"""What surrounds a case: a place that is never given twice, a parcel that arrives, a fee that is paid once."""

from __future__ import annotations

import datetime as dt
import json
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from django.db import connection, connections

from tests.apps.cases.city import apply_for_permit, found_city, packs
from zhengtong.apps.arrangements import actions, queries
from zhengtong.apps.arrangements.models import Payment, Slot
from zhengtong.apps.cases import actions as case_actions
from zhengtong.apps.cases import queries as case_queries
from zhengtong.apps.matters import actions as matters
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.declared.handling import Handling
from zhengtong.declared.handling import Payment as Fee
from zhengtong.declared.shapes import Text
from zhengtong.kit import SHANGHAI, Basis, Refused
from zhengtong.kit.signing import HEADER, sign

POLICE, SECRET = "public-security", "the sandbox's secret"
ALLOWS = Handling(
    appointment=True,
    delivery=("electronic", "post"),
    payment=Fee("20", Text("工本费", "Cost of the card"), Basis("测试法", "第一条", "2020-01-01")),
)
DAY = dt.date(2026, 11, 20)


@pytest.fixture
def city(db, now, monkeypatch, settings, tmp_path):
    """澜江市 with a permit that allows appointment, post and payment, a hall, and a sandbox to pay in."""
    founded = found_city(now)
    monkeypatch.setattr("zhengtong.apps.exchange.actions.read", founded.reader.read)
    return furnish(founded, now, settings, tmp_path)


def furnish(founded: SimpleNamespace, now, settings, tmp_path) -> SimpleNamespace:
    permit = next(pack for pack in packs() if pack.id == "residence-permit")
    matters.publish_pack(pack=replace(permit, handling=ALLOWS), by=SYSTEM, at=now)
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    path = tmp_path / "payments.yaml"
    path.write_text(yaml.safe_dump({"sandbox": {"kind": "sandbox", "secret": SECRET}}), encoding="utf-8")
    settings.ZHENGTONG_PAYMENTS = str(path)
    founded.leader = founded.officer(POLICE, "leader")
    words = {"name_zh": "政务大厅", "name_en": "Hall", "address_zh": "滨河路 1 号", "address_en": "1 River Road"}
    founded.hall = actions.define_hall(**words, by=founded.leader, at=now)
    return founded


def open_day(city, now, capacity=1):
    actions.open_slots(
        hall_id=city.hall.id,
        first_on=DAY,
        last_on=DAY + dt.timedelta(days=2),
        times=[dt.time(9), dt.time(10)],
        minutes=30,
        capacity=capacity,
        by=city.leader,
        at=now,
    )
    return queries.list_slots(city.hall.id, on=DAY, at=now)


def test_slots_open_on_workdays_once(city, now, refuses):
    first, second = open_day(city, now)
    assert (first.starts_at, first.left) == (dt.datetime(2026, 11, 20, 9, tzinfo=SHANGHAI), 1)
    assert second.ends_at == dt.datetime(2026, 11, 20, 10, 30, tzinfo=SHANGHAI)
    assert Slot.objects.count() == 2, "Saturday and Sunday are no workdays"
    open_day(city, now)
    assert Slot.objects.count() == 2
    with refuses("arrangement.hall.no-right", 403):
        actions.close_slot(slot_id=first.id, by=city.officer(POLICE), at=now)
    actions.close_slot(slot_id=first.id, by=city.leader, at=now)
    assert [slot.id for slot in queries.list_slots(city.hall.id, on=DAY, at=now)] == [second.id]
    with refuses("arrangement.slot.plan", 422):
        actions.open_slots(
            hall_id=city.hall.id, first_on=DAY, last_on=DAY, times=[], minutes=30, capacity=1, by=city.leader, at=now
        )


def test_a_place_is_taken_given_back_and_used(city, now, refuses):
    first, second = open_day(city, now)
    mine = actions.book(slot_id=first.id, matter_code="residence-permit", by=city.mother, at=now)
    assert (mine.state, mine.person_masked, mine.hall_zh) == ("booked", "林*嘉", "政务大厅")
    with refuses("arrangement.book.full", 409):
        actions.book(slot_id=first.id, matter_code="residence-permit", by=city.father, at=now)
    with refuses("arrangement.book.not-offered", 409):
        actions.book(slot_id=second.id, matter_code="medical-insurance", by=city.father, at=now)
    with refuses("arrangement.book.not-found", 404):
        actions.cancel_appointment(appointment_id=mine.id, by=city.father, at=now)
    actions.cancel_appointment(appointment_id=mine.id, by=city.mother, at=now)
    with refuses("arrangement.book.over", 409):
        actions.cancel_appointment(appointment_id=mine.id, by=city.mother, at=now)
    his = actions.book(slot_id=first.id, matter_code="residence-permit", by=city.father, at=now)
    officer, day = city.officer(POLICE), dt.datetime(2026, 11, 20, 9, 1, tzinfo=SHANGHAI)
    assert [visit.id for visit in queries.list_visits(officer, on=DAY)] == [his.id]
    with refuses("arrangement.book.over", 409):
        actions.check_in(appointment_id=his.id, by=officer, at=now)
    assert actions.check_in(appointment_id=his.id, by=officer, at=day).state == "attended"
    late = actions.book(slot_id=second.id, matter_code="residence-permit", by=city.mother, at=now)
    assert actions.mark_missed(at=day + dt.timedelta(days=2)) == 1
    assert next(one for one in queries.list_appointments(city.mother) if one.id == late.id).state == "missed"


@pytest.mark.django_db(transaction=True)
def test_two_who_book_at_once_do_not_get_the_same_place(now, monkeypatch, settings, tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("threads share one connection to SQLite in memory; there the same UPDATE and CHECK decide")
    city = furnish(found_city(now), now, settings, tmp_path)
    (first, _), results = open_day(city, now, capacity=2), []
    people = [replace(city.mother, resident=replace(city.mother.resident, key=f"key-{n}")) for n in range(6)]

    def attempt(who) -> None:
        try:
            actions.book(slot_id=first.id, matter_code="residence-permit", by=who, at=now)
            results.append("booked")
        except Refused as refusal:
            results.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["arrangement.book.full"] * 4 + ["booked"] * 2
    assert Slot.objects.get(pk=first.id).taken == 2


def accepted(city, now):
    return case_actions.accept_case(case_no=apply_for_permit(city).no, by=city.officer(POLICE), at=now)


def paid(payment, yuan="20.00", state="paid") -> bytes:
    return json.dumps({"id": str(payment.id), "state": state, "yuan": yuan, "ref": "P1"}).encode()


def call_back(content, now, secret=SECRET):
    return actions.record_payment_callback(
        provider="sandbox", content=content, signature=sign(content, secret, now), at=now
    )


def test_a_fee_is_paid_once_by_a_signed_callback_and_given_back_once(city, now, refuses, client):
    case = accepted(city, now)
    payment = actions.start_payment(case_no=case.no, by=city.mother, at=now)
    assert (payment.yuan, payment.state, payment.pay_url) == (Decimal("20.00"), "created", f"/pay/sandbox/{payment.id}")
    assert actions.start_payment(case_no=case.no, by=city.mother, at=now).id == payment.id
    with refuses("arrangement.payment.signature", 401):
        call_back(paid(payment), now, secret="guessed")
    with refuses("arrangement.payment.amount", 409):
        call_back(paid(payment, "0.01"), now)
    with refuses("arrangement.payment.unreadable", 422):
        call_back(b"{}", now)
    assert case_queries.get_case(case.no, city.mother, at=now).pending.fee.state == "due"
    real = dt.datetime.now(dt.UTC)  # the edge reads the wall clock; a signature is five minutes old at most
    provider, content, signature = queries.sandbox_callback(payment.id, city.mother, at=real)
    for _ in range(2):
        given = {"data": content, "content_type": "application/json", "headers": {HEADER: signature}}
        assert client.post(f"/callbacks/payments/{provider}", **given).json() == {"state": "paid"}
    assert client.post(f"/callbacks/payments/{provider}", b"x" * 65537, "application/json").status_code == 413
    assert client.get(f"/callbacks/payments/{provider}").json()["code"] == "api.callback.method"
    assert (
        client.post("/callbacks/messages/sms", b"{}", "application/json").json()["code"] == "channel.report.signature"
    )
    mine = case_queries.get_case(case.no, city.mother, at=now)
    assert [event.kind for event in mine.timeline].count("paid") == 1
    with refuses("arrangement.payment.nothing-due", 409):
        actions.start_payment(case_no=case.no, by=city.mother, at=now)
    with refuses("arrangement.payment.no-right", 403):
        actions.refund_payment(case_no=case.no, reason="撤回申请", by=city.officer(POLICE), at=now)
    assert actions.refund_payment(case_no=case.no, reason="撤回申请", by=city.leader, at=now).state == "refunded"
    with refuses("arrangement.payment.not-found", 404):
        actions.refund_payment(case_no=case.no, reason="撤回申请", by=city.leader, at=now)
    assert case_queries.get_case(case.no, city.mother, at=now).pending.fee.state == "refunded"
    assert call_back(paid(payment), now).state == "refunded", "a late callback changes nothing"


def test_a_failed_payment_may_be_started_again_and_a_stranger_pays_nothing(city, now, refuses, settings):
    case = accepted(city, now)
    with refuses("case.case.not-found", 404):
        actions.start_payment(case_no=case.no, by=city.father, at=now)
    first = actions.start_payment(case_no=case.no, by=city.mother, at=now)
    assert call_back(paid(first, state="failed"), now).state == "failed"
    second = actions.start_payment(case_no=case.no, by=city.mother, at=now)
    assert second.id != first.id
    assert call_back(paid(second), now).state == "paid"
    assert Payment.objects.filter(case_no=case.no, state="paid").count() == 1
    settings.ZHENGTONG_PAYMENTS = ""
    other = accepted(city, now)
    with refuses("arrangement.payment.no-provider", 404):
        actions.start_payment(case_no=other.no, by=city.mother, at=now)


def test_an_outcome_is_posted_followed_and_delivered_once(city, now, refuses):
    case, officer = accepted(city, now), city.officer(POLICE)
    to = {"name": "林清嘉", "phone": "13800001234", "address": "澜江市江东区滨河路 8 号"}
    with refuses("arrangement.parcel.address", 422):
        actions.request_delivery(case_no=case.no, **{**to, "phone": "12"}, by=city.mother, at=now)
    actions.request_delivery(case_no=case.no, **to, by=city.mother, at=now)
    case_actions.record_payment(case_no=case.no, yuan="20.00", reference="P1", at=now)
    seen = case_queries.get_case(case.no, officer, at=now)
    case_actions.settle_case(
        case_no=case.no, decision="granted", outcome={"permit_no": "J1"}, version=seen.version, by=officer, at=now
    )
    given = {"case_no": case.no, "carrier": "中国邮政", "tracking_no": "EMS0001234", "at": now}
    with refuses("arrangement.parcel.not-found", 404):
        actions.post_parcel(**given, by=city.officer("health"))
    posted = actions.post_parcel(**given, by=officer)
    assert posted.state == "posted"
    with refuses("arrangement.parcel.posted", 409):
        actions.request_delivery(case_no=case.no, **to, by=city.mother, at=now)
    for step, state in (("1", "in-transit"), ("2", "delivered"), ("2", "delivered"), ("3", "in-transit")):
        body = {"carrier": "中国邮政", "tracking_no": "EMS0001234", "id": step, "state": state, "text": "已到江东"}
        content = json.dumps(body).encode()
        actions.record_tracking(provider="sandbox", content=content, signature=sign(content, SECRET, now), at=now)
    parcel = queries.find_parcel(case.no, city.mother)
    assert (parcel.state, len(parcel.steps)) == ("delivered", 4)
    with refuses("arrangement.parcel.signature", 401):
        actions.record_tracking(provider="sandbox", content=content, signature="t=1,v1=0", at=now)
    mine = case_queries.get_case(case.no, city.mother, at=now)
    kinds = [event.kind for event in mine.timeline]
    assert (kinds.count("posted"), kinds.count("delivered"), mine.pending.delivery) == (1, 1, "delivered")
